import { codeOf } from './failures.ts';
import { GroupUndone } from './group.ts';

const maxAttempts = 5;
/** SQLSTATE: deadlock detected, serialization failure, and a reference to a row that went meanwhile. */
const conflicts = new Set(['40P01', '40001', '23503']);

/**
 * Two transactions that took the same rows in another order: PostgreSQL ends one, and it can simply run again. So can one
 * that was about to refer to what another one deletes: the second time it finds it gone, and says so.
 *
 * @param work a transaction, and the number of the attempt
 * @param undone puts back what the attempt has changed outside its transaction
 */
export async function untilDone<T>(work: (attempt: number) => Promise<T>, undone: () => void): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const again = error instanceof GroupUndone || conflicts.has(codeOf(error) ?? '');
      if (!again || attempt === maxAttempts) throw error;
      undone();
    }
  }
}
