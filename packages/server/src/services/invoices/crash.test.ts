import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform, testSecrets } from '../../testing/harness.ts';
import { services } from '../index.ts';
import { as, base, createInvoicesWorld, finished, made, upload } from './invoices.fixture.ts';
import { makeInvoiceTruth } from './testing/invoice-truth.ts';
import { writeUbl } from './testing/write-ubl.ts';

/*
 * A process that reads documents is killed without warning, and a document takes its reader's memory: a job ends once,
 * and costs what it should.
 */

const leaseMs = 180_000;
const document = (seed: number) => Buffer.from(writeUbl(makeInvoiceTruth(seed)));

describe('a process that is killed', () => {
  let db: FreshDatabase;
  let folder: string;
  let t: TestPlatform;
  let children: ChildProcess[];
  let env: Record<string, string>;
  beforeEach(async () => {
    children = [];
    db = await createFreshDatabase();
    folder = await mkdtemp(join(tmpdir(), 'interlock-crash-'));
    env = {
      ...db.env,
      FILES_FOLDER: folder,
      PARSEO_RATE_LIMIT_PER_MINUTE: '1000000',
      PARSEO_RATE_LIMIT_PER_HOUR: '1000000',
    };
    // It takes uploads and works on nothing, until its loops are started.
    t = await createTestPlatform({ owner: db.owner, env });
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await t.close();
    await db.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const startOther = (more: Readonly<Record<string, string>> = {}) => {
    const sent = {
      env: { NODE_ENV: 'test', INTERLOCK_POOL_SIZE: '2', ...testSecrets(services), ...env, ...more },
      owner: db.owner,
    };
    const child = spawn(process.execPath, [fileURLToPath(new URL('crash.fixture.ts', import.meta.url))], {
      env: { PATH: process.env['PATH'], CRASH_FIXTURE: JSON.stringify(sent) },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    children.push(child);
    return child;
  };
  const count = async (client: Client, text: string) => Number((await client.query(text)).rows[0].n);
  const moments = {
    'while it reads': `select count(*) as n from live.invoices_jobs where attempt = 1`,
    // The invoice cannot be stored while its table is held: reading is over by then.
    'while it writes down what it has read': `select count(*) as n from pg_locks
      where relation = 'live.invoices_invoices'::regclass and not granted`,
  };

  it.each(Object.entries(moments))(
    '%s leaves a job that ends once, with one invoice, one credit and one event',
    { timeout: 120_000 },
    async (_, isThen) => {
      const workspace = await t.workspace();
      const caller = t.as((await t.key(workspace, { service: 'invoices', mode: 'live' })).key);
      const client = (await made(caller.post(`${base}/clients`, { name: 'Baltic Timber UAB' }))).id;
      const { jobId } = await made(upload(caller, { client, file: document(1), fileName: 'invoice.xml' }), 202);
      const credits = async () => {
        const { used, balance } = await made(caller.get(`${base}/me/credits`), 200);
        return { used, balance };
      };
      expect(await credits()).toEqual({ used: 0, balance: 999 });

      const holder = new Client(db.owner);
      await holder.connect();
      try {
        await holder.query('begin');
        await holder.query('lock table live.invoices_invoices in exclusive mode');
        const other = startOther();
        await expect.poll(() => count(holder, isThen), { timeout: 60_000, interval: 10 }).toBe(1);
        other.kill('SIGKILL');
        await once(other, 'exit');
        await holder.query('rollback');
      } finally {
        await holder.end();
      }

      // Until its lease is over the job is nobody else's.
      t.platform.startLoops();
      expect((await made(caller.get(`${base}/jobs/${jobId}`), 200)).status).toBe('processing');
      t.clock.advance(leaseMs + 1_000);
      const job = await finished(caller, jobId);
      expect(job, JSON.stringify(job.error)).toMatchObject({ status: 'completed', attempt: 2, creditsCharged: 1 });
      expect(await credits()).toEqual({ used: 1, balance: 999 });
      const { items } = await made(caller.get(`${base}/invoices`, as(client)), 200);
      expect(items.map(({ id }: { id: string }) => id)).toEqual([job.invoiceId]);
      expect((await made(caller.get(`${base}/events`), 200)).items.map(({ type }: { type: string }) => type)).toEqual([
        'invoice.processed',
      ]);
      expect(await asOwner(db.owner, 'select used, reserved from shared.invoices_accounts')).toEqual([
        { used: 1, reserved: 0 },
      ]);
    },
  );

  it('that stands still while it reads, and goes on when another one has ended its job, changes nothing any more', {
    timeout: 180_000,
  }, async () => {
    const workspace = await t.workspace();
    const caller = t.as((await t.key(workspace, { service: 'invoices', mode: 'live' })).key);
    const client = (await made(caller.post(`${base}/clients`, { name: 'Baltic Timber UAB' }))).id;
    const send = async (file: Buffer) =>
      (await made(upload(caller, { client, file, fileName: 'invoice.xml' }), 202)).jobId;
    // Long to read, so that it is caught at it.
    const notes = `<cbc:Note>${'x</cbc:Note><cbc:Note>'.repeat(100_000)}y</cbc:Note><cbc:ID>`;
    const jobId = await send(Buffer.from(document(5).toString().replace('<cbc:ID>', notes)));
    const owner = new Client(db.owner);
    await owner.connect();
    try {
      const stopped = startOther({ INVOICE_WORKERS: '1' });
      const begun = 'select count(*) as n from live.invoices_jobs where attempt = 1';
      await expect.poll(() => count(owner, begun), { timeout: 60_000, interval: 10 }).toBe(1);
      stopped.kill('SIGSTOP');
      // Its lease is over.
      await owner.query(`update live.invoices_jobs set lease_until = now() - interval '1 second'`);
      const other = startOther({ INVOICE_WORKERS: '1' });
      const job = await finished(caller, jobId, 90_000);
      expect(job, JSON.stringify(job.error)).toMatchObject({ status: 'completed', attempt: 2, creditsCharged: 1 });
      other.kill('SIGKILL');
      await once(other, 'exit');
      stopped.kill('SIGCONT');
      // It does one thing at a time: what it begins now comes after what it had in hand.
      const next = await finished(caller, await send(document(6)), 90_000);
      expect(next).toMatchObject({ status: 'completed', attempt: 1, creditsCharged: 1 });
      expect(await made(caller.get(`${base}/jobs/${jobId}`), 200)).toEqual(job);
      const { items } = await made(caller.get(`${base}/invoices`, as(client)), 200);
      expect(items.map(({ id, version }: { id: string; version: number }) => [id, version])).toEqual([
        [next.invoiceId, 1],
        [job.invoiceId, 1],
      ]);
      expect((await made(caller.get(`${base}/events`), 200)).items).toHaveLength(2);
      expect(await asOwner(db.owner, 'select used, reserved from shared.invoices_accounts')).toEqual([
        { used: 2, reserved: 0 },
      ]);
    } finally {
      await owner.end();
    }
  });

  it('as often as a job may be begun ends the job as failed, and its credit comes back', {
    timeout: 120_000,
  }, async () => {
    const workspace = await t.workspace();
    const caller = t.as((await t.key(workspace, { service: 'invoices', mode: 'live' })).key);
    const client = (await made(caller.post(`${base}/clients`, { name: 'Baltic Timber UAB' }))).id;
    const { jobId } = await made(upload(caller, { client, file: document(2), fileName: 'invoice.xml' }), 202);
    // Three processes have died over it.
    await asOwner(
      db.owner,
      `update live.invoices_jobs set attempt = 3, lease_token = 3, lease_until = now() + interval '3 minutes'`,
    );
    t.platform.startLoops();
    t.clock.advance(leaseMs + 1_000);
    const job = await finished(caller, jobId);
    expect(job).toMatchObject({
      status: 'failed',
      invoiceId: null,
      creditsCharged: 0,
      error: { code: 'internal.error', retryable: true },
    });
    const { used, balance } = await made(caller.get(`${base}/me/credits`), 200);
    expect({ used, balance }).toEqual({ used: 0, balance: 1_000 });
    expect((await made(caller.get(`${base}/events`), 200)).items).toMatchObject([
      { type: 'invoice.failed', data: { job: { id: jobId, error: { code: 'internal.error' } } } },
    ]);
  });
});

it('a document that takes its reader’s memory fails with its code, and the next one is read', {
  timeout: 120_000,
}, async () => {
  const world = await createInvoicesWorld({ INVOICE_READER_MEMORY_MB: '64', INVOICE_WORKERS: '1' });
  try {
    const team = await world.team();
    const send = async (file: Buffer) =>
      (await made(upload(team.live, { client: team.client.live, file, fileName: 'invoice.xml' }), 202)).jobId;
    // Fewer elements than the bounds allow, and far more than 64 MB hold.
    const notes = `<cbc:Note>${'x</cbc:Note><cbc:Note>'.repeat(240_000)}y</cbc:Note><cbc:ID>`;
    const large = Buffer.from(document(3).toString().replace('<cbc:ID>', notes));
    const [greedy, modest] = [await send(large), await send(document(4))];
    const failed = await finished(team.live, greedy, 60_000);
    expect(failed).toMatchObject({
      status: 'failed',
      invoiceId: null,
      creditsCharged: 0,
      attempt: 1,
      error: { code: 'extract.out_of_memory' },
    });
    expect((await finished(team.live, modest, 60_000)).status).toBe('completed');
    expect((await made(team.live.get(`${base}/me/credits`), 200)).used).toBe(1);
    // The server has answered all the while, and stands.
    expect((await world.t.as(null).get('/readyz')).status).toBe(200);
  } finally {
    await world.close();
  }
});
