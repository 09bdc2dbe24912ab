import { expect, it } from 'vitest';
import { readPermalink } from './read-permalink.ts';

it.each([
  ['5T2FZkn8HY', { shortId: '5T2FZkn8HY' }],
  [' 5T2FZkn8HY\n', { shortId: '5T2FZkn8HY' }],
  ['https://example.com/o/5T2FZkn8HY', { shortId: '5T2FZkn8HY' }],
  ['https://example.com/o/5T2FZkn8HY?t=W10%3D', { shortId: '5T2FZkn8HY', t: 'W10=' }],
])('reads %j', (text, permalink) => {
  expect(readPermalink(text)).toEqual(permalink);
});
