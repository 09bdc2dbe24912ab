import type { AttemptClass } from './classify.ts';

/** When to stop sending to an endpoint that fails, and how to find out that it is back. */
export interface BreakerPolicy {
  /** Failures within the window that open the breaker, 1 to 1000. */
  readonly failureThreshold: number;
  readonly windowMs: number;
  /** How long it stays open before it lets probes through. */
  readonly cooldownMs: number;
  /** How many probes; all must succeed to close it, one failure opens it again. */
  readonly halfOpenMax: number;
}

/** What is kept of a breaker, fit for JSON; `null` stands for one that has seen no failure. */
export type BreakerState =
  /** Failures by their instant, oldest first: those within the window, so never more than the threshold less one. */
  | { readonly state: 'closed'; readonly failures: readonly number[] }
  | { readonly state: 'open'; readonly until: number }
  /** `since` names the round: answers to requests of before it say nothing about now. */
  | { readonly state: 'half_open'; readonly since: number; readonly admitted: number; readonly succeeded: number };

type HalfOpen = Extract<BreakerState, { state: 'half_open' }>;

export type Admission =
  /** `probe` is for `recordOutcome`; `state` is what to keep. */
  | { readonly allowed: true; readonly probe: number | null; readonly state: BreakerState | null }
  | { readonly allowed: false; readonly deferUntil: number; readonly state: BreakerState | null };

/** What an attempt says about whether its receiver is alive. */
export type BreakerOutcome = 'success' | 'failure' | 'unknown';

/** While probes are out, the rest asks again this soon at most. */
const probeWaitMs = 1_000;
/** Deferred requests come back spread over this part of the wait, so that they do not all come at one instant. */
const spread = 0.1;

/**
 * Whether a request may go to the endpoint now. `random`, from 0 up to 1, spreads what is deferred.
 *
 * @see https://martinfowler.com/bliki/CircuitBreaker.html
 */
export function decideBreaker(
  policy: BreakerPolicy,
  state: BreakerState | null,
  now: number,
  random: number,
): Admission {
  if (state === null || state.state === 'closed') return { allowed: true, probe: null, state };
  if (state.state === 'open' && now < state.until) {
    return { allowed: false, deferUntil: spreadOut(state.until, policy.cooldownMs, random), state };
  }
  const round = state.state === 'open' ? newRound(now) : state;
  if (round.admitted < policy.halfOpenMax) return probeOf(round);
  // Probes whose node died never answer: after another cooldown others take their place.
  if (now >= round.since + policy.cooldownMs) return probeOf(newRound(now));
  const wait = Math.min(probeWaitMs, policy.cooldownMs);
  return { allowed: false, deferUntil: spreadOut(now + wait, wait, random), state: round };
}

/** The breaker after an attempt that `decideBreaker` let through with this `probe`. */
export function recordOutcome(
  policy: BreakerPolicy,
  state: BreakerState | null,
  outcome: BreakerOutcome,
  probe: number | null,
  now: number,
): BreakerState | null {
  if (state === null || state.state === 'closed') {
    return outcome === 'failure' ? recordFailure(policy, state?.failures ?? [], now) : state;
  }
  if (state.state === 'open' || probe !== state.since) return state;
  if (outcome === 'failure') return { state: 'open', until: now + policy.cooldownMs };
  if (outcome === 'unknown') return { ...state, admitted: Math.max(0, state.admitted - 1) };
  const succeeded = state.succeeded + 1;
  return succeeded >= policy.halfOpenMax ? null : { ...state, succeeded };
}

function newRound(now: number): HalfOpen {
  return { state: 'half_open', since: now, admitted: 0, succeeded: 0 };
}

function probeOf(round: HalfOpen): Admission {
  return { allowed: true, probe: round.since, state: { ...round, admitted: round.admitted + 1 } };
}

/** A receiver that refuses a request is alive; what was never sent, or cut off by us, says nothing. */
export function breakerOutcome(result: AttemptClass): BreakerOutcome {
  if (result.class === 'success') return 'success';
  if (result.class === 'retryable') return 'failure';
  if (result.class === 'lost') return 'unknown';
  return result.reason === 'terminal_response' ? 'success' : 'unknown';
}

function recordFailure(policy: BreakerPolicy, before: readonly number[], now: number): BreakerState {
  const failures = [...before.filter((at) => at > now - policy.windowMs), now];
  if (failures.length >= policy.failureThreshold) return { state: 'open', until: now + policy.cooldownMs };
  return { state: 'closed', failures };
}

function spreadOut(at: number, waitMs: number, random: number): number {
  return at + Math.round(waitMs * spread * random);
}
