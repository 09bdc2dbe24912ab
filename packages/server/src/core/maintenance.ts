import type { Logger } from 'pino';
import type { Database } from './db/database.ts';
import { sql } from './db/sql.ts';
import { modes } from './mode.ts';
import type { Clock } from './sources.ts';

const purge = sql`select purge_expired($1, $2)`;
const purgeWebhooks = sql`select purge_webhook_log($1)`;
const purgeSessions = sql`delete from core.sessions where "expiresAt" < $1`;

const everyMs = 3_600_000;
const dayMs = 86_400_000;

/** How long the log of webhook deliveries is kept, in days. */
export const deliveryKeepDays = 30;

/** Deletes what has expired: stored idempotent answers, audit rows, effects and webhook deliveries past their days, sessions. */
export async function purgeExpired(database: Database, now: number, auditKeepDays: number): Promise<void> {
  for (const mode of modes) {
    const db = database.transaction(mode, 'system');
    await db.run(purge, [new Date(now), new Date(now - auditKeepDays * dayMs)]);
    await db.run(purgeWebhooks, [new Date(now - deliveryKeepDays * dayMs)]);
    await db.commit();
  }
  const db = database.as('console', '');
  await db.run(purgeSessions, [new Date(now)]);
  await db.commit();
}

/** Purges once at the start and then every hour, until stopped. */
export function startMaintenance(parts: { database: Database; clock: Clock; auditKeepDays: number; log: Logger }): {
  stop(): Promise<void>;
} {
  let run: Promise<void> = Promise.resolve();
  const turn = (): void => {
    run = purgeExpired(parts.database, parts.clock.now(), parts.auditKeepDays).catch((error: unknown) => {
      parts.log.warn({ err: error }, 'expired rows could not be deleted; the next try is in an hour');
    });
  };
  turn();
  const timer = setInterval(turn, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await run;
    },
  };
}
