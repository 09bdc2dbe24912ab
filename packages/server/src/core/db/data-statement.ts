import type { Sql } from './sql.ts';
import { statementName } from './statement-name.ts';

const dataStatement = /^[ \t\n\r\f]*(?:\([ \t\n\r\f]*)*(?:select|insert|update|delete|merge|with|values|table)\b/i;

const checked = new WeakSet<Sql>();

/**
 * Lets statements through that read or change rows, and no others. A handle travels on pooled connections: what `set`,
 * `prepare`, `listen` or `commit` leave behind would meet the next request. The extended protocol carries one statement
 * at a time, and its first word decides what it is.
 *
 * @throws for any other statement, and for one whose name is not that of its text, which could stand in for another's
 */
export function checkDataStatement(statement: Sql): void {
  if (checked.has(statement)) return;
  if (!dataStatement.test(statement.text)) {
    throw new Error(
      `a handle runs select, insert, update, delete and merge only, not: ${statement.text.trim().slice(0, 60)}`,
    );
  }
  if (statement.name !== statementName(statement.text)) {
    throw new Error('a statement carries the name of its text; make it with sql`…`');
  }
  checked.add(statement);
}
