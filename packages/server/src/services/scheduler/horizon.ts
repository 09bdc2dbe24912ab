/** How far ahead anything can be scheduled, in years (specification 4.2, 4.3). */
export const horizonYears = 10;

/** The last instant (Unix ms) that can be scheduled: the same date and time ten calendar years on. */
export function horizonOf(now: number): number {
  const date = new Date(now);
  return date.setUTCFullYear(date.getUTCFullYear() + horizonYears);
}
