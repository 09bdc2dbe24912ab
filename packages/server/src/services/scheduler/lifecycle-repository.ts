import { type Db, fragment, sql } from '../../core/service.ts';
import type { ScheduleRow } from './schedule-row.ts';
import type { Time } from './time.ts';

const changeState = sql`
  update scheduler_schedules set state = $2, updated_at = $3,
    paused_at = case when $2 = 'paused' then $3::timestamptz end
  where id = $1`;

export async function setState(db: Db, id: string, state: ScheduleRow['state'], now: number): Promise<void> {
  await db.run(changeState, [id, state, new Date(now)]);
}

/** The occurrences of a schedule that have not ended; replays are their own. */
const openOf = fragment`source_id = $1 and kind = 'schedule' and finalized_at is null and replay_of is null`;

/** A node has it and may be sending. */
const inFlight = fragment`(lease_owner is not null and due_at <= $2)`;

// What a node has claimed ahead of its instant is taken back: with another token it can neither send nor record.
const hold = sql`
  update deliveries set held = true, claimable = false,
    deferral = case when ${inFlight} then deferral else 'paused' end,
    lease_token = lease_token + case when lease_owner is not null and not ${inFlight} then 1 else 0 end,
    lease_owner = case when ${inFlight} then lease_owner end
  where ${openOf} returning id`;

/** Holds everything that waits back; answers what nodes may have in memory. */
export async function holdOpen(db: Db, scheduleId: string, now: number): Promise<string[]> {
  return (await db.rows<{ id: string }>(hold, [scheduleId, new Date(now)])).map(({ id }) => id);
}

// Whether it was due during the pause decides whether its lateness is the dispatcher's. With a frozen clock, what lies ahead
// of it stays held.
const release = sql`
  update deliveries set held = attempt_count = 0 and scheduled_for > $3 and $4,
    claimable = lease_owner is null and not (attempt_count = 0 and scheduled_for > $3 and $4),
    due_at = case when $4 and attempt_count = 0 and scheduled_for <= $3 then $2 else due_at end,
    paused_when_due = paused_when_due or (attempt_count = 0 and scheduled_for >= $5 and scheduled_for <= $3),
    deferral = case when attempt_count = 0 and scheduled_for > $3 then nullif(deferral, 'paused') else deferral end
  where ${openOf} and held returning due_at, held`;

/** Lets go of what a pause held; answers when the earliest of it is due. */
export async function releaseHeld(db: Db, scheduleId: string, pausedAt: number, time: Time): Promise<number | null> {
  const rows = await db.rows<{ due_at: Date; held: boolean }>(release, [
    scheduleId,
    new Date(time.real),
    new Date(time.now),
    time.frozen,
    new Date(pausedAt),
  ]);
  const due = rows.filter(({ held }) => !held).map(({ due_at }) => Number(due_at));
  return due.length === 0 ? null : Math.min(...due);
}

const cancel = sql`
  update deliveries set
    cancel_requested = ${inFlight},
    status = case when ${inFlight} then status else 'canceled' end,
    due_at = case when ${inFlight} then due_at end,
    finalized_at = case when not ${inFlight} then $2 end,
    claimable = false,
    lease_token = lease_token + case when ${inFlight} then 0 else 1 end,
    lease_owner = case when ${inFlight} then lease_owner end
  where ${openOf} returning id`;

/** Ends everything that waits, and asks that what is out be tried no more; answers what nodes may have in memory. */
export async function cancelOpen(db: Db, scheduleId: string, now: number): Promise<string[]> {
  return (await db.rows<{ id: string }>(cancel, [scheduleId, new Date(now)])).map(({ id }) => id);
}
