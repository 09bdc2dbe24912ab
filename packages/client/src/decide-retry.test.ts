import { expect, test } from 'vitest';
import { decideRetry, type Failure } from './decide-retry.ts';

const failure: Failure = {
  attempt: 1,
  maxAttempts: 3,
  status: 503,
  retryAfterMs: null,
  maxWaitMs: 60_000,
  repeatable: true,
  random: 1,
};
const giveUp = { type: 'give_up' };

test.each<[string, Partial<Failure>, unknown]>([
  ['a passing failure of what can be repeated', {}, { type: 'retry', waitMs: 250 }],
  ['longer each time', { attempt: 2 }, { type: 'retry', waitMs: 500 }],
  ['spread, down to half', { random: 0 }, { type: 'retry', waitMs: 125 }],
  ['no longer than 8 s on its own', { attempt: 9, maxAttempts: 10 }, { type: 'retry', waitMs: 8_000 }],
  ['the last attempt', { attempt: 3 }, giveUp],
  ['no answer', { status: null }, { type: 'retry', waitMs: 250 }],
  ['no answer, and it may have been done', { status: null, repeatable: false }, giveUp],
  ['503, and it may have been done', { repeatable: false }, giveUp],
  ['429 was not done', { status: 429, repeatable: false, retryAfterMs: 2_000 }, { type: 'retry', waitMs: 2_250 }],
  ['the time the server names, never less', { retryAfterMs: 2_000, random: 0 }, { type: 'retry', waitMs: 2_000 }],
  ['a longer wait than is worth it', { status: 429, retryAfterMs: 3_600_000 }, giveUp],
  ['the first request still runs', { status: 409, retryAfterMs: 1_000, random: 0 }, { type: 'retry', waitMs: 1_000 }],
  ['a conflict', { status: 409 }, giveUp],
  ['what the caller has to mend', { status: 400 }, giveUp],
  ['what is not there', { status: 404 }, giveUp],
])('%s', (_, given, decision) => {
  expect(decideRetry({ ...failure, ...given })).toEqual(decision);
});
