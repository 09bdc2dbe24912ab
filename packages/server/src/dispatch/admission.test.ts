import { describe, expect, it } from 'vitest';
import { decideTurns, type Turn } from './admission.ts';
import type { Held, TargetPolicies, TargetState } from './held.ts';

const now = 1_000_000;
const none: TargetPolicies = { rateLimit: null, retryBudget: null, breaker: null, maxInFlight: null };
const breaker = { failureThreshold: 2, windowMs: 10_000, cooldownMs: 1_000, halfOpenMax: 1 };

function held(id: string, policies: Partial<TargetPolicies>, dueAt = now): Held {
  return {
    mode: 'live',
    workspaceId: 'ws',
    id,
    service: 'scheduler',
    kind: 'schedule',
    sourceId: 'sch',
    occurrence: 1,
    eventType: null,
    targetId: 'ep',
    token: 1,
    attemptCount: 0,
    watched: false,
    scheduledFor: dueAt,
    dueAt,
    deadline: null,
    idempotencyKey: id,
    replayOf: null,
    fireClass: 'on_time',
    pausedWhenDue: false,
    afterLoss: false,
    policies: { ...none, ...policies },
    url: 'https://example.com/',
    content: () => {
      throw new Error('whose turn it is does not depend on what is sent');
    },
    probe: null,
    secrets: [],
  };
}

const shown = (turn: Turn) =>
  turn.type === 'go' ? `${turn.held.id} goes` : `${turn.held.id} waits ${turn.until - now} for ${turn.why}`;
const decide = (due: Held[], state: TargetState = {}, inFlight = 0) => {
  const decided = decideTurns(due, { state, inFlight }, now, () => 0);
  return { turns: decided.turns.map(shown), state: decided.state };
};

describe('whose turn it is', () => {
  it('is everybody’s without limits', () => {
    expect(decide([held('a', {}), held('b', {})]).turns).toEqual(['a goes', 'b goes']);
  });

  it('is decided in the order in which they are due, for the instant at which they are due', () => {
    const rateLimit = { rate: 1, burst: 1 };
    expect(decide([held('b', { rateLimit }, now + 900), held('a', { rateLimit })]).turns).toEqual([
      'a goes',
      'b waits 1000 for rate_limit',
    ]);
  });

  it('comes for each with a token of its own', () => {
    const rateLimit = { rate: 2, burst: 1 };
    const { turns, state } = decide(['a', 'b', 'c'].map((id) => held(id, { rateLimit })));
    expect(turns).toEqual(['a goes', 'b waits 500 for rate_limit', 'c waits 1000 for rate_limit']);
    expect(state.bucket).toEqual({ tokens: 0, at: now });
  });

  it('is nobody’s while as many are out as may be', () => {
    expect(
      decide(
        ['a', 'b'].map((id) => held(id, { maxInFlight: 3 })),
        {},
        2,
      ).turns,
    ).toEqual(['a goes', 'b waits 2000 for concurrency']);
  });

  it('is nobody’s while the breaker is open, and a probe’s afterwards', () => {
    const open: TargetState = { breaker: { state: 'open', until: now + 400 } };
    expect(decide([held('a', { breaker })], open).turns).toEqual(['a waits 400 for breaker']);
    const cooled: TargetState = { breaker: { state: 'open', until: now } };
    const { turns, state } = decide([held('a', { breaker }), held('b', { breaker })], cooled);
    expect(turns).toEqual(['a goes', 'b waits 1000 for breaker']);
    expect(state.breaker).toEqual({ state: 'half_open', since: now, admitted: 1, succeeded: 0 });
  });

  it('waits until its deadline at most, and is nobody else’s loss then', () => {
    const rateLimit = { rate: 1, burst: 1 };
    const over = { ...held('a', { rateLimit }), deadline: now };
    const short = { ...held('c', { rateLimit }), deadline: now + 300 };
    expect(decide([over, held('b', { rateLimit }), short, held('d', { rateLimit })]).turns).toEqual([
      'a goes',
      'b goes',
      'c waits 300 for rate_limit',
      'd waits 1000 for rate_limit',
    ]);
  });

  it('spends no probe on what the rate holds back', () => {
    const rateLimit = { rate: 1, burst: 1 };
    const state: TargetState = { breaker: { state: 'open', until: now }, bucket: { tokens: 0, at: now } };
    const decided = decide([held('a', { breaker, rateLimit })], state);
    expect(decided.turns).toEqual(['a waits 1000 for rate_limit']);
    expect(decided.state.breaker).toEqual(state.breaker);
  });
});
