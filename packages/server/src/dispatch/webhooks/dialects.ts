import { prefixOf, ulid } from '../../core/ids.ts';
import type { Mode, ServiceContract } from '../../core/service.ts';
import type { Settings, SettingValues } from '../../core/settings.ts';
import type { SecretFormat } from '../../core/signing-secrets/secret-text.ts';
import { csprng } from '../../core/sources.ts';
import { parseo } from '../signing/parseo.ts';
import { provable } from '../signing/provable.ts';
import type { HeaderFields } from '../signing/signing-scheme.ts';
import { standardWebhooks } from '../signing/standard-webhooks.ts';
import { type DisableRule, disableRules } from './decide-disable.ts';
import { type EventBody, parseoBody, pivotalBody, provableBody, standardBody } from './event-body.ts';
import { type EventSchema, parseoSchema, pivotalSchema, provableSchema, standardSchema } from './event-schema.ts';
import { scaled, schedules, type WebhookSchedule } from './schedules.ts';

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
  /** What an owner sends to see whether his endpoint works. */
  readonly test: {
    readonly type: string;
    readonly data: Readonly<Record<string, unknown>>;
    /** Whether it has one attempt, as the answer to who sent it. */
    readonly once?: boolean;
  };
  readonly body: EventBody;
  /** What `body` makes. */
  readonly schema: EventSchema;
  /** A fresh id of a delivery that is made now; ids sort by that. */
  deliveryId(mode: Mode, now: number): string;
  headers(attempt: WebhookAttempt): HeaderFields;
}

/**
 * How a service words its webhooks; `null` when it has none.
 *
 * @param scale what waits between attempts are multiplied by
 */
export function dialectOf(
  { name, webhooks }: ServiceContract,
  settings: SettingValues<Settings>,
  scale = 1,
): WebhookDialect | null {
  if (webhooks === undefined) return null;
  const prefix: unknown = webhooks.headerPrefixFrom === undefined ? undefined : settings[webhooks.headerPrefixFrom];
  const dialect = dialects[webhooks.dialect](typeof prefix === 'string' ? prefix : undefined);
  if (Object.hasOwn(webhooks.events, dialect.test.type)) {
    throw new Error(`${name} has an event "${dialect.test.type}", which is what its test events are called`);
  }
  return { ...dialect, schedule: scaled(dialect.schedule, scale) };
}

/** Deliveries are named by UUIDs of version 7. @param prefix the beginning of the service's own headers */
export function provableDialect(prefix = 'X-Provable'): WebhookDialect {
  const own = provable(prefix);
  return {
    secretFormat: 'base64',
    schedule: schedules.provable,
    disableRule: disableRules.provable,
    test: { type: 'test', data: { message: 'This is a test event from Provable.io' } },
    body: provableBody,
    schema: provableSchema,
    deliveryId: (_, now) => uuidAt(now),
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
    test: { ...ping, once: true },
    body: parseoBody,
    schema: parseoSchema,
    deliveryId: (mode, now) => `${prefixOf('dlv', mode)}_${ulid(now)}`,
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

const ping = { type: 'webhook.ping', data: { message: 'This is a test event; nothing has happened.' } };

/** The message of an event, `evt_8Jc…`, is `msg_8Jc…`. */
export const pivotalDialect: WebhookDialect = {
  secretFormat: 'base64',
  schedule: schedules.pivotal,
  disableRule: disableRules.pivotal,
  test: { ...ping, data: { object: ping.data } },
  // A test event says that nothing of it is real, whatever mode its endpoint has.
  body: (event) => pivotalBody(event.type === ping.type ? { ...event, mode: 'test' } : event),
  schema: pivotalSchema,
  deliveryId: (_, now) => `dlv_${ulid(now)}`,
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
  test: ping,
  body: standardBody,
  schema: standardSchema,
  deliveryId: (mode, now) => `${prefixOf('dlv', mode)}_${ulid(now)}`,
  headers: (attempt) => ({
    ...contentHeaders('Interlock-Webhook/1.0'),
    ...standard.sign(signable(attempt, attempt.event.id)),
  }),
};

const dialects = {
  provable: provableDialect,
  parseo: parseoDialect,
  pivotal: () => pivotalDialect,
  standard: () => standardDialect,
} as const satisfies Record<NonNullable<ServiceContract['webhooks']>['dialect'], (prefix?: string) => WebhookDialect>;

const standard = standardWebhooks('webhook');
const svix = standardWebhooks('svix', 'webhook');

function contentHeaders(userAgent: string): HeaderFields {
  return { 'Content-Type': 'application/json', 'User-Agent': userAgent };
}

function signable({ attempt, timestamp, path, body, secrets }: WebhookAttempt, id: string) {
  return { id, attempt, timestamp, method: 'POST', path, body, secrets };
}

/** A UUID of version 7, which begins with its instant (RFC 9562, section 5.7). */
function uuidAt(now: number): string {
  const bytes = csprng.bytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
