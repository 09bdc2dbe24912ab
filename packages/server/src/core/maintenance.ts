import type { Logger } from 'pino';
import { committed } from './db/committed.ts';
import type { Database } from './db/database.ts';
import { sql } from './db/sql.ts';
import type { FileStore } from './files/file-store.ts';
import { sweepOrphans } from './files/sweep-orphans.ts';
import { modes } from './mode.ts';
import type { ServiceContract } from './service.ts';
import type { Clock } from './sources.ts';

const purge = sql`select purge_expired($1, $2)`;
const purgeWebhooks = sql`select purge_webhook_log($1)`;
const purgeSessions = sql`delete from core.sessions where "expiresAt" < $1`;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How long the log of webhook deliveries is kept, in days. */
export const deliveryKeepDays = 30;

/** Deletes what has expired: stored idempotent answers, audit rows, effects and webhook deliveries past their days, sessions. */
export async function purgeExpired(database: Database, now: number, auditKeepDays: number): Promise<void> {
  for (const mode of modes) {
    await committed(database.transaction(mode, 'system'), async (db) => {
      await db.run(purge, [new Date(now), new Date(now - auditKeepDays * dayMs)]);
      await db.run(purgeWebhooks, [new Date(now - deliveryKeepDays * dayMs)]);
    });
  }
  await committed(database.as('console', ''), (db) => db.run(purgeSessions, [new Date(now)]));
}

/** Purges once at the start and then every hour, and sweeps orphaned files once a day, until stopped. */
export function startMaintenance(parts: {
  database: Database;
  contracts: readonly ServiceContract[];
  files: FileStore;
  clock: Clock;
  auditKeepDays: number;
  log: Logger;
}): {
  stop(): Promise<void>;
} {
  const { database, contracts, files, clock, auditKeepDays, log } = parts;
  const repeat = (everyMs: number, work: () => Promise<void>, complaint: string) => {
    let run: Promise<void> = Promise.resolve();
    const turn = (): void => {
      run = work().catch((error: unknown) => log.warn({ err: error }, complaint));
    };
    turn();
    const timer = setInterval(turn, everyMs);
    timer.unref();
    return {
      async stop(): Promise<void> {
        clearInterval(timer);
        await run;
      },
    };
  };
  const sweep = async (): Promise<void> => {
    const swept = await sweepOrphans({ database, contracts, files, now: clock.now() });
    if (swept > 0) log.info({ swept }, 'files that no row named were removed');
  };
  const repeated = [
    repeat(
      hourMs,
      () => purgeExpired(database, clock.now(), auditKeepDays),
      'expired rows could not be deleted; the next try is in an hour',
    ),
    repeat(dayMs, sweep, 'files that no row names could not be removed; the next try is in a day'),
  ];
  return {
    async stop() {
      await Promise.all(repeated.map((one) => one.stop()));
    },
  };
}
