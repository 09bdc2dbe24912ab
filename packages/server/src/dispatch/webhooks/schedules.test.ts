import { describe, expect, test } from 'vitest';
import { scaled, schedules } from './schedules.ts';

const clock = (ms: number) => `${Math.floor(ms / 3_600_000)}:${new Date(ms).toISOString().slice(14, 19)}`;

describe('when each attempt is made, in hours since the first', () => {
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
    const offsets = schedules[name].retries.waitsMs.map((waitMs) => {
      at += waitMs;
      return clock(at);
    });
    expect(offsets).toEqual(table);
  });
});

test.each<[keyof typeof schedules, timeoutMs: number, jitterFrom: number]>([
  ['provable', 10_000, 2],
  ['parseo', 30_000, 5],
  ['pivotal', 10_000, 2],
  ['standard', 15_000, 2],
])('%s: an answer within %i ms, and a tenth of jitter from attempt %i on', (name, timeoutMs, fromAttempt) => {
  expect(schedules[name]).toMatchObject({ timeoutMs, retries: { jitter: { fraction: 0.1, fromAttempt } } });
});

test('pivotal: all attempts are made within the 24 hours that are promised, whatever chance says', () => {
  const { timeoutMs, retries } = schedules.pivotal;
  const waits = retries.waitsMs.reduce((sum, waitMs) => sum + waitMs * (1 + retries.jitter.fraction), 0);
  expect(waits + (retries.waitsMs.length + 1) * timeoutMs).toBeLessThan(86_400_000);
});

test('a scale makes the whole table fast, and nothing else', () => {
  const fast = scaled(schedules.parseo, 0.001);
  expect(fast.retries.waitsMs).toEqual([1, 5, 30, 300, 1_800, 7_200, 21_600, 86_400]);
  expect({ ...fast, retries: { ...fast.retries, waitsMs: schedules.parseo.retries.waitsMs } }).toEqual(
    schedules.parseo,
  );
});
