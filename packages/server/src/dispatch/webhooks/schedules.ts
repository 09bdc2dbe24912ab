const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long an endpoint has for its answer, and how often it is asked again. Milliseconds. */
export interface RetrySchedule {
  readonly timeoutMs: number;
  /** The wait after each failed attempt; after as many retries the delivery is a dead letter. */
  readonly waitsMs: readonly number[];
  /** The share of a wait by which chance makes it longer or shorter. */
  readonly jitter: number;
  /** The first attempt that chance moves. */
  readonly jitterFrom: number;
}

export const schedules = {
  /** 7 attempts in 8 h 36 min 10 s. The service publishes no table; this one is ours. */
  provable: {
    timeoutMs: 10 * second,
    waitsMs: [10 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour],
    jitter: 0.1,
    jitterFrom: 2,
  },
  /**
   * 9 attempts in 32 h 35 min 36 s. The jitter is ours.
   * @see https://docs.parseo.ai/en/webhooks/retries-and-dead-letter
   */
  parseo: {
    timeoutMs: 30 * second,
    waitsMs: [second, 5 * second, 30 * second, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 24 * hour],
    jitter: 0.1,
    jitterFrom: 5,
  },
  /**
   * 7 attempts in 17 h 35 min 5 s: the waits of Svix, as far as they end within the 24 hours that are promised.
   * @see https://docs.pivotal.app/webhooks/receiving
   * @see https://docs.svix.com/retries
   */
  pivotal: {
    timeoutMs: 10 * second,
    waitsMs: [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour],
    jitter: 0.1,
    jitterFrom: 2,
  },
  /**
   * 10 attempts in 75 h 35 min 5 s.
   * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
   */
  standard: {
    timeoutMs: 15 * second,
    waitsMs: [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
    jitter: 0.1,
    jitterFrom: 2,
  },
} as const satisfies Record<string, RetrySchedule>;

/**
 * How long to wait after a failed attempt, in whole milliseconds; `null` after the last.
 *
 * @param attempt the one that failed, 1-based
 * @param chance from 0 up to 1
 * @param scale makes all waits shorter or longer, for test suites
 */
export function retryWait(schedule: RetrySchedule, attempt: number, chance: number, scale = 1): number | null {
  const waitMs = schedule.waitsMs[attempt - 1];
  if (waitMs === undefined) return null;
  const share = attempt + 1 >= schedule.jitterFrom ? 1 + schedule.jitter * (2 * chance - 1) : 1;
  return Math.round(waitMs * share * scale);
}
