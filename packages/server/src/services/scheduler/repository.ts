import { type Db, fragment, sql } from '../../core/service.ts';
import type { ScheduleRow, ShownSchedule } from './schedule-row.ts';

const insert = sql`
  insert into scheduler_schedules (id, kind, endpoint_id, message_id, fire_at, local_fire_at, dst_adjusted, cron, timezone,
    start_at, end_at, max_fires, overlap_policy, next_fire_at, misfire_policy, ttl_ms, idempotency_key, metadata,
    created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`;

export function insertSchedule(db: Db, row: ScheduleRow): void {
  db.defer(insert, [
    row.id,
    row.kind,
    row.endpoint_id,
    row.message_id,
    row.fire_at,
    row.local_fire_at,
    row.dst_adjusted,
    row.cron,
    row.timezone,
    row.start_at,
    row.end_at,
    row.max_fires,
    row.overlap_policy,
    row.next_fire_at,
    JSON.stringify(row.misfire_policy),
    row.ttl_ms,
    row.idempotency_key,
    JSON.stringify(row.metadata),
    row.created_at,
    row.updated_at,
  ]);
}

const insertAll = sql`
  insert into scheduler_schedules (id, kind, endpoint_id, message_id, fire_at, local_fire_at, dst_adjusted, cron, timezone,
    start_at, end_at, max_fires, overlap_policy, next_fire_at, misfire_policy, ttl_ms, idempotency_key, metadata,
    created_at, updated_at)
  select r.id, r.kind, r.endpoint_id, r.message_id, r.fire_at, r.local_fire_at, r.dst_adjusted, r.cron, r.timezone,
    r.start_at, r.end_at, r.max_fires, r.overlap_policy, r.next_fire_at, r.misfire_policy, r.ttl_ms, r.idempotency_key,
    r.metadata, r.created_at, r.updated_at
  from json_populate_recordset(null::scheduler_schedules, $1) r`;

/** Many at once, in one statement. */
export function insertSchedules(db: Db, rows: readonly ScheduleRow[]): void {
  db.defer(insertAll, [JSON.stringify(rows)]);
}

// What is ahead and unsent: of a one-shot its delivery, of a recurring schedule the occurrence that a node may have claimed
// ahead of its instant, or else the one that is kept ready.
const shown = fragment`
  select s.*, m.url, m.method, m.header_keys, m.body_bytes, m.content_type, m.retry_policy,
    v.method as endpoint_method, v.retry_policy as endpoint_retry_policy,
    exists (select from signing_secrets x where x.service = 'scheduler' and x.scope = 'source' and x.scope_id = s.id
      and x.revoked_at is null and (x.retires_at is null or x.retires_at > $1)) as signed,
    case when s.state = 'canceled' then null when s.kind = 'one_shot' then
      (select min(d.scheduled_for) from deliveries d where d.source_id = s.id and d.kind = 'schedule' and d.finalized_at is null
        and d.replay_of is null and d.attempt_count = 0 and (d.lease_owner is null or d.due_at > $1))
    else coalesce(
      (select min(d.scheduled_for) from deliveries d where d.source_id = s.id and d.kind = 'schedule' and d.finalized_at is null
        and d.replay_of is null and d.attempt_count = 0 and d.scheduled_for > $1), s.next_fire_at) end as pending_at
  from scheduler_schedules s
  join messages m on m.id = s.message_id
  left join targets t on t.id = s.endpoint_id
  left join target_versions v on v.target_id = t.id and v.version = t.version`;

const findShown = sql`${shown} where s.id = $2`;

/** One schedule as it is shown. */
export function findSchedule(db: Db, id: string, now: number): Promise<ShownSchedule | undefined> {
  return db.row<ShownSchedule>(findShown, [new Date(now), id]);
}

const listShown = sql`${shown}
  where ($2::text is null or s.id < $2)
    and ($3::text is null or s.state = $3)
    and ($4::text is null or s.kind = $4)
    and ($5::text is null or s.endpoint_id = $5)
    and ($6::timestamptz is null or s.created_at >= $6)
    and ($7::timestamptz is null or s.created_at < $7)
    and ($8::jsonb is null or (s.metadata @> $8 and s.metadata <> '{}'))
  order by s.id desc limit $9`;

export interface ScheduleFilters {
  readonly state: string | null;
  readonly kind: string | null;
  readonly endpointId: string | null;
  readonly createdAfter: number | null;
  readonly createdBefore: number | null;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** Newest first, those after an id in that order. */
export function listSchedules(
  db: Db,
  filters: ScheduleFilters,
  page: { readonly after: string | null; readonly count: number },
  now: number,
): Promise<ShownSchedule[]> {
  const { state, kind, endpointId, createdAfter, createdBefore, metadata } = filters;
  return db.rows<ShownSchedule>(listShown, [
    new Date(now),
    page.after,
    state,
    kind,
    endpointId,
    createdAfter === null ? null : new Date(createdAfter),
    createdBefore === null ? null : new Date(createdBefore),
    metadata === null ? null : JSON.stringify(metadata),
    page.count,
  ]);
}

const lock = sql`select * from scheduler_schedules where id = $1 for update`;

/** Makes others wait who want to change it. */
export function lockSchedule(db: Db, id: string): Promise<ScheduleRow | undefined> {
  return db.row<ScheduleRow>(lock, [id]);
}

const lockAll = sql`select * from scheduler_schedules where id = any($1::text[]) order by id for update`;

/** The same for many, in one order everywhere. */
export function lockSchedules(db: Db, ids: readonly string[]): Promise<ScheduleRow[]> {
  return db.rows<ScheduleRow>(lockAll, [ids]);
}
