/** How a call went that did not succeed. */
export interface Failure {
  /** 1-based. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** `null`: no answer came. */
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  /** The longest wait that is worth it. */
  readonly maxWaitMs: number;
  /** Whether doing it twice does no more than doing it once. */
  readonly repeatable: boolean;
  /** From 0 to 1: spreads those who failed together. */
  readonly random: number;
}

export type RetryDecision = { readonly type: 'retry'; readonly waitMs: number } | { readonly type: 'give_up' };

const giveUp: RetryDecision = { type: 'give_up' };
const baseMs = 250;
const capMs = 8_000;

/**
 * Whether to try again, and when. What was refused before anything was done (429, and 409 with a time to wait, which
 * is a first request that still runs) may always be tried again; what may have been done, only if it is repeatable.
 */
export function decideRetry(failure: Failure): RetryDecision {
  if (failure.attempt >= failure.maxAttempts || !isWorthIt(failure)) return giveUp;
  const backoffMs = Math.min(capMs, baseMs * 2 ** (failure.attempt - 1)) * (0.5 + failure.random / 2);
  // A server that names a time is believed; a little more keeps a crowd from coming back in the same millisecond.
  const waitMs =
    failure.retryAfterMs === null ? backoffMs : failure.retryAfterMs + Math.min(backoffMs, baseMs) * failure.random;
  return waitMs > failure.maxWaitMs ? giveUp : { type: 'retry', waitMs: Math.round(waitMs) };
}

const passing = new Set([408, 500, 502, 503, 504]);

function isWorthIt({ status, repeatable, retryAfterMs }: Failure): boolean {
  if (status === 429) return true;
  if (status === 409) return retryAfterMs !== null;
  return repeatable && (status === null || passing.has(status));
}
