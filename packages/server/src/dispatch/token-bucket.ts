/** How fast tokens come and how many can wait; both at least 0, and both may be fractions. */
export interface BucketPolicy {
  /** Tokens per second. */
  readonly rate: number;
  /** The most tokens that wait to be taken; a bucket starts full. */
  readonly burst: number;
}

/** What is kept of a bucket between two decisions; `null` stands for a bucket that nobody has used. */
export interface BucketState {
  readonly tokens: number;
  /** When `tokens` was true, in Unix milliseconds. */
  readonly at: number;
}

export type BucketDecision =
  | { readonly allowed: true; readonly state: BucketState }
  /** `nextAt` is when to ask again; `null` when no token will ever come. */
  | { readonly allowed: false; readonly nextAt: number | null };

/** What a token is, a rounding of fractions short of one: at the instant that was promised it must be there. */
const whole = 1 - 1e-9;

/**
 * Takes one token, or says when the next one comes. `waiting` is how many others already wait: each is sent to a token
 * of its own, so that a backlog does not come back all at once for a single one.
 *
 * @see https://en.wikipedia.org/wiki/Token_bucket
 */
export function takeToken(policy: BucketPolicy, state: BucketState | null, now: number, waiting = 0): BucketDecision {
  // A clock that was set back earns nothing until it has caught up.
  const at = Math.max(now, state?.at ?? now);
  const tokens = refill(policy, state, at);
  if (tokens >= whole) return { allowed: true, state: { tokens: Math.max(0, tokens - 1), at } };
  if (policy.rate <= 0 || policy.burst < 1) return { allowed: false, nextAt: null };
  return { allowed: false, nextAt: at + Math.ceil(((whole - tokens + waiting) / policy.rate) * 1000) };
}

/** A policy with a smaller burst than before lets the rest go. */
function refill({ rate, burst }: BucketPolicy, state: BucketState | null, at: number): number {
  return state === null ? burst : Math.min(burst, state.tokens + ((at - state.at) / 1000) * rate);
}
