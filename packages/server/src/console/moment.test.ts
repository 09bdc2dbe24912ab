import { describe, expect, it } from 'vitest';
import { readMoment } from './moment.ts';

describe('readMoment', () => {
  it.each([
    ['0', 0],
    ['1795250419715', 1_795_250_419_715],
    [1_795_250_419_715, 1_795_250_419_715],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T08:00:00Z', Date.UTC(2026, 0, 31, 8)],
    ['2026-01-31T08:00:00.250+01:00', Date.UTC(2026, 0, 31, 7, 0, 0, 250)],
  ])('%s is a moment', (text, ms) => expect(readMoment('from', text)).toBe(ms));

  it.each(['', '-1', '1.5', 'now', '2026-13-01', '31.01.2026', '999999999999999', '2026-01-31 08:00'])(
    '%j is none',
    (text) => expect(() => readMoment('from', text)).toThrow(/"from" must be/),
  );
});
