import { expect, test } from 'vitest';
import { restartAfterMs } from './restart.ts';

const now = 1_000_000;

test.each<{ endedAt: number[]; afterMs: number }>([
  { endedAt: [now], afterMs: 0 },
  { endedAt: [now - 70_000, now - 65_000, now], afterMs: 0 },
  { endedAt: [now - 100, now], afterMs: 250 },
  { endedAt: [now - 300, now - 200, now - 100, now], afterMs: 1_000 },
  { endedAt: [1, 2, 3, 4, 5, 6].map((s) => now - s * 1_000), afterMs: 4_000 },
  { endedAt: Array.from({ length: 50 }, (_, s) => now - s * 1_000), afterMs: 5_000 },
])('a server that ended at $endedAt waits $afterMs ms', ({ endedAt, afterMs }) => {
  expect(restartAfterMs({ endedAt, now })).toBe(afterMs);
});
