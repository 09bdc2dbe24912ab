import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cron } from './cron.ts';
import { countRuns, lastRun, nextRun, nextRuns, nthRun, type Run, runsBetween } from './next-run.ts';
import { anyExpression, anyFrequentExpression, cronOf, oddDays, zoneNamed } from './schedule.fixture.ts';
import { wallTimeAt } from './wall-time.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

function shown(runs: readonly Run[]): string[] {
  return runs.map(({ at, dst }) => new Date(at).toISOString().slice(0, 16) + (dst === 'none' ? 'Z' : `Z ${dst}`));
}

describe('the next runs', () => {
  test.each<[string, string, string, string[]]>([
    // The vectors of the specification, 4.5.
    [
      '30 9 * * *',
      'America/New_York',
      '2027-03-13T00:00:00-05:00',
      ['2027-03-13T14:30Z', '2027-03-14T13:30Z', '2027-03-15T13:30Z'],
    ],
    [
      '30 2 * * *',
      'America/New_York',
      '2027-03-13T00:00:00-05:00',
      ['2027-03-13T07:30Z', '2027-03-14T07:30Z gap_shifted', '2027-03-15T06:30Z'],
    ],
    [
      '30 1 * * *',
      'America/New_York',
      '2027-11-06T00:00:00-04:00',
      ['2027-11-06T05:30Z', '2027-11-07T05:30Z overlap_first', '2027-11-08T06:30Z'],
    ],
    // Two matches on one instant after shifting are one run.
    ['30 2,3 * * *', 'America/New_York', '2027-03-14T01:00:00-05:00', ['2027-03-14T07:30Z', '2027-03-15T06:30Z']],
    // A shifted match comes after a later wall time that exists.
    [
      '15,45 2,3 14 3 *',
      'America/New_York',
      '2027-03-14T00:00:00-05:00',
      ['2027-03-14T07:15Z', '2027-03-14T07:45Z', '2028-03-14T06:15Z'],
    ],
    ['0 3 * * *', 'Australia/Lord_Howe', '2027-10-02T15:00:00Z', ['2027-10-02T16:00Z', '2027-10-03T16:00Z']],
    [
      '0,15 2 * * *',
      'Australia/Lord_Howe',
      '2027-10-02T15:00:00Z',
      ['2027-10-02T15:30Z gap_shifted', '2027-10-02T15:45Z gap_shifted', '2027-10-03T15:00Z'],
    ],
    // Interval-like: both passes of a repeated hour, nothing in a gap.
    [
      '0 * * * *',
      'America/New_York',
      '2027-11-07T00:00:00-04:00',
      ['2027-11-07T05:00Z', '2027-11-07T06:00Z', '2027-11-07T07:00Z'],
    ],
    ['0 */2 * * *', 'America/New_York', '2027-03-14T00:00:00-05:00', ['2027-03-14T08:00Z', '2027-03-14T10:00Z']],
    [
      '30 * * * *',
      'Australia/Lord_Howe',
      '2027-04-03T14:00:00Z',
      ['2027-04-03T14:30Z', '2027-04-03T15:00Z', '2027-04-03T16:00Z'],
    ],
    // The same hours, fixed-time.
    [
      '0 0-23 * * *',
      'America/New_York',
      '2027-11-07T00:00:00-04:00',
      ['2027-11-07T05:00Z overlap_first', '2027-11-07T07:00Z', '2027-11-07T08:00Z'],
    ],
    // Midnight in a gap and in an overlap.
    ['0 0 * * *', 'Africa/Cairo', '2027-04-29T12:00:00Z', ['2027-04-29T22:00Z gap_shifted', '2027-04-30T21:00Z']],
    ['30 23 * * *', 'Africa/Cairo', '2027-10-28T12:00:00Z', ['2027-10-28T20:30Z overlap_first', '2027-10-29T21:30Z']],
    // A day that never was: its runs come a day later.
    [
      '0 12 * * *',
      'Pacific/Apia',
      '2011-12-29T00:00:00Z',
      ['2011-12-29T22:00Z', '2011-12-30T22:00Z', '2011-12-31T22:00Z'],
    ],
    ['0 12 30 * *', 'Pacific/Apia', '2011-12-01T00:00:00Z', ['2011-12-30T22:00Z gap_shifted', '2012-01-29T22:00Z']],
    [
      '0 12 31 12 *',
      'Pacific/Kiritimati',
      '1994-12-31T20:00:00Z',
      ['1994-12-31T22:00Z gap_shifted', '1995-12-30T22:00Z'],
    ],
    // The calendar.
    ['0 0 29 2 *', 'UTC', '2026-11-21T00:00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['0 0 29 2 *', 'UTC', '2096-03-01T00:00:00Z', ['2104-02-29T00:00Z']],
    ['0 0 31 * *', 'UTC', '2027-01-31T00:00:00Z', ['2027-03-31T00:00Z', '2027-05-31T00:00Z', '2027-07-31T00:00Z']],
    ['0 0 13 * FRI', 'UTC', '2027-08-01T00:00:00Z', ['2027-08-06T00:00Z', '2027-08-13T00:00Z', '2027-08-20T00:00Z']],
    ['0 0 12 * FRI', 'UTC', '2027-08-07T00:00:00Z', ['2027-08-12T00:00Z', '2027-08-13T00:00Z', '2027-08-20T00:00Z']],
    ['0 0 */10 * SUN', 'UTC', '2027-08-01T00:00:00Z', ['2027-08-08T00:00Z', '2027-08-11T00:00Z', '2027-08-15T00:00Z']],
    ['0 0 */1 * SUN', 'UTC', '2027-08-01T00:00:00Z', ['2027-08-08T00:00Z', '2027-08-15T00:00Z']],
    ['0 9 * * 5-7', 'UTC', '2027-08-01T12:00:00Z', ['2027-08-06T09:00Z', '2027-08-07T09:00Z', '2027-08-08T09:00Z']],
    ['59 23 31 12 *', 'UTC', '2027-12-31T23:59:00Z', ['2028-12-31T23:59Z']],
    // Strictly after, to the millisecond.
    ['* * * * *', 'UTC', '2027-01-01T00:00:00Z', ['2027-01-01T00:01Z']],
    ['* * * * *', 'UTC', '2026-12-31T23:59:59.999Z', ['2027-01-01T00:00Z']],
  ])('%s in %s after %s', (expression, zone, after, expected) => {
    expect(shown(nextRuns(cronOf(expression), zoneNamed(zone), Date.parse(after), expected.length))).toEqual(expected);
  });

  test.each(['0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 * 30,31 2 *'])('%s never comes', (expression) => {
    expect(nextRun(cronOf(expression), zoneNamed('America/New_York'), Date.UTC(2026, 10, 21))).toBeNull();
  });
});

/** Every run that looking at each real minute in turn finds: what our own goes from era to era to avoid. */
function byTheMinute(cron: Cron, zoneName: string, from: number, until: number): number[] {
  const found = new Set<number>();
  let latest = Number.NEGATIVE_INFINITY;
  for (let at = from; at <= until; at += minuteMs) {
    const wall = clockOf(zoneName, at);
    const skipped = latest === Number.NEGATIVE_INFINITY ? wall : latest + minuteMs;
    if (!cron.intervalLike) {
      for (let missing = skipped; missing < wall; missing += minuteMs) {
        if (shows(cron, missing)) found.add(at + missing - skipped);
      }
    }
    if (shows(cron, wall) && (cron.intervalLike || wall > latest)) found.add(at);
    latest = Math.max(latest, wall);
  }
  return [...found].filter((at) => at <= until).sort((a, b) => a - b);
}

const clocks = new Map<string, number>();

/** The wall time as the runtime's calendar shows it, without our zones. */
function clockOf(zoneName: string, at: number): number {
  const known = clocks.get(`${zoneName} ${at}`);
  if (known !== undefined) return known;
  const parts = formatterOf(zoneName).format(at).match(/\d+/g) ?? [];
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = parts.map(Number);
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  clocks.set(`${zoneName} ${at}`, wall);
  return wall;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const formatter =
    formatters.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  formatters.set(timeZone, formatter);
  return formatter;
}

function shows(cron: Cron, wall: number): boolean {
  const date = new Date(wall);
  const byDate = cron.dayOfMonth.values.includes(date.getUTCDate());
  const byWeekday = cron.dayOfWeek.values.includes(date.getUTCDay());
  const either = cron.dayOfMonth.restricted && cron.dayOfWeek.restricted;
  return (
    cron.minute.values.includes(date.getUTCMinutes()) &&
    cron.hour.values.includes(date.getUTCHours()) &&
    cron.month.values.includes(date.getUTCMonth() + 1) &&
    (either ? byDate || byWeekday : byDate && byWeekday)
  );
}

describe('what holds for every expression', () => {
  test('around a change of offset the runs are those of looking at every minute', () => {
    fc.assert(
      fc.property(anyFrequentExpression, fc.constantFrom(...oddDays), (expression, [zoneName, day]) => {
        const cron = cronOf(expression);
        const zone = zoneNamed(zoneName);
        const from = Date.parse(day) - 1.25 * dayMs;
        const until = from + 3.5 * dayMs;
        // The walk needs a day behind it, to have seen the wall times that come again.
        const expected = byTheMinute(cron, zoneName, from - dayMs, until).filter((at) => at > from);
        const runs = runsBetween(cron, zone, from, until).map((run) => run.at);
        expect(runs).toEqual(expected);
        expect(countRuns(cron, zone, from, until)).toBe(expected.length);
        expect(lastRun(cron, zone, from, until)?.at).toBe(expected.at(-1));
        const middle = Math.ceil(expected.length / 2);
        expect(nthRun(cron, zone, from, until, middle)).toBe(middle === 0 ? from : expected[middle - 1]);
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 12_000, markInterruptAsFailure: false },
    );
  });

  test('runs strictly increase, match the wall clock unless moved, and a fixed local time comes once', () => {
    const anyMinute = fc.integer({ min: Date.UTC(2025, 0, 1) / minuteMs, max: Date.UTC(2036, 0, 1) / minuteMs });
    const anyZone = fc.constantFrom(...new Set(oddDays.map(([zone]) => zone)));
    fc.assert(
      fc.property(anyExpression, anyZone, anyMinute, (expression, zoneName, minute) => {
        const cron = cronOf(expression);
        const zone = zoneNamed(zoneName);
        const runs = nextRuns(cron, zone, minute * minuteMs, 30);
        const ordered = [minute * minuteMs, ...runs.map((run) => run.at)];
        expect(ordered).toEqual([...new Set(ordered)].sort((a, b) => a - b));
        const walls = runs.map((run) => wallTimeAt(zone, run.at));
        for (const [index, run] of runs.entries()) {
          if (run.dst !== 'gap_shifted') expect(shows(cron, walls[index] ?? 0)).toBe(true);
        }
        if (!cron.intervalLike) expect(new Set(walls).size).toBe(walls.length);
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false },
    );
  });

  test.each(['UTC', 'Asia/Kathmandu', 'America/New_York', 'Africa/Casablanca'])(
    'ten years of minutes in %s are counted',
    (name) => {
      const cron = cronOf('* * * * *');
      const from = Date.UTC(2026, 10, 21);
      const until = Date.UTC(2036, 10, 21);
      expect(countRuns(cron, zoneNamed(name), from, until)).toBe((until - from) / minuteMs);
      expect(lastRun(cron, zoneNamed(name), from, until)?.at).toBe(until);
      expect(lastRun(cron, zoneNamed(name), until, until)).toBeNull();
    },
  );
});
