const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long an endpoint has for its answer, and how often it is asked again. */
export interface WebhookSchedule {
  readonly timeoutMs: number;
  /** As `decideRetry` takes it. */
  readonly retries: {
    readonly strategy: 'table';
    /** One wait before each attempt from the second on; when there is none left, the delivery is a dead letter. */
    readonly waitsMs: readonly number[];
    /** Moves a wait by up to this fraction either way, from the wait before this attempt on. */
    readonly jitter: { readonly fraction: number; readonly fromAttempt: number };
  };
}

export const schedules = {
  /** 7 attempts in 8 h 36 min 10 s. The service publishes no table; this one is ours. */
  provable: {
    timeoutMs: 10 * second,
    retries: table([10 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour], 2),
  },
  /**
   * 9 attempts in 32 h 35 min 36 s. The jitter is ours.
   * @see https://docs.parseo.ai/en/webhooks/retries-and-dead-letter
   */
  parseo: {
    timeoutMs: 30 * second,
    retries: table([second, 5 * second, 30 * second, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 24 * hour], 5),
  },
  /**
   * 7 attempts in 17 h 35 min 5 s: the waits of Svix, as far as they end within the 24 hours that are promised.
   * @see https://docs.pivotal.app/webhooks/receiving
   * @see https://docs.svix.com/retries
   */
  pivotal: {
    timeoutMs: 10 * second,
    retries: table([5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour], 2),
  },
  /**
   * 10 attempts in 75 h 35 min 5 s.
   * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
   */
  standard: {
    timeoutMs: 15 * second,
    retries: table(
      [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
      2,
    ),
  },
} as const satisfies Record<string, WebhookSchedule>;

/** The same table with all its waits longer or shorter, for test suites that cannot wait for a day. */
export function scaled(schedule: WebhookSchedule, scale: number): WebhookSchedule {
  const waitsMs = schedule.retries.waitsMs.map((waitMs) => Math.round(waitMs * scale));
  return { ...schedule, retries: { ...schedule.retries, waitsMs } };
}

function table(waitsMs: readonly number[], jitterFrom: number): WebhookSchedule['retries'] {
  return { strategy: 'table', waitsMs, jitter: { fraction: 0.1, fromAttempt: jitterFrom } };
}
