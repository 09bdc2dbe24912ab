import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { type Sql, sql } from '../db/sql.ts';
import { type Mode, modes } from '../mode.ts';

/** For each mode, the newest arrival that a walk through the pages of a log shows. */
export type Bounds = Readonly<Record<Mode, number>>;

export type Log = 'audit_log' | 'effects';

const limitWait = sql`select set_config('lock_timeout', '5s', true)`;

const settle: Record<Log, Record<Mode, Sql>> = {
  audit_log: {
    live: sql`select pg_advisory_xact_lock('live.audit_log'::regclass::oid::integer, hashtext($1))`,
    test: sql`select pg_advisory_xact_lock('test.audit_log'::regclass::oid::integer, hashtext($1))`,
  },
  effects: {
    live: sql`select pg_advisory_xact_lock('live.effects'::regclass::oid::integer, hashtext($1))`,
    test: sql`select pg_advisory_xact_lock('test.effects'::regclass::oid::integer, hashtext($1))`,
  },
};
const newest: Record<Log, Record<Mode, Sql>> = {
  audit_log: {
    live: sql`select coalesce(max(seq), 0) as seq from live.audit_log`,
    test: sql`select coalesce(max(seq), 0) as seq from test.audit_log`,
  },
  effects: {
    live: sql`select coalesce(max(seq), 0) as seq from live.effects`,
    test: sql`select coalesce(max(seq), 0) as seq from test.effects`,
  },
};

/**
 * Draws the line under a log, for one workspace: every row up to it is committed, every row written from now on is
 * past it. It waits for the inserts that are under way, which is milliseconds; see the migration `arrival_order`.
 */
export async function drawBounds(database: Database, workspaceId: string, log: Log): Promise<Bounds> {
  const bounds: Record<Mode, number> = { live: 0, test: 0 };
  for (const mode of modes) {
    const row = await committed(database.as('console', workspaceId), async (db) => {
      await db.rows(limitWait);
      await db.rows(settle[log][mode], [workspaceId]);
      return db.row<{ seq: number }>(newest[log][mode]);
    });
    bounds[mode] = row?.seq ?? 0;
  }
  return bounds;
}
