/** Claim (a): the gates (key, limit, mode) cost at most a fifth of the throughput of a bare route. */
import { load } from './support/load.ts';
import { type BenchResult, median, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const rounds = 3;
const bar = 0.8;

export async function run(): Promise<BenchResult> {
  const bare = await startServer('bare');
  const gates = await startServer('gates');
  const line = await startServer('line');
  try {
    const rates = { bare: [] as number[], gates: [] as number[], line: [] as number[] };
    let errors = 0;
    // In turn, so that a change of the machine's speed meets all alike.
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of [
        ['bare', bare],
        ['gates', gates],
        ['line', line],
      ] as const) {
        const seen = await load({
          url: `${server.url}/api/ping`,
          headers: server.test === undefined ? {} : { 'x-api-key': server.test },
          seconds: 3,
        });
        rates[name].push(seen.perSecond);
        errors += seen.errors;
      }
    }
    const ratio = median(rates.gates.map((rate, index) => rate / (rates.bare[index] ?? Number.NaN)));
    const whole = median(rates.line.map((rate, index) => rate / (rates.bare[index] ?? Number.NaN)));
    return {
      claim: 'gates: key check, limit and mode before a bare Fastify route, 64 connections',
      figures: [
        { name: 'bare Fastify', value: median(rates.bare), unit: 'requests/s' },
        { name: 'with the gates', value: median(rates.gates), unit: 'requests/s' },
        {
          name: 'the whole line (with audit, metrics, request ids) before an empty operation',
          value: median(rates.line),
          unit: 'requests/s',
        },
        { name: 'whole line / bare', value: whole, unit: '' },
        { name: 'errors', value: errors, unit: '' },
      ],
      ratio,
      bar: `with the gates at least ${bar} of bare, no error`,
      passed: ratio >= bar && errors === 0,
    };
  } finally {
    await Promise.all([bare.stop(), gates.stop(), line.stop()]);
  }
}

if (import.meta.main) print(await run());
