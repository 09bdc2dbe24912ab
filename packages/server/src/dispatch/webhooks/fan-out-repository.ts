import { sql } from '../../core/db/sql.ts';
import type { Db } from '../../core/db/transaction.ts';
import { deliveryKeyOf } from './event-id.ts';
import type { NewDelivery, NewMessage } from './plan-fan-out.ts';

/** An event whose listeners nobody has looked for yet. */
export interface WaitingEvent {
  readonly effectId: string;
  readonly service: string;
  readonly type: string;
  readonly subject: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** An endpoint, as far as it takes to choose what it hears. */
export interface ListeningEndpoint {
  readonly id: string;
  readonly service: string;
  readonly events: readonly string[];
  readonly subject: string | null;
  readonly testMode: boolean;
  readonly enabled: boolean;
}

const takeWaiting = sql`
  select id as "effectId", service, name as type, subject, payload as data, created_at as at from effects
  where state = 'pending' and (service, name) in (select * from unnest($1::text[], $2::text[]))
  order by seq limit $3 for update skip locked`;

// Locked, so that whoever disables or removes an endpoint meanwhile waits, and then cancels what was made here.
const listListening = sql`
  select id, service, events, subject, test_mode as "testMode", enabled from targets
  where kind = 'webhook' and enabled and service = any($1) for share`;

const insertMessages = sql`
  insert into messages (id, sealed_body, body_bytes, content_type)
  select m.id, decode(m.body, 'base64'), m.bytes, 'application/json'
  from json_to_recordset($1) as m(id text, body text, bytes int)
  on conflict (workspace_id, id) do nothing`;

const insertDeliveries = sql`
  insert into deliveries (id, service, kind, source_id, message_id, target_id, event_type, one_of_many,
    scheduled_for, due_at, idempotency_key, replay_of, created_at)
  select d.id, d.service, 'webhook', d.event_id, d.message_id, d.target_id, d.event_type, d.replay_of is null,
    to_timestamp(d.at / 1000), to_timestamp(d.due_at / 1000), d.key, d.replay_of, to_timestamp(d.due_at / 1000)
  from json_to_recordset($1) as d(id text, service text, event_id text, message_id text, target_id text,
    event_type text, at double precision, due_at double precision, replay_of text, key text)
  on conflict do nothing`;

const markEffects = sql`
  update effects e set state = m.state from unnest($1::text[], $2::text[]) as m(id, state) where e.id = m.id`;

/** Takes the oldest waiting events of the workspace that nobody else holds. */
export const takeWaitingEvents = (
  db: Db,
  events: readonly { readonly service: string; readonly type: string }[],
  limit: number,
) => db.rows<WaitingEvent>(takeWaiting, [events.map(({ service }) => service), events.map(({ type }) => type), limit]);

export const listListeningEndpoints = (db: Db, services: readonly string[]) =>
  db.rows<ListeningEndpoint>(listListening, [services]);

/** With the commit: messages, and deliveries that are not there yet. */
export function storeDeliveries(db: Db, messages: readonly NewMessage[], deliveries: readonly NewDelivery[]): void {
  db.defer(insertMessages, [
    JSON.stringify(messages.map(({ id, sealedBody, bytes }) => ({ id, body: sealedBody.toString('base64'), bytes }))),
  ]);
  db.defer(insertDeliveries, [
    JSON.stringify(
      deliveries.map(({ id, service, eventId, messageId, targetId, eventType, at, dueAt, replayOf, isTest }) => ({
        id,
        service,
        event_id: eventId,
        message_id: messageId,
        target_id: targetId,
        event_type: eventType,
        at,
        due_at: dueAt,
        replay_of: replayOf,
        key: deliveryKeyOf(eventId, isTest),
      })),
    ),
  ]);
}

export function settleEvents(db: Db, states: ReadonlyMap<string, 'delivered' | 'unsubscribed'>): void {
  db.defer(markEffects, [[...states.keys()], [...states.values()]]);
}
