import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Mode } from '../mode.ts';
import { drawBounds, type Log } from './arrivals.ts';
import { readCursor, writeCursor } from './cursor.ts';

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; `null` on the last one. */
  readonly cursor: string | null;
}

/** What is asked of a log. */
export interface Question {
  /** As `walk` makes it. */
  readonly statement: Sql;
  readonly mode: Mode | null;
  /** The values from `$7` on. */
  readonly filters: readonly unknown[];
}

/**
 * A filter is planned for its value, and a sketch of a log before the log itself: the planner takes it that random ids, such as
 * those of requests, stand on every page, and would read a million rows (900 ms) where the sketch leaves out nearly all (10 ms).
 */
const preferIndexes = sql`
  select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)`;

/** Reads one page of a log: one row more than asked tells whether there is another page. */
export async function readPage<Stored extends { id: string; at_us: number }, Row>(
  database: Database,
  workspaceId: string,
  log: Log,
  asked: { readonly limit: number; readonly cursor: string | null },
  viewOf: (row: Stored) => Row,
  { statement, mode, filters }: Question,
): Promise<Page<Row>> {
  const cursor = asked.cursor === null ? null : readCursor(asked.cursor);
  const bounds = cursor?.bounds ?? (await drawBounds(database, workspaceId, log));
  const place = [bounds.live, bounds.test, cursor?.atUs ?? null, cursor?.id ?? null, mode, asked.limit + 1];
  const stored = await committed(database.as('console', workspaceId), async (db) => {
    const [, rows] = await Promise.all([db.rows(preferIndexes), db.rows<Stored>(statement, [...place, ...filters])]);
    return rows;
  });
  const shown = stored.slice(0, asked.limit);
  const last = shown.at(-1);
  const more = stored.length > shown.length && last !== undefined;
  return { rows: shown.map(viewOf), cursor: more ? writeCursor({ atUs: last.at_us, id: last.id, bounds }) : null };
}
