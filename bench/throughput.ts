/** Deliveries sent, answered and recorded from a backlog, beside the bare transport's requests to the same receiver. */
import { Pool } from 'undici';
import { now, Planter, type Sink, startSink } from './support/deliveries.ts';
import { type BenchResult, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const backlog = 30_000;
const bar = 3_000;

export async function run(): Promise<BenchResult> {
  const sink = await startSink();
  const bare = await bareRequests(sink, 5_000);
  const server = await startServer('dispatch');
  const planter = await Planter.connect(server.owner, sink.url);
  try {
    await planter.due(500, Math.ceil(now()), 500, 'warm');
    await sink.until(500);
    sink.arrivals.length = 0;
    await planter.due(backlog, Math.ceil(now()) - 5_000, 4_000, 'backlog');
    const from = now();
    await sink.until(backlog);
    const recorded = await untilRecorded(planter);
    const perSecond = (backlog * 1_000) / (recorded - Math.max(from, sink.arrivals[0]?.at ?? from));
    const distinct = new Set(sink.arrivals.map(({ id }) => id)).size;
    return {
      claim: `throughput: a backlog of ${backlog} due deliveries of one workspace`,
      figures: [
        { name: 'sent, answered and recorded', value: perSecond, unit: 'deliveries/s' },
        { name: 'bare undici to the same receiver, nothing recorded', value: bare, unit: 'requests/s' },
        { name: 'missing', value: backlog - distinct, unit: '' },
        { name: 'sent twice', value: sink.arrivals.length - distinct, unit: '' },
      ],
      ratio: perSecond / bare,
      bar: `at least ${bar} deliveries/s, none missing`,
      passed: perSecond >= bar && distinct === backlog,
    };
  } finally {
    await planter.close();
    await server.stop();
    await sink.close();
  }
}

async function untilRecorded(planter: Planter): Promise<number> {
  for (;;) {
    const [row] = await planter.query<{ left: number }>(
      `select count(*)::int as left from live.deliveries where status <> 'succeeded'`,
    );
    if (row?.left === 0) return now();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function bareRequests(sink: Sink, count: number): Promise<number> {
  const pool = new Pool(sink.url, { connections: 64 });
  const from = now();
  let left = count;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (left-- > 0) {
        const { body } = await pool.request({ path: '/', method: 'POST', headers: { 'x-due': 'bare-0' } });
        await body.dump();
      }
    }),
  );
  await pool.destroy();
  sink.arrivals.length = 0;
  return (count * 1_000) / (now() - from);
}

if (import.meta.main) print(await run());
