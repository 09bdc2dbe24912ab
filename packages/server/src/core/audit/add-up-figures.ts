import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { type Fragment, fragment, type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { type Mode, modes } from '../mode.ts';
import { drawBounds } from './arrivals.ts';

/** How far a workspace is added up. */
export interface Marks {
  /** Audit rows up to this arrival; `null` where nothing is. */
  readonly arrival: number | null;
  /** Deliveries that ended before it, in Unix milliseconds. */
  readonly endedBefore: number;
}

export const noMarks: Marks = { arrival: null, endedBefore: 0 };

export const hourMs = 3_600_000;

/** So many rows are counted in milliseconds; with more, they are added up first. */
const mostLoose = 5_000;

/** A delivery is written down some time after it ended: by then it is. */
const settledMs = hourMs;

/**
 * Adds to the hours what arrived since they were last looked at, if that is much. Each row is counted once in its life, so a
 * million requests cost a second the first time that somebody looks, and nothing after it.
 */
export async function addUpFigures(database: Database, workspaceId: string, now: number): Promise<void> {
  const endedBefore = new Date(Math.floor((now - settledMs) / hourMs) * hourMs);
  const loose = await committed(database.as('console', workspaceId), async (db) => {
    const found: Mode[] = [];
    for (const mode of modes) {
      await db.run(statements[mode].begin, [workspaceId]);
      const marks = await readMarks(db, mode);
      const { count = 0 } =
        (await db.row<{ count: number }>(statements[mode].countLoose, [
          ...[marks.arrival, new Date(marks.endedBefore), endedBefore, mostLoose + 1],
        ])) ?? {};
      if (count > mostLoose) found.push(mode);
    }
    return found;
  });
  if (loose.length === 0) return;
  const bounds = await drawBounds(database, workspaceId, 'audit_log');
  for (const mode of loose) {
    await committed(database.as('console', workspaceId), async (db) => {
      const { lock, addRequests, addDeliveries, advance } = statements[mode];
      // Who comes second waits here, and then finds nothing left to add.
      const marks = marksOf(await db.row<StoredMarks>(lock));
      const until = new Date(Math.max(marks.endedBefore, endedBefore.getTime()));
      const arrival = Math.max(marks.arrival ?? 0, bounds[mode]);
      await db.run(addRequests, [marks.arrival, arrival]);
      await db.run(addDeliveries, [new Date(marks.endedBefore), until]);
      await db.run(advance, [arrival, until]);
    });
  }
}

/** Holds the marks where they are until the transaction ends, so that what is read after them fits. */
export async function readMarks(db: Db, mode: Mode): Promise<Marks> {
  return marksOf(await db.row<StoredMarks>(statements[mode].hold));
}

interface StoredMarks {
  arrival: number;
  ended_before: Date;
}

function marksOf(row: StoredMarks | undefined): Marks {
  return row === undefined
    ? { ...noMarks, arrival: 0 }
    : { arrival: row.arrival, endedBefore: row.ended_before.getTime() };
}

const statements = { live: statementsIn(fragment`live`), test: statementsIn(fragment`test`) };

function statementsIn(
  mode: Fragment,
): Readonly<Record<'begin' | 'hold' | 'lock' | 'countLoose' | 'addRequests' | 'addDeliveries' | 'advance', Sql>> {
  return {
    begin: sql`insert into ${mode}.figure_marks (workspace_id) values ($1) on conflict do nothing`,
    hold: sql`select arrival, ended_before from ${mode}.figure_marks for share`,
    lock: sql`select arrival, ended_before from ${mode}.figure_marks for update`,
    countLoose: sql`
      select greatest(
        (select count(*) from (select from ${mode}.audit_log where seq > $1 limit $4) requests),
        (select count(*) from (
          select from ${mode}.deliveries where finalized_at >= $2 and finalized_at < $3 limit $4) deliveries)
      ) as count`,
    addRequests: sql`
      insert into ${mode}.figure_hours as kept (workspace_id, hour, service, requests, errors, suppressed)
      select workspace_id, ${hourOf(fragment`at`)}, service, count(*), count(*) filter (where status >= 400),
        coalesce(sum(jsonb_array_length(suppressed)), 0)
      from ${mode}.audit_log where seq > $1 and seq <= $2 group by 1, 2, 3
      on conflict (workspace_id, hour, service) do update set requests = kept.requests + excluded.requests,
        errors = kept.errors + excluded.errors, suppressed = kept.suppressed + excluded.suppressed`,
    addDeliveries: sql`
      insert into ${mode}.figure_hours as kept (workspace_id, hour, service, delivered, failed)
      select workspace_id, ${hourOf(fragment`finalized_at`)}, service, count(*) filter (where status = 'succeeded'),
        count(*) filter (where status in ('dead_letter', 'expired'))
      from ${mode}.deliveries where finalized_at >= $1 and finalized_at < $2 group by 1, 2, 3
      on conflict (workspace_id, hour, service) do update set delivered = kept.delivered + excluded.delivered,
        failed = kept.failed + excluded.failed`,
    advance: sql`update ${mode}.figure_marks set arrival = $1, ended_before = $2`,
  };
}

function hourOf(column: Fragment): Fragment {
  return fragment`date_bin('1 hour', ${column}, 'epoch')`;
}
