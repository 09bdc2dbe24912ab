import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import type { TestPlatform } from '../../testing/harness.ts';

let world: FixtureWorld;
beforeAll(async () => {
  world = await createFixtureWorld();
});
afterAll(() => world.close());

interface AuditRow {
  operation: string | null;
  method: string;
  route: string;
  status: number;
  code: string | null;
  caller: string;
  key_id: string | null;
  actor: string | null;
  address: string;
  request_id: string;
  duration_us: number;
}

const auditOf = (mode: string, workspaceId: string) =>
  asOwner<AuditRow>(world.owner, `select * from ${mode}.audit_log where workspace_id = $1 order by at, seq`, [
    workspaceId,
  ]);

async function party(node: TestPlatform = world.t) {
  const ws = await node.workspace();
  const live = await node.key(ws, { service: 'notes', mode: 'live', name: 'the live one' });
  const test = await node.key(ws, { service: 'notes', mode: 'test', name: 'the test one' });
  return { ws, live, test };
}

describe('every request', () => {
  it('has one row, refused ones too, in the stream of its mode', async () => {
    const { ws, live, test } = await party();
    const made = await world.t.as(live.key).post('/notes/v1/notes', { text: 'a' });
    const answers = [
      made,
      await world.t.as(live.key).get('/notes/v1/notes?secret=in-the-query'),
      await world.t.as(live.key).get(`/notes/v1/notes/${made.body.id}`),
      await world.t.as(live.key).get('/notes/v1/notes/note_live_unknown'),
      await world.t.as(live.key).post('/notes/v1/notes', { text: 5 }),
      await world.t.as(live.key).post('/notes/v1/failures', { text: 'a' }),
    ];
    const inTest = await world.t.as(test.key).get('/notes/v1/notes');
    await world.t.platform.flush();
    const rows = await auditOf('live', ws);
    expect(rows.map(({ operation, method, route, status, code }) => [operation, method, route, status, code])).toEqual([
      ['notes.create', 'POST', '/notes/v1/notes', 201, null],
      ['notes.list', 'GET', '/notes/v1/notes', 200, null],
      ['notes.find', 'GET', '/notes/v1/notes/:id', 200, null],
      ['notes.find', 'GET', '/notes/v1/notes/:id', 404, 'not_found'],
      ['notes.create', 'POST', '/notes/v1/notes', 400, 'invalid_input'],
      ['notes.fail', 'POST', '/notes/v1/failures', 409, 'conflict'],
    ]);
    expect(rows.map((row) => row.request_id)).toEqual(answers.map((answer) => answer.headers['x-request-id']));
    for (const row of rows) {
      expect(row).toMatchObject({ caller: 'key', key_id: live.id, actor: 'the live one', address: '127.0.0.1' });
      expect(row.duration_us).toBeGreaterThan(0);
    }
    expect((await auditOf('test', ws)).map((row) => row.request_id)).toEqual([inTest.headers['x-request-id']]);
  });

  it('that nobody can be found for belongs to nobody, in the stream of the mode that its key claims', async () => {
    const refused = [
      ['live', await world.t.as('note_live_0000').get('/notes/v1/notes')],
      ['test', await world.t.as('note_test_0000').get('/notes/v1/notes')],
      ['test', await world.t.as(null).get('/notes/v1/notes')],
    ] as const;
    await world.t.platform.flush();
    for (const [mode, answer] of refused) {
      expect(answer.status).toBe(401);
      expect(answer.headers['interlock-mode']).toBe(mode);
      const rows = await auditOf(mode, 'anonymous');
      expect(rows.filter((row) => row.request_id === answer.headers['x-request-id'])).toHaveLength(1);
    }
  });

  it('that changes something has its row in the same transaction, and a read in the next batch', async () => {
    const { ws, live } = await party();
    await world.t.as(live.key).post('/notes/v1/notes', { text: 'a' });
    // Not flushed: the row came with the change.
    expect(await auditOf('live', ws)).toHaveLength(1);
    const [both] = await asOwner<{ same: boolean }>(
      world.owner,
      `select a.xmin = n.xmin as same from live.audit_log a join live.notes_items n using (workspace_id) where workspace_id = $1`,
      [ws],
    );
    expect(both?.same).toBe(true);
    for (let i = 0; i < 5; i++) await world.t.as(live.key).get('/notes/v1/notes');
    await world.t.platform.flush();
    const batch = await asOwner<{ n: number }>(
      world.owner,
      `select count(*)::int as n from live.audit_log where workspace_id = $1 group by xmin order by 1`,
      [ws],
    );
    expect(batch.map((row) => row.n)).toEqual([1, 5]);
  });

  it('that is replayed has a row as well', async () => {
    const { ws, live } = await party();
    for (let i = 0; i < 3; i++) {
      await world.t.as(live.key).post('/notes/v1/notes', { text: 'a' }, { headers: { 'idempotency-key': 'k' } });
    }
    await world.t.platform.flush();
    expect((await auditOf('live', ws)).map((row) => row.status)).toEqual([201, 201, 201]);
  });

  it('is written down before a clean stop', async () => {
    const node = await world.another();
    const { ws, live } = await party(node);
    for (let i = 0; i < 7; i++) await node.as(live.key).get('/notes/v1/notes');
    await node.close();
    expect(await auditOf('live', ws)).toHaveLength(7);
  });
});

describe('audit rows', () => {
  it('hold no key, no body and no query, wherever they were sent', async () => {
    const { live, test } = await party();
    const t = world.t;
    const secrets = [live.key, test.key, 'body-secret', 'query-secret'];
    await t.as(live.key).post('/notes/v1/notes', { text: 'body-secret' });
    await t.as(live.key).get(`/notes/v1/notes?key=${test.key}&q=query-secret`);
    await t.as(live.key).get(`/notes/v1/notes/${test.key}`);
    await t.as(live.key).get(`/notes/v1/nowhere/${test.key}?q=query-secret`);
    await t.as(live.key).send('DELETE', `/notes/v1/notes/${live.key}`);
    await t.as(`${live.key}x`).get('/notes/v1/notes');
    await t.as(null).get('/notes/v1/notes', { headers: { authorization: `Basic ${live.key}`, referer: test.key } });
    await t.as(live.key).post('/notes/v1/notes', { text: 'x' }, { headers: { 'idempotency-key': test.key } });
    await t.platform.flush();
    for (const table of ['live.audit_log', 'test.audit_log', 'core.key_activity']) {
      const rows = await asOwner<{ line: string }>(world.owner, `select t::text as line from ${table} t`);
      for (const { line } of rows) for (const secret of secrets) expect(line).not.toContain(secret);
    }
    for (const line of t.log) for (const key of [live.key, test.key]) expect(line).not.toContain(key);
    const metrics = await t.as(null).get('/metrics');
    for (const secret of secrets) expect(metrics.text).not.toContain(secret);
  });
});
