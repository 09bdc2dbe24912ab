import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { DatabaseConfig } from '../../server/src/config.ts';
import { whereOf } from '../../server/src/core/db/database.ts';
import { startEmbeddedPostgres } from '../../server/src/core/db/embedded/embedded.ts';
import { FolderInUse } from '../../server/src/core/db/embedded/folder-lock.ts';
import { findRunningPostgres } from '../../server/src/core/db/embedded/running.ts';
import { explainStartFailure, isConnectionFailure } from '../../server/src/core/db/failures.ts';

/** The database of this installation, reached as its owner. */
export interface Reached {
  readonly owner: ClientConfig;
  /** A connection of the owner, open for as long as the work lasts. */
  readonly client: Client;
  /** What was reached, as it may be shown. */
  readonly where: string;
}

export interface ReachOptions {
  /**
   * Whether the embedded PostgreSQL is started where none runs. A command that lasts must not: the server, started
   * beside it, would find its folder taken.
   */
  readonly start: boolean;
}

/** There is nothing to join. */
export class NothingRuns extends Error {}

/** How long a server that starts or stops on the same folder is waited for. */
const patienceMs = 15_000;

/**
 * Does work on the database: the one of `DATABASE_URL`, or the embedded one. A server that runs on the embedded one's
 * folder is joined; otherwise PostgreSQL runs for the work's duration.
 */
export async function withDatabase<T>(
  config: DatabaseConfig,
  work: (reached: Reached) => Promise<T>,
  { start }: ReachOptions = { start: true },
): Promise<T> {
  if (config.databaseUrl !== null) return withOwnDatabase(config.databaseUrl, work);
  const folder = embeddedFolder(config);
  const found = start ? await reachEmbedded(folder) : await join(folder);
  if (found === undefined) throw new NothingRuns(`No server runs on ${folder}; start it with: npm start`);
  const { close, ...reached } = found;
  try {
    return await work(reached);
  } finally {
    await close();
  }
}

/** Where the embedded PostgreSQL of an installation lives. */
export function embeddedFolder(config: Pick<DatabaseConfig, 'home'>): string {
  return `${resolve(config.home)}/postgres`;
}

async function withOwnDatabase<T>(databaseUrl: string, work: (reached: Reached) => Promise<T>): Promise<T> {
  const owner = { connectionString: databaseUrl };
  const client = open(owner);
  const where = whereOf(client);
  try {
    await client.connect();
  } catch (error) {
    throw new Error(explainStartFailure(error, where), { cause: error });
  }
  try {
    return await work({ owner, client, where });
  } finally {
    await client.end();
  }
}

interface ReachedEmbedded extends Reached {
  close(): Promise<void>;
}

async function reachEmbedded(directory: string): Promise<ReachedEmbedded> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const joined = await join(directory);
    if (joined !== undefined) return joined;
    try {
      return await startFor(directory);
    } catch (error) {
      // Another process is starting or stopping a server there, or runs a command just now.
      if (!(error instanceof FolderInUse) || performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

/**
 * Held shared by every command while it works, and alone by the one that is about to stop the server it started: so no
 * command stops a server under another one.
 */
const useLock = 4_271_906_014;

async function join(directory: string): Promise<ReachedEmbedded | undefined> {
  const running = await findRunningPostgres({ directory });
  if (running === undefined) return undefined;
  const client = open(running.connection);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1)', [useLock]);
  } catch (error) {
    await client.end().catch(() => {});
    if (isConnectionFailure(error)) return undefined;
    throw error;
  }
  return {
    owner: running.connection,
    client,
    where: `the embedded PostgreSQL in ${directory} (running, process ${running.pid})`,
    close: () => client.end(),
  };
}

async function startFor(directory: string): Promise<ReachedEmbedded> {
  const postgres = await startEmbeddedPostgres({ directory });
  const client = open(postgres.connection);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1)', [useLock]);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return {
    owner: postgres.connection,
    client,
    where: `the embedded PostgreSQL in ${directory} (started for this command)`,
    async close() {
      await client.query(`set lock_timeout = '${patienceMs}ms'`);
      await client.query('select pg_advisory_lock($1)', [useLock]).catch(() => {});
      // The lock goes with the server: given back before, another command would begin on a server that is about to stop.
      await postgres.stop();
      await client.end().catch(() => {});
    },
  };
}

function open(config: ClientConfig): Client {
  const client = new Client({ ...config, application_name: 'interlock command', connectionTimeoutMillis: 10_000 });
  // A server that goes away under an idle client emits an error with nobody to catch it.
  client.on('error', () => {});
  return client;
}
