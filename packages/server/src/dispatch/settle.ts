import { ulid } from '../core/ids.ts';
import { breakerOutcome, recordOutcome } from './breaker.ts';
import type { AttemptClass } from './classify.ts';
import type { Held, TargetState } from './held.ts';
import { decideRetry, type RetryPolicy } from './retry.ts';
import type { AttemptRecord, Ending } from './store.ts';
import type { TransportResult } from './transport.ts';

/** One attempt at its end. */
export interface Ended {
  readonly held: Held;
  readonly result: AttemptClass;
  /** `null` when nobody knows what came of it. */
  readonly answer: TransportResult | null;
  readonly startedAt: number | null;
  readonly policy: RetryPolicy;
}

/** Above this a first attempt is late. */
const lateMs = 1_000;

/**
 * What becomes of a delivery and of its target after an attempt: a pure function, so that it can be asked again with
 * the state that other nodes have meanwhile left.
 *
 * @param random from 0 up to 1, for the jitter of waits
 */
export function settle(
  ended: Ended,
  target: TargetState,
  now: number,
  random: number,
): { readonly ending: Ending; readonly target: TargetState } {
  const { held, result, answer, policy } = ended;
  const number = held.attemptCount + 1;
  const at = answer?.completedAt ?? now;
  const budget = held.policies?.retryBudget ?? null;
  const decision = decideRetry({
    result,
    attempts: number,
    policy,
    deadline: held.deadline,
    budget: budget === null ? null : { policy: budget, state: target.budget ?? null },
    // What was canceled while it was out is seen where the ending is written.
    cancelRequested: false,
    random,
    now: at,
  });
  const breaker = held.policies?.breaker ?? null;
  return {
    ending: {
      held,
      status: decision.type === 'retry' ? 'retrying' : decision.type,
      dueAt: decision.type === 'retry' ? decision.at : null,
      deadLetterReason: decision.type === 'dead_letter' ? decision.reason : null,
      fireClass: fireClassOf(held, answer?.firedAt ?? ended.startedAt),
      attempt: recordOf(ended, number, now),
    },
    target: {
      ...target,
      ...(decision.type === 'retry' && decision.budget !== null ? { budget: decision.budget } : {}),
      ...(breaker === null
        ? {}
        : { breaker: recordOutcome(breaker, target.breaker ?? null, breakerOutcome(result), held.probe, at) }),
    },
  };
}

function fireClassOf(held: Held, firedAt: number | null): string {
  const isLate = held.attemptCount === 0 && firedAt !== null && firedAt - held.scheduledFor > lateMs;
  return isLate && held.fireClass === 'on_time' ? 'late' : held.fireClass;
}

function recordOf({ held, result, answer, startedAt }: Ended, number: number, now: number): AttemptRecord {
  const response = answer?.type === 'response' ? answer : null;
  return {
    id: `att_${ulid(startedAt ?? now)}`,
    number,
    kind: number === 1 ? 'initial' : held.afterLoss ? 'reclaim' : 'retry',
    outcome: result.class === 'success' ? 'succeeded' : result.class,
    statusCode: response?.status ?? null,
    errorCode: result.class === 'retryable' || result.class === 'terminal' ? result.error : null,
    startedAt,
    firedAt: answer?.firedAt ?? null,
    completedAt: answer?.completedAt ?? null,
    responseHeaders: response?.headers ?? null,
    responseBody: response?.body ?? (answer?.type === 'failure' ? answer.said : undefined) ?? null,
    retryAfter:
      result.class === 'retryable' && result.retryAfterMs !== null ? Math.ceil(result.retryAfterMs / 1000) : null,
  };
}
