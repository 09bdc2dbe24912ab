import { expect, test } from 'vitest';
import { findDifferences } from './dependencies.mjs';

const machine = { platform: 'linux', arch: 'x64' };
const path = 'node_modules/thing';

test.each([
  { difference: 'nothing', wanted: { version: '1.0.0' }, installed: { version: '1.0.0' }, stale: false },
  { difference: 'another version', wanted: { version: '2.0.0' }, installed: { version: '1.0.0' }, stale: true },
  {
    difference: 'other contents',
    wanted: { version: '1.0.0', integrity: 'a' },
    installed: { version: '1.0.0', integrity: 'b' },
    stale: true,
  },
  { difference: 'a missing package', wanted: { version: '1.0.0' }, installed: undefined, stale: true },
  {
    difference: 'a missing optional package for this machine',
    wanted: { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'] },
    installed: undefined,
    stale: true,
  },
  {
    difference: 'a missing optional package for another system',
    wanted: { version: '1.0.0', optional: true, os: ['darwin'], cpu: ['x64'] },
    installed: undefined,
    stale: false,
  },
  {
    difference: 'a missing optional package for every system but this',
    wanted: { version: '1.0.0', optional: true, os: ['!linux'] },
    installed: undefined,
    stale: false,
  },
  {
    difference: 'a missing optional package for another C library, perhaps',
    wanted: { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
    installed: undefined,
    stale: false,
  },
  {
    difference: 'what a missing optional package would have needed',
    wanted: { version: '1.0.0', optional: true },
    installed: undefined,
    stale: false,
  },
])('$difference', ({ wanted, installed, stale }) => {
  expect(findDifferences({ [path]: wanted }, installed ? { [path]: installed } : {}, machine)).toEqual(
    stale ? [path] : [],
  );
});

test('a package that is installed and no longer wanted does no harm', () => {
  expect(findDifferences({}, { [path]: { version: '1.0.0' } }, machine)).toEqual([]);
});
