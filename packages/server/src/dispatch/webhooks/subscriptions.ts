import type { Database } from '../../core/db/database.ts';
import { sql } from '../../core/db/sql.ts';
import { type Mode, modes } from '../../core/mode.ts';
import type { Clock } from '../../core/sources.ts';

/** The channel on which the database tells every node whose endpoints changed: mode, workspace and service. */
const webhookChanges = 'interlock_webhooks';

export interface SubscriptionOptions {
  readonly database: Pick<Database, 'pools' | 'listen' | 'announce'>;
  readonly clock: Clock;
  /** How long memory is believed while no notifications arrive, in milliseconds. */
  readonly unheardTrustMs: number;
}

/** Which services of which workspaces have an enabled endpoint, from memory. */
export interface Subscriptions {
  /** Whether anybody may listen: `false` only when it is known that nobody does. */
  mayListen(mode: Mode, workspaceId: string, service: string): boolean;
  /** Endpoints were changed on this node: what it knew of them is asked again, and doubted until then. */
  changed(mode: Mode, workspaceId: string, service: string): void;
  /** Resolves at the first connection, once memory is complete. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

const listAll = sql`
  select distinct workspace_id || ' ' || service as name from targets where kind = 'webhook' and enabled`;
const isListening = sql`
  select exists (select from targets where kind = 'webhook' and enabled and workspace_id = $1 and service = $2) as listens`;

/** What is known of one mode. */
interface Known {
  /** Workspace and service; `null` before the first reading and after a gap. */
  names: Set<string> | null;
  readAt: number;
  /** Grows with each gap, so that a reading from before it is thrown away. */
  gaps: number;
  reading: boolean;
  /** Asked again since a change, with how many changes there were. */
  readonly doubted: Map<string, number>;
}

/** Keeps the memory true by notifications of every change, as the memory of keys is. */
export function createSubscriptions({ database, clock, unheardTrustMs }: SubscriptionOptions): Subscriptions {
  const fresh = (): Known => ({ names: null, readAt: 0, gaps: 0, reading: false, doubted: new Map() });
  const known: Record<Mode, Known> = { live: fresh(), test: fresh() };
  const ready = Promise.withResolvers<void>();
  let closed = false;

  const ask = async <Row extends object>(mode: Mode, { name, text }: typeof listAll, values: unknown[]) =>
    (await database.pools[`${mode}_dispatch`].query<Row>({ name, text, values })).rows;

  const readAll = async (mode: Mode): Promise<void> => {
    const memory = known[mode];
    if (memory.reading || closed) return;
    memory.reading = true;
    const { gaps } = memory;
    const readAt = clock.now();
    try {
      const rows = await ask<{ name: string }>(mode, listAll, []);
      if (gaps === memory.gaps) {
        memory.names = new Set(rows.map((row) => row.name));
        memory.readAt = readAt;
      }
    } catch {
      // Nothing is known meanwhile, so every event is looked at; the next one asks again.
    } finally {
      memory.reading = false;
    }
    if (gaps !== memory.gaps) await readAll(mode);
  };
  const readOne = async (mode: Mode, name: string): Promise<void> => {
    const { doubted } = known[mode];
    const changes = (doubted.get(name) ?? 0) + 1;
    doubted.set(name, changes);
    try {
      const rows = await ask<{ listens: boolean }>(mode, isListening, name.split(' '));
      // One reading of all that began before the change must not answer after this one.
      if (doubted.get(name) !== changes || known[mode].reading) return await readAgain(mode, name, changes);
      if (rows[0]?.listens === true) known[mode].names?.add(name);
      else known[mode].names?.delete(name);
      doubted.delete(name);
    } catch {
      known[mode].names = null;
      doubted.delete(name);
    }
  };
  const readAgain = async (mode: Mode, name: string, changes: number): Promise<void> => {
    // A later change asks by itself.
    if (known[mode].doubted.get(name) !== changes) return;
    await new Promise((resolve) => setTimeout(resolve, againMs));
    if (!closed && known[mode].doubted.get(name) === changes) await readOne(mode, name);
  };

  const listener = database.listen(
    webhookChanges,
    (payload) => {
      const [mode = '', ...name] = payload.split(' ');
      if (mode === 'live' || mode === 'test') void readOne(mode, name.join(' '));
    },
    () => {
      for (const mode of modes) {
        known[mode].names = null;
        known[mode].gaps++;
      }
      void Promise.all(modes.map(readAll)).then(() => ready.resolve());
    },
  );

  return {
    ready: ready.promise,
    mayListen(mode, workspaceId, service) {
      const memory = known[mode];
      if (memory.names === null || (!listener.connected && clock.now() - memory.readAt >= unheardTrustMs)) {
        void readAll(mode);
        return true;
      }
      const name = `${workspaceId} ${service}`;
      return memory.names.has(name) || memory.doubted.has(name);
    },
    changed: (mode, workspaceId, service) => database.announce(webhookChanges, `${mode} ${workspaceId} ${service}`),
    async close() {
      closed = true;
      await listener.close();
    },
  };
}

/** Between readings that met another one. */
const againMs = 20;
