import { committed } from '../../core/db/committed.ts';
import type { Database } from '../../core/db/database.ts';
import { sql } from '../../core/db/sql.ts';
import { type Mode, modes } from '../../core/mode.ts';
import type { Sealer } from '../../core/sealing.ts';
import type { Clock } from '../../core/sources.ts';
import { listListeningEndpoints, settleEvents, storeDeliveries, takeWaitingEvents } from './fan-out-repository.ts';
import { type Publisher, planFanOut } from './plan-fan-out.ts';

export interface FanOutOptions {
  readonly database: Pick<Database, 'pools' | 'transaction'>;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly publishers: readonly Publisher[];
  /** Deliveries are there and due. */
  readonly due: (mode: Mode, at: number) => void;
  readonly onTrouble: (error: unknown, what: string) => void;
}

/** Turns events into deliveries. */
export interface FanOutWorker {
  start(): void;
  /** Events of a workspace were committed: they are looked at at once. */
  emitted(mode: Mode, workspaceId: string): void;
  /** Looks for what nobody told of, and waits until all of it is done: for tests, and once at the start. */
  sweep(): Promise<void>;
  /** Starts nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

/** Events that one transaction takes. */
const batchEvents = 100;
/** Workspaces of a mode that are worked on at once, so that requests keep their connections. */
const maxRunning = 2;
/** How soon the events of a process that was killed are found by another one. */
const sweepEveryMs = 5_000;

const listWorkspaces = sql`
  select distinct workspace_id from effects
  where state = 'pending' and (service, name) in (select * from unnest($1::text[], $2::text[]))`;

/** Where one mode stands: workspaces that wait for their turn, those at work, and those that have got more meanwhile. */
interface Turns {
  readonly waiting: Set<string>;
  readonly running: Set<string>;
}

/**
 * Every event becomes one delivery for each endpoint that is subscribed to it, exactly once: the transaction that makes
 * the deliveries writes down that it has, holds the event meanwhile, and the database has no room for a second delivery
 * of an event to an endpoint. A process that dies before the commit has done nothing, and another one sweeps it up.
 *
 * It works in the workspace's own transaction under the mode's own role, so an event can reach no endpoint of another
 * workspace or mode.
 */
export function createFanOut(options: FanOutOptions): FanOutWorker {
  const { database, clock, sealer, publishers, due, onTrouble } = options;
  const byService = new Map(publishers.map((publisher) => [publisher.contract.name, publisher]));
  const offered = publishers.flatMap(({ contract }) =>
    Object.keys(contract.webhooks?.events ?? {}).map((type) => ({ service: contract.name, type })),
  );
  const turns: Record<Mode, Turns> = {
    live: { waiting: new Set(), running: new Set() },
    test: { waiting: new Set(), running: new Set() },
  };
  const idle: (() => void)[] = [];
  let running = false;
  let timer: NodeJS.Timeout | undefined;

  /** Hands out one batch; `true` when there may be more. */
  const handOut = async (mode: Mode, workspaceId: string): Promise<boolean> => {
    const now = clock.now();
    const made = await committed(database.transaction(mode, workspaceId), async (db) => {
      const events = await takeWaitingEvents(db, offered, batchEvents);
      if (events.length === 0) return { events: 0, deliveries: 0 };
      const services = [...new Set(events.map((event) => event.service))];
      const plan = planFanOut(
        { mode, workspaceId, now },
        events,
        await listListeningEndpoints(db, services),
        (service) => byService.get(service),
        sealer.seal,
      );
      if (plan.deliveries.length > 0) storeDeliveries(db, plan.messages, plan.deliveries);
      settleEvents(db, plan.states);
      return { events: events.length, deliveries: plan.deliveries.length };
    });
    if (made.deliveries > 0) due(mode, now);
    return made.events === batchEvents;
  };

  const next = (mode: Mode): void => {
    const { waiting, running: atWork } = turns[mode];
    for (const workspaceId of waiting) {
      if (!running || atWork.size >= maxRunning) return;
      // What was emitted while it is at work is looked at afterwards.
      if (atWork.has(workspaceId)) continue;
      waiting.delete(workspaceId);
      atWork.add(workspaceId);
      void handOut(mode, workspaceId)
        .then((more) => {
          if (more) waiting.add(workspaceId);
        })
        .catch((error: unknown) => {
          // The sweep comes back to it.
          if (running) onTrouble(error, 'events could not be handed to their endpoints; they are tried again');
        })
        .finally(() => {
          atWork.delete(workspaceId);
          next(mode);
          if (!isBusy()) for (const wake of idle.splice(0)) wake();
        });
    }
  };
  const isBusy = (): boolean =>
    modes.some((mode) => turns[mode].running.size > 0 || (running && turns[mode].waiting.size > 0));
  const allDone = (): Promise<void> => (isBusy() ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve());

  const sweep = async (): Promise<void> => {
    if (offered.length === 0) return;
    for (const mode of modes) {
      const { rows } = await database.pools[`${mode}_dispatch`].query<{ workspace_id: string }>({
        name: listWorkspaces.name,
        text: listWorkspaces.text,
        values: [offered.map(({ service }) => service), offered.map(({ type }) => type)],
      });
      for (const row of rows) turns[mode].waiting.add(row.workspace_id);
      next(mode);
    }
    await allDone();
  };
  const turn = (): void => {
    void sweep()
      .catch((error: unknown) => {
        if (running) onTrouble(error, 'events that were left behind could not be looked for');
      })
      .finally(() => {
        if (running) timer = setTimeout(turn, sweepEveryMs);
      });
  };

  return {
    start() {
      if (running) return;
      running = true;
      turn();
    },
    emitted(mode, workspaceId) {
      if (!running) return;
      turns[mode].waiting.add(workspaceId);
      next(mode);
    },
    sweep,
    async stop() {
      running = false;
      clearTimeout(timer);
      for (const mode of modes) turns[mode].waiting.clear();
      await allDone();
    },
  };
}
