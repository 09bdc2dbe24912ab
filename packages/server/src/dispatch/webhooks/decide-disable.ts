const hour = 3_600_000;
const day = 24 * hour;

/** When an endpoint that only fails is disabled: all of it has to hold. */
export interface DisableRule {
  readonly failingForMs: number;
  /** From where that time counts: the first failure since the last success, or the last success itself. */
  readonly countedFrom: 'first_failure' | 'last_success';
  /** How many deliveries in a row have run out of attempts. */
  readonly deadLetters: number;
}

/** Of the services only Svix, whose scheme Pivotal has, publishes when it disables an endpoint; the others are ours. */
export const disableRules = {
  provable: { failingForMs: 3 * day, countedFrom: 'first_failure', deadLetters: 0 },
  parseo: { failingForMs: 72 * hour, countedFrom: 'last_success', deadLetters: 20 },
  /** @see https://docs.svix.com/retries#disabling-failing-endpoints */
  pivotal: { failingForMs: 5 * day, countedFrom: 'first_failure', deadLetters: 0 },
  standard: { failingForMs: 5 * day, countedFrom: 'first_failure', deadLetters: 0 },
} as const satisfies Record<string, DisableRule>;

/** How an endpoint has been doing. Survives JSON; times are Unix milliseconds. */
export interface EndpointHealth {
  /** The last success; before the first one, when the endpoint was created or enabled. */
  readonly goodAt: number;
  /** The first failure since then. */
  readonly failingSince: number | null;
  /** Deliveries in a row that ran out of attempts. */
  readonly deadLetters: number;
  readonly disabled: { readonly at: number; readonly reason: DisableReason } | null;
}

export type DisableReason = 'manual' | 'gone' | 'consecutive_failures';

/** What one attempt ended in. */
export type AttemptOutcome =
  | { readonly type: 'succeeded' }
  | {
      readonly type: 'failed';
      /** Of the answer; `null` without one. */
      readonly status: number | null;
      /** Whether it was the last attempt of its delivery. */
      readonly final: boolean;
    };

/** What the endpoint's owner is to be told. */
export interface DisableNotice {
  readonly reason: 'gone' | 'consecutive_failures';
  readonly failingSince: number;
  readonly message: string;
}

/** The health of an endpoint that was just created or enabled again. */
export function freshHealth(now: number): EndpointHealth {
  return { goodAt: now, failingSince: null, deadLetters: 0, disabled: null };
}

/**
 * The health of an endpoint after one more attempt, with a notice when this attempt disables it: at once when it
 * answers 410 Gone, otherwise when nothing but failures has come for as long as the rule says. Only a person enables it
 * again; what was under way then changes nothing.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#delivery-success-and-failure
 */
export function decideDisable(
  rule: DisableRule,
  health: EndpointHealth,
  outcome: AttemptOutcome,
  now: number,
): { readonly health: EndpointHealth; readonly notice: DisableNotice | null } {
  if (health.disabled !== null) return { health, notice: null };
  if (outcome.type === 'succeeded') return { health: freshHealth(now), notice: null };
  const failingSince = health.failingSince ?? now;
  const deadLetters = health.deadLetters + (outcome.final ? 1 : 0);
  const failing = { ...health, failingSince, deadLetters };
  const reason = outcome.status === 410 ? 'gone' : isSpent(rule, failing, now) ? 'consecutive_failures' : null;
  if (reason === null) return { health: failing, notice: null };
  return {
    health: { ...failing, disabled: { at: now, reason } },
    notice: { reason, failingSince, message: messages[reason] },
  };
}

function isSpent(rule: DisableRule, { goodAt, failingSince, deadLetters }: EndpointHealth, now: number): boolean {
  const since = rule.countedFrom === 'last_success' ? goodAt : (failingSince ?? now);
  return now - since >= rule.failingForMs && deadLetters >= rule.deadLetters;
}

/** What the owner of a disabled endpoint is told. */
export function disableMessage(reason: DisableReason): string {
  return messages[reason];
}

const messages = {
  manual: 'The endpoint was disabled by hand. Enable it when it should receive events again.',
  gone: 'The endpoint answered 410 Gone and has been disabled. Enable it when it should receive events again.',
  consecutive_failures:
    'The endpoint has failed every delivery for too long and has been disabled. Mend it, then enable it again.',
} as const;
