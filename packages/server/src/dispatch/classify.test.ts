import { describe, expect, it } from 'vitest';
import { type AttemptClass, classify, deliveryRules, webhookRules } from './classify.ts';
import type { TransportError, TransportResult } from './transport.ts';

const now = Date.UTC(2026, 10, 21, 8, 0, 0);
const response = (status: number, headers: Record<string, string> = {}): TransportResult => ({
  type: 'response',
  status,
  headers,
  body: null,
  firedAt: now,
  completedAt: now,
});
const failure = (error: TransportError): TransportResult => ({
  type: 'failure',
  error,
  message: '',
  firedAt: null,
  completedAt: now,
});
const success: AttemptClass = { class: 'success' };
const retryable = (error: TransportError | 'redirect' | null = null, retryAfterMs: number | null = null) =>
  ({ class: 'retryable', error, retryAfterMs }) satisfies AttemptClass;
const terminal = (error: 'redirect' | null = null, disablesEndpoint = false) =>
  ({ class: 'terminal', reason: 'terminal_response', error, disablesEndpoint }) satisfies AttemptClass;

describe('a scheduled delivery', () => {
  it.each<[number, AttemptClass]>([
    [200, success],
    [201, success],
    [204, success],
    [206, success],
    [299, success],
    [300, terminal('redirect')],
    [301, terminal('redirect')],
    [304, terminal('redirect')],
    [307, terminal('redirect')],
    [399, terminal('redirect')],
    [400, terminal()],
    [401, terminal()],
    [404, terminal()],
    [407, terminal()],
    [408, retryable()],
    [409, terminal()],
    [410, terminal()],
    [422, terminal()],
    [425, retryable()],
    [429, retryable()],
    [451, terminal()],
    [499, terminal()],
    [500, retryable()],
    [501, retryable()],
    [503, retryable()],
    [599, retryable()],
    [600, retryable()],
    [999, retryable()],
  ])('answered %d', (status, expected) => {
    expect(classify(response(status), deliveryRules, now)).toEqual(expected);
  });

  it.each<[TransportError, AttemptClass]>([
    ['timeout', retryable('timeout')],
    ['dns', retryable('dns')],
    ['connect', retryable('connect')],
    ['tls', retryable('tls')],
    ['reset', retryable('reset')],
    ['protocol', retryable('protocol')],
    ['url_blocked', { class: 'terminal', reason: 'url_blocked', error: 'url_blocked', disablesEndpoint: false }],
    [
      'invalid_header',
      { class: 'terminal', reason: 'invalid_header', error: 'invalid_header', disablesEndpoint: false },
    ],
  ])('not answered: %s', (error, expected) => {
    expect(classify(failure(error), deliveryRules, now)).toEqual(expected);
    expect(classify(failure(error), webhookRules, now)).toEqual(expected);
  });

  it.each<[number, string, AttemptClass]>([
    [503, 'false', terminal()],
    [503, ' False ', terminal()],
    [429, 'FALSE', terminal()],
    [503, 'true', retryable()],
    [503, '0', retryable()],
    [200, 'false', success],
  ])('answered %d with Sched-Retry: %s', (status, value, expected) => {
    expect(classify(response(status, { 'sched-retry': value }), deliveryRules, now)).toEqual(expected);
  });

  it.each<[number, string, number | null]>([
    [429, '30', 30_000],
    [503, '30', 30_000],
    [503, 'Sat, 21 Nov 2026 08:00:10 GMT', 10_000],
    [503, 'later', null],
    [500, '30', null],
    [408, '30', null],
  ])('answered %d with Retry-After: %s waits %s ms', (status, value, delay) => {
    expect(classify(response(status, { 'retry-after': value }), deliveryRules, now)).toEqual(retryable(null, delay));
  });

  it('cut off is lost, not failed', () => {
    expect(classify({ type: 'aborted', firedAt: now, completedAt: now }, deliveryRules, now)).toEqual({
      class: 'lost',
    });
  });
});

describe('a webhook', () => {
  it.each<[number, AttemptClass]>([
    [200, success],
    [302, retryable('redirect')],
    [400, retryable()],
    [404, retryable()],
    [410, terminal(null, true)],
    [429, retryable()],
    [500, retryable()],
  ])('answered %d', (status, expected) => {
    expect(classify(response(status), webhookRules, now)).toEqual(expected);
  });

  it('knows no Sched-Retry', () => {
    expect(classify(response(503, { 'sched-retry': 'false' }), webhookRules, now)).toEqual(retryable());
  });
});
