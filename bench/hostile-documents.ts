/** Claim: a document of 500 pages and decompression bombs end within their limits, and other requests go on meanwhile. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, FormData, request } from 'undici';
import { hostileFiles, pdfOf } from '../packages/server/src/services/invoices/testing/hostile-files.ts';
import { type BenchResult, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const pages = 500;
/** What reading one document may take, as the service has it. */
const limitMs = 120_000;
const perSecond = 100;
/**
 * Phases with nothing to read and phases with documents take turns, and each of the latter is held against both of its
 * neighbours: what else the machine does falls on all of them, and one bad moment decides nothing.
 */
const rounds = 5;
const aloneMs = 8_000;
const bombsEveryMs = 1_000;
const mostRatio = 2;

export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-files-'));
  const server = await startServer('invoices', {
    FILES_FOLDER: folder,
    MAX_PAGES: String(pages),
    PARSEO_RATE_LIMIT_PER_MINUTE: '1000000000',
    PARSEO_RATE_LIMIT_PER_HOUR: '1000000000',
  });
  const agent = new Agent({ connections: 16 });
  const call = async (method: 'GET' | 'POST', path: string, body?: FormData | string, client?: string) => {
    const answer = await request(`${server.url}/external/v1${path}`, {
      method,
      dispatcher: agent,
      headers: {
        authorization: `Bearer ${server.live}`,
        ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
        ...(client === undefined ? {} : { 'x-client-id': client }),
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
  };
  const others = (over: () => boolean) => paced(() => call('GET', '/me'), over);
  try {
    const client = String((await call('POST', '/clients', '{"name":"Bench"}')).body['id']);
    const send = async (bytes: Uint8Array): Promise<string> => {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(bytes)]), 'document.pdf');
      return String((await call('POST', '/invoices', form, client)).body['jobId']);
    };
    const ended = async (jobId: string) => {
      const started = performance.now();
      for (;;) {
        const { body } = await call('GET', `/jobs/${jobId}`);
        if (body['status'] !== 'processing') {
          const tookMs = Date.parse(String(body['finishedAt'])) - Date.parse(String(body['startedAt']));
          return { code: (body['error'] as { code: string } | null)?.code, tookMs };
        }
        if (performance.now() - started > 2 * limitMs) throw new Error(`the job ${jobId} does not end`);
        await sleep(100);
      }
    };
    const long = await longDocument();
    const bombs = (await hostileFiles()).filter(({ name }) => name.includes('bomb'));

    const longReadings: number[] = [];
    const bombEnds: { tookMs: number; asSaid: boolean }[] = [];
    /** One long document, and every second all the bombs, until the document is read. */
    const readAll = async (): Promise<void> => {
      const job = await send(long);
      const reading = { over: false };
      const whole = ended(job).then(({ tookMs }) => {
        longReadings.push(tookMs);
        reading.over = true;
      });
      while (!reading.over) {
        const jobs = await Promise.all(bombs.map(async ({ bytes, code }) => ({ code, id: await send(bytes) })));
        for (const { id, code } of jobs) {
          const end = await ended(id);
          bombEnds.push({ tookMs: end.tookMs, asSaid: end.code === code });
        }
        await Promise.race([whole, sleep(bombsEveryMs)]);
      }
      await whole;
    };

    await others(after(3_000));
    await readAll();
    const alone = [await others(after(aloneMs))];
    const beside: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      const reading = { over: false };
      const work = readAll().finally(() => {
        reading.over = true;
      });
      beside.push(await others(() => reading.over));
      await work;
      alone.push(await others(after(aloneMs)));
    }
    const ratios = beside
      .map((times, round) => p99(times) / p99([...(alone[round] ?? []), ...(alone[round + 1] ?? [])]))
      .sort((a, b) => a - b);
    const ratio = quantile(ratios, 0.5);
    const longestMs = Math.max(...longReadings, ...bombEnds.map(({ tookMs }) => tookMs));
    const asSaid = bombEnds.filter((end) => end.asSaid).length;
    return {
      claim: `hostile-documents: a document of ${pages} pages and decompression bombs end within their limits, and other requests go on`,
      figures: [
        { name: `reading ${pages} pages, the longest`, value: Math.max(...longReadings) / 1000, unit: 's' },
        { name: 'the bomb that takes longest', value: Math.max(...bombEnds.map(({ tookMs }) => tookMs)), unit: 'ms' },
        { name: 'bombs that end with their code', value: asSaid, unit: `of ${bombEnds.length}` },
        {
          name: 'baseline: other requests while nothing is read, p50',
          value: quantile(alone.flat(), 0.5),
          unit: 'ms',
        },
        { name: 'p99, median of the phases', value: quantile(alone.map(p99), 0.5), unit: 'ms' },
        { name: 'while they are read, p50', value: quantile(beside.flat(), 0.5), unit: 'ms' },
        { name: 'p99, median of the phases', value: quantile(beside.map(p99), 0.5), unit: 'ms' },
        { name: 'requests in a phase, at least', value: Math.min(...beside.map((times) => times.length)), unit: '' },
        { name: `the lowest ratio of ${rounds} rounds`, value: ratios.at(0) ?? Number.NaN, unit: '' },
        { name: 'the highest', value: ratios.at(-1) ?? Number.NaN, unit: '' },
      ],
      ratio,
      bar: `each within ${limitMs / 1000} s and with its code, p99 at most ${mostRatio} times the baseline (median of ${rounds} rounds)`,
      passed: longestMs <= limitMs && asSaid === bombEnds.length && ratio <= mostRatio,
    };
  } finally {
    await agent.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Requests at their instants, however long the ones before take: what waits behind a slow one is counted as waiting. */
async function paced(ask: () => Promise<{ status: number }>, over: () => boolean): Promise<number[]> {
  const started = performance.now();
  const times: number[] = [];
  const asked: Promise<void>[] = [];
  while (!over()) {
    const dueAt = started + (asked.length * 1000) / perSecond;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    asked.push(
      ask().then(({ status }) => {
        if (status !== 200) throw new Error(`/me answered ${status}`);
        times.push(performance.now() - dueAt);
      }),
    );
  }
  await Promise.all(asked);
  return times;
}

function after(ms: number): () => boolean {
  const until = performance.now() + ms;
  return () => performance.now() >= until;
}

function p99(times: readonly number[]): number {
  return quantile(times, 0.99);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Text on every page, and an invoice nowhere: all of it is read. */
function longDocument(): Promise<Uint8Array> {
  return pdfOf((pdf) => {
    for (let page = 1; page <= pages; page++) {
      if (page > 1) pdf.addPage();
      for (let row = 1; row <= 40; row++) pdf.text(`${page}.${row} Lieferung von Teilen, Stück ${row}, zu ${page},00`);
    }
  });
}

if (import.meta.main) print(await run());
