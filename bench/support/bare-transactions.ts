import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import type { BenchServer } from './server.ts';

/**
 * What PostgreSQL and the driver give without Interlock: callers in a loop, each transaction an upsert and an insert of
 * the size of a draw's, on tables of its own. Returns transactions a second.
 */
export async function bareTransactions(owner: BenchServer['owner'], callers: number, seconds: number): Promise<number> {
  const pool = new Pool({ ...owner, max: 16 });
  try {
    await pool.query('create schema if not exists bare');
    await pool.query(
      'create table if not exists bare.chains (id text primary key, seed bytea not null, nonce bigint not null)',
    );
    await pool.query(
      'create table if not exists bare.outcomes (id text primary key, chain text not null, body json not null)',
    );
    const seed = randomBytes(92);
    const body = JSON.stringify({
      outcome: [1, 2, 3],
      params: { count: 3, min: 1, max: 100 },
      hash: seed.toString('hex'),
    });
    const until = performance.now() + seconds * 1000;
    let done = 0;
    const call = async (caller: number): Promise<void> => {
      for (let i = 0; performance.now() < until; i++) {
        const client = await pool.connect();
        try {
          await client.query('begin');
          await client.query({
            name: 'chain',
            text: 'insert into bare.chains as c values ($1, $2, 1) on conflict (id) do update set nonce = c.nonce + 1 returning nonce',
            values: [`${caller}-${i % 160}`, seed],
          });
          await client.query({
            name: 'outcome',
            text: 'insert into bare.outcomes values ($1, $2, $3)',
            values: [randomBytes(8).toString('hex'), `${caller}`, body],
          });
          await client.query('commit');
        } finally {
          client.release();
        }
        done++;
      }
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
    return (done * 1000) / (performance.now() - startedAt);
  } finally {
    await pool.end();
  }
}
