import { expect, it } from 'vitest';
import { ticksUpTo } from './ticks.ts';

it.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [4, [0, 1, 2, 3, 4]],
  [7, [0, 2, 4, 6, 8]],
  [70, [0, 20, 40, 60, 80]],
  [101, [0, 50, 100, 150]],
  [5_000, [0, 1_000, 2_000, 3_000, 4_000, 5_000]],
])('the scale up to %i', (most, ticks) => {
  expect(ticksUpTo(most)).toEqual(ticks);
});
