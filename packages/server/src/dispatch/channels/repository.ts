import { type Channel, isMessage, type MessageStatus } from '../../core/channels.ts';
import { fragment, sql } from '../../core/db/sql.ts';
import type { Db } from '../../core/db/transaction.ts';

/** What a workspace has connected a channel with, sealed. */
export interface ChannelRow {
  readonly id: string;
  readonly version: number;
  readonly sealed: Buffer | null;
  readonly updatedAt: Date;
}

export interface MessageRow {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly createdAt: Date;
  readonly status: MessageStatus;
  readonly deliveryId: string | null;
  readonly failure: string | null;
  readonly attempts: number;
  readonly dueAt: Date | null;
  readonly lastStatusCode: number | null;
  readonly providerId: string | null;
  readonly answer: string | null;
  readonly finalizedAt: Date | null;
}

export interface MessageQuestion {
  readonly services: readonly string[];
  /** Beside `services`, one by one. */
  readonly effects: readonly string[];
  readonly status: MessageStatus | null;
  readonly after: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

const listAll = sql`
  select t.id, t.version, v.sealed_headers as sealed, t.updated_at as "updatedAt"
  from targets t join target_versions v
    on v.workspace_id = t.workspace_id and v.target_id = t.id and v.version = t.version
  where t.kind = 'channel'`;
const lockOne = sql`
  select t.id, t.version, v.sealed_headers as sealed, t.updated_at as "updatedAt"
  from targets t join target_versions v
    on v.workspace_id = t.workspace_id and v.target_id = t.id and v.version = t.version
  where t.kind = 'channel' and t.id = $1 for update of t`;
const insertTarget = sql`
  insert into targets (id, service, kind, name, created_at, updated_at) values ($1, $2, 'channel', $3, $4, $4)`;
const insertVersion = sql`
  insert into target_versions (target_id, version, url, sealed_headers, header_keys) values ($1, $2, '', $3, $4)`;
const updateTarget = sql`update targets set version = $2, updated_at = $3 where id = $1`;
// What waits for another attempt is sent with what is set now.
const moveDeliveries = sql`
  update deliveries set target_version = $2
  where target_id = $1 and finalized_at is null and target_version is not null`;
const deleteOne = sql`delete from targets where kind = 'channel' and id = $1`;
const lockChannels = sql`select pg_advisory_xact_lock(hashtext('channels'), hashtext(current_setting('app.workspace')))`;

const columns = fragment`
  e.id, e.service, e.name, e.payload, e.request_id as "requestId", e.created_at as "createdAt",
  case when e.state = 'suppressed' then 'suppressed'
    when d.status = 'succeeded' then 'sent'
    when d.status in ('dead_letter', 'expired', 'canceled') then 'failed'
    else 'pending' end as status,
  d.id as "deliveryId", coalesce(d.dead_letter_reason, nullif(d.status, 'dead_letter')) as failure,
  coalesce(d.attempt_count, 0) as attempts, d.due_at as "dueAt", d.last_status_code as "lastStatusCode",
  a.response_headers ->> 'message-id' as "providerId", a.response_body as answer, d.finalized_at as "finalizedAt"`;
// The newest delivery of a message, and what its last attempt met.
const beside = fragment`
  left join lateral (
    select * from deliveries where workspace_id = e.workspace_id and source_id = e.id
      and ${isMessage}
    order by created_at desc, id desc limit 1
  ) d on true
  left join lateral (
    select response_headers, response_body from attempts where workspace_id = e.workspace_id and delivery_id = d.id
    order by attempt desc limit 1
  ) a on true`;
const listMessages = sql`
  select * from (
    select ${columns} from effects e ${beside}
    where (e.service, e.name) in (select * from unnest($1::text[], $2::text[]))
      and ($4::timestamptz is null or (e.created_at, e.id) < ($4, $5::text))
    order by e.created_at desc, e.id desc
  ) m where ($3::text is null or m.status = $3) order by m."createdAt" desc, m.id desc limit $6`;
const findMessage = sql`select ${columns} from effects e ${beside} where e.id = $1`;
const insertAgain = sql`
  insert into deliveries (id, service, kind, source_id, message_id, target_id, event_type, scheduled_for, due_at,
    idempotency_key, replay_of, created_at)
  select $2, d.service, d.kind, d.source_id, d.message_id, d.target_id, d.event_type, d.scheduled_for, $3,
    d.idempotency_key, coalesce(d.replay_of, d.id), $3
  from deliveries d where d.id = $1`;

export const listChannels = (db: Db) => db.rows<ChannelRow>(listAll);

/** Lets one at a time change what a workspace has connected. */
export async function lockChannel(db: Db, id: string): Promise<ChannelRow | undefined> {
  await db.rows(lockChannels);
  return db.row<ChannelRow>(lockOne, [id]);
}

export function storeChannel(
  db: Db,
  row: { readonly id: string; readonly service: string; readonly channel: Channel },
  version: number,
  sealed: Buffer,
  fields: readonly string[],
  now: number,
): void {
  const moment = new Date(now);
  if (version === 1) db.defer(insertTarget, [row.id, row.service, row.channel, moment]);
  db.defer(insertVersion, [row.id, version, sealed, fields]);
  if (version === 1) return;
  db.defer(moveDeliveries, [row.id, version]);
  db.defer(updateTarget, [row.id, version, moment]);
}

export const removeChannel = (db: Db, id: string) => db.run(deleteOne, [id]);

export const listChannelMessages = (db: Db, { services, effects, status, after, limit }: MessageQuestion) =>
  db.rows<MessageRow>(listMessages, [services, effects, status, after?.at ?? null, after?.id ?? null, limit]);

export const findChannelMessage = (db: Db, effectId: string) => db.row<MessageRow>(findMessage, [effectId]);

/** With the commit: the same message once more. */
export const queueAgain = (db: Db, deliveryId: string, newId: string, now: number) =>
  db.defer(insertAgain, [deliveryId, newId, new Date(now)]);
