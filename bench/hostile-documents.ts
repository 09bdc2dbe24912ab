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
/** Each round has a quiet half and a loaded one, so that whatever else the machine does falls on both. */
const rounds = 1;
const halfMs = 8_000;
const mostRatio = 2;

export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-files-'));
  const server = await startServer('invoices', {
    FILES_FOLDER: folder,
    MAX_PAGES: String(pages),
    // One of the two cores reads: what reads on both leaves none to answer with.
    INVOICE_WORKERS: '1',
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
          return { status: body['status'], error: body['error'] as { code: string } | null, tookMs };
        }
        if (performance.now() - started > 2 * limitMs) throw new Error(`the job ${jobId} does not end`);
        await sleep(100);
      }
    };
    const long = await longDocument();
    const bombs = (await hostileFiles()).filter(({ name }) => name.includes('bomb'));

    const alone = await ended(await send(long));
    const ends = await Promise.all(
      bombs.map(async ({ bytes, code }) => ({ code, end: await ended(await send(bytes)) })),
    );
    const asSaid = ends.filter(({ code, end }) => end.error?.code === code).length;

    const [quiet, loaded]: [number[], number[]] = [[], []];
    await paced(call, 2_000, []);
    for (let round = 0; round < rounds; round++) {
      await paced(call, halfMs, quiet);
      const jobs = await Promise.all([...bombs.map(({ bytes }) => bytes), long].map(send));
      await paced(call, halfMs, loaded);
      // The next quiet half is quiet.
      for (const job of jobs) await ended(job);
    }
    const [calm, busy] = [quantile(quiet, 0.99), quantile(loaded, 0.99)];
    const ratio = busy / calm;
    const inTime = [alone, ...ends.map(({ end }) => end)].every(({ tookMs }) => tookMs <= limitMs);
    return {
      claim: `hostile-documents: a document of ${pages} pages and decompression bombs end within their limits, and other requests go on`,
      figures: [
        { name: `reading ${pages} pages`, value: alone.tookMs / 1000, unit: 's' },
        { name: 'the bomb that takes longest', value: Math.max(...ends.map(({ end }) => end.tookMs)), unit: 'ms' },
        { name: 'bombs that end with their code', value: asSaid, unit: `of ${bombs.length}` },
        { name: 'baseline: other requests while nothing is read, p50', value: quantile(quiet, 0.5), unit: 'ms' },
        { name: 'p99', value: calm, unit: 'ms' },
        { name: 'while they are read, p50', value: quantile(loaded, 0.5), unit: 'ms' },
        { name: 'p99', value: busy, unit: 'ms' },
      ],
      ratio,
      bar: `each within ${limitMs / 1000} s and with its code, p99 at most ${mostRatio} times the baseline`,
      passed: inTime && asSaid === bombs.length && ratio <= mostRatio,
    };
  } finally {
    await agent.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Requests at their instants, however long the ones before take: what waits behind a slow one is counted as waiting. */
async function paced(
  call: (method: 'GET', path: string) => Promise<{ status: number }>,
  forMs: number,
  times: number[],
): Promise<void> {
  const started = performance.now();
  const count = Math.floor((forMs / 1000) * perSecond);
  const asked: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const dueAt = started + (index * 1000) / perSecond;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    asked.push(
      call('GET', '/me').then(({ status }) => {
        if (status !== 200) throw new Error(`/me answered ${status}`);
        times.push(performance.now() - dueAt);
      }),
    );
  }
  await Promise.all(asked);
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
