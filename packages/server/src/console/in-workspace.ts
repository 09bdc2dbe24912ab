import type { Database } from '../core/db/database.ts';
import type { Transaction } from '../core/db/transaction.ts';

/** Does work in one transaction of the console's role, in one workspace (or, with an empty id, in none). */
export async function inWorkspace<T>(
  database: Database,
  workspaceId: string,
  work: (db: Transaction) => Promise<T>,
): Promise<T> {
  const db = database.as('console', workspaceId);
  try {
    const result = await work(db);
    await db.commit();
    return result;
  } catch (error) {
    await db.rollback();
    throw error;
  }
}
