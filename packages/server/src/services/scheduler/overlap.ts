/** What a recurring schedule does with an occurrence that falls due while an earlier one is unfinished. */
export const overlapPolicies = ['allow', 'skip', 'buffer_one'] as const;

export type OverlapPolicy = (typeof overlapPolicies)[number];

export const defaultOverlapPolicy: OverlapPolicy = 'allow';

/** The deliveries of the schedule that are older than the occurrence and have reached no terminal state. */
export interface Unfinished {
  /** Released: in flight or waiting for a retry. */
  readonly running: number;
  /** Held back by `buffer_one` until those are done. */
  readonly buffered: number;
}

/** `skip` is a terminal row with the reason, never nothing. */
export type OverlapDecision =
  | { readonly type: 'start' }
  | { readonly type: 'buffer' }
  | { readonly type: 'skip'; readonly why: 'unfinished' | 'buffer_full' };

/**
 * Decides about an occurrence that falls due. `buffer_one` keeps the first occurrence that had to wait and leaves out those
 * after it, so a schedule that is slower than its cron runs without a pause and never piles up.
 *
 * @see https://docs.temporal.io/schedule#overlap-policy
 */
export function decideOverlap(policy: OverlapPolicy, { running, buffered }: Unfinished): OverlapDecision {
  if (policy === 'allow' || running + buffered === 0) return { type: 'start' };
  if (policy === 'skip') return { type: 'skip', why: 'unfinished' };
  return buffered === 0 ? { type: 'buffer' } : { type: 'skip', why: 'buffer_full' };
}
