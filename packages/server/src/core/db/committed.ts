import type { Transaction } from './transaction.ts';

/** Does work in a transaction and commits it; what the work throws undoes everything. */
export async function committed<T>(transaction: Transaction, work: (db: Transaction) => Promise<T>): Promise<T> {
  try {
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
