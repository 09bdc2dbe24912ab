import { expect, test } from 'vitest';
import { chooseBase } from './scratch.ts';

const long = `/${'x'.repeat(100)}`;

test.each([
  { bases: [{ path: '/tmp', enterable: true }], chosen: '/tmp' },
  {
    bases: [
      { path: long, enterable: true },
      { path: '/var/tmp', enterable: true },
    ],
    chosen: '/var/tmp',
  },
  {
    bases: [
      { path: '/root/tmp', enterable: false },
      { path: '/tmp', enterable: true },
    ],
    chosen: '/tmp',
  },
  { bases: [{ path: '/tmp/ä'.repeat(20), enterable: true }], chosen: undefined },
  { bases: [], chosen: undefined },
])('the first folder where a socket fits, of $bases', ({ bases, chosen }) => {
  expect(chooseBase(bases)).toBe(chosen);
});
