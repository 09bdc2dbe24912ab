import type { Writable } from 'node:stream';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { refuse } from '../errors.ts';
import { checkDataStatement } from './data-statement.ts';
import { isConnectionFailure } from './failures.ts';
import { mergeInserts } from './merge.ts';
import { type Sql, sql } from './sql.ts';

/** A handle on the rows of one workspace in one mode. */
export interface Db {
  /** All rows. */
  rows<Row>(statement: Sql, values?: readonly unknown[]): Promise<Row[]>;
  /** The first row, or `undefined`. */
  row<Row>(statement: Sql, values?: readonly unknown[]): Promise<Row | undefined>;
  /** How many rows the statement touched. */
  run(statement: Sql, values?: readonly unknown[]): Promise<number>;
  /** Queues a statement whose result nobody reads; it travels with the commit, which fails if it does. */
  defer(statement: Sql, values: readonly unknown[]): void;
}

/** Who works in a transaction, and the proof that its row policies believe. */
export interface Seat {
  readonly workspaceId: string;
  readonly seat: string;
}

const takeSeat = sql`select set_config('app.workspace', $1, true), set_config('app.seat', $2, true)`;

/**
 * A transaction for one workspace, opened by its first statement: `begin`, the workspace's seat and that statement
 * travel in one flush, and so do the deferred statements and the `commit`. A call that asks nothing costs nothing.
 */
export class Transaction implements Db {
  readonly #pool: Pool;
  readonly #seat: Seat;
  #client: Promise<PoolClient> | undefined;
  #connected: PoolClient | undefined;
  #deferred: { statement: Sql; values: readonly unknown[] }[] = [];
  #begun = false;
  #state: 'open' | 'done' = 'open';
  #openingFailed: unknown;

  constructor(pool: Pool, seat: Seat) {
    this.#pool = pool;
    this.#seat = seat;
  }

  /** Whether any statement was sent or queued. */
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

  defer(statement: Sql, values: readonly unknown[]): void {
    if (this.#state !== 'open') throw new Error('the transaction has ended');
    checkDataStatement(statement);
    this.#deferred.push({ statement, values });
  }

  /** Sends what was deferred and commits. Throws, with everything rolled back, when any of it fails. */
  async commit(): Promise<void> {
    if (this.#deferred.length === 0 && this.#client === undefined) {
      this.#state = 'done';
      return;
    }
    const client = await this.#connect();
    this.#state = 'done';
    const [deferred, commit] = inOneWrite(client, () => {
      this.#begin(client);
      const sent = mergeInserts(this.#deferred).map(({ statement, values }) => query(client, statement, values));
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

  /** Undoes everything; never throws. */
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
        return query(client, statement, values);
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
    client.query('begin').catch(remember);
    // A message of its own, though each costs as much as the statement in it: the text of a statement is shown to every
    // session of the same role (pg_stat_activity) and in the server's log, its values are not.
    query(client, takeSeat, [this.#seat.workspaceId, this.#seat.seat]).catch(remember);
  }
}

/** What the driver writes in here leaves the process in one write: each costs as much as building its statement. */
function inOneWrite<T>(client: PoolClient, work: () => T): T {
  const stream = streamOf(client);
  stream?.cork();
  try {
    return work();
  } finally {
    stream?.uncork();
  }
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

function query(client: PoolClient, statement: Sql, values: readonly unknown[]): Promise<QueryResult> {
  return client.query({ name: statement.name, text: statement.text, values: values as unknown[] });
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
