import { describe, expect, test } from 'vitest';
import { type RetrySchedule, retryWait, schedules } from './schedules.ts';

/** Without the work of chance. */
const middle = 0.5;

function waits(schedule: RetrySchedule, chance = middle, scale = 1): (number | null)[] {
  return [...schedule.waitsMs, null].map((_, index) => retryWait(schedule, index + 1, chance, scale));
}

const clock = (ms: number) => `${Math.floor(ms / 3_600_000)}:${new Date(ms).toISOString().slice(14, 19)}`;

describe('the tables: when each attempt is made, in hours since the first', () => {
  test.each<[keyof typeof schedules, string[]]>([
    ['provable', ['0:00:10', '0:01:10', '0:06:10', '0:36:10', '2:36:10', '8:36:10']],
    ['parseo', ['0:00:01', '0:00:06', '0:00:36', '0:05:36', '0:35:36', '2:35:36', '8:35:36', '32:35:36']],
    ['pivotal', ['0:00:05', '0:05:05', '0:35:05', '2:35:05', '7:35:05', '17:35:05']],
    [
      'standard',
      ['0:00:05', '0:05:05', '0:35:05', '2:35:05', '7:35:05', '17:35:05', '31:35:05', '51:35:05', '75:35:05'],
    ],
  ])('%s', (name, table) => {
    let at = 0;
    const offsets = waits(schedules[name]).map((wait) => {
      if (wait === null) return null;
      at += wait;
      return clock(at);
    });
    expect(offsets).toEqual([...table, null]);
  });
});

describe('chance', () => {
  test.each(Object.entries(schedules))('%s: moves a wait by a tenth at most', (_, schedule) => {
    for (const [index, waitMs] of schedule.waitsMs.entries()) {
      const moved = index + 2 >= schedule.jitterFrom;
      expect(retryWait(schedule, index + 1, 0)).toBe(moved ? Math.round(waitMs * 0.9) : waitMs);
      expect(retryWait(schedule, index + 1, 1)).toBe(moved ? Math.round(waitMs * 1.1) : waitMs);
    }
  });

  test('parseo: leaves the first four attempts where they are', () => {
    expect(waits(schedules.parseo, 0).slice(0, 4)).toEqual([1_000, 5_000, 30_000, 270_000]);
  });
});

test('a scale makes the whole table fast', () => {
  expect(waits(schedules.parseo, middle, 0.001)).toEqual([1, 5, 30, 300, 1_800, 7_200, 21_600, 86_400, null]);
});

test('the tables of a day end within it, whatever chance says', () => {
  const longest = waits(schedules.pivotal, 1).reduce<number>((sum, wait) => sum + (wait ?? 0), 0);
  expect(longest + schedules.pivotal.waitsMs.length * schedules.pivotal.timeoutMs).toBeLessThan(86_400_000);
});
