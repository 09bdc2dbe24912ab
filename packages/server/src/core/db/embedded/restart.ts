export type Restart = { type: 'restart'; afterMs: number } | { type: 'give_up' };

/** What to do when the server ends by itself: at once the first time, more slowly when it keeps happening. */
export function decideRestart({ endedAt, now }: { endedAt: readonly number[]; now: number }): Restart {
  const recent = endedAt.filter((at) => now - at < 60_000).length;
  if (recent > 5) return { type: 'give_up' };
  return { type: 'restart', afterMs: recent <= 1 ? 0 : 250 * 2 ** (recent - 2) };
}
