import { expect, test } from 'vitest';
import { decideOrigin } from './same-origin.ts';

const ours = 'https://interlock.example';

test.each([
  ['a page of ours', { 'sec-fetch-site': 'same-origin', origin: ours }, 'same'],
  ['a page of ours in a browser without fetch metadata', { origin: ours }, 'same'],
  ['a page of ours under another name', { origin: 'http://localhost:4000', host: 'localhost:4000' }, 'same'],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 'other'],
  ['another site that claims our origin', { 'sec-fetch-site': 'cross-site', origin: ours }, 'other'],
  ['a sibling of our domain', { 'sec-fetch-site': 'same-site', origin: 'https://blog.example' }, 'other'],
  ['another port', { origin: 'http://localhost:3000', host: 'localhost:4000' }, 'other'],
  ['another site without fetch metadata', { origin: 'https://evil.example' }, 'other'],
  ['a sandboxed frame', { origin: 'null', host: 'interlock.example' }, 'other'],
  ['the address bar', { 'sec-fetch-site': 'none' }, 'none'],
  ['a program', {}, 'none'],
] as const)('%s', (_, headers, expected) => {
  expect(decideOrigin(headers, ours)).toBe(expected);
});
