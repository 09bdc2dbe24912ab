import { expect, it } from 'vitest';
import { type Figures, seriesOf, totalsOf } from './series.ts';

const step = (at: number, mode: 'live' | 'test', requests: number) => ({
  at,
  mode,
  requests,
  errors: 1,
  suppressed: 0,
  delivered: 2,
  failed: 0,
});
const figures: Figures = {
  from: 1_000,
  to: 4_000,
  stepMs: 1_000,
  steps: [step(2_000, 'live', 5), step(2_000, 'test', 7), step(3_000, 'test', 1)],
};

it('fills the steps in which nothing happened, each mode apart', () => {
  expect(seriesOf(figures, 'live').map(({ at, requests }) => [at, requests])).toEqual([
    [1_000, 0],
    [2_000, 5],
    [3_000, 0],
  ]);
});

it('adds up one mode', () => {
  expect(totalsOf(figures, 'test')).toEqual({ requests: 8, errors: 2, suppressed: 0, delivered: 4, failed: 0 });
});
