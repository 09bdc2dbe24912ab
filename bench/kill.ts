/** Two nodes share the work, one is killed every ten seconds: nothing is lost, nothing early, nothing left without an end. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../packages/server/src/core/db/embedded/embedded.ts';
import { now, Planter, quantile, startSink } from './support/deliveries.ts';
import { type BenchResult, print } from './support/result.ts';

const perSecond = 500;
const seconds = Number(process.env['SECONDS'] ?? 60);
const killEveryMs = 10_000;

export async function run(): Promise<BenchResult> {
  const home = await mkdtemp(join(tmpdir(), 'interlock-kill-'));
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
  const sink = await startSink();
  const nodes = [await startNode(postgres.connection), await startNode(postgres.connection)];
  const planter = await Planter.connect(postgres.connection, sink.url);
  try {
    const total = perSecond * seconds;
    const from = Math.ceil(now()) + 3_000 + total / 20;
    await planter.due(total, from, seconds * 1_000, 'kill');
    let kills = 0;
    let inFlight = 0;
    for (let at = from + killEveryMs / 2; at < from + seconds * 1_000; at += killEveryMs) {
      await new Promise((resolve) => setTimeout(resolve, at - now()));
      const victim = nodes[kills % nodes.length] as ChildProcess;
      const exited = once(victim, 'exit');
      victim.kill('SIGKILL');
      await exited;
      // What was due and had not ended at that instant is what a receiver may see twice.
      const [row] = await planter.query<{ out: number }>(
        'select count(*)::int as out from live.deliveries where lease_owner is not null and due_at <= clock_timestamp()',
      );
      inFlight += row?.out ?? 0;
      nodes[kills % nodes.length] = await startNode(postgres.connection);
      kills++;
    }
    await sink.until(total, 30_000);
    const left = await withoutEnd(planter);
    const distinct = new Set(sink.arrivals.map(({ id }) => id)).size;
    const [states] = await planter.query<{ succeeded: number; all: number }>(
      `select count(*) filter (where status = 'succeeded')::int as succeeded, count(*)::int as all from live.deliveries`,
    );
    const lates = sink.arrivals.map(({ lateMs }) => lateMs);
    const early = lates.filter((late) => late < 0).length;
    const twice = sink.arrivals.length - distinct;
    return {
      claim: `kill: ${perSecond} deliveries/s for ${seconds} s on two nodes, a node killed every ${killEveryMs / 1_000} s`,
      figures: [
        { name: 'kills', value: kills, unit: '' },
        { name: 'lost', value: total - distinct, unit: '' },
        { name: 'early', value: early, unit: '' },
        { name: 'without an end state', value: left, unit: '' },
        { name: 'ended otherwise than succeeded', value: (states?.all ?? 0) - (states?.succeeded ?? 0), unit: '' },
        { name: 'received twice', value: twice, unit: '' },
        { name: 'in flight at the kills', value: inFlight, unit: '' },
        { name: 'lateness p50', value: quantile(lates, 0.5), unit: 'ms' },
        { name: 'lateness max (what a dead node held)', value: quantile(lates, 1), unit: 'ms' },
      ],
      bar: 'lost 0, early 0, without an end 0, duplicates at most what was in flight at the kills, reclaimed within 5 s',
      passed: distinct === total && early === 0 && left === 0 && twice <= inFlight && quantile(lates, 1) <= 5_000,
    };
  } finally {
    for (const node of nodes) {
      const exited = once(node, 'exit');
      node.kill('SIGTERM');
      await exited;
    }
    await planter.close();
    await sink.close();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Deliveries that have not ended some seconds after the last was received. */
async function withoutEnd(planter: Planter): Promise<number> {
  let left = 0;
  for (let attempt = 0; attempt < 40; attempt++) {
    const [row] = await planter.query<{ left: number }>(
      'select count(*)::int as left from live.deliveries where finalized_at is null',
    );
    left = row?.left ?? 0;
    if (left === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return left;
}

async function startNode(owner: object): Promise<ChildProcess> {
  const node = fork(fileURLToPath(new URL('./support/serve-node.ts', import.meta.url)), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, BENCH_OWNER: JSON.stringify(owner) },
  });
  if (node.stdout === null) throw new Error('the node has no output');
  await once(node.stdout, 'data');
  return node;
}

if (import.meta.main) print(await run());
