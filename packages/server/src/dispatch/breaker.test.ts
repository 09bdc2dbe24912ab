import { describe, expect, it } from 'vitest';
import {
  type BreakerOutcome,
  type BreakerPolicy,
  type BreakerState,
  breakerOutcome,
  decideBreaker,
  recordOutcome,
} from './breaker.ts';
import type { AttemptClass } from './classify.ts';

const start = 1_800_000_000_000;
const policy: BreakerPolicy = { failureThreshold: 3, windowMs: 10_000, cooldownMs: 30_000, halfOpenMax: 2 };

/** The state after failures at these offsets, as it would come back from storage. */
function afterFailures(offsets: readonly number[], from: BreakerState | null = null): BreakerState | null {
  return offsets.reduce<BreakerState | null>(
    (state, offset) =>
      JSON.parse(JSON.stringify(recordOutcome(policy, state, 'failure', null, start + offset))) as BreakerState,
    from,
  );
}

const open = (until: number): BreakerState => ({ state: 'open', until });
const halfOpen = (since: number, admitted: number, succeeded = 0): BreakerState => ({
  state: 'half_open',
  since,
  admitted,
  succeeded,
});

describe('a closed breaker', () => {
  it.each<[string, number[], BreakerState | null]>([
    ['stays closed below the threshold', [0, 1], { state: 'closed', failures: [start, start + 1] }],
    ['opens at the threshold', [0, 1, 2], open(start + 2 + 30_000)],
    ['opens on failures that the window just holds', [0, 1, 9_999], open(start + 9_999 + 30_000)],
    ['forgets what has left the window', [0, 1, 10_000], { state: 'closed', failures: [start + 1, start + 10_000] }],
    ['slides with its window', [0, 6_000, 12_000, 15_000], open(start + 15_000 + 30_000)],
  ])('%s', (_, failures, expected) => {
    expect(afterFailures(failures)).toEqual(expected);
  });

  it('opens at the first failure when the threshold is 1', () => {
    expect(recordOutcome({ ...policy, failureThreshold: 1 }, null, 'failure', null, start)).toEqual(
      open(start + 30_000),
    );
  });

  it('lets everything through, and a success changes nothing', () => {
    const state = afterFailures([0, 1]);
    expect(decideBreaker(policy, state, start + 2, 0)).toEqual({ allowed: true, probe: null, state });
    expect(decideBreaker(policy, null, start, 0)).toEqual({ allowed: true, probe: null, state: null });
    expect(recordOutcome(policy, state, 'success', null, start + 2)).toEqual(state);
    expect(recordOutcome(policy, state, 'unknown', null, start + 2)).toEqual(state);
  });

  it('keeps fewer failures than its threshold, however many come', () => {
    const wide = { ...policy, failureThreshold: 1_000, windowMs: 3_600_000 };
    let state: BreakerState | null = null;
    for (let i = 0; i < 999; i++) state = recordOutcome(wide, state, 'failure', null, start + i);
    expect(state?.state === 'closed' && state.failures.length).toBe(999);
    expect(recordOutcome(wide, state, 'failure', null, start + 999)?.state).toBe('open');
  });
});

describe('an open breaker', () => {
  const state = open(start + 30_000);

  it.each<[number, number]>([
    [0, start + 30_000],
    [0.5, start + 31_500],
    [0.999, start + 32_997],
  ])('defers to the end of the cooldown and a little more: %d', (random, deferUntil) => {
    expect(decideBreaker(policy, state, start + 29_999, random)).toEqual({ allowed: false, deferUntil, state });
  });

  it.each<BreakerOutcome>(['success', 'failure', 'unknown'])(
    'does not listen to the %s of a request that was out before',
    (outcome) => {
      expect(recordOutcome(policy, state, outcome, null, start + 1)).toEqual(state);
    },
  );

  it('lets a probe through when the cooldown is over', () => {
    const at = start + 30_000;
    expect(decideBreaker(policy, state, at, 0)).toEqual({ allowed: true, probe: at, state: halfOpen(at, 1) });
  });
});

describe('a half-open breaker', () => {
  const since = start + 30_000;

  it('lets as many probes through as its policy says, and asks the rest to come back soon', () => {
    const second = decideBreaker(policy, halfOpen(since, 1), since + 5, 0);
    expect(second).toEqual({ allowed: true, probe: since, state: halfOpen(since, 2) });
    expect(decideBreaker(policy, second.state, since + 6, 0.5)).toEqual({
      allowed: false,
      deferUntil: since + 6 + 1_050,
      state: halfOpen(since, 2),
    });
  });

  it('closes when all probes have succeeded', () => {
    const one = recordOutcome(policy, halfOpen(since, 2), 'success', since, since + 10);
    expect(one).toEqual(halfOpen(since, 2, 1));
    expect(recordOutcome(policy, one, 'success', since, since + 11)).toBeNull();
  });

  it('opens again at one failure', () => {
    expect(recordOutcome(policy, halfOpen(since, 2, 1), 'failure', since, since + 10)).toEqual(
      open(since + 10 + 30_000),
    );
  });

  it('gives the place of a probe that was never sent to another', () => {
    const state = recordOutcome(policy, halfOpen(since, 2), 'unknown', since, since + 10);
    expect(state).toEqual(halfOpen(since, 1));
    expect(decideBreaker(policy, state, since + 11, 0).allowed).toBe(true);
  });

  it.each<[string, number | null]>([
    ['that was sent while the breaker was closed', null],
    ['of an earlier round', since - 60_000],
  ])('does not listen to a request %s', (_, probe) => {
    for (const outcome of ['success', 'failure'] as const) {
      expect(recordOutcome(policy, halfOpen(since, 1), outcome, probe, since + 1)).toEqual(halfOpen(since, 1));
    }
  });

  it('waits for its last probe as long as it takes', () => {
    const at = since + 3_600_000;
    const last = decideBreaker(policy, halfOpen(since, 1, 1), at, 0);
    expect(last).toEqual({ allowed: true, probe: since, state: halfOpen(since, 2, 1) });
    expect(recordOutcome(policy, last.state, 'success', since, at + 1)).toBeNull();
  });

  it('starts a new round when probes never answered', () => {
    const at = since + 30_000;
    expect(decideBreaker(policy, halfOpen(since, 2), at - 1, 0).allowed).toBe(false);
    expect(decideBreaker(policy, halfOpen(since, 2, 1), at, 0)).toEqual({
      allowed: true,
      probe: at,
      state: halfOpen(at, 1),
    });
  });
});

describe('what an attempt says about its receiver', () => {
  it.each<[AttemptClass, BreakerOutcome]>([
    [{ class: 'success' }, 'success'],
    [{ class: 'retryable', error: 'timeout', retryAfterMs: null }, 'failure'],
    [{ class: 'terminal', reason: 'terminal_response', error: null, disablesEndpoint: false }, 'success'],
    [{ class: 'terminal', reason: 'url_blocked', error: 'url_blocked', disablesEndpoint: false }, 'unknown'],
    [{ class: 'terminal', reason: 'invalid_header', error: 'invalid_header', disablesEndpoint: false }, 'unknown'],
    [{ class: 'lost' }, 'unknown'],
  ])('%j: %s', (result, outcome) => {
    expect(breakerOutcome(result)).toBe(outcome);
  });
});
