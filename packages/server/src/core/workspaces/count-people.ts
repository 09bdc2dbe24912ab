import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { sql } from '../db/sql.ts';

const countAll = sql`select count(*) as people from core.people`;

/** How many people have signed up on this installation. */
export async function countPeople(database: Database): Promise<number> {
  const row = await committed(database.as('console', ''), (db) => db.row<{ people: number }>(countAll));
  return row?.people ?? 0;
}
