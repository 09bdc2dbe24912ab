import type { Database } from '../db/database.ts';
import { sql } from '../db/sql.ts';

const countAll = sql`select count(*) as people from core.people`;

/** How many people have signed up on this installation. */
export async function countPeople(database: Database): Promise<number> {
  const db = database.as('console', '');
  try {
    const row = await db.row<{ people: number }>(countAll);
    await db.commit();
    return row?.people ?? 0;
  } catch (error) {
    await db.rollback();
    throw error;
  }
}
