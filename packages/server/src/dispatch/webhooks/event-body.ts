import type { Mode } from '../../core/service.ts';

/** Something that happened, as a service reports it. */
export interface WebhookEvent {
  /** Such as `evt_8Jc…`. */
  readonly id: string;
  readonly type: string;
  readonly mode: Mode;
  readonly workspaceId: string;
  /** Whom it is about, where the service says so. */
  readonly subject: string | null;
  /** When it happened, in Unix milliseconds. */
  readonly occurredAt: number;
  /** When it was written down. */
  readonly createdAt: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Made once for each event: every attempt at every endpoint sends the same bytes. */
export type EventBody = (event: WebhookEvent) => Buffer;

/** @see https://provable.io/docs/webhooks */
export const provableBody: EventBody = ({ id, type, createdAt, data }) =>
  jsonOf({ id, event: type, timestamp: iso(createdAt), data });

/** @see https://docs.parseo.ai/en/webhooks/overview */
export const parseoBody: EventBody = ({ id, type, mode, subject, occurredAt, createdAt, data }) =>
  jsonOf({
    id,
    type,
    apiVersion: '2026-04-01',
    createdAt: iso(createdAt),
    occurredAt: iso(occurredAt),
    mode,
    clientId: subject,
    data,
  });

/**
 * `data` is `{ object }`, with `previous_attributes` where fields changed.
 *
 * @see https://docs.pivotal.app/webhooks/envelope
 */
export const pivotalBody: EventBody = ({ id, type, mode, workspaceId, occurredAt, data }) =>
  jsonOf({
    id,
    type,
    created_at: iso(occurredAt),
    org_id: workspaceId,
    livemode: mode === 'live',
    api_version: 'v1',
    data: { previous_attributes: null, ...data },
  });

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure */
export const standardBody: EventBody = ({ type, occurredAt, data }) =>
  jsonOf({ type, timestamp: iso(occurredAt), data });

function jsonOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
