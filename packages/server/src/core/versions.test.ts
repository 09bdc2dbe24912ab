import { expect, it } from 'vitest';
import { isMeant, versionHeaders, versionOf } from './versions.ts';

it.each<[string | undefined, boolean]>([
  [undefined, true],
  ['*', true],
  [' * ', true],
  ['"v2"', true],
  ['W/"v2"', true],
  ['"v1", "v2"', true],
  ['"v1"', false],
  ['v2', false],
  ['"v2', false],
  ['"V2"', false],
  ['', false],
  ['"v1","*"', false],
])('If-Match: %s against v2 is meant: %s', (ifMatch, meant) => {
  expect(isMeant(ifMatch, 'v2')).toBe(meant);
});

it('a version is another one as soon as anything that is shown is', () => {
  expect(versionOf({ a: 1, b: [true] })).toBe(versionOf({ a: 1, b: [true] }));
  expect(versionOf({ a: 1, b: [true] })).not.toBe(versionOf({ a: 1, b: ['true'] }));
  expect(versionHeaders(versionOf({})).etag).toMatch(/^"[\w-]{22}"$/);
});
