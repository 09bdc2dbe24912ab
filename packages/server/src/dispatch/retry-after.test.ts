import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const now = Date.UTC(2026, 10, 21, 8, 0, 0);
const dayMs = 86_400_000;

describe('Retry-After', () => {
  it.each<[string, number]>([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['007', 7_000],
    ['86400', dayMs],
    ['86401', dayMs],
    ['99999999999999999999999999', dayMs],
    ['Sat, 21 Nov 2026 08:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 08:00:30 GMT', 30_000],
    ['Sat Nov 21 08:00:30 2026', 30_000],
    ['Tue Dec  1 08:00:00 2026', dayMs],
    ['Sat, 21 Nov 2026 08:59:60 GMT', 3_600_000],
    ['Sat, 21 Nov 2026 07:59:59 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Sun Nov  6 08:49:37 1994', 0],
    ['Fri, 20 Nov 2076 00:00:00 GMT', dayMs],
    ['Friday, 20-Nov-76 00:00:00 GMT', dayMs],
    ['Saturday, 20-Nov-77 00:00:00 GMT', 0],
  ])('%j is %d ms', (value, delay) => {
    expect(readRetryAfter(value, now)).toBe(delay);
  });

  it.each([
    '',
    'soon',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    '120, 240',
    '2026-11-21T08:00:30Z',
    'Sat, 21 Nov 2026 08:00:30',
    'Sat, 21 Nov 2026 08:00:30 +0100',
    'sat, 21 nov 2026 08:00:30 gmt',
    'Sat, 21 Nov 26 08:00:30 GMT',
    'Sat, 1 Nov 2026 08:00:30 GMT',
    'Mon, 30 Feb 2026 08:00:30 GMT',
    'Mon, 00 Mar 2026 08:00:30 GMT',
    'Sat, 21 Nov 2026 24:00:00 GMT',
    'Sat, 21 Nov 2026 08:60:00 GMT',
    'Sat, 21 Nov 2026 08:00:61 GMT',
  ])('%j is ignored', (value) => {
    expect(readRetryAfter(value, now)).toBeNull();
  });
});
