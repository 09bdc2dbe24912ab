import { randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Answer, Caller } from '../../testing/harness.ts';
import { createServiceWorld, made, patch, type ServiceWorld } from '../../testing/service-world.ts';

export { made, patch };

export type Mode = 'live' | 'test';

/** A platform of this file's own whose stages run. */
export interface InvoicesWorld extends ServiceWorld {
  team(): Promise<Team>;
}

/** A team with a key in each mode, and a client in each. */
export interface Team {
  readonly id: string;
  readonly keys: Readonly<Record<Mode, { id: string; key: string }>>;
  readonly live: Caller;
  readonly test: Caller;
  readonly client: Readonly<Record<Mode, string>>;
}

export const base = '/external/v1';

export async function createInvoicesWorld(
  env: Readonly<Record<string, string>> = {},
  options: Parameters<typeof createServiceWorld>[1] = {},
): Promise<InvoicesWorld> {
  const world = await createServiceWorld(
    {
      PARSEO_RATE_LIMIT_PER_MINUTE: '1000000',
      PARSEO_RATE_LIMIT_PER_HOUR: '1000000',
      FIXTURE_DELAY_MS: '0',
      INTERLOCK_ALLOW_PRIVATE_TARGETS: '1',
      WEBHOOK_RETRY_SCALE: '0.001',
      ...env,
    },
    options,
  );
  const { t } = world;
  t.platform.startLoops();
  return {
    ...world,
    async team() {
      const id = await t.workspace();
      const key = (mode: Mode) => t.key(id, { service: 'invoices', mode });
      const keys = { live: await key('live'), test: await key('test') };
      const callers = { live: t.as(keys.live.key), test: t.as(keys.test.key) };
      const client = async (mode: Mode) =>
        (await made(callers[mode].post(`${base}/clients`, { name: 'Baltic Timber UAB', companyCode: '305123456' }))).id;
      return { id, keys, ...callers, client: { live: await client('live'), test: await client('test') } };
    },
  };
}

/** A refusal, held against the shape of problems. */
export async function refusal(answer: Promise<Answer>): Promise<readonly [number, string]> {
  const { status, body, headers, text } = await answer;
  expect(headers['content-type'], text).toBe('application/problem+json; charset=utf-8');
  expect(body, text).toMatchObject({
    type: expect.stringMatching(/^https:/),
    title: expect.any(String),
    status,
    detail: expect.stringMatching(/^.{10,}[.)…]$/s),
    instance: expect.stringMatching(/^\/v1\//),
    requestId: headers['x-request-id'],
  });
  return [status, body.code];
}

export interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  readonly fileName?: string;
}

/** A small PDF that is one, with bytes of its own. */
export function pdf(mark: string = randomBytes(8).toString('hex')): Buffer {
  return Buffer.from(`%PDF-1.4\n% ${mark}\n1 0 obj\n<< /Type /Page >>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n`);
}

export function form(parts: readonly Part[], boundary = `b${randomBytes(8).toString('hex')}`) {
  const chunks = parts.flatMap(({ name, value, fileName }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: application/octet-stream`}\r\n\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  const payload = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

export interface Upload {
  readonly client?: string;
  readonly file?: Buffer;
  readonly fileName?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

export function upload(
  caller: Caller,
  { client, file = pdf(), fileName = 'invoice.pdf', fields = {}, headers = {}, path = `${base}/invoices` }: Upload,
) {
  const parts = Object.entries(fields).map(([name, value]) => ({ name, value }));
  const sent = form([...parts, { name: 'file', value: file, fileName }]);
  return caller.send('POST', path, sent.payload, {
    headers: { ...sent.headers, ...(client === undefined ? {} : { 'x-client-id': client }), ...headers },
  });
}

/** Waits for the end of a job. */
export async function finished(caller: Caller, jobId: string, timeout = 20_000) {
  return vi.waitFor(
    async () => {
      const { body, text } = await caller.get(`${base}/jobs/${jobId}`);
      if (body.status === 'processing') throw new Error(`still ${text}`);
      return body;
    },
    { timeout, interval: 25 },
  );
}

/** Uploads a document of test mode and waits for its invoice. */
export async function processed(team: Team, options: Upload = {}) {
  const { jobId } = await made(upload(team.test, { client: team.client.test, ...options }), 202);
  const job = await finished(team.test, jobId);
  expect(job.status, JSON.stringify(job)).toBe('completed');
  return made(team.test.get(`${base}/invoices/${job.invoiceId}`, as(team.client.test)), 200);
}

export function as(client: string) {
  return { headers: { 'x-client-id': client } };
}
