import { committed } from '../../core/db/committed.ts';
import type { Database } from '../../core/db/database.ts';
import type { Db } from '../../core/db/transaction.ts';
import type { Mode } from '../../core/mode.ts';
import type { Clock } from '../../core/sources.ts';
import { cancelPending } from './cancel.ts';
import { type AttemptOutcome, type DisableNotice, decideDisable, type EndpointHealth } from './decide-disable.ts';
import { type EndpointRow, lockEndpoint, storeHealth } from './endpoints-repository.ts';
import type { Publisher } from './plan-fan-out.ts';
import type { RecordChange } from './record-change.ts';

/** An endpoint across workspaces and modes. */
export interface EndpointAddress {
  readonly mode: Mode;
  readonly workspaceId: string;
  readonly endpointId: string;
}

/** Keeps the health of endpoints, and disables those that are gone or have failed for too long. */
export interface EndpointHealthKeeper {
  /** An attempt has ended and is written down. Never throws, and nobody waits for it. */
  ended(endpoint: EndpointAddress, outcome: AttemptOutcome): void;
  /** Waits until everything that was told is written down. */
  flush(): Promise<void>;
}

export interface HealthOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly clock: Clock;
  readonly publisherOf: (service: string) => Publisher | undefined;
  readonly record: RecordChange;
  /** An endpoint was disabled: what waits for it has been canceled. */
  readonly disabled: (endpoint: EndpointAddress, service: string) => void;
  readonly onTrouble: (error: unknown, what: string) => void;
}

/**
 * A success of an endpoint that is known to be well is news once in this time: rules count in days, and a row that is
 * written for every delivery would be the bottleneck of all of them.
 */
const wellForMs = 30_000;
const maxRemembered = 10_000;

/**
 * Told of every attempt after it was written down, outside its transaction: if the process dies in between, the health
 * lacks that attempt, which the next one makes up for. A 410 then disables at the next event.
 */
export function createHealthKeeper(options: HealthOptions): EndpointHealthKeeper {
  const { clock } = options;
  const queued = new Map<string, { readonly endpoint: EndpointAddress; outcomes: [AttemptOutcome, number][] }>();
  const running = new Map<string, Promise<void>>();
  const wellUntil = new Map<string, number>();

  const work = async (name: string): Promise<void> => {
    for (let batch = queued.get(name); batch !== undefined; batch = queued.get(name)) {
      queued.delete(name);
      try {
        const { isWell } = await settleWebhook(options, batch.endpoint, batch.outcomes);
        wellUntil.delete(name);
        if (wellUntil.size >= maxRemembered) wellUntil.clear();
        if (isWell) wellUntil.set(name, clock.now() + wellForMs);
      } catch (error) {
        options.onTrouble(error, 'the health of an endpoint could not be written; its next attempt is');
      }
    }
    running.delete(name);
  };

  return {
    ended(endpoint, outcome) {
      const name = `${endpoint.mode} ${endpoint.workspaceId} ${endpoint.endpointId}`;
      const now = clock.now();
      if (outcome.type === 'succeeded' && now < (wellUntil.get(name) ?? 0) && !queued.has(name) && !running.has(name)) {
        return;
      }
      const batch = queued.get(name);
      if (batch === undefined) queued.set(name, { endpoint, outcomes: [[outcome, now]] });
      else batch.outcomes.push([outcome, now]);
      if (!running.has(name)) running.set(name, work(name));
    },
    async flush() {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}

/**
 * Writes down what attempts say of an endpoint's health. When one of them disables it, its owner finds the reason at the
 * endpoint and in the audit log, and what still waits for it is canceled: it can be recovered once the endpoint is
 * enabled again.
 */
export async function settleWebhook(
  { database, clock, publisherOf, record, disabled }: HealthOptions,
  endpoint: EndpointAddress,
  outcomes: readonly (readonly [outcome: AttemptOutcome, at: number])[],
): Promise<{ readonly isWell: boolean }> {
  const { mode, workspaceId, endpointId } = endpoint;
  const settled = await committed(database.transaction(mode, workspaceId), async (db) => {
    const row = await lockEndpoint(db, endpointId);
    const rule = row === undefined ? undefined : publisherOf(row.service)?.dialect.disableRule;
    if (row === undefined || rule === undefined || !row.enabled) return null;
    let { health } = row;
    let notice: DisableNotice | null = null;
    for (const [outcome, at] of outcomes) {
      const decision = decideDisable(rule, health, outcome, at);
      health = decision.health;
      notice ??= decision.notice;
    }
    storeHealth(db, endpointId, health, clock.now());
    if (notice !== null) await disableFor(db, row, notice);
    return { row, health, notice };
  });
  if (settled === null) return { isWell: false };
  if (settled.notice !== null) disabled(endpoint, settled.row.service);
  return { isWell: isWell(settled.health) };

  async function disableFor(db: Db, row: EndpointRow, notice: DisableNotice): Promise<void> {
    const now = clock.now();
    record(db, {
      mode,
      workspaceId,
      service: row.service,
      change: 'disabled',
      endpointId,
      code: notice.reason,
      actor: { type: 'server' },
      at: now,
    });
    await cancelPending(db, endpointId, now);
  }
}

function isWell({ failingSince, deadLetters, disabled }: EndpointHealth): boolean {
  return failingSince === null && deadLetters === 0 && disabled === null;
}
