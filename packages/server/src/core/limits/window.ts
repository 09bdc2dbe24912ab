/** How the requests of one caller are counted in a window of time: plain arithmetic, `now` is an argument. */

/**
 * - `fixed_window`: a window begins with the first request and ends all at once.
 * - `sliding_log`: each request leaves the window when it is as old as the window is long. Exact; holds one instant for
 *   each request, so it is for limits of some thousands at most.
 * - `sliding_counter`: two buckets, the last one weighted by what is still within the window. Nearly exact, and as small
 *   as a fixed window.
 */
export type LimitAlgorithm = 'fixed_window' | 'sliding_log' | 'sliding_counter';

/** What was counted, wherever it is kept. Instants and lengths in milliseconds. */
export interface Tally {
  /** When the window, the oldest request of a log, or the bucket began. */
  readonly start: number;
  readonly current: number;
  /** Of the bucket before; 0 where there are no buckets. */
  readonly previous: number;
}

export interface WindowRule {
  readonly algorithm: LimitAlgorithm;
  readonly max: number;
  readonly windowMs: number;
}

/** Whether one more request is within the limit. */
export function admits({ max, windowMs }: WindowRule, tally: Tally, now: number): boolean {
  return tally.current + carriedOver(tally, windowMs, now) + 1 <= max;
}

/** How many more requests the limit admits at this instant. */
export function remaining({ max, windowMs }: WindowRule, tally: Tally, now: number): number {
  return Math.max(0, Math.floor(max - tally.current - carriedOver(tally, windowMs, now)));
}

/**
 * Milliseconds until the window has reset: all of it, except in a log, which has no such instant while requests come,
 * and tells when its oldest request leaves.
 */
export function resetsIn({ algorithm, windowMs }: WindowRule, tally: Tally, now: number): number {
  if (tally.current === 0 && tally.previous === 0) return 0;
  const buckets = algorithm === 'sliding_counter' && tally.current > 0 ? 2 : 1;
  return Math.max(0, tally.start + buckets * windowMs - now);
}

/** Milliseconds after which a refused caller is admitted, if nothing else of his comes meanwhile. */
export function admitsIn(rule: WindowRule, tally: Tally, now: number): number {
  const { algorithm, max, windowMs } = rule;
  if (admits(rule, tally, now)) return 0;
  const end = tally.start + windowMs;
  if (algorithm !== 'sliding_counter') return end - now;
  // In this bucket, when enough of the one before has slid out; else in the next, where this one slides out.
  const room = max - 1 - tally.current;
  if (room >= 0) return end - (room / tally.previous) * windowMs - now;
  return end + windowMs - ((max - 1) / tally.current) * windowMs - now;
}

function carriedOver({ start, previous }: Tally, windowMs: number, now: number): number {
  return previous === 0 ? 0 : previous * Math.max(0, 1 - (now - start) / windowMs);
}
