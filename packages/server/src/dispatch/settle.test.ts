import { describe, expect, it } from 'vitest';
import type { AttemptClass } from './classify.ts';
import type { Held, TargetPolicies } from './held.ts';
import { type Ended, settle } from './settle.ts';
import type { TransportResult } from './transport.ts';

const now = 1_000_000;
const policy = { strategy: 'exponential', maxAttempts: 3, baseMs: 5_000, factor: 2, maxMs: 60_000 } as const;
const response = (status: number): TransportResult => ({
  type: 'response',
  status,
  headers: { 'content-type': 'text/plain' },
  body: status < 300 ? null : 'no',
  firedAt: now - 50,
  completedAt: now - 10,
});
const retryable: AttemptClass = { class: 'retryable', error: null, retryAfterMs: null };

function ended(change: Partial<Omit<Ended, 'held'>> & { held?: Partial<Held> }): Ended {
  const held: Held = {
    mode: 'live',
    workspaceId: 'ws',
    id: 'dlv',
    service: 'scheduler',
    kind: 'schedule',
    sourceId: 'sch',
    occurrence: 1,
    eventType: null,
    targetId: null,
    token: 1,
    attemptCount: 0,
    watched: false,
    scheduledFor: now - 60,
    dueAt: now - 60,
    deadline: null,
    idempotencyKey: 'dlv',
    replayOf: null,
    fireClass: 'on_time',
    pausedWhenDue: false,
    afterLoss: false,
    policies: null,
    url: 'https://example.com/',
    content: () => {
      throw new Error('the end does not depend on what was sent');
    },
    probe: null,
    secrets: [],
    ...change.held,
  };
  return { result: retryable, answer: response(503), startedAt: now - 55, policy, ...change, held };
}
const settled = (one: Ended, target = {}) => settle(one, target, now, 0);

describe('an attempt at its end', () => {
  it('that succeeded ends its delivery', () => {
    const { ending } = settled(ended({ result: { class: 'success' }, answer: response(200) }));
    expect(ending).toMatchObject({ status: 'succeeded', dueAt: null, deadLetterReason: null, fireClass: 'on_time' });
    expect(ending.attempt).toMatchObject({ number: 1, kind: 'initial', outcome: 'succeeded', statusCode: 200 });
  });

  it('that failed waits from its own end', () => {
    const { ending } = settled(ended({}));
    expect(ending).toMatchObject({ status: 'retrying', dueAt: now - 10 + 5_000 });
    expect(ending.attempt).toMatchObject({ outcome: 'retryable', statusCode: 503, responseBody: 'no' });
  });

  it('that was the last is a dead letter', () => {
    const { ending } = settled(ended({ held: { attemptCount: 2 } }));
    expect(ending).toMatchObject({ status: 'dead_letter', dueAt: null, deadLetterReason: 'attempts_exhausted' });
    expect(ending.attempt).toMatchObject({ number: 3, kind: 'retry' });
  });

  it('whose node died is tried again at once, by another kind of attempt', () => {
    const { ending } = settled(ended({ result: { class: 'lost' }, answer: null, startedAt: null }));
    expect(ending).toMatchObject({ status: 'retrying', dueAt: now });
    expect(ending.attempt).toMatchObject({ outcome: 'lost', startedAt: null, firedAt: null, completedAt: null });
    const again = settled(ended({ held: { attemptCount: 1, afterLoss: true } }));
    expect(again.ending.attempt).toMatchObject({ number: 2, kind: 'reclaim' });
  });

  it('that began more than a second late makes its delivery late, unless it had a class already', () => {
    expect(settled(ended({ held: { scheduledFor: now - 1_100 } })).ending.fireClass).toBe('late');
    expect(settled(ended({ held: { scheduledFor: now - 1_100, attemptCount: 1 } })).ending.fireClass).toBe('on_time');
    expect(settled(ended({ held: { scheduledFor: now - 9_000, fireClass: 'catch_up' } })).ending.fireClass).toBe(
      'catch_up',
    );
  });

  it('takes a token for a retry, and is a dead letter without one', () => {
    const policies: TargetPolicies = {
      rateLimit: null,
      retryBudget: { rate: 0, burst: 1 },
      breaker: null,
      maxInFlight: null,
    };
    const first = settled(ended({ held: { policies } }));
    expect(first.ending.status).toBe('retrying');
    expect(first.target.budget).toMatchObject({ tokens: 0 });
    expect(settled(ended({ held: { policies } }), first.target).ending).toMatchObject({
      status: 'dead_letter',
      deadLetterReason: 'retry_budget_exhausted',
    });
  });

  it('tells the breaker', () => {
    const breaker = { failureThreshold: 1, windowMs: 10_000, cooldownMs: 1_000, halfOpenMax: 1 };
    const policies: TargetPolicies = { rateLimit: null, retryBudget: null, breaker, maxInFlight: null };
    const { target } = settled(ended({ held: { policies } }));
    expect(target.breaker).toEqual({ state: 'open', until: now - 10 + 1_000 });
    const refused: AttemptClass = {
      class: 'terminal',
      reason: 'terminal_response',
      error: null,
      disablesEndpoint: false,
    };
    expect(settled(ended({ held: { policies }, result: refused, answer: response(404) })).target.breaker).toBeNull();
  });
});
