import { describe, expect, test } from 'vitest';
import { parseInstant } from './instant.ts';
import { formatInZone, formatWallTime, parseWallTime, resolveWallTime, wallTimeAt } from './wall-time.ts';
import { readZone, type Zone } from './zone.ts';

function zone(name: string): Zone {
  const reading = readZone(name);
  if ('problem' in reading) throw new Error(reading.problem);
  return reading;
}

describe('a wall time becomes one instant', () => {
  test.each<[string, string, string, string, string]>([
    // The vectors of the specification, 4.5.
    ['America/New_York', '2027-03-14T02:30:00', '2027-03-14T07:30:00Z', 'gap_shifted', '2027-03-14T03:30:00-04:00'],
    ['America/New_York', '2027-03-14T02:00:00', '2027-03-14T07:00:00Z', 'gap_shifted', '2027-03-14T03:00:00-04:00'],
    ['America/New_York', '2027-11-07T01:30:00', '2027-11-07T05:30:00Z', 'overlap_first', '2027-11-07T01:30:00-04:00'],
    ['Europe/London', '2027-03-28T01:30:00', '2027-03-28T01:30:00Z', 'gap_shifted', '2027-03-28T02:30:00+01:00'],
    ['Europe/London', '2027-10-31T01:30:00', '2027-10-31T00:30:00Z', 'overlap_first', '2027-10-31T01:30:00+01:00'],
    ['Australia/Lord_Howe', '2027-10-03T02:15:00', '2027-10-02T15:45:00Z', 'gap_shifted', '2027-10-03T02:45:00+11:00'],
    [
      'Australia/Lord_Howe',
      '2027-04-04T01:45:00',
      '2027-04-03T14:45:00Z',
      'overlap_first',
      '2027-04-04T01:45:00+11:00',
    ],
    ['Africa/Cairo', '2027-04-30T00:30:00', '2027-04-29T22:30:00Z', 'gap_shifted', '2027-04-30T01:30:00+03:00'],
    // The edges of a gap and of an overlap.
    ['America/New_York', '2027-03-14T01:59:59', '2027-03-14T06:59:59Z', 'none', '2027-03-14T01:59:59-05:00'],
    ['America/New_York', '2027-03-14T03:00:00', '2027-03-14T07:00:00Z', 'none', '2027-03-14T03:00:00-04:00'],
    ['America/New_York', '2027-11-07T00:59:59', '2027-11-07T04:59:59Z', 'none', '2027-11-07T00:59:59-04:00'],
    ['America/New_York', '2027-11-07T01:00:00', '2027-11-07T05:00:00Z', 'overlap_first', '2027-11-07T01:00:00-04:00'],
    ['America/New_York', '2027-11-07T02:00:00', '2027-11-07T07:00:00Z', 'none', '2027-11-07T02:00:00-05:00'],
    ['America/New_York', '2027-03-13T12:00:00', '2027-03-13T17:00:00Z', 'none', '2027-03-13T12:00:00-05:00'],
    ['America/New_York', '2027-11-07T12:00:00', '2027-11-07T17:00:00Z', 'none', '2027-11-07T12:00:00-05:00'],
    // Odd ones: negative daylight saving, two hours, a quarter of an hour, a day that never was, and another.
    ['Europe/Dublin', '2027-10-31T01:30:00', '2027-10-31T00:30:00Z', 'overlap_first', '2027-10-31T01:30:00+01:00'],
    ['Antarctica/Troll', '2027-03-28T01:30:00', '2027-03-28T01:30:00Z', 'gap_shifted', '2027-03-28T03:30:00+02:00'],
    ['Antarctica/Troll', '2027-10-31T02:30:00', '2027-10-31T00:30:00Z', 'overlap_first', '2027-10-31T02:30:00+02:00'],
    ['Asia/Kathmandu', '2027-07-01T09:00:00', '2027-07-01T03:15:00Z', 'none', '2027-07-01T09:00:00+05:45'],
    ['Pacific/Apia', '2011-12-30T12:00:00', '2011-12-30T22:00:00Z', 'gap_shifted', '2011-12-31T12:00:00+14:00'],
    ['Pacific/Kiritimati', '1994-12-31T12:00:00', '1994-12-31T22:00:00Z', 'gap_shifted', '1995-01-01T12:00:00+14:00'],
    ['America/Caracas', '2016-05-01T02:45:00', '2016-05-01T07:15:00Z', 'gap_shifted', '2016-05-01T03:15:00-04:00'],
    ['America/Caracas', '2007-12-09T02:45:00', '2007-12-09T06:45:00Z', 'overlap_first', '2007-12-09T02:45:00-04:00'],
    ['Africa/Casablanca', '2016-07-10T02:30:00', '2016-07-10T02:30:00Z', 'gap_shifted', '2016-07-10T03:30:00+01:00'],
    ['UTC', '2028-02-29T23:59:59', '2028-02-29T23:59:59Z', 'none', '2028-02-29T23:59:59+00:00'],
  ])('%s %s', (name, local, instant, dst, shown) => {
    const wall = parseWallTime(local) ?? Number.NaN;
    const resolved = resolveWallTime(zone(name), wall);
    expect(resolved).toEqual({ at: Date.parse(instant), dst });
    expect(formatInZone(zone(name), resolved.at)).toBe(shown);
    if (dst !== 'gap_shifted') expect(wallTimeAt(zone(name), resolved.at)).toBe(wall);
  });

  test.each([
    ...[
      '',
      '2027-07-01',
      '2027-07-01T09:00',
      '2027-07-01 09:00:00',
      '2027-07-01T09:00:00Z',
      '2027-07-01T09:00:00+02:00',
    ],
    ...[
      '2027-02-29T00:00:00',
      '2027-13-01T00:00:00',
      '2027-00-10T00:00:00',
      '2027-01-01T24:00:00',
      '2027-01-01T00:60:00',
    ],
    ...[
      '2027-01-01T00:00:60',
      '2027-07-01T09:00:00.5',
      '12027-07-01T09:00:00',
      '2027-7-1T09:00:00',
      '2027-07-01t09:00:00',
    ],
  ])('%j is no wall time', (text) => {
    expect(parseWallTime(text)).toBeNull();
  });

  test('a wall time is written as it was read', () => {
    for (const text of ['2028-02-29T00:00:00', '0099-12-31T23:59:59', '9999-12-31T23:59:59']) {
      expect(formatWallTime(parseWallTime(text) ?? 0)).toBe(text);
    }
  });
});

describe('an instant is read in strict RFC 3339', () => {
  test.each<[string, string]>([
    ['2027-07-01T09:00:00Z', '2027-07-01T09:00:00.000Z'],
    ['2027-07-01T09:00:00+02:00', '2027-07-01T07:00:00.000Z'],
    ['2027-07-01T09:00:00-00:00', '2027-07-01T09:00:00.000Z'],
    ['2027-07-01T09:00:00-23:59', '2027-07-02T08:59:00.000Z'],
    ['2027-07-01T09:00:00.5Z', '2027-07-01T09:00:00.500Z'],
    ['2027-07-01T09:00:00.000000001Z', '2027-07-01T09:00:00.001Z'],
    ['2027-12-31T23:59:59.9999Z', '2028-01-01T00:00:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59-01:00', '+010000-01-01T00:59:59.000Z'],
  ])('%s', (text, expected) => {
    expect(new Date(parseInstant(text) ?? Number.NaN).toISOString()).toBe(expected);
  });

  test.each([
    ...['', 'now', '2027-07-01', '2027-07-01T09:00Z', '2027-07-01T09:00:00', '2027-07-01t09:00:00Z'],
    ...['2027-07-01T09:00:00z', '2027-07-01 09:00:00Z', '2027-06-30T23:59:60Z', '2027-02-29T00:00:00Z'],
    ...['2027-07-01T24:00:00Z', '2027-07-01T09:00:00+24:00', '2027-07-01T09:00:00+0200', '2027-07-01T09:00:00+02'],
    ...[
      '2027-07-01T09:00:00.Z',
      '2027-07-01T09:00:00,5Z',
      '+012027-07-01T09:00:00Z',
      '2027-07-01T09:00:00Z\n',
      '1798761600',
    ],
  ])('%j is refused', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});
