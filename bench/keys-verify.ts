/** Claim: a key is verified over HTTP at p99 of at most 5 ms at 2,000 requests/s, and nothing is written. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Dispatcher, Pool } from 'undici';
import { type BenchResult, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const perSecond = 2_000;
const seconds = 10;
const maxP99Ms = 5;
const serviceKey = 'e'.repeat(64);

export async function run(): Promise<BenchResult> {
  const server = await startServer('randomness', { INTERLOCK_SERVICE_KEYS: `*:${serviceKey}` });
  const bare = await startServer('bare');
  const toServer = new Pool(server.url, { connections: 64 });
  const toBare = new Pool(bare.url, { connections: 64 });
  try {
    const verifying = {
      method: 'POST',
      path: '/core/v1/keys/verify',
      headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key: server.test }),
    } as const;
    const verify = () => ask(toServer, verifying, '{"valid":true');
    const path = '/api/ints?clientSeed=ci-fixture-loot&count=3&min=1&max=100';
    const empty = () => ask(toBare, { method: 'GET', path }, '{"outcome":');
    await pace(verify, 3);
    await pace(empty, 3);
    // PostgreSQL tells what an idle connection wrote after ten seconds: what the set-up wrote is not ours.
    await sleep(11_000);
    const before = await countWrites(server.owner);
    const verified = await pace(verify, seconds);
    const writes = (await countWrites(server.owner)) - before;
    const compared = await pace(empty, seconds);
    const p99 = percentile(verified.times, 0.99);
    return {
      claim: `keys-verify: POST /core/v1/keys/verify, ${perSecond} requests/s at even distances, timed from when each was due`,
      figures: [
        { name: 'p50', value: percentile(verified.times, 0.5), unit: 'ms' },
        { name: 'p99', value: p99, unit: 'ms' },
        { name: 'p99 of a bare Fastify route', value: percentile(compared.times, 0.99), unit: 'ms' },
        { name: 'requests', value: verified.times.length, unit: '' },
        { name: 'errors', value: verified.errors, unit: '' },
        { name: 'database rows written', value: writes, unit: '' },
      ],
      ratio: percentile(verified.times, 0.5) / percentile(compared.times, 0.5),
      bar: `p99 at most ${maxP99Ms} ms, no error, no row written but the batched last use of the key`,
      // The last use of a key is written once in five seconds, whatever the number of requests.
      passed: p99 <= maxP99Ms && verified.errors === 0 && writes <= Math.ceil(seconds / 5) + 1,
    };
  } finally {
    await Promise.all([toServer.destroy(), toBare.destroy()]);
    await Promise.all([server.stop(), bare.stop()]);
  }
}

/** Sends at an even pace whatever the answers do, so that a stall delays what was due meanwhile and is seen. */
async function pace(
  send: () => Promise<boolean>,
  forSeconds: number,
): Promise<{ times: Float64Array; errors: number }> {
  const total = perSecond * forSeconds;
  const times = new Float64Array(total);
  let errors = 0;
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - started) * perSecond) / 1000));
    for (; sent < due; sent++) {
      const index = sent;
      const at = started + (index * 1000) / perSecond;
      pending.push(
        send().then(
          (ok) => {
            if (!ok) errors++;
            times[index] = performance.now() - at;
          },
          () => {
            errors++;
          },
        ),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await Promise.all(pending);
  return { times: times.sort(), errors };
}

/**
 * Whether the answer is a 200 that begins so. By undici's lowest level: what a request costs here, on the same two cores,
 * the one after it waits for.
 */
function ask(pool: Pool, options: Dispatcher.DispatchOptions, beginning: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let isOk = false;
    let text = '';
    pool.dispatch(options, {
      onRequestStart() {},
      onResponseStart(_controller, status) {
        isOk = status === 200;
      },
      onResponseData(_controller, chunk) {
        text += chunk.toString('latin1');
      },
      onResponseEnd() {
        resolve(isOk && text.startsWith(beginning));
      },
      onResponseError(_controller, error) {
        reject(error);
      },
    });
  });
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function countWrites(owner: import('pg').ClientConfig): Promise<number> {
  const client = new Client(owner);
  await client.connect();
  await client.query('select pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ writes: string }>(
    'select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) as writes from pg_stat_user_tables',
  );
  await client.end();
  return Number(rows[0]?.writes ?? 0);
}

if (import.meta.main) print(await run());
