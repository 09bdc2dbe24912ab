/** Claim (k): schedules created one by one and in bulk, each durable with its first delivery before it is answered. */
import { bareRows } from './support/bare-rows.ts';
import { bareTransactions } from './support/bare-transactions.ts';
import { load } from './support/load.ts';
import { type BenchResult, median, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const rounds = 3;
const connections = 64;
const bulkConnections = 4;
const minPerSecond = 1_500;
const minInBulkPerSecond = 20_000;
const bulk = 1_000;

const schedule = {
  endpoint: 'https://example.com/hooks/orders',
  delay: '720h',
  body: JSON.stringify({ order_id: 'ord_123', items: [1, 2, 3], note: 'as a shop sends it' }),
  content_type: 'application/json',
  metadata: { team: 'growth' },
};

export async function run(): Promise<BenchResult> {
  const server = await startServer('scheduler');
  const headers = { authorization: `Bearer ${server.live}` };
  try {
    const single: number[] = [];
    const inBulk: number[] = [];
    const bare: number[] = [];
    const indexed: number[] = [];
    const unindexed: number[] = [];
    const p99: number[] = [];
    let errors = 0;
    for (let round = 0; round < rounds; round++) {
      bare.push(await bareTransactions(server.owner, connections, 3));
      const rows = await bareRows(server.owner, { callers: bulkConnections, perCall: bulk, seconds: 3 });
      indexed.push(rows.indexed);
      unindexed.push(rows.unindexed);
      const one = await load({
        url: `${server.url}/v1/schedules`,
        headers,
        connections,
        seconds: 4,
        body: JSON.stringify(schedule),
      });
      const many = await load({
        url: `${server.url}/v1/schedules/bulk`,
        headers,
        connections: bulkConnections,
        seconds: 4,
        body: JSON.stringify({ schedules: Array.from({ length: bulk }, () => schedule) }),
      });
      single.push(one.perSecond);
      p99.push(one.p99Ms);
      inBulk.push(many.perSecond * bulk);
      errors += one.errors + many.errors;
    }
    return {
      claim: `schedules: POST /v1/schedules with a live key, ${connections} connections; in bulk ${bulk} at once, ${bulkConnections} connections`,
      figures: [
        { name: 'one by one', value: median(single), unit: 'schedules/s' },
        { name: 'p99', value: median(p99), unit: 'ms' },
        { name: 'in bulk', value: median(inBulk), unit: 'schedules/s' },
        {
          name: 'bare pg: an upsert and an insert in a transaction, no HTTP',
          value: median(bare),
          unit: 'transactions/s',
        },
        { name: 'bare pg: the same rows in bulk, no HTTP', value: median(indexed), unit: 'schedules/s' },
        { name: 'the same into tables without indexes', value: median(unindexed), unit: 'schedules/s' },
        {
          name: 'in bulk / bare pg',
          value: median(inBulk.map((rate, index) => rate / (indexed[index] ?? Number.NaN))),
          unit: '',
        },
        { name: 'errors', value: errors, unit: '' },
      ],
      ratio: median(single.map((rate, index) => rate / (bare[index] ?? Number.NaN))),
      bar: `at least ${minPerSecond} schedules/s one by one and ${minInBulkPerSecond} in bulk, no error`,
      passed: median(single) >= minPerSecond && median(inBulk) >= minInBulkPerSecond && errors === 0,
    };
  } finally {
    await server.stop();
  }
}

if (import.meta.main) print(await run());
