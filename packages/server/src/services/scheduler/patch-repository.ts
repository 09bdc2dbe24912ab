import { type Db, sql } from '../../core/service.ts';
import type { ScheduleRow } from './schedule-row.ts';

const store = sql`
  update scheduler_schedules set endpoint_id = $2, message_id = $3, fire_at = $4, local_fire_at = $5, dst_adjusted = $6,
    cron = $7, timezone = $8, start_at = $9, end_at = $10, max_fires = $11, overlap_policy = $12, next_fire_at = $13,
    next_occurrence = $14, misfire_policy = $15, ttl_ms = $16, idempotency_key = $17, metadata = $18, updated_at = $19
  where id = $1`;

/** Writes a changed schedule; its state is changed elsewhere. */
export async function storeSchedule(db: Db, row: ScheduleRow): Promise<void> {
  await db.run(store, [
    row.id,
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
    row.next_occurrence,
    JSON.stringify(row.misfire_policy),
    row.ttl_ms,
    row.idempotency_key,
    JSON.stringify(row.metadata),
    row.updated_at,
  ]);
}

// What a node has claimed ahead of its instant is taken back, so that it is claimed again as it is now. What is out goes by
// what it was claimed with.
const change = sql`
  update deliveries set message_id = $3, target_id = $4,
    deadline = scheduled_for + $5 * interval '1 ms',
    idempotency_key = case when $6::text is null then id when $7 = 'one_shot' then $6
      when occurrence = 0 then $6 || '_at_' || floor(extract(epoch from scheduled_for))::bigint else $6 || '_' || occurrence end,
    claimable = not held,
    lease_token = lease_token + case when lease_owner is null then 0 else 1 end,
    lease_owner = null
  where source_id = $1 and kind = 'schedule' and finalized_at is null and replay_of is null and attempt_count = 0
    and (lease_owner is null or due_at > $2)
  returning id, due_at, held`;

/** Changes the deliveries of a schedule that had no first attempt along with it. */
export function changeUnattempted(
  db: Db,
  row: ScheduleRow,
  now: number,
): Promise<{ id: string; due_at: Date; held: boolean }[]> {
  return db.rows(change, [
    row.id,
    new Date(now),
    row.message_id,
    row.endpoint_id,
    row.ttl_ms,
    row.idempotency_key,
    row.kind,
  ]);
}
