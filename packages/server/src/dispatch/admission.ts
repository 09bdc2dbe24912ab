import { decideBreaker } from './breaker.ts';
import type { Held, TargetState } from './held.ts';
import { takeToken } from './token-bucket.ts';

/** What stands of a target when some of its deliveries are about to go. */
export interface TargetLoad {
  readonly state: TargetState;
  /** Deliveries to it that are on their way, these not among them. */
  readonly inFlight: number;
}

export type Turn =
  /** `probe` is the round of the breaker's probes it goes in. */
  | { readonly held: Held; readonly type: 'go'; readonly probe: number | null }
  | { readonly held: Held; readonly type: 'defer'; readonly why: Deferral; readonly until: number };

type Deferral = 'rate_limit' | 'breaker' | 'concurrency';

/**
 * When a place is looked for again where a target has as many requests as it may and nobody called: whoever ends one calls the
 * next in line. Later than rows are claimed ahead, or what waits would be claimed and given back all the time.
 */
const placeWaitMs = 2_000;
/** For a bucket that no token will ever come to: looked at again, since its policy can change. */
const neverWaitMs = 60_000;

/**
 * Which of the deliveries to one target may go, in the order in which they are due, and what the others wait for
 * (specification of the scheduler, 6.10 and 6.11): never past their deadlines. Decided for the instants at which they go,
 * which lie ahead a little.
 *
 * @param random from 0 up to 1, spreads what waits for a breaker
 */
export function decideTurns(
  due: readonly Held[],
  load: TargetLoad,
  now: number,
  random: () => number,
): { readonly turns: readonly Turn[]; readonly state: TargetState } {
  let { state } = load;
  let inFlight = load.inFlight;
  let waiting = 0;
  const turns = due
    .toSorted((a, b) => a.dueAt - b.dueAt)
    .map((held): Turn => {
      const policies = held.policies;
      const at = Math.max(now, held.dueAt);
      // What is not wanted any more only goes to be ended, and takes nobody's turn.
      const deadline = held.deadline ?? Number.POSITIVE_INFINITY;
      if (policies === null || at >= deadline) return { held, type: 'go', probe: null };
      const defer = (why: Deferral, until: number): Turn => ({
        held,
        type: 'defer',
        why,
        until: Math.min(until, deadline),
      });
      let probe: number | null = null;
      if (policies.maxInFlight !== null && inFlight >= policies.maxInFlight) {
        return defer('concurrency', at + placeWaitMs);
      }
      if (policies.breaker !== null) {
        const admission = decideBreaker(policies.breaker, state.breaker ?? null, at, random());
        if (!admission.allowed) {
          state = { ...state, breaker: admission.state };
          return defer('breaker', admission.deferUntil);
        }
        probe = admission.probe;
        // A probe is only spent once the bucket lets it go.
        if (policies.rateLimit === null) state = { ...state, breaker: admission.state };
      }
      if (policies.rateLimit !== null) {
        const token = takeToken(policies.rateLimit, state.bucket ?? null, at, waiting);
        if (!token.allowed) {
          const until = token.nextAt ?? at + neverWaitMs;
          if (until < deadline) waiting++;
          return defer('rate_limit', until);
        }
        state = { ...state, bucket: token.state };
        if (policies.breaker !== null) {
          state = { ...state, breaker: decideBreaker(policies.breaker, state.breaker ?? null, at, 0).state };
        }
      }
      inFlight++;
      return { held, type: 'go', probe };
    });
  return { turns, state };
}
