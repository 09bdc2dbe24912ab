import { nextTick } from 'node:process';
import { columnsOfRows } from './columns-of-rows.ts';
import { checkDataStatement } from './data-statement.ts';
import { mayHaveHappened } from './failures.ts';
import { Gathering } from './gathering.ts';
import type { Deferred } from './merge.ts';
import type { Sql } from './sql.ts';
import type { Batch, Db, Transaction } from './transaction.ts';

/** What the line holds of the transaction of one call. */
export interface Work extends Db {
  /** Whether any statement was sent or queued. */
  readonly touched: boolean;
  /** Sends what was deferred and commits. Throws, with everything rolled back, when any of it fails. */
  commit(): Promise<void>;
  /** Undoes everything; never throws. */
  rollback(): Promise<void>;
}

/** The shared transaction was undone because another call in it failed: the same work alone may well succeed. */
export class GroupUndone extends Error {
  constructor(cause: unknown) {
    super('another call in the same transaction failed', { cause });
  }
}

/** Transactions of one workspace and mode that are open at once: one runs while the other one commits. */
const maxOpen = 2;
const maxMembers = 64;

/** A call that waits for the next transaction. */
interface Waiting extends Entrance {
  readonly open: () => Transaction;
}

interface Entrance {
  /** Where its first statement stands among those of the others. */
  readonly order: string;
  readonly enter: (group: Group) => void;
}

/**
 * Group commit for short calls of one workspace in one mode: calls that arrive while transactions are under way wait
 * for the next one and share it. `begin`, the seat, the commit and its write to the disk cost more than a draw's own
 * statements; shared, they are paid once for all. Nobody is answered before the commit that holds his work.
 *
 * All calls of a transaction sit in the same seat, so nothing becomes visible that each could not have seen alone.
 * When one of them fails, the transaction is undone, and the others throw `GroupUndone` and can run again alone.
 */
export class TransactionGroups {
  readonly #arriving = new Gathering<Waiting>({ maxOpen, maxTogether: maxMembers, leave: enterTogether });

  /**
   * A share in the next transaction of this queue.
   *
   * @param key names the workspace and the mode
   * @param open makes the transaction, if this call is the one to open it
   */
  join(key: string, open: () => Transaction): Work {
    return new Member((entrance) => this.#arriving.add(key, { open, ...entrance }));
  }
}

/** Done when their transaction has ended. */
function enterTogether(waiting: Waiting[]): Promise<void> {
  // In one order everywhere: two transactions that take the same rows in different orders wait for each other.
  const members = waiting.sort((a, b) => compare(a.order, b.order));
  const [first] = members;
  if (first === undefined) return Promise.resolve();
  return new Promise((ended) => {
    const group = new Group(first.open(), members.length, ended);
    for (const member of members) member.enter(group);
  });
}

/** One shared transaction: it ends when the last of its calls has committed or given up. */
class Group {
  readonly #transaction: Transaction;
  readonly #onEnd: () => void;
  readonly #committed = Promise.withResolvers<void>();
  readonly #asked = new Map<Batch<unknown>, Asked[]>();
  #running: number;
  #failure: { readonly cause: unknown } | undefined;

  constructor(transaction: Transaction, members: number, onEnd: () => void) {
    this.#transaction = transaction;
    this.#running = members;
    this.#onEnd = onEnd;
    // Whoever waits for it hears of it; if nobody does any more, it is no news.
    this.#committed.promise.catch(() => {});
  }

  async send<T>(query: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw new GroupUndone(this.#failure.cause);
    try {
      return await query(this.#transaction);
    } catch (error) {
      throw this.#blame(error);
    }
  }

  /** Entries asked for in the same turn travel as one statement. */
  entry<Row>(batch: Batch<Row>, entry: readonly unknown[]): Promise<Row | undefined> {
    const asked = Promise.withResolvers<unknown>();
    const entries = this.#asked.get(batch as Batch<unknown>);
    if (entries === undefined) {
      this.#asked.set(batch as Batch<unknown>, [{ entry, asked }]);
      nextTick(() => void this.#ask(batch as Batch<unknown>));
    } else entries.push({ entry, asked });
    return asked.promise as Promise<Row | undefined>;
  }

  async #ask(batch: Batch<unknown>): Promise<void> {
    const entries = this.#asked.get(batch) ?? [];
    this.#asked.delete(batch);
    await Promise.all(roundsOf(batch, entries).map((round) => this.#askRound(batch, round)));
  }

  async #askRound(batch: Batch<unknown>, round: ReadonlyMap<string, Asked>): Promise<void> {
    const entries = [...round.values()];
    const columns = columnsOfRows(entries.map(({ entry }) => entry));
    try {
      if (this.#failure !== undefined) throw this.#failure.cause;
      const rows = await this.#transaction.rows<unknown>(batch.statement, columns);
      const byKey = new Map(rows.map((row) => [batch.keyOfRow(row), row]));
      for (const [key, { asked }] of round) asked.resolve(byKey.get(key));
    } catch (error) {
      // Whose entry it was, nobody can say.
      this.#failure ??= { cause: error };
      for (const { asked } of entries) asked.reject(new GroupUndone(this.#failure.cause));
    }
  }

  /** PostgreSQL refuses every statement after the one that failed, which is not the fault of theirs. */
  #blame(error: unknown): unknown {
    if (this.#failure !== undefined) return new GroupUndone(this.#failure.cause);
    this.#failure = { cause: error };
    return error;
  }

  commit(deferred: readonly Deferred[]): Promise<void> {
    this.#transaction.deferAll(deferred);
    this.#leave();
    return this.#committed.promise;
  }

  giveUp(): void {
    this.#failure ??= { cause: new Error('a call gave up') };
    this.#leave();
  }

  #leave(): void {
    this.#running--;
    if (this.#running === 0) void this.#end();
  }

  async #end(): Promise<void> {
    try {
      if (this.#failure === undefined) {
        await this.#transaction.commit();
        this.#committed.resolve();
      } else {
        await this.#transaction.rollback();
        this.#committed.reject(new GroupUndone(this.#failure.cause));
      }
    } catch (error) {
      // What may have happened must not run again.
      this.#committed.reject(mayHaveHappened(error) ? error : new GroupUndone(error));
    } finally {
      this.#onEnd();
    }
  }
}

interface Asked {
  readonly entry: readonly unknown[];
  readonly asked: PromiseWithResolvers<unknown>;
}

/** Entries with the same key take turns; within a turn they stand in the order of their keys. */
function roundsOf(batch: Batch<unknown>, entries: readonly Asked[]): Map<string, Asked>[] {
  const rounds: Map<string, Asked>[] = [];
  const keyed = entries.map((asked) => ({ key: batch.keyOf(asked.entry), asked }));
  for (const { key, asked } of keyed.sort((a, b) => compare(a.key, b.key))) {
    const round = rounds.find((held) => !held.has(key));
    if (round === undefined) rounds.push(new Map([[key, asked]]));
    else round.set(key, asked);
  }
  return rounds;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** One call's share: enters a group with its first statement, or with its commit if it only deferred. */
class Member implements Work {
  readonly #enqueue: (entrance: Entrance) => void;
  readonly #deferred: Deferred[] = [];
  #group: Promise<Group> | undefined;
  #ended = false;

  constructor(enqueue: (entrance: Entrance) => void) {
    this.#enqueue = enqueue;
  }

  get touched(): boolean {
    return this.#group !== undefined || this.#deferred.length > 0;
  }

  async rows<Row>(statement: Sql, values: readonly unknown[] = []): Promise<Row[]> {
    const group = await this.#enter(orderOf(statement, values));
    return group.send((transaction) => transaction.rows<Row>(statement, values));
  }

  async row<Row>(statement: Sql, values: readonly unknown[] = []): Promise<Row | undefined> {
    const group = await this.#enter(orderOf(statement, values));
    return group.send((transaction) => transaction.row<Row>(statement, values));
  }

  async run(statement: Sql, values: readonly unknown[] = []): Promise<number> {
    const group = await this.#enter(orderOf(statement, values));
    return group.send((transaction) => transaction.run(statement, values));
  }

  async entry<Row>(batch: Batch<Row>, entry: readonly unknown[]): Promise<Row | undefined> {
    const group = await this.#enter(`${batch.statement.name} ${batch.keyOf(entry)}`);
    return group.entry(batch, entry);
  }

  defer(statement: Sql, values: readonly unknown[]): void {
    this.#checkOpen();
    checkDataStatement(statement);
    this.#deferred.push({ statement, values, call: this });
  }

  async commit(): Promise<void> {
    this.#checkOpen();
    if (!this.touched) {
      this.#ended = true;
      return;
    }
    const group = await this.#enter('');
    this.#ended = true;
    await group.commit(this.#deferred);
  }

  async rollback(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#group !== undefined) (await this.#group).giveUp();
  }

  #enter(order: string): Promise<Group> {
    this.#checkOpen();
    this.#group ??= new Promise((enter) => this.#enqueue({ order, enter }));
    return this.#group;
  }

  #checkOpen(): void {
    if (this.#ended) throw new Error('the transaction has ended');
  }
}

function orderOf(statement: Sql, values: readonly unknown[]): string {
  return `${statement.name} ${values.filter((value) => typeof value === 'string').join(' ')}`;
}
