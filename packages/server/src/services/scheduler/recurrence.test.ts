import { describe, expect, test } from 'vitest';
import { type Bounds, countOccurrences, nextOccurrence, nextOccurrences, unbounded } from './recurrence.ts';
import { cronOf, zoneNamed } from './schedule.fixture.ts';

const recurrence = (bounds: Partial<Bounds>) => ({
  cron: cronOf('0 9 * * *'),
  zone: zoneNamed('UTC'),
  bounds: { ...unbounded, ...bounds },
});
const day = (date: number) => Date.UTC(2027, 0, date, 9);
const progress = { after: day(1), fired: 0 };

describe('a recurrence is the runs of its cron within its bounds', () => {
  test.each<[string, Partial<Bounds>, number[]]>([
    ['without bounds', {}, [2, 3, 4, 5]],
    ['from start_at, included', { startAt: day(4) }, [4, 5, 6, 7]],
    ['start_at in the past changes nothing', { startAt: day(-30) }, [2, 3, 4, 5]],
    ['to end_at, included', { endAt: day(3) }, [2, 3]],
    ['at most max_fires', { maxFires: 1 }, [2]],
    ['all at once', { startAt: day(3), endAt: day(9), maxFires: 3 }, [3, 4, 5]],
    ['none', { startAt: day(3), endAt: day(3) - 1 }, []],
  ])('%s', (_, bounds, dates) => {
    expect(nextOccurrences(recurrence(bounds), progress, 4).map((run) => run.at)).toEqual(dates.map(day));
    expect(nextOccurrence(recurrence(bounds), progress)?.at).toBe(dates[0] === undefined ? undefined : day(dates[0]));
    expect(countOccurrences(recurrence(bounds), progress, day(dates.at(-1) ?? 9))).toBe(dates.length);
  });

  test('occurrences that have been count against max_fires', () => {
    expect(nextOccurrences(recurrence({ maxFires: 5 }), { after: day(1), fired: 3 }, 4)).toHaveLength(2);
    expect(nextOccurrence(recurrence({ maxFires: 5 }), { after: day(1), fired: 5 })).toBeNull();
    expect(countOccurrences(recurrence({ maxFires: 5 }), { after: day(1), fired: 3 }, day(30))).toBe(2);
  });
});
