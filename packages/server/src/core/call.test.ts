import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { expectCleanLog } from '../testing/clean-log.ts';
import { createFixtureWorld, type FixtureWorld } from '../testing/fixture-platform.ts';
import { asOwner } from '../testing/fresh-database.ts';
import type { CreatedKey } from './keys/key-ring.ts';

let world: FixtureWorld;
beforeAll(async () => {
  world = await createFixtureWorld();
});
afterAll(async () => {
  expectCleanLog(world.t.log);
  await world.close();
});

async function keysOf(
  service: string,
  workspaceId?: string,
): Promise<{ live: CreatedKey; test: CreatedKey; ws: string }> {
  const ws = workspaceId ?? (await world.t.workspace());
  const [live, test] = await Promise.all([
    world.t.key(ws, { service, mode: 'live' }),
    world.t.key(ws, { service, mode: 'test' }),
  ]);
  return { live, test, ws };
}
const as = (key: CreatedKey | null) => world.t.as(key?.key ?? null);
const post = (key: CreatedKey, amount: number, idempotencyKey?: string) =>
  as(key).post(
    '/ledger/v1/entries',
    { amount },
    idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': idempotencyKey } },
  );

describe('isolated data', () => {
  it('puts the mode into ids, and answers with the mode of the key', async () => {
    const { live, test } = await keysOf('notes');
    const inLive = await as(live).post('/notes/v1/notes', { text: 'a' });
    const inTest = await as(test).post('/notes/v1/notes', { text: 'b' });
    expect(inLive.status).toBe(201);
    expect(inLive.body.id).toMatch(/^note_live_[0-9A-Za-z]{22}$/);
    expect(inTest.body.id).toMatch(/^note_test_[0-9A-Za-z]{22}$/);
    expect(inLive.headers['interlock-mode']).toBe('live');
    expect(inTest.headers['interlock-mode']).toBe('test');
  });

  it('answers what is in the other mode or workspace as if it did not exist, byte for byte but for the id', async () => {
    const { live, test } = await keysOf('notes');
    const other = await keysOf('notes');
    const { id } = (await as(live).post('/notes/v1/notes', { text: 'secret' })).body;
    const nowhere = 'note_live_0000000000000000000000';
    const comparable = (text: string, of: string) =>
      text.replaceAll(of, 'ID').replace(/"requestId":"req_[0-9a-f]+"/, '"requestId":"…"');
    for (const key of [test, other.live, other.test]) {
      const expected = comparable((await as(key).get(`/notes/v1/notes/${nowhere}`)).text, nowhere);
      for (const answer of [
        await as(key).get(`/notes/v1/notes/${id}`),
        await as(key).send('PATCH', `/notes/v1/notes/${id}`, '{"text":"mine"}', {
          headers: { 'content-type': 'application/json' },
        }),
        await as(key).send('DELETE', `/notes/v1/notes/${id}`),
        await as(key).post('/notes/v1/notes', { text: 'child', parentId: id }),
      ]) {
        expect(answer.status).toBe(404);
        expect(comparable(answer.text, id)).toBe(expected);
      }
      expect((await as(key).get('/notes/v1/notes')).body).toEqual({ notes: [] });
    }
    expect((await as(live).get(`/notes/v1/notes/${id}`)).body).toEqual({ id, text: 'secret', parentId: null });
  });

  it.each([
    ['in the path', (id: string) => ({ method: 'GET', url: `/memos/v1/memos/${id}`, param: 'id' })],
    ['in a list', (id: string) => ({ method: 'POST', body: { text: 'x', about: [id] }, param: 'about[0]' })],
    [
      'in a nested object',
      (id: string) => ({ method: 'POST', body: { text: 'x', chain: { before: id } }, param: 'chain.before' }),
    ],
  ])(
    'names both modes when an id of the other mode is sent %s, and only where the contract says so',
    async (_, ask) => {
      const { live, test } = await keysOf('memos');
      for (const [mine, theirs, words] of [
        [live, test, /of test mode, and this is a live key/],
        [test, live, /of live mode, and this is a test key/],
      ] as const) {
        const { id } = (await as(theirs).post('/memos/v1/memos', { text: 'theirs' })).body;
        const { method, url = '/memos/v1/memos', body, param } = { url: undefined, body: undefined, ...ask(id) };
        const send = (key: CreatedKey) => (body === undefined ? as(key).send(method, url) : as(key).post(url, body));
        const refused = await send(mine);
        expect(refused.status).toBe(400);
        expect(refused.body.error).toMatchObject({ code: 'mode_mismatch', param });
        expect(refused.body.error.message).toMatch(words);
        expect((await send(theirs)).status).toBeLessThan(300);
      }
    },
  );

  it('does not tell whether an id of the other mode exists', async () => {
    const { test } = await keysOf('memos');
    const made = await as(test).get('/memos/v1/memos/memo_live_0000000000000000000000');
    expect(made.status).toBe(400);
    const unknown = await as(test).get('/memos/v1/memos/memo_test_0000000000000000000000');
    expect(unknown.status).toBe(404);
    const withoutMode = await as(test).get('/memos/v1/memos/memo_0000000000000000000000');
    expect(withoutMode.status).toBe(404);
  });
});

describe('shared data and its effects', () => {
  it('shows both modes one set of rows, each tagged with the mode that made it', async () => {
    const { live, test } = await keysOf('ledger');
    const a = (await post(live, 5)).body;
    const b = (await post(test, 7)).body;
    expect([a.mode, b.mode]).toEqual(['live', 'test']);
    for (const key of [live, test]) {
      const { entries } = (await as(key).get('/ledger/v1/entries')).body;
      expect(entries).toHaveLength(2);
      expect((await as(key).get('/ledger/v1/entries?mode=test')).body.entries).toEqual([b]);
      expect((await as(key).get(`/ledger/v1/entries/${a.id}`)).body).toEqual(a);
    }
  });

  it('writes the intention with the change: pending in live, suppressed with its payload in test', async () => {
    const { live, test, ws } = await keysOf('ledger');
    const made = { live: (await post(live, 5)).body, test: (await post(test, 7)).body };
    for (const [mode, disposition, state] of [
      ['live', 'deliver', 'pending'],
      ['test', 'suppress', 'suppressed'],
    ] as const) {
      const rows = await asOwner(
        { ...world.owner },
        `select name, disposition, state, payload from ${mode}.effects where workspace_id = $1`,
        [ws],
      );
      const { id, amount } = made[mode];
      expect(rows).toEqual([{ name: 'entry.posted', disposition, state, payload: { id, amount } }]);
    }
  });

  it('undoes change, intention, quota and what the audit row says of them when the handler refuses', async () => {
    const { live, test, ws } = await keysOf('ledger');
    for (const key of [live, test]) expect((await post(key, 0)).status).toBe(409);
    await world.t.platform.flush();
    const count = async (table: string) =>
      (
        await asOwner<{ n: number }>(world.owner, `select count(*)::int as n from ${table} where workspace_id = $1`, [
          ws,
        ])
      )[0]?.n;
    expect(await count('shared.ledger_entries')).toBe(0);
    for (const mode of ['live', 'test']) {
      expect(await count(`${mode}.effects`)).toBe(0);
      const audit = await asOwner(
        world.owner,
        `select status, suppressed from ${mode}.audit_log where workspace_id = $1`,
        [ws],
      );
      expect(audit).toEqual([{ status: 409, suppressed: null }]);
    }
  });

  it('refuses in test what the contract refuses there, and lets live do it', async () => {
    const { live, test, ws } = await keysOf('ledger');
    const { id } = (await post(test, 3)).body;
    const refused = await as(test).post(`/ledger/v1/entries/${id}/print`);
    expect(refused.status).toBe(403);
    expect(refused.body.error).toMatchObject({ code: 'mode_forbidden' });
    expect((await as(live).post(`/ledger/v1/entries/${id}/print`)).status).toBe(202);
    const printed = (mode: string) =>
      asOwner(world.owner, `select state from ${mode}.effects where name = 'entry.printed' and workspace_id = $1`, [
        ws,
      ]);
    expect(await printed('test')).toEqual([]);
    expect(await printed('live')).toEqual([{ state: 'pending' }]);
  });

  it('names what it suppressed in the audit row of the request', async () => {
    const { test, ws } = await keysOf('ledger');
    await post(test, 7);
    const rows = await asOwner(world.owner, 'select suppressed from test.audit_log where workspace_id = $1', [ws]);
    expect(rows).toEqual([{ suppressed: [{ name: 'entry.posted' }] }]);
  });
});

describe('who may call', () => {
  it('needs a key where nobody is anonymous', async () => {
    const answer = await as(null).get('/notes/v1/notes');
    expect(answer.status).toBe(401);
    expect(answer.body.error.code).toBe('key_required');
  });

  it("refuses a key of another service, and one without the operation's scope", async () => {
    const { live, ws } = await keysOf('ledger');
    expect((await as(live).get('/notes/v1/notes')).status).toBe(401);
    const reader = await world.t.key(ws, { service: 'notes', mode: 'live', scopes: ['read'] });
    expect((await as(reader).get('/notes/v1/notes')).status).toBe(200);
    const refused = await as(reader).post('/notes/v1/notes', { text: 'x' });
    expect(refused.status).toBe(403);
    expect(refused.body.error.message).toContain('"write"');
  });

  it('takes the key from the header of the service, which wins over Authorization', async () => {
    const { live, test } = await keysOf('memos');
    const answer = await as(live).get('/memos/v1/memos', { headers: { 'x-memo-key': test.key } });
    expect(answer.headers['interlock-mode']).toBe('test');
  });
});

describe('idempotency scopes', () => {
  it('replays across modes where the key belongs to the workspace', async () => {
    const { live, test } = await keysOf('ledger');
    const first = await post(test, 5, 'once');
    const again = await post(live, 5, 'once');
    expect(again.status).toBe(201);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
    expect(again.headers['interlock-mode']).toBe('live');
    const other = await post(live, 6, 'once');
    expect(other.status).toBe(422);
    expect(other.body.error.code).toBe('idempotency_conflict');
  });

  it('tells the modes of a workspace apart where the key belongs to the mode, and joins its keys', async () => {
    const { live, test, ws } = await keysOf('notes');
    const second = await world.t.key(ws, { service: 'notes', mode: 'live' });
    const add = (key: CreatedKey) =>
      as(key).post('/notes/v1/notes', { text: 'x' }, { headers: { 'idempotency-key': 'k' } });
    const [a, b, c] = [await add(live), await add(second), await add(test)];
    expect(b.text).toBe(a.text);
    expect(b.headers['idempotent-replayed']).toBe('true');
    expect(c.headers['idempotent-replayed']).toBeUndefined();
    expect(c.body.id).not.toBe(a.body.id);
  });

  it('tells API keys apart where the key belongs to each', async () => {
    const { live, ws } = await keysOf('memos');
    const second = await world.t.key(ws, { service: 'memos', mode: 'live' });
    const add = (key: CreatedKey) =>
      as(key).post('/memos/v1/memos', { text: 'x' }, { headers: { 'idempotency-key': 'k' } });
    const [a, b, c] = [await add(live), await add(second), await add(live)];
    expect(b.body.id).not.toBe(a.body.id);
    expect(c.text).toBe(a.text);
  });

  it('refuses a key that is too long for the service', async () => {
    const { live } = await keysOf('memos');
    const send = (length: number) =>
      as(live).post('/memos/v1/memos', { text: 'x' }, { headers: { 'idempotency-key': 'k'.repeat(length) } });
    expect((await send(64)).status).toBe(201);
    expect((await send(65)).body.error).toMatchObject({ code: 'invalid_input', param: 'Idempotency-Key' });
  });
});

describe('deadlocks', () => {
  it('runs a transaction again that PostgreSQL ended for another one', async () => {
    const { live, ws } = await keysOf('ledger');
    const transfer = () => as(live).post('/ledger/v1/transfers', { from: 'a', to: 'b', amount: 1 });
    expect((await transfer()).status).toBe(200);
    const add = (account: string) =>
      other.query('update shared.ledger_balances set balance = balance + 10 where workspace_id = $1 and account = $2', [
        ws,
        account,
      ]);
    // A superuser may be patient: it is then the request that finds the deadlock, and is ended for it.
    const other = new Client({ ...inject('postgres'), database: world.rolePrefix });
    await other.connect();
    await other.query(`set deadlock_timeout = '10s'`);
    await other.query('begin');
    await add('b');
    const crossing = transfer();
    await expect.poll(waitingForLock, { interval: 5 }).toBe(1);
    await add('a');
    await other.query('commit');
    await other.end();
    expect((await crossing).status).toBe(200);
    expect((await as(live).get('/ledger/v1/balances')).body.balances).toEqual([
      { account: 'a', balance: 8 },
      { account: 'b', balance: 12 },
    ]);
  });

  async function waitingForLock(): Promise<number | undefined> {
    const rows = await asOwner<{ waiting: number }>(
      { ...inject('postgres'), database: world.rolePrefix },
      `select count(*)::int as waiting from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
      [`${world.rolePrefix}_live`],
    );
    return rows[0]?.waiting;
  }
});
