import { randomBytes } from 'node:crypto';
import { Pool, type PoolClient } from 'pg';
import type { BenchServer } from './server.ts';

/** What PostgreSQL and the driver give without Interlock, in schedules a second. */
export interface BareRows {
  /** Tables as they are, with their indexes. */
  readonly indexed: number;
  readonly unindexed: number;
}

const tables = ['messages', 'scheduler_schedules', 'deliveries'] as const;
const body = randomBytes(110);

/** Callers in a loop, each transaction the rows of so many schedules, message and delivery of each included, by one statement for each table. */
export async function bareRows(
  owner: BenchServer['owner'],
  { callers, perCall, seconds }: { callers: number; perCall: number; seconds: number },
): Promise<BareRows> {
  const pool = new Pool({ ...owner, max: callers });
  try {
    const measured = async (schema: string, including: string): Promise<number> => {
      await pool.query(`drop schema if exists ${schema} cascade`);
      await pool.query(`create schema ${schema}`);
      for (const table of tables)
        await pool.query(`create table ${schema}.${table} (like live.${table} including defaults ${including})`);
      const until = performance.now() + seconds * 1000;
      let done = 0;
      const call = async (caller: number): Promise<void> => {
        for (let i = 0; performance.now() < until; i++) {
          await insertSchedules(pool, schema, `${String(caller)}-${String(i).padStart(6, '0')}`, perCall);
          done += perCall;
        }
      };
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
      return (done * 1000) / (performance.now() - startedAt);
    };
    return {
      unindexed: await measured('bare_heap', ''),
      indexed: await measured('bare_indexed', 'including indexes'),
    };
  } finally {
    await pool.end();
  }
}

async function insertSchedules(pool: Pool, schema: string, prefix: string, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(16, '0')}`);
  const client = await pool.connect();
  try {
    await client.query('begin');
    for (const [table, text] of Object.entries(inserts)) await insert(client, schema, table, text, ids);
    await client.query('commit');
  } finally {
    client.release();
  }
}

function insert(client: PoolClient, schema: string, table: string, text: string, ids: readonly string[]) {
  const values = table === 'messages' ? [ids, body] : [ids];
  return client.query({ name: `${schema} ${table}`, text: `insert into ${schema}.${table} ${text}`, values });
}

const inserts: Record<(typeof tables)[number], string> = {
  messages: `(workspace_id, id, url, sealed_body, body_bytes, content_type)
    select 'ws_bench', 'msg_' || id, 'https://example.com/hooks/orders', $2, 82, 'application/json' from unnest($1::text[]) id`,
  scheduler_schedules: `(workspace_id, id, kind, message_id, fire_at, misfire_policy, metadata, created_at, updated_at)
    select 'ws_bench', 'sch_' || id, 'one_shot', 'msg_' || id, now() + interval '720 hours',
      '{"mode": "fire_once", "graceMs": 60000, "windowMs": null, "maxFires": null}', '{"team": "growth"}', now(), now()
    from unnest($1::text[]) id`,
  deliveries: `(workspace_id, id, service, kind, source_id, message_id, scheduled_for, due_at, idempotency_key)
    select 'ws_bench', 'dlv_' || id, 'scheduler', 'schedule', 'sch_' || id, 'msg_' || id, now() + interval '720 hours',
      now() + interval '720 hours', 'dlv_' || id from unnest($1::text[]) id`,
};
