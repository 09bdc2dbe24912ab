/** Claim (d): checking a warm key takes at most 50 µs at p99 and writes nothing. */
import { hash } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';
import { createAuthenticator } from '../packages/server/src/core/keys/authenticator.ts';
import { readKeyText } from '../packages/server/src/core/keys/key-text.ts';
import { systemClock } from '../packages/server/src/core/sources.ts';
import { randomness } from '../packages/server/src/services/randomness/service.ts';
import { startPlatform } from './support/platform.ts';
import { type BenchResult, print } from './support/result.ts';

const keyCount = 1_000;
const checks = 200_000;
const maxP99Us = 50;

export async function run(): Promise<BenchResult> {
  const { platform, owner, stop } = await startPlatform(randomness);
  const authenticator = createAuthenticator({
    database: platform.database,
    clock: systemClock,
    trustMs: 3_600_000,
    unheardTrustMs: 500,
  });
  try {
    await authenticator.ready;
    const keys: string[] = [];
    for (let i = 0; i < keyCount; i++) {
      const { key } = await platform
        .keysOf('ws_bench')
        .create({ service: 'randomness', mode: 'test', name: `bench ${i}` });
      keys.push(key);
    }
    const texts = Array.from({ length: checks }, (_, index) => keys[(index * 7919) % keyCount] ?? '');
    // The news of a key's creation may come after its first look-up, which it then makes forget.
    for (const key of keys) while (authenticator.known(key) === undefined) await authenticator.lookUp(key);
    const before = await countWrites(owner);

    const times = timed(texts, (text) => {
      if (!readKeyText(randomness.contract.keys, text).ok || authenticator.known(text) == null)
        throw new Error('a known key was refused');
    });
    const bareKeys = new Map(keys.map((key) => [hash('sha256', key), true]));
    const bareTimes = timed(texts, (text) => {
      if (bareKeys.get(hash('sha256', text)) !== true) throw new Error('a known key was refused');
    });
    const writes = (await countWrites(owner)) - before;
    const p99 = percentile(times, 0.99);
    return {
      claim: `key-check: one warm key of ${keyCount}, in process`,
      figures: [
        { name: 'p50', value: percentile(times, 0.5), unit: 'µs' },
        { name: 'p99', value: p99, unit: 'µs' },
        { name: 'p99 of SHA-256 and a Map alone', value: percentile(bareTimes, 0.99), unit: 'µs' },
        { name: 'database rows written', value: writes, unit: '' },
      ],
      ratio: percentile(times, 0.5) / percentile(bareTimes, 0.5),
      bar: `p99 at most ${maxP99Us} µs, no row written`,
      passed: p99 <= maxP99Us && writes === 0,
    };
  } finally {
    await authenticator.close();
    await stop();
  }
}

function timed(texts: readonly string[], check: (text: string) => void): Float64Array {
  for (const text of texts.slice(0, 20_000)) check(text);
  const times = new Float64Array(texts.length);
  for (const [index, text] of texts.entries()) {
    const started = performance.now();
    check(text);
    times[index] = (performance.now() - started) * 1000;
  }
  return times.sort();
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Rows inserted, updated and deleted so far in this database, by its own count. */
async function countWrites(owner: ClientConfig): Promise<number> {
  const client = new Client(owner);
  await client.connect();
  try {
    await client.query('select pg_stat_force_next_flush()');
    const { rows } = await client.query<{ writes: number }>(
      'select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int as writes from pg_stat_user_tables',
    );
    return rows[0]?.writes ?? 0;
  } finally {
    await client.end();
  }
}

if (import.meta.main) print(await run());
