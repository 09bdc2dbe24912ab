import type { Mode } from '../../core/service.ts';
import { parseo } from '../signing/parseo.ts';
import { provable } from '../signing/provable.ts';
import type { SecretFormat } from '../signing/secret-text.ts';
import type { HeaderFields } from '../signing/signing-scheme.ts';
import { standardWebhooks } from '../signing/standard-webhooks.ts';
import { type DisableRule, disableRules } from './decide-disable.ts';
import { type EventBody, parseoBody, pivotalBody, provableBody, standardBody } from './event-body.ts';
import { schedules, type WebhookSchedule } from './schedules.ts';

/** One attempt to hand an event to an endpoint. */
export interface WebhookAttempt {
  readonly deliveryId: string;
  /** 1-based. */
  readonly attempt: number;
  /** When it is sent, in Unix milliseconds. */
  readonly timestamp: number;
  readonly event: { readonly id: string; readonly type: string; readonly mode: Mode };
  /** As on the request line. */
  readonly path: string;
  readonly body: Buffer;
  /** Those of the endpoint that sign now, newest first. */
  readonly secrets: readonly string[];
}

/** How a service words its webhooks. */
export interface WebhookDialect {
  readonly secretFormat: SecretFormat;
  readonly schedule: WebhookSchedule;
  readonly disableRule: DisableRule;
  readonly body: EventBody;
  headers(attempt: WebhookAttempt): HeaderFields;
}

/**
 * Deliveries are to be named by UUIDs.
 *
 * @param prefix the beginning of the service's own headers
 */
export function provableDialect(prefix = 'X-Provable'): WebhookDialect {
  const own = provable(prefix);
  return {
    secretFormat: 'base64',
    schedule: schedules.provable,
    disableRule: disableRules.provable,
    body: provableBody,
    headers: (attempt) => ({
      ...contentHeaders('Provable-Webhook/1.0'),
      [`${prefix}-Event`]: attempt.event.type,
      ...own.sign(signable(attempt, attempt.deliveryId)),
      ...standard.sign(signable(attempt, attempt.event.id)),
    }),
  };
}

/** @param prefix the beginning of the service's own headers */
export function parseoDialect(prefix = 'X-Parseo'): WebhookDialect {
  const own = parseo(prefix);
  return {
    secretFormat: 'base64url',
    schedule: schedules.parseo,
    disableRule: disableRules.parseo,
    body: parseoBody,
    headers: (attempt) => ({
      ...contentHeaders('Parseo-Webhook/1.0'),
      [`${prefix}-Event-Id`]: attempt.event.id,
      [`${prefix}-Event-Type`]: attempt.event.type,
      [`${prefix}-Delivery-Id`]: attempt.deliveryId,
      [`${prefix}-Attempt`]: String(attempt.attempt),
      [`${prefix}-Mode`]: attempt.event.mode,
      ...own.sign(signable(attempt, attempt.deliveryId)),
      ...standard.sign(signable(attempt, attempt.event.id)),
    }),
  };
}

/** The message of an event, `evt_8Jc…`, is `msg_8Jc…`. */
export const pivotalDialect: WebhookDialect = {
  secretFormat: 'base64',
  schedule: schedules.pivotal,
  disableRule: disableRules.pivotal,
  body: pivotalBody,
  headers: (attempt) => ({
    ...contentHeaders('Pivotal-Webhook/1.0'),
    ...svix.sign(signable(attempt, attempt.event.id.replace(/^(?:evt_)?/, 'msg_'))),
  }),
};

/** For a service without habits of its own. */
export const standardDialect: WebhookDialect = {
  secretFormat: 'base64',
  schedule: schedules.standard,
  disableRule: disableRules.standard,
  body: standardBody,
  headers: (attempt) => ({
    ...contentHeaders('Interlock-Webhook/1.0'),
    ...standard.sign(signable(attempt, attempt.event.id)),
  }),
};

const standard = standardWebhooks('webhook');
const svix = standardWebhooks('svix', 'webhook');

function contentHeaders(userAgent: string): HeaderFields {
  return { 'Content-Type': 'application/json', 'User-Agent': userAgent };
}

function signable({ attempt, timestamp, path, body, secrets }: WebhookAttempt, id: string) {
  return { id, attempt, timestamp, method: 'POST', path, body, secrets };
}
