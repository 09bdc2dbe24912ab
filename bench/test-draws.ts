/** Claim (b): a test draw reaches 0.6 of a bare Fastify route that validates the same query and answers as much. */
import { load } from './support/load.ts';
import { type BenchResult, median, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const rounds = 3;
const bar = 0.6;
const path = '/api/ints?clientSeed=ci-fixture-loot&count=3&min=1&max=100';

export async function run(): Promise<BenchResult> {
  const bare = await startServer('bare');
  const server = await startServer('randomness');
  try {
    const rates = { bare: [] as number[], test: [] as number[] };
    let errors = 0;
    for (let round = 0; round < rounds; round++) {
      const without = await load({ url: bare.url + path, seconds: 3 });
      const draws = await load({ url: server.url + path, headers: { 'x-api-key': server.test }, seconds: 3 });
      rates.bare.push(without.perSecond);
      rates.test.push(draws.perSecond);
      errors += without.errors + draws.errors;
    }
    const ratio = median(rates.test.map((rate, index) => rate / (rates.bare[index] ?? Number.NaN)));
    return {
      claim: 'test-draws: GET /api/ints with a test key, 64 connections',
      figures: [
        { name: 'bare Fastify, same validation, same size', value: median(rates.bare), unit: 'requests/s' },
        { name: 'test draws', value: median(rates.test), unit: 'requests/s' },
        { name: 'errors', value: errors, unit: '' },
      ],
      ratio,
      bar: `at least ${bar} of bare, no error`,
      passed: ratio >= bar && errors === 0,
    };
  } finally {
    await Promise.all([bare.stop(), server.stop()]);
  }
}

if (import.meta.main) print(await run());
