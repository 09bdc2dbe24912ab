import type { ExponentialRetry } from '../core/deliveries.ts';
import type { AttemptClass, TerminalError } from './classify.ts';
import { type BucketPolicy, type BucketState, takeToken } from './token-bucket.ts';

/** How long to wait after a failed attempt, and how often. */
export type RetryPolicy =
  | ExponentialRetry
  | {
      readonly strategy: 'table';
      /** One wait before each attempt from the second on; when there is none left, that was the last. */
      readonly waitsMs: readonly number[];
      /** Moves a wait by up to this fraction either way, from the wait before this attempt on. */
      readonly jitter: { readonly fraction: number; readonly fromAttempt: number } | null;
    };

export type DeadLetterReason = 'terminal_response' | 'attempts_exhausted' | 'retry_budget_exhausted' | TerminalError;

/** A delivery at the end of one of its attempts. */
export interface EndedAttempt {
  readonly result: AttemptClass;
  /** Attempts made so far: this one and lost ones included. */
  readonly attempts: number;
  readonly policy: RetryPolicy;
  /** When the delivery is no longer wanted. */
  readonly deadline: number | null;
  /** Tokens for retries; `null` is no limit. */
  readonly budget: { readonly policy: BucketPolicy; readonly state: BucketState | null } | null;
  readonly cancelRequested: boolean;
  /** From 0 up to 1, for the jitter. */
  readonly random: number;
  /** When the attempt ended: what waits are counted from. */
  readonly now: number;
}

export type RetryDecision =
  | { readonly type: 'succeeded' }
  /** `budget` is what to keep of the retry budget; `null` when no token was taken. */
  | { readonly type: 'retry'; readonly at: number; readonly budget: BucketState | null }
  | { readonly type: 'dead_letter'; readonly reason: DeadLetterReason }
  | { readonly type: 'expired' }
  | { readonly type: 'canceled' };

/**
 * What becomes of a delivery after an attempt. A success counts however late it comes. Of what remains, a cancellation
 * comes before the deadline, and the deadline before every reason for a dead letter: what was no longer wanted has not
 * failed.
 */
export function decideRetry(ended: EndedAttempt): RetryDecision {
  const { result, deadline, now } = ended;
  if (result.class === 'success') return { type: 'succeeded' };
  if (ended.cancelRequested) return { type: 'canceled' };
  if (isOver(now, deadline)) return { type: 'expired' };
  if (result.class === 'terminal') return { type: 'dead_letter', reason: result.reason };
  const backoff = backoffMs(ended.policy, ended.attempts, ended.random);
  if (backoff === null) return { type: 'dead_letter', reason: 'attempts_exhausted' };
  // The receiver refused nothing when it was our node that died: the next attempt is at once, and no retry traffic.
  if (result.class === 'lost') return { type: 'retry', at: now, budget: null };
  const at = now + Math.max(backoff, result.retryAfterMs ?? 0);
  if (isOver(at, deadline)) return { type: 'expired' };
  if (ended.budget === null) return { type: 'retry', at, budget: null };
  const token = takeToken(ended.budget.policy, ended.budget.state, now);
  if (!token.allowed) return { type: 'dead_letter', reason: 'retry_budget_exhausted' };
  return { type: 'retry', at, budget: token.state };
}

/** The wait after so many attempts, in whole milliseconds; `null` when no further attempt is due. */
function backoffMs(policy: RetryPolicy, attempts: number, random: number): number | null {
  if (policy.strategy === 'exponential') {
    if (attempts >= policy.maxAttempts) return null;
    if (policy.baseMs === 0) return 0;
    return Math.round(Math.min(policy.baseMs * policy.factor ** (attempts - 1), policy.maxMs));
  }
  const wait = policy.waitsMs[attempts - 1];
  if (wait === undefined) return null;
  const jitter = policy.jitter;
  if (jitter === null || attempts + 1 < jitter.fromAttempt) return wait;
  return Math.round(wait * (1 + (2 * random - 1) * jitter.fraction));
}

function isOver(at: number, deadline: number | null): boolean {
  return deadline !== null && at >= deadline;
}
