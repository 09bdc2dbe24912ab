import { type Db, sql } from '../../core/service.ts';

export interface ClockRow {
  readonly stands_at: Date;
  readonly frozen_at: Date;
}

// The lock and the look are two statements: what a statement sees was decided before it waited for a lock.
const share = sql`
  select pg_advisory_xact_lock_shared(hashtextextended(concat('scheduler clock ', current_setting('app.workspace')), 0))`;
const lock = sql`
  select pg_advisory_xact_lock(hashtextextended(concat('scheduler clock ', current_setting('app.workspace')), 0))`;
const find = sql`select stands_at, frozen_at from scheduler_clocks`;
const upsert = sql`
  insert into scheduler_clocks (stands_at, frozen_at) values ($1, $2)
  on conflict (workspace_id) do update set stands_at = excluded.stands_at`;
const remove = sql`delete from scheduler_clocks`;

/** Keeps the clock from being frozen or moved until the transaction ends. */
export async function shareClock(db: Db): Promise<void> {
  await db.run(share);
}

/** Waits for all who share it, and makes others wait. */
export async function lockClock(db: Db): Promise<void> {
  await db.run(lock);
}

export function findClock(db: Db): Promise<ClockRow | undefined> {
  return db.row<ClockRow>(find);
}

export async function setClock(db: Db, standsAt: number, frozenAt: number): Promise<void> {
  await db.run(upsert, [new Date(standsAt), new Date(frozenAt)]);
}

export async function removeClock(db: Db): Promise<void> {
  await db.run(remove);
}
