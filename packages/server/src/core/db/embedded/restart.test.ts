import { expect, test } from 'vitest';
import { decideRestart, type Restart } from './restart.ts';

const now = 1_000_000;

test.each<{ endedAt: number[]; decision: Restart }>([
  { endedAt: [now], decision: { type: 'restart', afterMs: 0 } },
  { endedAt: [now - 70_000, now - 65_000, now], decision: { type: 'restart', afterMs: 0 } },
  { endedAt: [now - 100, now], decision: { type: 'restart', afterMs: 250 } },
  { endedAt: [now - 300, now - 200, now - 100, now], decision: { type: 'restart', afterMs: 1000 } },
  { endedAt: [1, 2, 3, 4, 5, 6].map((s) => now - s * 1000), decision: { type: 'give_up' } },
])('a server that ended at $endedAt', ({ endedAt, decision }) => {
  expect(decideRestart({ endedAt, now })).toEqual(decision);
});
