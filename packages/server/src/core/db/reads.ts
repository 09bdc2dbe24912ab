import { codeOf } from './failures.ts';
import { Gathering } from './gathering.ts';
import type { Work } from './group.ts';
import type { Sql } from './sql.ts';
import type { Batch, Transaction } from './transaction.ts';

/** Transactions of one workspace and mode that are open at once: enough that a slow statement holds up few others. */
const maxOpen = 4;
const maxStatements = 16;
/** SQLSTATE of a statement after the one that failed. */
const aborted = '25P02';

interface Question {
  readonly open: () => Transaction;
  readonly ask: (transaction: Transaction) => Promise<unknown>;
  readonly answer: PromiseWithResolvers<unknown>;
}

/**
 * Statements of calls that only read, which travel with those of other calls of the same workspace and mode: `begin`, the
 * seat, what was asked in the meantime and the `commit` leave in one write and are answered in one round trip. A
 * statement of a list costs less than what stands around it.
 *
 * The transactions are read-only, so PostgreSQL refuses what would change something. Each statement sees what was committed
 * before it was sent, as it would alone. The one that fails is told why; those behind it are asked again, each by itself.
 */
export class SharedReads {
  readonly #asked = new Gathering<Question>({ maxOpen, maxTogether: maxStatements, leave: askAll });

  /**
   * A handle for one call.
   *
   * @param key names the workspace and the mode
   * @param open makes a read-only transaction
   */
  join(key: string, open: () => Transaction): Work {
    return new Reading((ask) => {
      const answer = Promise.withResolvers<unknown>();
      this.#asked.add(key, { open, ask, answer });
      return answer.promise;
    });
  }
}

/** Done when the connection is free again; each is answered as soon as its own answer is there. */
async function askAll(questions: readonly Question[]): Promise<void> {
  const transaction = questions[0]?.open();
  if (transaction === undefined) return;
  for (const question of questions) {
    const { ask, answer } = question;
    ask(transaction).then(answer.resolve, (error: unknown) => {
      if (codeOf(error) === aborted) void askAll([question]);
      else answer.reject(error);
    });
  }
  // Whoever asked has heard of a failure already.
  await transaction.commit().catch(() => {});
}

/** What one call holds: nothing of its own, since there is nothing to commit and nothing to undo. */
class Reading implements Work {
  readonly touched = false;
  readonly #ask: (ask: Question['ask']) => Promise<unknown>;

  constructor(ask: (ask: Question['ask']) => Promise<unknown>) {
    this.#ask = ask;
  }

  rows<Row>(statement: Sql, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#ask((transaction) => transaction.rows(statement, values)) as Promise<Row[]>;
  }

  row<Row>(statement: Sql, values: readonly unknown[] = []): Promise<Row | undefined> {
    return this.#ask((transaction) => transaction.row(statement, values)) as Promise<Row | undefined>;
  }

  run(statement: Sql, values: readonly unknown[] = []): Promise<number> {
    return this.#ask((transaction) => transaction.run(statement, values)) as Promise<number>;
  }

  entry<Row>(batch: Batch<Row>, entry: readonly unknown[]): Promise<Row | undefined> {
    return this.#ask((transaction) => transaction.entry(batch, entry)) as Promise<Row | undefined>;
  }

  defer(): void {
    throw new Error('a call that shares what it reads changes nothing; say that the operation writes');
  }

  async commit(): Promise<void> {}

  async rollback(): Promise<void> {}
}
