const longestMs = 5_000;

/**
 * How long to wait before a server that ended by itself is started again: not at all the first time within a minute, longer
 * when it keeps happening. It is never given up: what keeps it down, such as a full disk, may pass.
 */
export function restartAfterMs({ endedAt, now }: { endedAt: readonly number[]; now: number }): number {
  const recent = endedAt.filter((at) => now - at < 60_000).length;
  return recent <= 1 ? 0 : Math.min(250 * 2 ** (recent - 2), longestMs);
}
