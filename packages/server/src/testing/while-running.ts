import { Client, type ClientConfig } from 'pg';
import { expect } from 'vitest';

/**
 * Does `meanwhile` while the call that `start` makes is certain to be running: it waits for `table`, which is locked
 * until `meanwhile` has ended.
 * @param table - With its schema; the call must write into it.
 */
export async function whileRunning<Result>(
  owner: ClientConfig,
  table: string,
  start: () => Promise<unknown>,
  meanwhile: () => Promise<Result>,
): Promise<Result> {
  const client = new Client(owner);
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`lock table ${table} in exclusive mode`);
    const first = start();
    await expect
      .poll(async () => (await client.query(waiting, [table])).rows[0].n, { timeout: 10_000, interval: 5 })
      .toBeGreaterThan(0);
    const result = await meanwhile();
    await client.query('rollback');
    await first;
    return result;
  } finally {
    await client.end();
  }
}

const waiting = 'select count(*)::int as n from pg_locks where relation = $1::regclass and not granted';
