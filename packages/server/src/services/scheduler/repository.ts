import { type Db, fragment, sql } from '../../core/service.ts';
import { millis } from './queue.ts';
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

// Arrays, since PostgreSQL takes as long to read the same rows from JSON as to insert them.
const insertAll = sql`
  insert into scheduler_schedules (id, kind, endpoint_id, message_id, fire_at, local_fire_at, dst_adjusted, cron, timezone,
    start_at, end_at, max_fires, overlap_policy, next_fire_at, misfire_policy, ttl_ms, idempotency_key, metadata,
    created_at, updated_at)
  select r.id, r.kind, r.endpoint_id, r.message_id, to_timestamp(r.fire_at / 1000), r.local_fire_at, r.dst_adjusted,
    r.cron, r.timezone, to_timestamp(r.start_at / 1000), to_timestamp(r.end_at / 1000), r.max_fires, r.overlap_policy,
    to_timestamp(r.next_fire_at / 1000), r.misfire_policy::jsonb, r.ttl_ms, r.idempotency_key, r.metadata::jsonb, $19, $19
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::boolean[], $8::text[],
    $9::text[], $10::float8[], $11::float8[], $12::int[], $13::text[], $14::float8[], $15::text[], $16::bigint[],
    $17::text[], $18::text[]) as r(id, kind, endpoint_id, message_id, fire_at, local_fire_at, dst_adjusted, cron,
    timezone, start_at, end_at, max_fires, overlap_policy, next_fire_at, misfire_policy, ttl_ms, idempotency_key, metadata)`;

/** Many that were made at one instant, in one statement. */
export function insertSchedules(db: Db, rows: readonly ScheduleRow[], createdAt: Date): void {
  db.defer(insertAll, [
    rows.map((row) => row.id),
    rows.map((row) => row.kind),
    rows.map((row) => row.endpoint_id),
    rows.map((row) => row.message_id),
    rows.map((row) => millis(row.fire_at)),
    rows.map((row) => row.local_fire_at),
    rows.map((row) => row.dst_adjusted),
    rows.map((row) => row.cron),
    rows.map((row) => row.timezone),
    rows.map((row) => millis(row.start_at)),
    rows.map((row) => millis(row.end_at)),
    rows.map((row) => row.max_fires),
    rows.map((row) => row.overlap_policy),
    rows.map((row) => millis(row.next_fire_at)),
    rows.map((row) => JSON.stringify(row.misfire_policy)),
    rows.map((row) => row.ttl_ms),
    rows.map((row) => row.idempotency_key),
    rows.map((row) => JSON.stringify(row.metadata)),
    createdAt,
  ]);
}

// What is ahead and unsent: of a one-shot its delivery, of a recurring schedule the occurrence that a node may have claimed
// ahead of its instant, or else the one that is kept ready. What a frozen clock has released is due, whatever its instant.
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
        and d.replay_of is null and d.attempt_count = 0 and d.scheduled_for > $1 and d.due_at > $1), s.next_fire_at)
    end as pending_at
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
