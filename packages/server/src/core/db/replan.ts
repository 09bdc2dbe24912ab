import type { Pool, PoolClient } from 'pg';

/** How long plans are kept. */
const keptMs = 1_000;

/**
 * Has the connections of a pool plan their statements anew now and then. Planning takes PostgreSQL longer than running a
 * statement over a few rows; a plan that is kept for good goes by tables as they were before a backlog came.
 */
export function replanNowAndThen(pool: Pool): void {
  const plannedAt = new WeakMap<PoolClient, number>();
  pool.on('acquire', (client) => {
    const now = performance.now();
    if (now - (plannedAt.get(client) ?? 0) < keptMs) return;
    plannedAt.set(client, now);
    // When it fails, so does the statement behind it, and that one is heard.
    client.query('discard plans').catch(() => {});
  });
}
