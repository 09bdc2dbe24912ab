/** Claim: a webhook arrives within 250 ms (p99) of the event's request, at 500 events a second. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { type BenchResult, median, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const eventsPerSecond = 500;
const warmUpSeconds = 5;
const seconds = 10;
const rounds = 3;
const chains = 1_000;
const maxP99Ms = 250;
/** What is still on its way when the last event was sent. */
const patienceMs = 20_000;

export async function run(): Promise<BenchResult> {
  const arrived = new Map<string, number>();
  let copies = 0;
  const receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      response.end();
      const { shortId } = (JSON.parse(body) as { data: { shortId: string } }).data;
      if (arrived.has(shortId)) copies++;
      else arrived.set(shortId, performance.now());
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const target = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`;
  const server = await startServer('webhooks', {
    INTERLOCK_ALLOW_PRIVATE_TARGETS: '1',
    INTERLOCK_BENCH_WEBHOOK: target,
  });
  const callers = new Pool(server.url, { connections: 64 });
  let sequence = 0;
  let refused = 0;
  const answers: number[] = [];
  /** Draws at a steady pace; answers when each outcome was asked for. */
  const drawAll = async (duration: number): Promise<Map<string, number>> => {
    const asked = new Map<string, number>();
    const calls: Promise<void>[] = [];
    const startedAt = performance.now();
    for (let sent = 0; sent < duration * eventsPerSecond; ) {
      const elapsed = performance.now() - startedAt;
      const due = Math.min(duration * eventsPerSecond, Math.floor((elapsed * eventsPerSecond) / 1000) + 1);
      for (; sent < due; sent++) calls.push(draw(asked));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(calls);
    return asked;
  };
  const draw = async (asked: Map<string, number>): Promise<void> => {
    const at = performance.now();
    const { statusCode, body } = await callers.request({
      method: 'GET',
      path: `/api/ints?clientSeed=player-${sequence++ % chains}&count=3`,
      headers: { 'x-api-key': server.live },
    });
    const { shortId = '' } = (await body.json()) as { shortId?: string };
    answers.push(performance.now() - at);
    if (statusCode === 200) asked.set(shortId, at);
    else refused++;
  };
  try {
    await drawAll(warmUpSeconds);
    answers.length = 0;
    const p50: number[] = [];
    const p99: number[] = [];
    let lost = 0;
    for (let round = 0; round < rounds; round++) {
      const asked = await drawAll(seconds);
      const until = performance.now() + patienceMs;
      while ([...asked.keys()].some((id) => !arrived.has(id)) && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const waits = [...asked].map(([id, at]) => (arrived.get(id) ?? Number.POSITIVE_INFINITY) - at);
      lost += waits.filter((wait) => !Number.isFinite(wait)).length;
      p50.push(quantile(waits, 0.5));
      p99.push(quantile(waits, 0.99));
    }
    const latency = median(p99);
    return {
      claim: `webhooks: from the request that causes an event to its receipt, ${eventsPerSecond} live draws/s, one endpoint`,
      figures: [
        { name: 'p50', value: median(p50), unit: 'ms' },
        { name: 'p99', value: latency, unit: 'ms' },
        { name: 'the answers of the requests themselves, p99', value: quantile(answers, 0.99), unit: 'ms' },
        { name: 'events that did not arrive', value: lost, unit: '' },
        { name: 'events that arrived twice', value: copies, unit: '' },
        { name: 'requests that were refused', value: refused, unit: '' },
      ],
      bar: `p99 at most ${maxP99Ms} ms, every event arrives`,
      passed: latency <= maxP99Ms && lost === 0 && refused === 0,
    };
  } finally {
    await callers.destroy();
    await server.stop();
    receiver.closeAllConnections();
    receiver.close();
  }
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

if (import.meta.main) print(await run());
