import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import type { Db } from '../db/transaction.ts';
import { type Bounds, drawBounds, type Log } from './arrivals.ts';
import { type Cursor, readCursor, writeCursor } from './cursor.ts';

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; `null` on the last one. */
  readonly cursor: string | null;
}

/** What a page's statement is asked for. */
export interface Place {
  readonly cursor: Cursor | null;
  readonly bounds: Bounds;
  readonly limit: number;
}

/** Reads one page of a log: one row more than asked tells whether there is another page. */
export async function readPage<Stored extends { id: string; at_us: number }, Row>(
  database: Database,
  workspaceId: string,
  log: Log,
  asked: { readonly limit: number; readonly cursor: string | null },
  viewOf: (row: Stored) => Row,
  query: (db: Db, place: Place) => Promise<Stored[]>,
): Promise<Page<Row>> {
  const cursor = asked.cursor === null ? null : readCursor(asked.cursor);
  const bounds = cursor?.bounds ?? (await drawBounds(database, workspaceId, log));
  const stored = await committed(database.as('console', workspaceId), (db) =>
    query(db, { cursor, bounds, limit: asked.limit + 1 }),
  );
  const shown = stored.slice(0, asked.limit);
  const last = shown.at(-1);
  const more = stored.length > shown.length && last !== undefined;
  return { rows: shown.map(viewOf), cursor: more ? writeCursor({ atUs: last.at_us, id: last.id, bounds }) : null };
}
