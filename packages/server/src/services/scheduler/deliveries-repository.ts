import { type Db, fragment, sql } from '../../core/service.ts';
import type { AttemptRow } from './attempt-view.ts';
import type { DeliveryRow } from './delivery-view.ts';

const shown = fragment`
  select d.id, d.source_id, d.occurrence, d.message_id, d.target_id, d.target_version, d.scheduled_for, d.due_at,
    d.deadline, d.attempt_count, d.last_status_code, d.idempotency_key, d.replay_of, d.fire_class, d.coalesced_count,
    d.coalesced_from, d.deferral, d.dead_letter_reason, d.fired_at, d.created_at, d.finalized_at,
    case when d.lease_owner is not null and d.due_at <= $1 then 'in_flight' else d.status end as status
  from deliveries d`;

const findShown = sql`${shown} where d.id = $2 and d.kind = 'schedule'`;
const lockShown = sql`${shown} where d.id = $2 and d.kind = 'schedule' for update`;

export function findDelivery(db: Db, id: string, now: number): Promise<DeliveryRow | undefined> {
  return db.row<DeliveryRow>(findShown, [new Date(now), id]);
}

/** Makes others wait who want to change it. */
export function lockDelivery(db: Db, id: string, now: number): Promise<DeliveryRow | undefined> {
  return db.row<DeliveryRow>(lockShown, [new Date(now), id]);
}

export interface DeliveryFilters {
  readonly status: DeliveryRow['status'] | null;
  readonly scheduleId: string | null;
  readonly endpointId: string | null;
  readonly replayOf: string | null;
  readonly createdAfter: number | null;
  readonly createdBefore: number | null;
  readonly scheduledAfter: number | null;
  readonly scheduledBefore: number | null;
}

const listShown = sql`${shown}
  where d.kind = 'schedule' and ($2::text is null or d.id < $2)
    and ($3::text is null or case $3
      when 'in_flight' then d.finalized_at is null and d.lease_owner is not null and d.due_at <= $1
      when 'scheduled' then d.finalized_at is null and d.status = $3 and (d.lease_owner is null or d.due_at > $1)
      when 'retrying' then d.finalized_at is null and d.status = $3 and (d.lease_owner is null or d.due_at > $1)
      else d.status = $3 end)
    and ($4::text is null or d.source_id = $4)
    and ($5::text is null or d.target_id = $5)
    and ($6::text is null or d.replay_of = $6)
    and ($7::timestamptz is null or d.created_at >= $7)
    and ($8::timestamptz is null or d.created_at < $8)
    and ($9::timestamptz is null or d.scheduled_for >= $9)
    and ($10::timestamptz is null or d.scheduled_for < $10)
  order by d.id desc limit $11`;

/** Newest first, those after an id in that order. */
export function listDeliveryRows(
  db: Db,
  filters: DeliveryFilters,
  page: { readonly after: string | null; readonly count: number },
  now: number,
): Promise<DeliveryRow[]> {
  const instant = (at: number | null) => (at === null ? null : new Date(at));
  return db.rows<DeliveryRow>(listShown, [
    new Date(now),
    page.after,
    filters.status,
    filters.scheduleId,
    filters.endpointId,
    filters.replayOf,
    instant(filters.createdAfter),
    instant(filters.createdBefore),
    instant(filters.scheduledAfter),
    instant(filters.scheduledBefore),
    page.count,
  ]);
}

const listTried = sql`
  select id, attempt, kind, outcome, status_code, error_code, started_at, fired_at, completed_at, response_headers,
    response_body, retry_after, node
  from attempts where delivery_id = $1 and attempt > $2 order by attempt limit $3`;

/** Oldest first, those after a number. */
export function listAttemptRows(db: Db, deliveryId: string, after: number, count: number): Promise<AttemptRow[]> {
  return db.rows<AttemptRow>(listTried, [deliveryId, after, count]);
}

const cancelOne = sql`
  update deliveries set status = 'canceled', due_at = null, finalized_at = $2, claimable = false,
    lease_token = lease_token + 1, lease_owner = null
  where id = $1`;

/** Ends a delivery that waits; whoever has claimed it ahead loses it. */
export async function cancelWaiting(db: Db, id: string, now: number): Promise<void> {
  await db.run(cancelOne, [id, new Date(now)]);
}

const findReplayableRows = sql`
  select d.id, d.source_id, d.occurrence, d.message_id, d.target_id, d.idempotency_key
  from deliveries d
  where d.kind = 'schedule' and d.status = $1 and d.status in ('dead_letter', 'expired')
    and not exists (select from deliveries r where r.kind = 'schedule' and r.replay_of = d.id)
    and ($2::text is null or d.source_id = $2)
    and ($3::timestamptz is null or d.created_at >= $3)
    and ($4::timestamptz is null or d.created_at < $4)
  order by d.id limit $5`;

const holdReplays = sql`
  select pg_advisory_xact_lock(hashtextextended(concat('scheduler replays ', current_setting('app.workspace')), 0))`;

/** Others that replay what failed wait until this transaction ends, and then see what it has replayed. */
export async function waitForReplays(db: Db): Promise<void> {
  await db.run(holdReplays);
}

/** What of a delivery its replay takes over. */
export type Original = Pick<
  DeliveryRow,
  'id' | 'source_id' | 'occurrence' | 'message_id' | 'target_id' | 'idempotency_key'
>;

/** Deliveries that failed and were never replayed, oldest first. */
export function findReplayable(
  db: Db,
  filters: {
    readonly status: string;
    readonly scheduleId: string | null;
    readonly createdAfter: number | null;
    readonly createdBefore: number | null;
  },
  limit: number,
): Promise<Original[]> {
  const { status, scheduleId, createdAfter, createdBefore } = filters;
  return db.rows<Original>(findReplayableRows, [
    status,
    scheduleId,
    createdAfter === null ? null : new Date(createdAfter),
    createdBefore === null ? null : new Date(createdBefore),
    limit,
  ]);
}

// Shared with other replays; a change of what is sent waits, because it removes the message that a replay is about to use.
const findSources = sql`
  select id, message_id, endpoint_id, ttl_ms from scheduler_schedules where id = any($1::text[]) order by id for share`;

/** The schedules of some deliveries, as far as replays go by them. */
export function findReplaySources(
  db: Db,
  ids: readonly string[],
): Promise<{ id: string; message_id: string; endpoint_id: string | null; ttl_ms: number | null }[]> {
  return db.rows(findSources, [ids]);
}
