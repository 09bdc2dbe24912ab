import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyOutcome } from '../../../../client/src/verify.ts';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { signUp, type TestPerson } from '../../testing/person.ts';

let db: FreshDatabase;
let t: TestPlatform;
let owner: TestPerson;
let liveKey: { id: string; key: string };
let live: Caller;
let test: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
});
beforeEach(async () => {
  owner = await signUp(t);
  liveKey = await t.key(owner.workspaceId, { mode: 'live' });
  live = t.as(liveKey.key);
  test = t.as((await t.key(owner.workspaceId)).key);
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

/** Calls the API, not the console, with a person's session. */
const send = (person: TestPerson, method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
  t.as(null).send(method, path, body === undefined ? undefined : JSON.stringify(body), {
    headers: {
      cookie: person.cookie,
      'sec-fetch-site': 'same-origin',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  });
const refusalOf = ({ status, body }: Answer) => [status, body.code, body.param];
const day = (offset = 0) => new Date(t.clock.now() + offset * 86_400_000).toISOString().slice(0, 10);

describe('usage', () => {
  it('of a live key is what its account has drawn today; of a test key and of nobody it is not counted', async () => {
    await live.get('/api/ints');
    await test.get('/api/ints');
    const { body } = await live.get('/api/usage');
    expect(body).toEqual({
      mode: 'live',
      quota: { limit: 10_000, used: 1, remaining: 9_999, resetsAt: Date.parse(`${day(1)}T00:00:00Z`) },
    });
    expect((await test.get('/api/usage')).body).toEqual({ mode: 'test', quota: null });
    expect((await t.as(null).get('/api/usage')).body).toEqual({ mode: 'live', quota: null });
  });

  it('is listed by UTC day and generator, for keys and for people, over all keys of the account and nobody else', async () => {
    const sibling = t.as((await t.key(owner.workspaceId, { mode: 'live' })).key);
    const stranger = await signUp(t);
    const first = day();
    for (let i = 0; i < 3; i++) await live.get('/api/ints');
    await sibling.get('/api/dice?notation=d6');
    await test.get('/api/dice?notation=d6');
    t.clock.advance(2 * 86_400_000);
    await live.post('/api/batch', { draws: [{ endpoint: 'ints' }, { endpoint: 'floats' }] });
    const days = [
      { date: first, total: 4, endpoints: { dice: 1, ints: 3 } },
      { date: day(), total: 2, endpoints: { floats: 1, ints: 1 } },
    ];
    expect((await live.get('/api/account/usage')).body).toMatchObject({ quota: { used: 2 }, days });
    expect((await send(owner, 'GET', '/api/account/usage')).body).toMatchObject({ quota: { used: 2 }, days });
    expect((await live.get(`/api/account/usage?from=${first}&to=${first}`)).body.days).toEqual(days.slice(0, 1));
    expect((await live.get(`/api/account/usage?from=${day(-1)}`)).body.days).toEqual(days.slice(1));
    expect((await test.get('/api/account/usage')).body).toEqual({ quota: null, days: [] });
    expect((await send(owner, 'GET', '/api/account/usage', undefined, { 'interlock-mode': 'test' })).body.days).toEqual(
      [],
    );
    expect((await send(stranger, 'GET', '/api/account/usage')).body.days).toEqual([]);
    for (const [query, param] of [
      ['from=yesterday', 'from'],
      ['to=2026-02-30', 'to'],
      [`from=${day(1)}&to=${day()}`, 'from'],
      [`from=${day(-61)}&to=${day()}`, 'from'],
      ['from=2026-01-01&from=2026-01-02', 'from'],
    ]) {
      expect(refusalOf(await live.get(`/api/account/usage?${query}`))).toEqual([400, 'invalid_request', param]);
    }
    expect((await live.get(`/api/account/usage?from=${day(-60)}&to=${day()}`)).body.days).toEqual(days);
  });
});

describe('the export', () => {
  it('gives every outcome of the account, newest first, as JSON and as CSV, filtered as asked', async () => {
    const other = await t.key(owner.workspaceId, { mode: 'live' });
    const drawn: Record<string, unknown>[] = [];
    for (const [caller, path] of [
      [live, 'ints?clientSeed=a'],
      [live, 'dice?clientSeed=a&notation=2d6'],
      [t.as(other.key), 'ints?clientSeed=a'],
      [live, 'ints?clientSeed=b'],
    ] as const) {
      t.clock.advance(10);
      drawn.unshift((await caller.get(`/api/${path}`)).body);
    }
    await test.get('/api/ints?clientSeed=a');
    const all = await live.get('/api/account/outcomes');
    expect(all.body).toEqual(drawn);
    expect((await live.get('/api/account/outcomes.json')).text).toBe(all.text);
    expect((await send(owner, 'GET', '/api/account/outcomes')).text).toBe(all.text);
    expect((await test.get('/api/account/outcomes')).body).toEqual([]);
    expect((await send(await signUp(t), 'GET', '/api/account/outcomes')).body).toEqual([]);

    const ids = async (query: string) =>
      (await live.get(`/api/account/outcomes?${query}`)).body.map(({ shortId }: { shortId: string }) => shortId);
    const expected = (...at: number[]) => at.map((i) => drawn[i]?.['shortId']);
    expect(await ids(`key=${other.id}`)).toEqual(expected(1));
    expect(await ids('endpoint=dice')).toEqual(expected(2));
    expect(await ids('clientSeed=a')).toEqual(expected(1, 2, 3));
    expect(await ids(`clientSeed=a&key=${liveKey.id}&endpoint=ints`)).toEqual(expected(3));
    expect(await ids(`from=${day(-1)}&to=${day(-1)}`)).toEqual([]);
    expect(await ids('key=key_nobody')).toEqual([]);

    const csv = await live.get('/api/account/outcomes.csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="outcomes.csv"');
    const lines = csv.text.trimEnd().split('\n');
    expect(lines[0]).toBe('shortId,created,endpoint,clientSeed,serverHash,nonce,cursor,params,outcome,receipt');
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(expected(0, 1, 2, 3));
    expect(lines[1]).toContain(`"{""count"":1,""min"":1,""max"":100}",[${drawn[0]?.['outcome']}],`);
    for (const [query, param] of [
      ['from=x', 'from'],
      ['clientSeed=', 'clientSeed'],
    ]) {
      for (const format of ['', '.json', '.csv']) {
        expect(refusalOf(await live.get(`/api/account/outcomes${format}?${query}`))).toEqual([
          400,
          'invalid_request',
          param,
        ]);
      }
    }
  });

  it('neither skips nor repeats over its pages, also where many outcomes share a millisecond', async () => {
    t.clock.freeze();
    const draws = Array.from({ length: 50 }, () => ({ endpoint: 'ints' }));
    for (let i = 0; i < 42; i++) {
      expect((await live.post('/api/batch', { draws })).status).toBe(200);
      if (i % 20 === 0) t.clock.advance(1);
    }
    const ids = (await live.get('/api/account/outcomes')).body.map(({ shortId }: { shortId: string }) => shortId);
    expect(ids).toHaveLength(2_100);
    expect(new Set(ids).size).toBe(2_100);
    expect((await live.get('/api/account/outcomes.csv')).text.trimEnd().split('\n')).toHaveLength(2_101);
  });

  it('does not let a client seed become a formula in a spreadsheet', async () => {
    for (const clientSeed of ['=1+1', '+1', '-1', '@cmd']) await live.post('/api/ints', { clientSeed });
    const { text } = await live.get('/api/account/outcomes.csv');
    for (const line of text.trimEnd().split('\n').slice(1)) expect(line.split(',')[3]).toMatch(/^'[=+\-@]/);
  });
});

describe('the test seed', () => {
  it('lets CI run a whole verification', async () => {
    const outcome = (await test.get('/api/shuffle?clientSeed=ci&items=a,b,c,d')).body;
    const seed = (await test.get('/api/account/test-seed?clientSeed=ci')).body;
    expect(seed).toEqual({
      clientSeed: 'ci',
      serverSeed: expect.stringMatching(/^[0-9a-f]{64}$/),
      serverHash: outcome.serverHash,
    });
    expect(verifyOutcome(outcome, seed.serverSeed, { items: ['a', 'b', 'c', 'd'] })).toEqual({
      ok: true,
      checked: ['commitment', 'values', 'receipt'],
    });
    const asPerson = await send(owner, 'GET', '/api/account/test-seed?clientSeed=ci', undefined, {
      'interlock-mode': 'test',
    });
    expect(asPerson.body).toEqual(seed);
    expect((await live.get('/api/account/test-seed?clientSeed=ci')).status).toBe(403);
    expect((await t.as(null).get('/api/account/test-seed?clientSeed=ci')).status).toBe(401);
    expect(refusalOf(await test.get('/api/account/test-seed'))).toEqual([400, 'invalid_request', 'clientSeed']);
  });
});

describe('keys', () => {
  const shape = [
    'allowedIps',
    'allowedReferers',
    'createdAt',
    'expiresAt',
    'id',
    'last4',
    'lastUsedAt',
    'mode',
    'name',
    'prefix',
    'revokedAt',
    'scopes',
    'usageCount',
  ];

  it('are made by people, shown whole once, listed masked, changed, given a new text and revoked', async () => {
    const made = await send(owner, 'POST', '/api/account/keys', {
      mode: 'live',
      name: 'shop',
      allowedIps: ['127.0.0.1'],
    });
    expect(made.status).toBe(201);
    expect(Object.keys(made.body).sort()).toEqual([...shape, 'key'].sort());
    expect(made.body).toMatchObject({
      mode: 'live',
      name: 'shop',
      prefix: 'pk_live_',
      scopes: ['draw', 'read'],
      usageCount: 0,
    });
    const { id, key } = made.body;
    expect((await t.as(key).get('/api/ints')).body.mode).toBe('live');
    await t.platform.flush();

    for (const list of [await send(owner, 'GET', '/api/account/keys'), await live.get('/api/account/keys')]) {
      const found = list.body.keys.find((other: { id: string }) => other.id === id);
      expect(Object.keys(found).sort()).toEqual(shape);
      expect(found).toMatchObject({ last4: key.slice(-4), usageCount: 1, lastUsedAt: expect.any(Number) });
      expect(list.text).not.toContain(key.slice(8));
    }

    const renamed = await send(owner, 'PATCH', `/api/account/keys/${id}`, {
      name: 'till',
      allowedReferers: ['https://a.example'],
    });
    expect(renamed.body).toMatchObject({
      name: 'till',
      allowedIps: ['127.0.0.1'],
      allowedReferers: ['https://a.example'],
    });
    await send(owner, 'PATCH', `/api/account/keys/${id}`, { allowedReferers: [] });

    const rotated = await send(owner, 'POST', `/api/account/keys/${id}/rotate`, { overlapSeconds: 60 });
    expect(rotated.body).toMatchObject({ id, name: 'till', key: expect.stringMatching(/^pk_live_[0-9A-Za-z]{40}$/) });
    expect(rotated.body.key).not.toBe(key);
    await expect.poll(async () => (await t.as(rotated.body.key).get('/api/ints')).status).toBe(200);
    expect((await t.as(key).get('/api/ints')).status).toBe(200);
    t.clock.advance(60_001);
    expect((await t.as(key).get('/api/ints')).status).toBe(401);
    expect((await t.as(rotated.body.key).get('/api/ints')).status).toBe(200);

    const revoked = await send(owner, 'DELETE', `/api/account/keys/${id}`);
    expect([revoked.status, typeof revoked.body.revokedAt]).toEqual([200, 'number']);
    await expect.poll(async () => (await t.as(rotated.body.key).get('/api/ints')).status).toBe(401);
    expect(refusalOf(await send(owner, 'POST', `/api/account/keys/${id}/rotate`, {}))).toEqual([409, 'conflict', 'id']);

    const feed = (await send(owner, 'GET', `/api/account/keys/${id}/activity`)).body.activity;
    expect(feed.map(({ event }: { event: string }) => event)).toEqual([
      'revoked',
      'rotated',
      'updated',
      'updated',
      'created',
    ]);
    expect((await send(owner, 'GET', `/api/account/keys/${id}/activity?limit=2`)).body.activity).toEqual(
      feed.slice(0, 2),
    );
  });

  it('are refused with the field that is wrong', async () => {
    const cases: [body: object, param: string][] = [
      [{ name: 'x' }, 'mode'],
      [{ mode: 'both', name: 'x' }, 'mode'],
      [{ mode: 'live' }, 'name'],
      [{ mode: 'live', name: '' }, 'name'],
      [{ mode: 'live', name: 'x'.repeat(101) }, 'name'],
      [{ mode: 'live', name: 'x', scopes: ['everything'] }, 'scopes'],
      [{ mode: 'live', name: 'x', scopes: [] }, 'scopes'],
      [{ mode: 'live', name: 'x', expiresAt: 1 }, 'expiresAt'],
      [{ mode: 'live', name: 'x', allowedIps: ['10.0.0.1', '10.0.0.256'] }, 'allowedIps[1]'],
      [{ mode: 'live', name: 'x', allowedIps: '10.0.0.1' }, 'allowedIps'],
      [{ mode: 'live', name: 'x', allowedReferers: ['example.com'] }, 'allowedReferers[0]'],
      [{ mode: 'live', name: 'x', service: 'other' }, 'service'],
    ];
    for (const [body, param] of cases) {
      expect(refusalOf(await send(owner, 'POST', '/api/account/keys', body))).toEqual([400, 'invalid_request', param]);
    }
    expect(refusalOf(await send(owner, 'PATCH', `/api/account/keys/${liveKey.id}`, { mode: 'test' }))).toEqual([
      400,
      'invalid_request',
      'mode',
    ]);
    for (const overlapSeconds of [-1, 2_592_001, '60', 1.5]) {
      expect(
        refusalOf(await send(owner, 'POST', `/api/account/keys/${liveKey.id}/rotate`, { overlapSeconds })),
      ).toEqual([400, 'invalid_request', 'overlapSeconds']);
    }
  });

  it('of another account, and of none, are 404', async () => {
    const stranger = await signUp(t);
    for (const id of [liveKey.id, 'key_nothing', '%00', '__proto__']) {
      const status = id === '%00' ? 400 : 404;
      for (const answer of [
        await send(stranger, 'PATCH', `/api/account/keys/${id}`, { name: 'mine' }),
        await send(stranger, 'DELETE', `/api/account/keys/${id}`),
        await send(stranger, 'POST', `/api/account/keys/${id}/rotate`, {}),
        await send(stranger, 'GET', `/api/account/keys/${id}/activity`),
      ]) {
        expect([id, answer.status, answer.body.param]).toEqual([id, status, 'id']);
      }
    }
    expect((await live.get('/api/ints')).status).toBe(200);
  });

  it('are changed by signed-in owners and admins only: not by a key, nor by a member, nor from another origin', async () => {
    const change = ['PATCH', `/api/account/keys/${liveKey.id}`] as const;
    for (const caller of [live, test]) {
      const answer = await caller.send(...change, '{"name":"taken"}', {
        headers: { 'content-type': 'application/json' },
      });
      expect(refusalOf(answer)).toEqual([401, 'session_required', undefined]);
    }
    const member = await signUp(t);
    const { id } = (await owner.send('POST', '/invitations', { email: member.email, role: 'member' })).body;
    expect((await member.send('POST', `/invitations/${id}/accept`)).status).toBe(200);
    const there = { 'interlock-workspace': owner.workspaceId };
    expect((await send(member, 'GET', '/api/account/keys', undefined, there)).status).toBe(200);
    expect(refusalOf(await send(member, ...change, { name: 'taken' }, there))).toEqual([
      403,
      'role_missing',
      undefined,
    ]);
    const foreign = await send(
      owner,
      ...change,
      { name: 'taken' },
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    );
    expect(refusalOf(foreign)).toEqual([401, 'session_required', undefined]);
    expect((await t.platform.keysOf(owner.workspaceId).find(liveKey.id))?.name).toMatch(/^test key/);
  });

  it('do what their scopes say and nothing else', async () => {
    const reader = t.as((await t.key(owner.workspaceId, { mode: 'live', scopes: ['read'] })).key);
    const drawer = t.as((await t.key(owner.workspaceId, { mode: 'live', scopes: ['draw'] })).key);
    expect(refusalOf(await reader.get('/api/ints'))).toEqual([403, 'scope_missing', undefined]);
    expect(refusalOf(await reader.post('/api/batch', { draws: [{ endpoint: 'ints' }] }))).toEqual([
      403,
      'scope_missing',
      undefined,
    ]);
    expect((await reader.get('/api/usage')).status).toBe(200);
    expect((await drawer.get('/api/ints')).status).toBe(200);
    expect(refusalOf(await drawer.get('/api/account/outcomes'))).toEqual([403, 'scope_missing', undefined]);
    for (const caller of [reader, drawer]) expect((await caller.get('/api/merkle')).status).toBe(200);
  });

  it('end when they expire', async () => {
    const brief = await t.key(owner.workspaceId, { mode: 'live', expiresAt: t.clock.now() + 60_000 });
    expect((await t.as(brief.key).get('/api/ints')).status).toBe(200);
    t.clock.advance(60_000);
    expect(refusalOf(await t.as(brief.key).get('/api/ints'))).toEqual([401, 'invalid_api_key', undefined]);
  });
});
