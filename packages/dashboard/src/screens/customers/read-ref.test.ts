import { expect, it } from 'vitest';
import { readRef } from './read-ref.ts';

it.each([
  ['acme', { slug: 'acme' }],
  ['42', { displayId: '42' }],
  ['42-acme', { displayId: '42' }],
  ['3m', { slug: '3m' }],
])('reads %j', (ref, read) => {
  expect(readRef(ref)).toEqual(read);
});
