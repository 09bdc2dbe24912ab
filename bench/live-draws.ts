/** Claim (c): live draws, each a durable transaction, at 5,000 a second and more, p99 under 20 ms. */
import { bareTransactions } from './support/bare-transactions.ts';
import { load } from './support/load.ts';
import { type BenchResult, median, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const rounds = 3;
const connections = 64;
const minPerSecond = 5_000;
const maxP99Ms = 20;
/** As many chains as a game has players at once; one chain alone is a queue, since its nonces are consecutive. */
const chains = 10_000;

export async function run(): Promise<BenchResult> {
  const server = await startServer('randomness');
  try {
    const draws: number[] = [];
    const bare: number[] = [];
    const p99: number[] = [];
    let errors = 0;
    for (let round = 0; round < rounds; round++) {
      bare.push(await bareTransactions(server.owner, connections, 3));
      const seen = await load({
        url: server.url,
        headers: { 'x-api-key': server.live },
        connections,
        seconds: 4,
        path: (index) => `/api/ints?clientSeed=player-${index % chains}&count=3&min=1&max=100`,
      });
      draws.push(seen.perSecond);
      p99.push(seen.p99Ms);
      errors += seen.errors;
    }
    const perSecond = median(draws);
    const latency = median(p99);
    return {
      claim: `live-draws: GET /api/ints with a live key, ${connections} connections, ${chains} chains`,
      figures: [
        { name: 'live draws', value: perSecond, unit: 'requests/s' },
        { name: 'p99', value: latency, unit: 'ms' },
        {
          name: 'bare pg: the same upsert and insert in a transaction, no HTTP, no audit',
          value: median(bare),
          unit: 'transactions/s',
        },
        { name: 'errors', value: errors, unit: '' },
      ],
      ratio: median(draws.map((rate, index) => rate / (bare[index] ?? Number.NaN))),
      bar: `at least ${minPerSecond} requests/s at p99 under ${maxP99Ms} ms, no error`,
      passed: perSecond >= minPerSecond && latency < maxP99Ms && errors === 0,
    };
  } finally {
    await server.stop();
  }
}

if (import.meta.main) print(await run());
