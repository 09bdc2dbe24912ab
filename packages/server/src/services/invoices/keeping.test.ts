import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolderStore } from '../../core/files/folder-store.ts';
import { sweepOrphans } from '../../core/files/sweep-orphans.ts';
import { openCuttableWay } from '../../testing/cuttable-way.ts';
import { asOwner, createFreshDatabase } from '../../testing/fresh-database.ts';
import { createTestPlatform } from '../../testing/harness.ts';
import { signUp } from '../../testing/person.ts';
import {
  as,
  base,
  createInvoicesWorld,
  type InvoicesWorld,
  made,
  processed,
  refusal,
  upload,
} from './invoices.fixture.ts';

/*
 * What is kept for how long, and that bytes go with the rows that name them. Each part has a world of its own, because
 * time passes for everybody in it.
 */

const dayMs = 86_400_000;

interface Kept {
  readonly world: InvoicesWorld;
  readonly folder: string;
  /** The keys of all files below a prefix. */
  files(prefix?: string): Promise<string[]>;
  /** Time passes, and what is due by then is done. */
  pass(days: number): Promise<void>;
  close(): Promise<void>;
}

async function createKept(env: Readonly<Record<string, string>> = {}): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-kept-'));
  const world = await createInvoicesWorld({ FILES_FOLDER: folder, ...env });
  const store = openFolderStore(folder);
  return {
    world,
    folder,
    async files(prefix = '') {
      const keys: string[] = [];
      for await (const { key } of store.list(prefix)) keys.push(key);
      return keys.sort();
    },
    async pass(days) {
      world.t.clock.advance(days * dayMs);
      await world.t.platform.runDueLoops();
    },
    async close() {
      // A loop that fails says so in the log and nowhere else.
      expect(world.t.log.filter((line) => line.includes('a loop failed'))).toEqual([]);
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe('what time takes away', () => {
  let kept: Kept;
  beforeAll(async () => {
    kept = await createKept({ TEST_DATA_TTL_DAYS: '30' });
  });
  afterAll(() => kept.close());

  it('test data goes after TEST_DATA_TTL_DAYS with its files, and live data stays', { timeout: 60_000 }, async () => {
    const { world } = kept;
    const team = await world.team();
    const invoice = await processed(team);
    const live = await made(team.live.post(`${base}/contacts`, { name: 'Stays' }));
    const bound = await made(team.test.post(`${base}/clients`, { name: 'Has a key of its own' }));
    await world.t.key(team.id, { service: 'invoices', mode: 'test', boundTo: bound.id });
    expect(await kept.files(`${team.id}/test/`)).toHaveLength(1);

    await kept.pass(29);
    const context = as(team.client.test);
    expect((await made(team.test.get(`${base}/invoices/${invoice.id}`, context), 200)).id).toBe(invoice.id);
    await processed(team);

    await kept.pass(2);
    expect(await refusal(team.test.get(`${base}/invoices/${invoice.id}`, context))).toEqual([404, 'invoice.not_found']);
    expect((await made(team.test.get(`${base}/jobs`), 200)).items).toHaveLength(1);
    // What the newer invoice uses is not old yet.
    expect((await made(team.test.get(`${base}/clients`), 200)).items).toHaveLength(2);
    expect((await made(team.test.get(`${base}/contacts`), 200)).items).toHaveLength(1);
    await expect.poll(() => kept.files(`${team.id}/test/`)).toHaveLength(1);

    await kept.pass(29);
    expect((await made(team.test.get(`${base}/clients`), 200)).items.map(({ id }: { id: string }) => id)).toEqual([
      bound.id,
    ]);
    expect((await made(team.test.get(`${base}/contacts`), 200)).items).toEqual([]);
    await expect.poll(() => kept.files(`${team.id}/test/`)).toEqual([]);
    expect((await made(team.live.get(`${base}/contacts/${live.id}`), 200)).name).toBe('Stays');
    expect((await made(team.live.get(`${base}/clients`), 200)).items).toHaveLength(1);
    // Who did what is kept as long as that of live mode.
    expect((await made(team.test.get(`${base}/audit-logs?action=invoice.create`), 200)).items).toHaveLength(2);
  });

  it('old data goes also where another transaction wants the same rows the other way round', {
    timeout: 60_000,
  }, async () => {
    const { world } = kept;
    const team = await world.team();
    const invoice = await processed(team);
    const { id: client } = (await made(team.test.get(`${base}/clients`), 200)).items[0];
    const other = new Client(world.owner);
    await other.connect();
    const touch = (table: string, id: string) =>
      other.query(`update test.invoices_${table} set created_at = created_at where id = $1`, [id]);
    try {
      await other.query('begin');
      // Whoever has waited for a second looks for a circle, and ends: the loop is to be the one.
      await other.query(`set local deadlock_timeout = '60s'`);
      await touch('clients', client);
      const passed = kept.pass(31);
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      await expect.poll(async () => (await world.rows(waiting)).length).toBe(1);
      await touch('invoices', invoice.id);
      await other.query('commit');
      await passed;
    } finally {
      await other.end();
    }
    expect((await made(team.test.get(`${base}/clients`), 200)).items).toEqual([]);
  });

  it('what a closed team has goes 60 days later, in both modes', { timeout: 60_000 }, async () => {
    const { world } = kept;
    const team = await world.team();
    await processed(team);
    await world.rows(
      `insert into shared.invoices_accounts (workspace_id, period_start, closed_at) values ($1, now(), $2)`,
      [team.id, new Date(world.t.clock.now())],
    );
    const left = () =>
      world.rows<{ live: number; test: number }>(
        `select (select count(*)::int from live.invoices_clients where workspace_id = $1) as live,
          (select count(*)::int from test.invoices_clients where workspace_id = $1) as test`,
        [team.id],
      );
    await kept.pass(20);
    expect(await left()).toEqual([{ live: 1, test: 1 }]);
    await kept.pass(41);
    expect(await left()).toEqual([{ live: 0, test: 0 }]);
    await expect.poll(() => kept.files(`${team.id}/`)).toEqual([]);
  });

  it('jobs go after 90 days, files after two years, and an invoice says that its file is gone', {
    timeout: 60_000,
  }, async () => {
    const { world } = kept;
    const team = await world.team();
    const { rows } = world;
    const invoice = await processed(team);
    // As live data, which has no other end.
    await rows(`update test.invoices_invoices set created_at = 'infinity' where id = $1`, [invoice.id]);
    await kept.pass(91);
    expect(await refusal(team.test.get(`${base}/jobs/${invoice.jobId}`))).toEqual([404, 'job.not_found']);
    const path = `${base}/invoices/${invoice.id}`;
    expect((await team.test.get(`${path}/file`, as(team.client.test))).status).toBe(200);
    await kept.pass(640);
    expect(await refusal(team.test.get(`${path}/file`, as(team.client.test)))).toEqual([410, 'invoice.file_expired']);
    expect(await refusal(team.test.post(`${path}/reprocess`, {}, as(team.client.test)))).toEqual([
      410,
      'invoice.file_expired',
    ]);
    await expect.poll(() => kept.files(`${team.id}/`)).toEqual([]);
  });
});

describe('the bytes of files', () => {
  let kept: Kept;
  beforeAll(async () => {
    kept = await createKept();
  });
  afterAll(() => kept.close());

  it('go with a deleted invoice, a deleted client and a reset, and those of others stay', async () => {
    const { world } = kept;
    const [team, other] = [await world.team(), await world.team()];
    await processed(other);
    const context = as(team.client.test);
    const invoice = await processed(team);
    await team.test.send('DELETE', `${base}/invoices/${invoice.id}`, undefined, context);
    await expect.poll(() => kept.files(`${team.id}/`)).toEqual([]);

    await processed(team);
    const gone = await team.test.send('DELETE', `${base}/clients/${team.client.test}?cascade=true`);
    expect(gone.status).toBe(204);
    await expect.poll(() => kept.files(`${team.id}/`)).toEqual([]);

    await made(upload(team.live, { client: team.client.live }), 202);
    const { id } = await made(team.test.post(`${base}/clients`, { name: 'Again' }));
    await made(upload(team.test, { client: id }), 202);
    await made(team.test.post(`${base}/admin/test-mode/reset`, { confirm: 'RESET' }), 200);
    await expect.poll(() => kept.files(`${team.id}/test/`)).toEqual([]);
    expect(await kept.files(`${team.id}/live/`)).toHaveLength(1);
    expect(await kept.files(`${other.id}/`)).toHaveLength(1);
  });

  it('outlive their jobs, which go 90 days after their end', { timeout: 60_000 }, async () => {
    const { world } = kept;
    const team = await world.team();
    const { jobId } = await processed(team);
    await kept.pass(89);
    expect((await made(team.test.get(`${base}/jobs/${jobId}`), 200)).status).toBe('completed');
    await kept.pass(2);
    expect(await refusal(team.test.get(`${base}/jobs/${jobId}`))).toEqual([404, 'job.not_found']);
    expect(await kept.files(`${team.id}/`)).toHaveLength(1);
    world.t.clock.thaw();
  });

  it('are not there when an upload was refused', async () => {
    const { world } = kept;
    const team = await world.team();
    await refusal(
      upload(team.test, { client: team.client.test, fields: { sellerContactId: 'con_test_0000000000000000000000' } }),
    );
    await refusal(upload(team.test, { client: team.client.test, file: Buffer.from('no document') }));
    expect(await kept.files(`${team.id}/`)).toEqual([]);
  });

  it('stay when nobody heard whether their upload was committed', async () => {
    const { folder } = kept;
    const db = await createFreshDatabase();
    const way = await openCuttableWay(db.owner);
    const t = await createTestPlatform({ owner: way.owner, env: { ...db.env, FILES_FOLDER: folder } });
    try {
      const caller = t.as((await t.key(await t.workspace(), { service: 'invoices', mode: 'test' })).key);
      const { id: client } = await made(caller.post(`${base}/clients`, { name: 'Baltic Timber UAB' }));
      const before = await kept.files();
      way.loseCommitOf('unheard.pdf');
      expect((await upload(caller, { client, fileName: 'unheard.pdf' })).status).toBe(503);
      const named = await asOwner<{ id: string }>(db.owner, 'select id from test.invoices_files');
      const added = (await kept.files()).filter((key) => !before.includes(key));
      expect(added.map((key) => key.split('/').at(-1))).toEqual(named.map(({ id }) => id));
      expect(named).toHaveLength(1);
    } finally {
      await t.close();
      await way.close();
      await db.drop();
    }
  });

  it('go with the workspace of a person who deletes the account', async () => {
    const { world } = kept;
    const person = await signUp(world.t);
    const key = (mode: 'live' | 'test') => world.t.key(person.workspaceId, { service: 'invoices', mode });
    for (const mode of ['live', 'test'] as const) {
      const caller = world.t.as((await key(mode)).key);
      const { id } = await made(caller.post(`${base}/clients`, { name: 'Mine' }));
      await made(upload(caller, { client: id }), 202);
    }
    expect(await kept.files(`${person.workspaceId}/`)).toHaveLength(2);
    const answer = await world.t
      .as(null)
      .send('DELETE', `/api/account?confirm=${encodeURIComponent(person.email)}`, undefined, {
        headers: { cookie: person.cookie, 'sec-fetch-site': 'same-origin' },
      });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await kept.files(`${person.workspaceId}/`)).toEqual([]);
  });

  it('that no row names are swept away, but none that is new, in use or of another installation', async () => {
    const { world, folder } = kept;
    const team = await world.team();
    await processed(team);
    const [used] = await kept.files(`${team.id}/`);
    const plant = async (key: string) => {
      await mkdir(join(folder, key, '..'), { recursive: true });
      await writeFile(join(folder, key), 'left behind');
      return key;
    };
    const orphans = [
      await plant(`${team.id}/test/file_test_orphan`),
      await plant(`${team.id}/live/file_live_orphan`),
      await plant(`${team.id}/test/file_test_half.0a1b2c.part`),
    ];
    const strangers = [await plant('ws_elsewhere/live/file_live_theirs'), await plant('README')];
    const { database, services } = world.t.platform;
    const sweep = (now: number) =>
      sweepOrphans({
        database,
        contracts: services.map(({ contract }) => contract),
        files: openFolderStore(folder),
        now,
      });
    expect(await sweep(Date.now())).toBe(0);
    expect(await kept.files()).toEqual(expect.arrayContaining(orphans));
    // As old as what a process that was killed two hours ago left.
    const then = new Date(Date.now() - 7_200_000);
    for (const key of [used ?? '', ...orphans, ...strangers]) await utimes(join(folder, key), then, then);
    expect(await sweep(Date.now())).toBe(3);
    const left = await kept.files();
    expect(left).toEqual(expect.arrayContaining([used, ...strangers]));
    expect(left.filter((key) => orphans.includes(key))).toEqual([]);
  });
});
