import { expect, test } from 'vitest';
import { decideBlock, quotaDay } from './quota.ts';

test.each([
  { limit: 1_000_000, reserved: 0, block: 1_024 },
  { limit: 10_000, reserved: 0, block: 156 },
  { limit: 10_000, reserved: 8_000, block: 64 },
  { limit: 10_000, reserved: 9_200, block: 50 },
  { limit: 10_000, reserved: 9_969, block: 1 },
  { limit: 10_000, reserved: 9_999, block: 1 },
  { limit: 10_000, reserved: 10_000, block: 1 },
  { limit: 5, reserved: 0, block: 1 },
])('with $reserved of $limit reserved, the next block asks for $block', ({ limit, reserved, block }) => {
  expect(decideBlock(limit, reserved)).toBe(block);
});

test.each([
  { at: '2026-05-24T00:00:00.000Z', day: '2026-05-24', ends: '2026-05-25T00:00:00.000Z' },
  { at: '2026-05-24T23:59:59.999Z', day: '2026-05-24', ends: '2026-05-25T00:00:00.000Z' },
  { at: '2024-02-29T12:00:00.000Z', day: '2024-02-29', ends: '2024-03-01T00:00:00.000Z' },
])('$at belongs to the UTC day $day', ({ at, day, ends }) => {
  expect(quotaDay(Date.parse(at))).toEqual({ day, resetsAt: Date.parse(ends) });
});
