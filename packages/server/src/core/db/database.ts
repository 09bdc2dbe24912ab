import { createHmac } from 'node:crypto';
import { Client, type ClientConfig, Pool, type PoolConfig, types } from 'pg';
import type { Mode } from '../mode.ts';
import { modes } from '../mode.ts';
import type { Migrations, ServiceContract } from '../service.ts';
import { explainStartFailure } from './failures.ts';
import { TransactionGroups, type Work } from './group.ts';
import { deaf, type Listener, listen } from './listen.ts';
import { migrate } from './migrate.ts';
import { readTimestamp } from './read-timestamp.ts';
import { SharedReads } from './reads.ts';
import { replanNowAndThen } from './replan.ts';
import { type RoleKind, type RoleUrls, roleKinds, roleNames, roleUrlVariable, sessionSettings } from './roles.ts';
import { type Seat, Transaction, toRead } from './transaction.ts';

// Every bigint here is a counter or a time in milliseconds, far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);
const driversTimestamps = types.getTypeParser(types.builtins.TIMESTAMPTZ);
types.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => readTimestamp(text, driversTimestamps));

export interface DatabaseOptions {
  /** How the owner connects: a role that may create schemas, and roles unless `roleUrls` name them. */
  readonly owner: ClientConfig;
  readonly rolePrefix: string;
  readonly services: readonly { contract: ServiceContract; migrations: Migrations }[];
  /** Connections of each mode's pool; the console and the authenticator have two each. */
  readonly poolSize: number;
  /** `false` where the engine has no LISTEN and NOTIFY. */
  readonly listen?: boolean;
  /** A URL for each login role, where the administrator made them. */
  readonly roleUrls?: RoleUrls;
}

export interface Database {
  /** A transaction of one workspace under the role of one mode. */
  transaction(mode: Mode, workspaceId: string): Transaction;
  /** A share in a transaction with other calls of this workspace and mode, for short calls that can run again. */
  shared(mode: Mode, workspaceId: string): Work;
  /** A handle that only reads, by statements that travel with those of other calls of this workspace and mode. */
  reading(mode: Mode, workspaceId: string): Work;
  /**
   * The same on connections kept apart, for the little that the line has to commit while a request's own transaction
   * is open and holds a connection.
   */
  beside(mode: Mode, workspaceId: string): Transaction;
  /** The same for the console and the authenticator. */
  as(role: 'console' | 'authenticator', workspaceId: string): Transaction;
  readonly pools: Readonly<Record<RoleKind, Pool>>;
  /** Migrations that this start ran. */
  readonly applied: readonly string[];
  /** Listens on a channel until closed; `onGap` is told whenever notifications may have been missed. */
  listen(channel: string, onMessage: (payload: string) => void, onGap: () => void): Listener;
  /** Tells every listener of every process; nobody where the engine has no notifications. */
  notify(channel: string, payload: string): Promise<void>;
  /** Tells this process's own listeners at once what the database is telling everybody. */
  announce(channel: string, payload: string): void;
  /** Whether it answers, within `timeoutMs`. */
  ping(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Connects, checks the server's version, migrates, and opens one pool for each login role. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { applied, passwords, seatKey } = await prepare(options);
  const seatOf = createSeats(seatKey);
  const configOf = (kind: RoleKind): ClientConfig => roleConfig(options, kind, passwords[kind]);
  const pools = Object.fromEntries(
    roleKinds.map((kind) => [
      kind,
      openPool(
        configOf(kind),
        kind === 'live' || kind === 'test' ? options.poolSize : kind.endsWith('_dispatch') ? 4 : 2,
      ),
    ]),
  ) as Record<RoleKind, Pool>;
  for (const mode of modes) replanNowAndThen(pools[`${mode}_dispatch`]);
  const besidePools: Record<Mode, Pool> = { live: openPool(configOf('live'), 2), test: openPool(configOf('test'), 2) };

  const groups = new TransactionGroups();
  const reads = new SharedReads();
  const listenersHere = new Set<{ channel: string; onMessage: (payload: string) => void }>();

  const close = async (): Promise<void> => {
    await Promise.all([...Object.values(pools), ...Object.values(besidePools)].map((pool) => pool.end()));
  };
  await checkLogins(options, pools).catch(async (error: unknown) => {
    await close();
    throw error;
  });

  return {
    applied,
    pools,
    transaction: (mode, workspaceId) => new Transaction(pools[mode], seatOf(workspaceId)),
    shared: (mode, workspaceId) =>
      groups.join(`${mode} ${workspaceId}`, () => new Transaction(pools[mode], seatOf(workspaceId))),
    reading: (mode, workspaceId) =>
      reads.join(`${mode} ${workspaceId}`, () => new Transaction(pools[mode], seatOf(workspaceId), toRead)),
    beside: (mode, workspaceId) => new Transaction(besidePools[mode], seatOf(workspaceId)),
    as: (role, workspaceId) => new Transaction(pools[role], seatOf(workspaceId)),
    listen(channel, onMessage, onGap) {
      const listener = options.listen === false ? deaf : listen(configOf('authenticator'), channel, onMessage, onGap);
      const here = { channel, onMessage };
      listenersHere.add(here);
      return {
        ...listener,
        get connected() {
          return listener.connected;
        },
        close: () => {
          listenersHere.delete(here);
          return listener.close();
        },
      };
    },
    async notify(channel, payload) {
      if (options.listen !== false) await pools.live_dispatch.query('select pg_notify($1, $2)', [channel, payload]);
    },
    announce(channel, payload) {
      for (const here of listenersHere) if (here.channel === channel) here.onMessage(payload);
    },
    ping: (timeoutMs) =>
      ping(
        modes.map((mode) => pools[mode]),
        timeoutMs,
      ),
    close,
  };
}

/** How one of the login roles connects. */
export function roleConfig(
  options: Pick<DatabaseOptions, 'owner' | 'rolePrefix' | 'roleUrls'>,
  kind: RoleKind,
  password: string | undefined,
): ClientConfig {
  const url = options.roleUrls?.[kind] ?? options.owner.connectionString;
  const settings = sessionSettings(kind)
    .map(([setting, value]) => `-c ${setting}=${value.replaceAll(' ', '')}`)
    .join(' ');
  const name = `interlock ${kind}`;
  if (url === undefined) {
    const user = roleNames(options.rolePrefix)[kind];
    return { ...options.owner, user, password, options: settings, application_name: name };
  }
  return {
    ...options.owner,
    connectionString: urlOf(url, {
      ...(options.roleUrls === undefined
        ? { user: roleNames(options.rolePrefix)[kind], password: password ?? '' }
        : {}),
      application_name: name,
      options: settings,
    }),
  };
}

/**
 * A URL with other settings. What the driver reads from a URL outranks what it is given beside it, and in the URL the
 * query outranks the rest; so there they go.
 */
function urlOf(text: string, settings: Readonly<Record<string, string>>): string {
  const url = new URL(text);
  if (settings.user !== undefined) {
    url.username = '';
    url.password = '';
  }
  for (const [name, value] of Object.entries(settings)) {
    const before = name === 'options' ? url.searchParams.get('options') : null;
    url.searchParams.set(name, before === null ? value : `${before} ${value}`);
  }
  return url.toString();
}

/** A pool that connects as anybody else, such as the owner, would undo the gate, so each says once who it is. */
async function checkLogins(options: DatabaseOptions, pools: Readonly<Record<RoleKind, Pool>>): Promise<void> {
  const expected = roleNames(options.rolePrefix, options.roleUrls);
  await Promise.all(
    roleKinds.map(async (kind) => {
      const role = await pools[kind].query<{ role: string }>('select current_user as role').then(
        ({ rows }) => rows[0]?.role,
        (error: unknown) => {
          throw new Error(explainLoginFailure(options, kind, error), { cause: error });
        },
      );
      if (role === expected[kind]) return;
      throw new Error(
        `The connections of the role ${expected[kind]} arrive as ${role}; check the URLs, and any pooler.`,
      );
    }),
  );
}

/** Why one of the login roles cannot connect. */
export function explainLoginFailure(
  options: Pick<DatabaseOptions, 'owner' | 'rolePrefix' | 'roleUrls'>,
  kind: RoleKind,
  error: unknown,
): string {
  const url = options.roleUrls?.[kind];
  const where = whereOf(new Client(url === undefined ? options.owner : { connectionString: url }));
  if (url !== undefined) return explainStartFailure(error, where, roleUrlVariable(kind));
  const role = roleNames(options.rolePrefix)[kind];
  return `The role ${role} cannot log in at ${where} (${(error as Error).message}); "npx interlock doctor" says what to do.`;
}

/** Host and database, as they may be shown. */
export function whereOf(client: Client): string {
  return `${client.host}${client.host.startsWith('/') ? '' : `:${client.port}`}/${client.database ?? ''}`;
}

/** Beyond this many the oldest is forgotten: signing anew for each request stood out in profiles. */
const maxSeats = 10_000;

function createSeats(seatKey: Buffer): (workspaceId: string) => Seat {
  const seats = new Map<string, Seat>();
  return (workspaceId) => {
    const known = seats.get(workspaceId);
    if (known !== undefined) return known;
    const made = { workspaceId, seat: createHmac('sha256', seatKey).update(workspaceId).digest('hex') };
    const oldest = seats.keys().next().value;
    if (seats.size >= maxSeats && oldest !== undefined) seats.delete(oldest);
    seats.set(workspaceId, made);
    return made;
  };
}

async function prepare(options: DatabaseOptions): Promise<Awaited<ReturnType<typeof migrate>>> {
  const client = new Client({
    ...options.owner,
    application_name: 'interlock migrator',
    connectionTimeoutMillis: 10_000,
  });
  // A server that goes away under an idle client emits an error with nobody to catch it.
  client.on('error', () => {});
  const where = whereOf(client);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      `select current_setting('server_version_num')::int as version`,
    );
    const version = rows[0]?.version ?? 0;
    if (version < 150_000) {
      throw new Error(`it is version ${Math.floor(version / 10_000)}; Interlock needs PostgreSQL 15 or newer`);
    }
    return await migrate(client, options.services, options.rolePrefix, options.roleUrls);
  } catch (error) {
    throw new Error(explainStartFailure(error, where), { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

function openPool(config: ClientConfig, max: number): Pool {
  const settings: PoolConfig & { pipeline: boolean } = {
    ...config,
    max,
    pipeline: true,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
  const pool = new Pool(settings);
  // An idle connection that breaks is replaced at the next use.
  pool.on('error', () => {});
  // One that breaks between two statements of a transaction tells nobody else; unheard, it would end the process. The
  // next statement fails, and the transaction with it.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

async function ping(pools: readonly Pool[], timeoutMs: number): Promise<boolean> {
  const answered = Promise.all(pools.map((pool) => pool.query('select 1'))).then(
    () => true,
    () => false,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
