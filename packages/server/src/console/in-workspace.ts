import { committed } from '../core/db/committed.ts';
import type { Database } from '../core/db/database.ts';
import type { Transaction } from '../core/db/transaction.ts';

/** Does work in one transaction of the console's role, in one workspace (or, with an empty id, in none). */
export function inWorkspace<T>(
  database: Database,
  workspaceId: string,
  work: (db: Transaction) => Promise<T>,
): Promise<T> {
  return committed(database.as('console', workspaceId), work);
}
