/** How late a delivery arrives: a million stored, a burst, and beside it the queues that live on PostgreSQL. */

import { now, Planter, quantile, startSink } from './support/deliveries.ts';
import { type Peer, peers, runPeer } from './support/peers.ts';
import { type BenchResult, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const stored = Number(process.env['STORED'] ?? 1_000_000);
const steady = { perSecond: 1_000, seconds: Number(process.env['SECONDS'] ?? 60) };
const bursts = [500, 3_000];

interface Seen {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly early: number;
  readonly missing: number;
}

export async function run(): Promise<BenchResult> {
  const few = await measure(1_000, []);
  const many = await measure(stored, bursts);
  const rivals: { peer: Peer; lates: number[] }[] = [];
  for (const peer of peers) rivals.push({ peer, lates: await runPeer(peer, 500) });
  const best = Math.min(...rivals.map(({ lates }) => quantile(lates, 0.99)));
  const ratio = many.steady.p99 / few.steady.p99;
  const all = [few.steady, many.steady, ...many.bursts];
  const passed =
    many.steady.p99 <= 10 &&
    ratio <= 1.2 &&
    many.bursts.every(({ p99 }) => p99 <= 5) &&
    (many.bursts[0]?.p99 ?? Number.POSITIVE_INFINITY) < best &&
    all.every(({ early, missing }) => early === 0 && missing === 0);
  const figure = (name: string, value: number) => ({ name, value, unit: 'ms' });
  return {
    claim: `precision: lateness at the receiver, with receiver and PostgreSQL on the same cores`,
    figures: [
      figure(`${steady.perSecond}/s, 1,000 stored: p99`, few.steady.p99),
      figure(`${steady.perSecond}/s, ${stored} stored: p50`, many.steady.p50),
      figure(`${steady.perSecond}/s, ${stored} stored: p99`, many.steady.p99),
      ...many.bursts.flatMap((seen, index) => [
        figure(`${bursts[index]} due within one second: p99`, seen.p99),
        figure(`${bursts[index]} due within one second: max`, seen.max),
      ]),
      ...rivals.flatMap(({ peer, lates }) => [
        figure(`${peer.title}, 500 due within one second: p50`, quantile(lates, 0.5)),
        figure(`${peer.title}, 500 due within one second: p99`, quantile(lates, 0.99)),
      ]),
      { name: 'early', value: all.reduce((sum, { early }) => sum + early, 0), unit: '' },
      { name: 'missing', value: all.reduce((sum, { missing }) => sum + missing, 0), unit: '' },
    ],
    ratio,
    bar: 'p99 at most 10 ms and 1.2 times that of 1,000 stored; bursts p99 at most 5 ms and ahead of both queues; none early, none missing',
    passed,
  };
}

async function measure(count: number, sizes: readonly number[]): Promise<{ steady: Seen; bursts: Seen[] }> {
  const sink = await startSink();
  const server = await startServer('dispatch');
  const planter = await Planter.connect(server.owner, sink.url);
  try {
    await planter.stored(count);
    await trial(500, 1_000, 'warm');
    return {
      steady: await trial(steady.perSecond * steady.seconds, steady.seconds * 1_000, 'steady'),
      bursts: await inTurn(sizes, (size) => trial(size, 1_000, `burst${size}`)),
    };
  } finally {
    await planter.close();
    await server.stop();
    await sink.close();
  }

  async function trial(size: number, spanMs: number, name: string): Promise<Seen> {
    sink.arrivals.length = 0;
    const leadMs = 3_000 + size / 20;
    await planter.due(size, Math.ceil(now()) + leadMs, spanMs, name);
    await sink.until(size, leadMs + 15_000);
    const lates = sink.arrivals.map(({ lateMs }) => lateMs);
    return {
      p50: quantile(lates, 0.5),
      p99: quantile(lates, 0.99),
      max: quantile(lates, 1),
      early: lates.filter((late) => late < 0).length,
      missing: size - new Set(sink.arrivals.map(({ id }) => id)).size,
    };
  }
}

async function inTurn<In, Out>(inputs: readonly In[], work: (input: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const input of inputs) results.push(await work(input));
  return results;
}

if (import.meta.main) print(await run());
