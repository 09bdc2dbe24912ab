import { describe, expect, it } from 'vitest';
import type { ExponentialRetry } from '../core/deliveries.ts';
import type { AttemptClass } from './classify.ts';
import { decideRetry, type EndedAttempt, type RetryDecision, type RetryPolicy } from './retry.ts';

const now = 1_800_000_000_000;
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const defaults: ExponentialRetry = {
  strategy: 'exponential',
  maxAttempts: 8,
  baseMs: 5 * second,
  factor: 2,
  maxMs: hour,
};
const success: AttemptClass = { class: 'success' };
const lost: AttemptClass = { class: 'lost' };
const retryable = (retryAfterMs: number | null = null): AttemptClass => ({
  class: 'retryable',
  error: null,
  retryAfterMs,
});
const terminal = (reason: 'terminal_response' | 'url_blocked' | 'invalid_header'): AttemptClass => ({
  class: 'terminal',
  reason,
  error: null,
  disablesEndpoint: false,
});
const failed: EndedAttempt = {
  result: retryable(),
  attempts: 1,
  policy: defaults,
  deadline: null,
  budget: null,
  cancelRequested: false,
  random: 0.5,
  now,
};
const retryIn = (ms: number): RetryDecision => ({ type: 'retry', at: now + ms, budget: null });

/** The waits after each failed attempt, until the policy gives up. */
function waits(policy: RetryPolicy, random = 0.5): number[] {
  const all: number[] = [];
  for (let attempts = 1; ; attempts++) {
    const decision = decideRetry({ ...failed, policy, attempts, random });
    if (decision.type !== 'retry') {
      expect(decision).toEqual({ type: 'dead_letter', reason: 'attempts_exhausted' });
      return all;
    }
    all.push(decision.at - now);
  }
}

describe('an exponential policy', () => {
  it.each<[string, Partial<ExponentialRetry>, number[]]>([
    ['waits 635 s in all by default', {}, [5, 10, 20, 40, 80, 160, 320]],
    ['stops growing at its maximum', { maxMs: 30 * second }, [5, 10, 20, 30, 30, 30, 30]],
    ['makes one attempt', { maxAttempts: 1 }, []],
    ['stays level with factor 1', { maxAttempts: 4, factor: 1 }, [5, 5, 5]],
    ['takes fractions', { maxAttempts: 5, factor: 1.5 }, [5, 7.5, 11.25, 16.875]],
    ['waits nothing from a base of 0', { maxAttempts: 4, baseMs: 0, factor: 100 }, [0, 0, 0]],
    ['waits nothing with a maximum of 0', { maxAttempts: 3, maxMs: 0 }, [0, 0]],
    ['keeps to a maximum below its base', { maxAttempts: 3, maxMs: second }, [1, 1]],
  ])('%s', (_, policy, seconds) => {
    expect(waits({ ...defaults, ...policy })).toEqual(seconds.map((wait) => wait * second));
  });

  it('saturates where the power overflows', () => {
    const policy: RetryPolicy = { ...defaults, maxAttempts: 1_000, factor: 100, maxMs: 168 * hour };
    const all = waits(policy);
    expect(all).toHaveLength(999);
    expect(all.at(-1)).toBe(168 * hour);
    expect(all.every(Number.isSafeInteger)).toBe(true);
  });

  it('has no chance in it', () => {
    expect(waits(defaults, 0)).toEqual(waits(defaults, 0.999));
  });
});

describe('a table of waits', () => {
  const table = [10 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour];
  const policy = (jitter: { fraction: number; fromAttempt: number } | null): RetryPolicy => ({
    strategy: 'table',
    waitsMs: table,
    jitter,
  });

  it('is used up wait by wait', () => {
    expect(waits(policy(null))).toEqual(table);
    expect(waits({ strategy: 'table', waitsMs: [], jitter: null })).toEqual([]);
  });

  it.each<[number, number]>([
    [0, 0.9],
    [0.5, 1],
    [0.75, 1.05],
  ])('is moved by chance: at %d every wait is times %d', (random, times) => {
    expect(waits(policy({ fraction: 0.1, fromAttempt: 1 }), random)).toEqual(table.map((wait) => wait * times));
  });

  it('is moved from an attempt on', () => {
    expect(waits(policy({ fraction: 0.1, fromAttempt: 5 }), 0)).toEqual(
      table.map((wait, index) => (index + 2 >= 5 ? wait * 0.9 : wait)),
    );
  });
});

describe('after an attempt', () => {
  it.each<[string, Partial<EndedAttempt>, RetryDecision]>([
    ['a success ends it', { result: success }, { type: 'succeeded' }],
    ['a success counts after the deadline', { result: success, deadline: now - 1 }, { type: 'succeeded' }],
    ['a success counts after a cancellation', { result: success, cancelRequested: true }, { type: 'succeeded' }],
    ['a success counts on the last attempt', { result: success, attempts: 8 }, { type: 'succeeded' }],

    ['a failure after a cancellation is canceled', { cancelRequested: true }, { type: 'canceled' }],
    ['so is a terminal one', { result: terminal('terminal_response'), cancelRequested: true }, { type: 'canceled' }],
    ['so is one past the deadline', { deadline: now - 1, cancelRequested: true }, { type: 'canceled' }],
    ['so is a lost one', { result: lost, cancelRequested: true }, { type: 'canceled' }],

    [
      'a terminal response is a dead letter',
      { result: terminal('terminal_response') },
      { type: 'dead_letter', reason: 'terminal_response' },
    ],
    [
      'a blocked address is a dead letter',
      { result: terminal('url_blocked') },
      { type: 'dead_letter', reason: 'url_blocked' },
    ],
    [
      'a forbidden header is a dead letter',
      { result: terminal('invalid_header') },
      { type: 'dead_letter', reason: 'invalid_header' },
    ],
    ['the last attempt makes a dead letter', { attempts: 8 }, { type: 'dead_letter', reason: 'attempts_exhausted' }],

    ['an attempt that ends at the deadline is expired', { deadline: now }, { type: 'expired' }],
    ['even the last', { attempts: 8, deadline: now }, { type: 'expired' }],
    ['even a terminal one', { result: terminal('terminal_response'), deadline: now }, { type: 'expired' }],
    [
      'the last attempt before the deadline is a dead letter',
      { attempts: 8, deadline: now + 1 },
      { type: 'dead_letter', reason: 'attempts_exhausted' },
    ],
    ['a retry at the deadline would be too late', { deadline: now + 5 * second }, { type: 'expired' }],
    ['a retry just before the deadline is not', { deadline: now + 5 * second + 1 }, retryIn(5 * second)],

    ['Retry-After lengthens the wait', { result: retryable(90 * second) }, retryIn(90 * second)],
    ['Retry-After never shortens it', { result: retryable(second) }, retryIn(5 * second)],
    ['Retry-After can ask for a day', { result: retryable(24 * hour) }, retryIn(24 * hour)],
    [
      'Retry-After past the deadline is too late',
      { result: retryable(90 * second), deadline: now + minute },
      { type: 'expired' },
    ],

    ['a lost attempt is made again at once', { result: lost, attempts: 3 }, retryIn(0)],
    [
      'a lost attempt is one of the attempts',
      { result: lost, attempts: 8 },
      { type: 'dead_letter', reason: 'attempts_exhausted' },
    ],
    ['a lost attempt past the deadline is expired', { result: lost, deadline: now }, { type: 'expired' }],
    [
      'a lost attempt takes no retry budget',
      { result: lost, budget: { policy: { rate: 0, burst: 0 }, state: null } },
      retryIn(0),
    ],

    [
      'a retry takes a token of the budget',
      { budget: { policy: { rate: 2, burst: 20 }, state: null } },
      { type: 'retry', at: now + 5 * second, budget: { tokens: 19, at: now } },
    ],
    [
      'no token is a dead letter',
      { budget: { policy: { rate: 2, burst: 20 }, state: { tokens: 0, at: now } } },
      { type: 'dead_letter', reason: 'retry_budget_exhausted' },
    ],
    [
      'a budget of nothing permits no retry',
      { budget: { policy: { rate: 0, burst: 0 }, state: null } },
      { type: 'dead_letter', reason: 'retry_budget_exhausted' },
    ],
    [
      'what would expire anyway is not charged to the budget',
      { deadline: now + second, budget: { policy: { rate: 0, burst: 0 }, state: null } },
      { type: 'expired' },
    ],
  ])('%s', (_, change, decision) => {
    expect(decideRetry({ ...failed, ...change })).toEqual(decision);
  });
});
