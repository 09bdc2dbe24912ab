import { type Db, fragment, sql } from '../../core/service.ts';
import type { ScheduleRow } from './schedule-row.ts';

/** A delivery that a frozen clock holds. */
export interface HeldDelivery {
  readonly id: string;
  readonly scheduled_for: Date;
  readonly deadline: Date | null;
}

const waiting = fragment`kind = 'schedule' and finalized_at is null and attempt_count = 0`;

const hold = sql`
  update deliveries set held = true, claimable = false,
    lease_token = lease_token + case when lease_owner is null then 0 else 1 end, lease_owner = null
  where ${waiting} and due_at > $1 returning id`;

/** Holds everything that lies ahead; answers what nodes may have in memory. */
export async function holdAhead(db: Db, now: number): Promise<string[]> {
  return (await db.rows<{ id: string }>(hold, [new Date(now)])).map(({ id }) => id);
}

// A pause holds as well: what belongs to a paused schedule is not the clock's to release.
const ofActive = fragment`
  (d.replay_of is not null
    or exists (select from scheduler_schedules s where s.id = d.source_id and s.state = 'active'))`;

const heldUntil = sql`
  select d.id, d.scheduled_for, d.deadline from deliveries d
  where d.kind = 'schedule' and d.finalized_at is null and d.attempt_count = 0 and d.held and d.scheduled_for <= $1
    and ${ofActive}
  for update of d`;

/** What the clock holds up to an instant. */
export function findHeldUntil(db: Db, until: number): Promise<HeldDelivery[]> {
  return db.rows<HeldDelivery>(heldUntil, [new Date(until)]);
}

const dueSchedules = sql`
  select * from scheduler_schedules
  where kind = 'recurring' and state = 'active' and next_fire_at <= $1 order by id for update`;

/** The recurring schedules of which occurrences fall due up to an instant. */
export function findDueSchedules(db: Db, until: number): Promise<ScheduleRow[]> {
  return db.rows<ScheduleRow>(dueSchedules, [new Date(until)]);
}

const releaseSome = sql`
  update deliveries d set held = false, claimable = true, watched = false, due_at = to_timestamp(r.due_at / 1000),
    deadline = to_timestamp(r.deadline / 1000)
  from json_to_recordset($1) as r(id text, due_at float8, deadline float8) where d.id = r.id`;

/** Lets some go, each at its time; instants are Unix milliseconds. */
export async function releaseRows(
  db: Db,
  rows: readonly { readonly id: string; readonly due_at: number; readonly deadline: number | null }[],
): Promise<void> {
  if (rows.length > 0) await db.run(releaseSome, [JSON.stringify(rows)]);
}

const releaseEvery = sql`
  update deliveries d set held = false, claimable = true
  where d.kind = 'schedule' and d.finalized_at is null and d.attempt_count = 0 and d.held and ${ofActive}
  returning d.due_at`;

/** Lets everything go that the clock holds; answers when the earliest of it is due. */
export async function releaseAll(db: Db): Promise<number | null> {
  const rows = await db.rows<{ due_at: Date }>(releaseEvery);
  return rows.length === 0 ? null : Math.min(...rows.map(({ due_at: at }) => Number(at)));
}
