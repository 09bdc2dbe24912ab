import { nextTick } from 'node:process';
import type { Writable } from 'node:stream';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { refuse } from '../errors.ts';
import { checkDataStatement } from './data-statement.ts';
import { isConnectionFailure } from './failures.ts';
import type { Work } from './group.ts';
import { type Deferred, mergeInserts } from './merge.ts';
import { send } from './send.ts';
import { type Sql, sql } from './sql.ts';

/** A handle on the rows of one workspace in one mode. */
export interface Db {
  /** All rows. */
  rows<Row>(statement: Sql, values?: readonly unknown[]): Promise<Row[]>;
  /** The first row, or `undefined`. */
  row<Row>(statement: Sql, values?: readonly unknown[]): Promise<Row | undefined>;
  /** How many rows the statement touched. */
  run(statement: Sql, values?: readonly unknown[]): Promise<number>;
  /**
   * The row that a batch answers one entry with, or `undefined`. Calls that share a transaction and ask the same batch
   * in the same turn ask it in one statement.
   */
  entry<Row>(batch: Batch<Row>, entry: readonly unknown[]): Promise<Row | undefined>;
  /** Queues a statement whose result nobody reads; it travels with the commit, which fails if it does. */
  defer(statement: Sql, values: readonly unknown[]): void;
}

/** A statement over many entries, none of which has the key of another one. */
export interface Batch<Row> {
  /** Its `$1`, `$2` … are arrays, each with one element for every entry. */
  readonly statement: Sql;
  /** What an entry is found by in the answer. */
  readonly keyOf: (entry: readonly unknown[]) => string;
  readonly keyOfRow: (row: Row) => string;
}

/** Who works in a transaction, and the proof that its row policies believe. */
export interface Seat {
  readonly workspaceId: string;
  readonly seat: string;
}

/** How a transaction begins. */
export interface Opening {
  readonly begin: string;
  /** Shows the workspace, `$1`, and its seat, `$2`. */
  readonly takeSeat: Sql;
}

const toWork: Opening = {
  begin: 'begin',
  takeSeat: sql`select set_config('app.workspace', $1, true), set_config('app.seat', $2, true)`,
};

/**
 * For reads, all of them by an index: a plan that is kept. A page's `limit` is a value, which a plan that is kept knows
 * nothing of, so PostgreSQL takes the plan of this very page for far cheaper and makes it anew for each; making it
 * takes three times as long as the page. What was planned while a table was empty walks its indexes as well.
 */
export const toRead: Opening = {
  begin: 'begin read only',
  takeSeat: sql`select set_config('app.workspace', $1, true), set_config('app.seat', $2, true),
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`,
};

/**
 * A transaction for one workspace, opened by its first statement: `begin`, the workspace's seat and that statement
 * travel in one flush, and so do the deferred statements and the `commit`. A call that asks nothing costs nothing.
 */
export class Transaction implements Work {
  readonly #pool: Pool;
  readonly #seat: Seat;
  #client: Promise<PoolClient> | undefined;
  #connected: PoolClient | undefined;
  #deferred: Deferred[] = [];
  #begun = false;
  #state: 'open' | 'done' = 'open';
  #openingFailed: unknown;
  readonly #opening: Opening;

  constructor(pool: Pool, seat: Seat, opening: Opening = toWork) {
    this.#pool = pool;
    this.#seat = seat;
    this.#opening = opening;
  }

  get touched(): boolean {
    return this.#client !== undefined || this.#deferred.length > 0;
  }

  async rows<Row>(statement: Sql, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#send(statement, values)).rows as Row[];
  }

  async row<Row>(statement: Sql, values: readonly unknown[] = []): Promise<Row | undefined> {
    return (await this.#send(statement, values)).rows[0] as Row | undefined;
  }

  async run(statement: Sql, values: readonly unknown[] = []): Promise<number> {
    return (await this.#send(statement, values)).rowCount ?? 0;
  }

  entry<Row>({ statement }: Batch<Row>, entry: readonly unknown[]): Promise<Row | undefined> {
    return this.row<Row>(
      statement,
      entry.map((value) => [value]),
    );
  }

  defer(statement: Sql, values: readonly unknown[]): void {
    checkDataStatement(statement);
    this.deferAll([{ statement, values }]);
  }

  /** The same for what calls that share the transaction have queued and checked. */
  deferAll(deferred: readonly Deferred[]): void {
    if (this.#state !== 'open') throw new Error('the transaction has ended');
    this.#deferred.push(...deferred);
  }

  async commit(): Promise<void> {
    if (this.#deferred.length === 0 && this.#client === undefined) {
      this.#state = 'done';
      return;
    }
    const client = await this.#connect();
    this.#state = 'done';
    const [deferred, commit] = inOneWrite(client, () => {
      this.#begin(client);
      const sent = mergeInserts(this.#deferred).map(({ statement, values }) => send(client, statement, values));
      return [sent, end(client, 'commit')] as const;
    });
    const outcomes = await Promise.allSettled([...deferred, commit]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed === undefined && (await commit) === 'COMMIT') {
      client.release();
      return;
    }
    const failure = failed?.reason ?? this.#openingFailed ?? new Error('the transaction was already aborted');
    // A commit of an aborted transaction is answered with ROLLBACK, so the connection is clean unless the end failed.
    client.release(outcomes.at(-1)?.status === 'rejected');
    throw readable(failure);
  }

  async rollback(): Promise<void> {
    if (this.#state === 'done') return;
    this.#state = 'done';
    if (this.#client === undefined) return;
    try {
      const client = await this.#client;
      await end(client, 'rollback').then(
        () => client.release(),
        () => client.release(true),
      );
    } catch {
      // No connection was had, so there is nothing to undo.
    }
  }

  async #send(statement: Sql, values: readonly unknown[]): Promise<QueryResult> {
    if (this.#state !== 'open') throw new Error('the transaction has ended');
    checkDataStatement(statement);
    try {
      const client = this.#connected ?? (await this.#connect());
      return await inOneWrite(client, () => {
        this.#begin(client);
        return send(client, statement, values);
      });
    } catch (error) {
      throw readable(this.#openingFailed ?? error);
    }
  }

  #connect(): Promise<PoolClient> {
    this.#client ??= this.#pool.connect().then(
      (client) => {
        this.#connected = client;
        return client;
      },
      (error: unknown) => {
        // Whatever keeps a connection from being had, the caller's statement is not to blame.
        throw unavailable(error);
      },
    );
    return this.#client;
  }

  /** Not awaited: the caller's statement follows in the same write, and fails if this does. */
  #begin(client: PoolClient): void {
    if (this.#begun) return;
    this.#begun = true;
    const remember = (error: unknown) => {
      this.#openingFailed ??= error;
    };
    client.query(this.#opening.begin).catch(remember);
    // A message of its own, though each costs as much as the statement in it: the text of a statement is shown to every
    // session of the same role (pg_stat_activity) and in the server's log, its values are not.
    send(client, this.#opening.takeSeat, [this.#seat.workspaceId, this.#seat.seat]).catch(remember);
  }
}

/**
 * What the driver writes in here leaves the process in one write, together with what else is sent in the same turn:
 * each write costs as much as building its statement.
 */
function inOneWrite<T>(client: PoolClient, work: () => T): T {
  const stream = streamOf(client);
  if (stream !== undefined) {
    stream.cork();
    nextTick(uncork, stream);
  }
  return work();
}

function uncork(stream: Writable): void {
  stream.uncork();
}

/** The driver's socket, which its types keep to themselves. */
function streamOf(client: PoolClient): Writable | undefined {
  return (client as unknown as { connection?: { stream?: Writable } }).connection?.stream;
}

/**
 * Ends the transaction, and with it the settings that a statement changed for the whole session, since the connection
 * serves others next. One message; says what became of the transaction.
 */
async function end(client: PoolClient, how: 'commit' | 'rollback'): Promise<string> {
  const results: unknown = await client.query(`${how}; reset all`);
  // Several statements in one message have several results, which the driver's types do not say.
  return (results as QueryResult[])[0]?.command ?? '';
}

/** What the caller can do nothing about becomes `unavailable`; what is a bug stays what it is. */
function readable(error: unknown): unknown {
  return isConnectionFailure(error) ? unavailable(error) : error;
}

function unavailable(cause: unknown): Error {
  return refuse('unavailable', 'The database cannot be reached just now. Try again in a few seconds.', {
    retryAfter: 2,
    cause,
  });
}
