import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../config.ts';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform, testSecrets } from '../../testing/harness.ts';
import { contract } from './contract.ts';
import { testServerSeed } from './fixtures.ts';
import { randomness } from './service.ts';

let db: FreshDatabase;
let t: TestPlatform;
/** A second server on the same database. */
let other: TestPlatform;
let account: string;
let liveKey: { id: string; key: string };
let testKey: { id: string; key: string };
let live: Caller;
let test: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  const env = { ...db.env, PUBLIC_URL: 'https://rng.example', STREAM_MAX_MS: '250' };
  t = await createTestPlatform({ owner: db.owner, env });
  other = await createTestPlatform({
    owner: db.owner,
    env: { ...env, DAILY_QUOTA: '2', RATE_LIMIT_PER_MINUTE: '40' },
  });
  account = await t.workspace();
  liveKey = await t.key(account, { mode: 'live', name: 'live' });
  testKey = await t.key(account, { mode: 'test', name: 'test' });
  live = t.as(liveKey.key);
  test = t.as(testKey.key);
});
afterEach(() => {
  expectCleanLog(t.log);
  expectCleanLog(other.log);
});
afterAll(async () => {
  await Promise.all([t.close(), other.close()]);
  await db.drop();
});

const rows = <Row>(text: string, values: unknown[] = []) => asOwner<Row>(db.owner, text, values);

/** Without what rule 36 lets differ: the time, and the receipt that binds it. */
const timeless = ({ created: _, receipt: __, ...rest }: Record<string, unknown>) => rest;

const url = '/api/ints?clientSeed=ci-fixture-loot&count=3&min=1&max=100';

describe('keys', () => {
  it('1. two kinds, prefixes pk_live_ and pk_test_; the kind is fixed at creation', async () => {
    expect(liveKey.key).toMatch(/^pk_live_/);
    expect(testKey.key).toMatch(/^pk_test_/);
    const keys = t.platform.keysOf(account);
    const { id } = await keys.create({ service: 'randomness', mode: 'test', name: 'kind' });
    // Whatever a caller slips in, there is no field that changes it.
    await keys.update(id, { name: 'renamed', mode: 'live' } as { name: string });
    expect((await keys.find(id))?.mode).toBe('test');
    expect((await keys.rotate(id, 0)).key).toMatch(/^pk_test_/);
  });

  it('2. an account shows live and test keys side by side, and more keys of either kind may be created', async () => {
    const keys = t.platform.keysOf(account);
    await keys.create({ service: 'randomness', mode: 'live', name: 'second live' });
    await keys.create({ service: 'randomness', mode: 'test', name: 'second test' });
    const { body } = await live.get('/api/account/keys');
    const modes = body.keys.map((key: { mode: string }) => key.mode);
    expect(modes.filter((mode: string) => mode === 'live').length).toBeGreaterThanOrEqual(2);
    expect(modes.filter((mode: string) => mode === 'test').length).toBeGreaterThanOrEqual(2);
  });

  it('3. both kinds use the same host, routes and parameters; only the key changes', async () => {
    for (const path of ['floats', 'ints', 'bytes', 'gaussian', 'uuid', 'shuffle?items=a,b', 'dice?notation=d6']) {
      expect((await live.get(`/api/${path}`)).status).toBe(200);
      expect((await test.get(`/api/${path}`)).status).toBe(200);
    }
  });

  it('4. a key can be rotated or revoked; the old value then gives 401', async () => {
    for (const mode of ['live', 'test'] as const) {
      const keys = t.platform.keysOf(account);
      const first = await keys.create({ service: 'randomness', mode, name: 'to rotate' });
      expect((await t.as(first.key).get(url)).status).toBe(200);
      const second = await keys.rotate(first.id, 0);
      await expect.poll(async () => (await t.as(first.key).get(url)).body.code).toBe('invalid_api_key');
      expect((await t.as(second.key).get(url)).status).toBe(200);
      await keys.revoke(first.id);
      await expect.poll(async () => (await t.as(second.key).get(url)).status).toBe(401);
    }
  });

  it('5. only a hash of a key is stored; the full value is shown once', async () => {
    const { id, key } = await t.platform
      .keysOf(account)
      .create({ service: 'randomness', mode: 'test', name: 'secret' });
    await t.as(key).get(url);
    await t.platform.flush();
    for (const { name } of await tables()) {
      const found = await rows(`select 1 from ${name} x where position($1 in x::text) > 0`, [key.slice(8)]);
      expect([name, found]).toEqual([name, []]);
    }
    const shown = JSON.stringify((await live.get('/api/account/keys')).body);
    expect(shown).toContain(id);
    expect(shown).not.toContain(key.slice(8, -4));
  });

  it('6. key text: prefix + 40 base62 characters from a CSPRNG', async () => {
    expect(liveKey.key).toMatch(/^pk_live_[0-9A-Za-z]{40}$/);
    expect(testKey.key).toMatch(/^pk_test_[0-9A-Za-z]{40}$/);
  });
});

describe('randomness', () => {
  it('7. live: cryptographic, single-use; repeating an identical live call gives a new nonce and a new result', async () => {
    const clientSeed = 'rule-7';
    const seen = new Set<string>();
    for (let nonce = 0; nonce < 20; nonce++) {
      const { body } = await live.get(`/api/bytes?clientSeed=${clientSeed}`);
      expect(body.nonce).toBe(nonce);
      seen.add(body.outcome);
    }
    expect(seen.size).toBe(20);
  });

  it('8. test: deterministic per (account, clientSeed) plus parameters', async () => {
    await rows(`insert into core.workspaces (id, name, slug) values ('acct_demo', 'd', 'd'), ('acct_other', 'o', 'o')`);
    const demo = t.as((await t.key('acct_demo')).key);
    const seedOf = 'b1f9d3475e528c870c20bbf9c47dccfd039f68dfd2c75151e924f24835c3c2de';
    expect((await demo.get('/api/account/test-seed?clientSeed=ci-fixture-loot')).body.serverSeed).toBe(seedOf);
    expect((await demo.get(url)).body).toMatchObject({
      outcome: [86, 7, 88],
      nonce: 190459223336772,
      cursor: 0,
      shortId: 'KRpCEK6Le5',
      serverHash: 'a22b1533b135582c6c62420271fa8745c60db6ad94ea5701736bfb30e74a9867',
    });
    const vectors: [path: string, nonce: number, outcome: unknown][] = [
      ['ints?clientSeed=ci-fixture-loot&count=3&max=101', 15599314006242, [95, 45, 59]],
      ['ints?clientSeed=ci-fixture-loot&count=4', 12579883263164, [82, 59, 98, 51]],
      ['ints?clientSeed=ci-fixture-loo2&count=3', 190459223336772, [21, 72, 81]],
      ['pick?clientSeed=test-user-1&items=common,rare,legendary&weights=70,25,5', 80042733288390, 'common'],
      [
        'dice?clientSeed=ci-fixture-loot&notation=3d6%2B2',
        32004479399260,
        { notation: '3d6+2', rolls: [4, 3, 4], modifier: 2, total: 13 },
      ],
      ['floats?clientSeed=ci-fixture-loot', 256601662629089, [0.19030966120772064]],
      ['shuffle?clientSeed=ci-fixture-loot&items=a,b,c,d', 201827113134323, ['a', 'c', 'b', 'd']],
      [
        'bytes?clientSeed=ci-fixture-loot',
        96629458720828,
        '7ba00a50fc1fe5f990d041ea4763deff66c75f5cf9f9d18ec78fde6cc7fbcba5',
      ],
    ];
    for (const [path, nonce, outcome] of vectors) {
      expect((await demo.get(`/api/${path}`)).body).toMatchObject({ nonce, outcome, mode: 'test' });
    }
    const elsewhere = (await t.as((await t.key('acct_other')).key).get(url)).body;
    expect(elsewhere).toMatchObject({
      outcome: [98, 33, 4],
      serverHash: 'c2d9138941602406db89a9dd6d7c48237c281eaaaed93c7b590991b05b648743',
    });
    const commit = (await demo.post('/api/commit')).body;
    const revealed = await demo.post('/api/reveal', { commitId: commit.commitId, clientSeed: 'x', endpoint: 'ints' });
    expect(revealed.body.serverSeed).toBe('22eb7e85e12fd7a42ba20d76f1c2a4151324788b2e8d623826a2a327580e0877');
  });

  it('9. same account + same clientSeed + same endpoint + same parameters → same outcome on every call', async () => {
    for (const path of [
      'floats?count=5&clientSeed=nine',
      'ints?count=5&clientSeed=nine',
      'shuffle?items=a,b,c,d,e&clientSeed=nine',
      'pick?items=a,b,c&weights=1,2,3&clientSeed=nine',
      'bytes?clientSeed=nine',
      'dice?notation=5d20&clientSeed=nine',
      'gaussian?count=5&clientSeed=nine',
      'uuid?count=5&clientSeed=nine',
    ]) {
      const first = timeless((await test.get(`/api/${path}`)).body);
      for (let i = 0; i < 5; i++) expect(timeless((await test.get(`/api/${path}`)).body)).toEqual(first);
    }
  });

  it('10. … at any time: after restart, after midnight UTC, after days', async () => {
    const before = timeless((await test.get(url)).body);
    const restarted = await createTestPlatform({
      owner: db.owner,
      env: { ...db.env, PUBLIC_URL: 'https://rng.example' },
    });
    restarted.clock.advance(40 * 86_400_000);
    expect(timeless((await restarted.as(testKey.key).get(url)).body)).toEqual(before);
    await restarted.close();
  });

  it('11. … from anywhere: any IP, any Referer, any server instance', async () => {
    const before = timeless((await test.get(url)).body);
    for (const address of ['203.0.113.9', '2001:db8::1', '::ffff:198.51.100.7']) {
      const headers = { referer: 'https://anywhere.example/page', 'user-agent': address };
      expect(timeless((await test.get(url, { address, headers })).body)).toEqual(before);
    }
    expect(timeless((await other.as(testKey.key).get(url)).body)).toEqual(before);
  });

  it('12. … with any test key of the account, including after key rotation', async () => {
    const before = timeless((await test.get(url)).body);
    const second = await t.key(account);
    expect(timeless((await t.as(second.key).get(url)).body)).toEqual(before);
    const rotated = await t.platform.keysOf(account).rotate(second.id, 0);
    expect(timeless((await t.as(rotated.key).get(url)).body)).toEqual(before);
  });

  it('13. another account with the same input → independent outcome', async () => {
    const stranger = t.as((await t.key(await t.workspace())).key);
    const [mine, theirs] = await Promise.all([test.get('/api/bytes'), stranger.get('/api/bytes')]);
    expect(mine.body.outcome).not.toBe(theirs.body.outcome);
    expect(mine.body.serverHash).not.toBe(theirs.body.serverHash);
    expect(mine.body.shortId).not.toBe(theirs.body.shortId);
  });

  it('14. changing clientSeed → different deterministic outcome', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, i) => test.get(`/api/bytes?clientSeed=fourteen-${i}`)),
    );
    expect(new Set(outcomes.map(({ body }) => body.outcome)).size).toBe(30);
    expect(new Set(outcomes.map(({ body }) => body.serverHash)).size).toBe(30);
  });

  it('15. changing count, min, max, the items array, or the dice notation → different deterministic outcome; likewise weights, encoding, distribution parameters, endpoint', async () => {
    const nonces = new Map<number, string>();
    for (const path of [
      'floats?count=1',
      'floats?count=2',
      'uuid?count=1',
      'ints?count=1',
      'ints?count=2',
      'ints?min=0',
      'ints?min=2',
      'ints?max=99',
      'ints?max=101',
      'ints?count=2&unique=true',
      'shuffle?items=a,b',
      'shuffle?items=b,a',
      'shuffle?items=a,b,c',
      'shuffle?items=[1,2]',
      'shuffle?items=["1","2"]',
      'pick?items=a,b',
      'pick?items=a,b&weights=1,1',
      'pick?items=a,b&weights=2,2',
      'dice?notation=1d6',
      'dice?notation=2d6',
      'dice?notation=1d7',
      'dice?notation=1d6-1',
      'dice?notation=1d6%2B1',
      'bytes?count=31',
      'bytes?count=32',
      'bytes?count=32&encoding=base64',
      'gaussian?count=1',
      'gaussian?mean=1',
      'gaussian?stddev=2',
      'gaussian?distribution=exponential',
      'gaussian?distribution=exponential&lambda=2',
      'gaussian?distribution=poisson&lambda=2',
    ]) {
      const { body } = await test.get(`/api/${path}&clientSeed=fifteen`);
      expect([path, nonces.get(body.nonce)]).toEqual([path, undefined]);
      nonces.set(body.nonce, path);
    }
    const outcome = async (path: string) => (await test.get(`/api/${path}`)).body.outcome;
    expect((await outcome('floats?count=9')).slice(0, 8)).not.toEqual(await outcome('floats?count=8'));
    expect(await outcome('bytes?count=64')).not.toContain(await outcome('bytes?count=16'));
    // Two ranges that nearly agree would give nearly equal values if they shared a stream.
    const wide: number[] = await outcome('ints?count=50&min=0&max=4294967295');
    const near: number[] = await outcome('ints?count=50&min=0&max=4294967294');
    expect(wide.filter((value, i) => Math.abs(value - (near[i] ?? 0)) < 1000)).toEqual([]);
  });

  it('16. equivalent spellings of the same parameters → same outcome', async () => {
    const spelled = await Promise.all([
      test.get('/api/pick?items=a,b&weights=1,2'),
      test.get('/api/pick?items=a&items=b&weights=[1,2.0]&clientSeed=test'),
      test.post('/api/pick', { items: ['a', 'b'], weights: ['1', 2] }),
    ]);
    const batch = await test.post('/api/batch', {
      draws: [{ endpoint: 'pick', params: { items: 'a,b', weights: '1,2' } }],
    });
    const outcomes = [...spelled.map(({ body }) => body), batch.body.results[0].outcome].map(timeless);
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  });

  it('17. order of calls, and other calls in between (live or test), never influence a test outcome', async () => {
    const paths = Array.from({ length: 8 }, (_, i) => `/api/ints?clientSeed=seventeen&count=${i + 1}`);
    const forwards = new Map<string, unknown>();
    for (const path of paths) forwards.set(path, timeless((await test.get(path)).body));
    for (const path of [...paths].reverse()) {
      await live.get(path);
      await test.get('/api/floats?clientSeed=seventeen');
      await live.post('/api/rotate', { clientSeed: 'seventeen' });
      await live.get('/api/incrementCursor?clientSeed=seventeen');
      expect(timeless((await test.get(path)).body)).toEqual(forwards.get(path));
    }
  });

  it('18. 100 parallel identical test calls → 100 identical outcomes', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => test.get(url)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(timeless(body)))).size).toBe(1);
  });
});

describe('state', () => {
  const chain = (clientSeed: string) =>
    rows('select * from live.randomness_chains where key_id = $1 and client_seed = $2', [liveKey.id, clientSeed]);

  it('19. a live call advances nonce (and, where asked, cursor) of its chain', async () => {
    const seed = async () => (await live.get('/api/seed?clientSeed=nineteen')).body;
    expect(await seed()).toMatchObject({ nonce: 0, cursor: 0 });
    await live.get('/api/ints?clientSeed=nineteen');
    expect(await seed()).toMatchObject({ nonce: 1, cursor: 0 });
    await live.get('/api/incrementCursor?clientSeed=nineteen');
    expect(await seed()).toMatchObject({ nonce: 1, cursor: 1 });
  });

  it('20. a test call never creates, reads, advances or rotates a chain; no seed_state row appears', async () => {
    await test.get('/api/seed?clientSeed=twenty');
    await test.get('/api/ints?clientSeed=twenty');
    await test.post('/api/batch', { draws: [{ endpoint: 'ints', params: { clientSeed: 'twenty' } }] });
    await test.post('/api/rotate', { clientSeed: 'twenty' });
    expect(await rows(`select 1 from live.randomness_chains where client_seed = 'twenty'`)).toEqual([]);
    // Nor could it: the schema of test mode has no such table.
    expect(await rows(`select 1 from pg_tables where schemaname = 'test' and tablename like 'randomness%'`)).toEqual(
      [],
    );
  });

  it('21. live (cursor, nonce, serverHash) of a client seed are the same before and after any number of test calls on that client seed', async () => {
    await live.get('/api/ints?clientSeed=twenty-one');
    const [shown, row] = [(await live.get('/api/seed?clientSeed=twenty-one')).body, await chain('twenty-one')];
    for (let i = 0; i < 25; i++) await test.get(`/api/ints?clientSeed=twenty-one&count=${i + 1}`);
    await test.get('/api/stream?endpoint=ints&clientSeed=twenty-one&intervalMs=100');
    expect((await live.get('/api/seed?clientSeed=twenty-one')).body).toEqual(shown);
    expect(await chain('twenty-one')).toEqual(row);
  });

  it('22. /api/rotate and /api/incrementCursor with a test key → 403 test_mode_forbidden', async () => {
    await live.get('/api/ints?clientSeed=twenty-two');
    const answers = [
      await test.post('/api/rotate', { clientSeed: 'twenty-two' }),
      await test.get('/api/incrementCursor?clientSeed=twenty-two'),
      // Before validation: a test key learns nothing about its parameters here.
      await test.post('/api/rotate', {}),
      await test.get('/api/incrementCursor'),
    ];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([403, 'test_mode_forbidden']);
  });

  it('23. live server seeds are not derivable from anything of test mode (separate secret)', async () => {
    await live.get('/api/ints?clientSeed=twenty-three');
    const { revealed } = (await live.post('/api/rotate', { clientSeed: 'twenty-three' })).body;
    const { fixtureSecret } = t.platform.config.services['randomness'] as { fixtureSecret: Buffer };
    for (const id of [account, liveKey.id, '', 'anonymous']) {
      expect(testServerSeed(fixtureSecret, id, 'twenty-three')).not.toBe(revealed.serverSeed);
    }
    // Two accounts of one installation, one secret: their live seeds still have nothing in common.
    const stranger = t.as((await t.key(await t.workspace(), { mode: 'live' })).key);
    await stranger.get('/api/ints?clientSeed=twenty-three');
    const theirs = (await stranger.post('/api/rotate', { clientSeed: 'twenty-three' })).body.revealed.serverSeed;
    expect(theirs).not.toBe(revealed.serverSeed);
    const secrets = testSecrets([randomness]);
    const shared = { ...secrets, SEED_ENCRYPTION_KEY: secrets['TEST_SEED_SECRET'] };
    expect(() => readConfig({ NODE_ENV: 'test', ...shared }, [contract])).toThrow(ConfigError);
  });
});

describe('accounting', () => {
  it('24. live calls count against the daily quota; test calls do not', async () => {
    const fresh = await t.workspace();
    const [liveCaller, testCaller] = [
      t.as((await t.key(fresh, { mode: 'live' })).key),
      t.as((await t.key(fresh, { mode: 'test' })).key),
    ];
    for (let i = 0; i < 3; i++) await liveCaller.get('/api/ints');
    for (let i = 0; i < 10; i++) await testCaller.get('/api/ints');
    expect((await liveCaller.get('/api/usage')).body).toMatchObject({
      mode: 'live',
      quota: { used: 3, remaining: 9997 },
    });
    expect((await testCaller.get('/api/usage')).body).toEqual({ mode: 'test', quota: null });
  });

  it('25. with the live quota exhausted, test calls still succeed', async () => {
    const fresh = await other.workspace();
    const liveCaller = other.as((await other.key(fresh, { mode: 'live' })).key);
    const testCaller = other.as((await other.key(fresh, { mode: 'test' })).key);
    const address = '192.0.2.25';
    for (let i = 0; i < 2; i++) expect((await liveCaller.get('/api/ints', { address })).status).toBe(200);
    const refused = await liveCaller.get('/api/ints', { address });
    expect([refused.status, refused.body.code]).toEqual([429, 'quota_exceeded']);
    expect((await testCaller.get('/api/ints', { address })).status).toBe(200);
  });

  it('26. test calls are absent from usage statistics and from lifetime totals', async () => {
    const served = async () =>
      (await rows<{ calls: string }>('select live.randomness_calls_served() as calls'))[0]?.calls;
    const before = [(await live.get('/api/account/usage')).body, await served()];
    for (let i = 0; i < 5; i++) await test.get('/api/ints?clientSeed=twenty-six');
    expect([(await live.get('/api/account/usage')).body, await served()]).toEqual(before);
    expect((await test.get('/api/account/usage')).body).toEqual({ quota: null, days: [] });
  });

  it('27. webhooks fire for every live authenticated outcome, never for a test one', async () => {
    const count = async (schema: string) =>
      (await rows<{ n: number }>(`select count(*)::int as n from ${schema}.effects`))[0]?.n ?? 0;
    const before = await count('live');
    await live.get('/api/ints');
    await live.post('/api/batch', { draws: Array.from({ length: 4 }, () => ({ endpoint: 'floats' })) });
    expect(await count('live')).toBe(before + 5);

    const { headers } = await test.get('/api/ints?clientSeed=twenty-seven');
    await test.post('/api/batch', { draws: [{ endpoint: 'floats' }, { endpoint: 'bytes' }] });
    expect([await count('live'), await count('test')]).toEqual([before + 5, 0]);
    // What would have left is kept with the request that caused it.
    await t.platform.flush();
    const [audit] = await rows<{ suppressed: { name: string; payload: Record<string, unknown> }[] }>(
      'select suppressed from test.audit_log where request_id = $1',
      [headers['x-request-id']],
    );
    expect(audit?.suppressed).toMatchObject([
      { name: 'outcome.created', payload: { endpoint: '/api/ints', clientSeed: 'twenty-seven', mode: 'test' } },
    ]);
  });

  it('28. the per-minute anonymous IP limit applies to both kinds', async () => {
    const address = '192.0.2.28';
    const callers = [other.as(null), other.as(liveKey.key), other.as(testKey.key)];
    const path = '/api/listOutcomes?clientSeed=twenty-eight';
    for (let i = 0; i < 40; i++) expect((await callers[i % 3]?.get(path, { address }))?.status).toBe(200);
    for (const caller of callers) {
      const { status, body, headers } = await caller.get(path, { address });
      expect([status, body.code]).toEqual([429, 'rate_limited']);
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(body.retryAfter).toBe(Number(headers['retry-after']));
    }
  });

  it('29. Server-Timing is absent on test responses', async () => {
    for (const path of [
      '/api/ints',
      '/api/usage',
      '/api/account/test-seed?clientSeed=a',
      '/api/merkle',
      '/api/ints?count=x',
    ]) {
      expect([path, (await test.get(path)).headers['server-timing']]).toEqual([path, undefined]);
    }
  });
});

describe('responses', () => {
  const generators = [
    'floats',
    'ints',
    'shuffle?items=a,b',
    'pick?items=a,b',
    'bytes',
    'dice?notation=2d6',
    'gaussian',
    'uuid',
  ];
  const streamed = (text: string) =>
    [...text.matchAll(/^data: (\{"outcome.*\})$/gm)].map(
      ([, json]) => JSON.parse(json ?? '') as Record<string, unknown>,
    );

  it('30. every outcome has mode: "live" or "test"; test also on every stream frame and in batch results', async () => {
    for (const [caller, mode] of [
      [live, 'live'],
      [test, 'test'],
    ] as const) {
      for (const path of generators) expect((await caller.get(`/api/${path}`)).body.mode).toBe(mode);
      const { results } = (await caller.post('/api/batch', { draws: [{ endpoint: 'ints' }, { endpoint: 'uuid' }] }))
        .body;
      expect(results.map((result: { outcome: { mode: string } }) => result.outcome.mode)).toEqual([mode, mode]);
      const frames = streamed((await caller.get('/api/stream?endpoint=ints&intervalMs=100&clientSeed=thirty')).text);
      expect(frames.length).toBeGreaterThanOrEqual(2);
      expect(new Set(frames.map((frame) => frame['mode']))).toEqual(new Set([mode]));
    }
  });

  it('31. same JSON shapes and field sets in both modes', async () => {
    const both = async (call: (caller: Caller) => Promise<{ text: string }>) => {
      const [a, b] = [await call(live), await call(test)];
      expect(shapeOf(JSON.parse(b.text))).toEqual(shapeOf(JSON.parse(a.text)));
    };
    for (const path of generators) await both((caller) => caller.get(`/api/${path}`));
    await both((caller) => caller.get('/api/ints?toolMeta={"tool":"dice"}'));
    await both((caller) => caller.get('/api/seed?clientSeed=thirty-one'));
    await both((caller) =>
      caller.post('/api/batch', { draws: [{ endpoint: 'dice', params: { notation: 'd6' } }, { endpoint: 'nothing' }] }),
    );
    await both(async (caller) => {
      const commit = await caller.post('/api/commit');
      expect(Object.keys(commit.body)).toEqual(['commitId', 'serverHash', 'expiresAt']);
      return caller.post('/api/reveal', { commitId: commit.body.commitId, clientSeed: 'a', endpoint: 'floats' });
    });
    await both((caller) =>
      caller.get('/api/account/usage').then(({ text }) => ({ text: text.replace(/"quota":.*/, '"quota":null}') })),
    );
    const [a, b] = await Promise.all(
      [live, test].map(
        async (caller) => streamed((await caller.get('/api/stream?endpoint=ints&intervalMs=100')).text)[0],
      ),
    );
    expect(shapeOf(b)).toEqual(shapeOf(a));
  });

  it('32. bad parameters give the same 400 status and body in both modes', async () => {
    for (const path of [
      'ints?count=0',
      'ints?count=101',
      'ints?count=1.5',
      'ints?min=5&max=4',
      'ints?min=0&max=4294967296',
      'ints?unique=maybe',
      'ints?count=3&min=1&max=2&unique=true',
      'ints?clientSeed=',
      `ints?clientSeed=${'x'.repeat(257)}`,
      'ints?toolMeta=[]',
      'shuffle',
      'shuffle?items=',
      'pick?items=a,b&weights=0,0',
      'pick?items=a,b&weights=1',
      'bytes?count=1025',
      'bytes?encoding=utf8',
      'dice',
      'dice?notation=0d6',
      'gaussian?stddev=0',
      'gaussian?distribution=cauchy',
      'outcome?clientSeed=a',
      'outcome?clientSeed=none&cursor=0&nonce=9',
      'listOutcomes',
      'verifyServerHash?clientSeed=a&serverHash=b',
      'stream?endpoint=coin',
      'stream?endpoint=ints&count=0',
      'stream?endpoint=ints&intervalMs=99',
      'seed',
      'merkle/2026-02-30',
    ]) {
      const [a, b] = [await live.get(`/api/${path}`), await test.get(`/api/${path}`)];
      expect([path, a.status]).toEqual([path, 400]);
      expect([b.status, b.text]).toEqual([a.status, a.text]);
    }
    for (const [path, body] of [
      ['ints', { count: '3' }],
      ['ints', { cuont: 3 }],
      ['batch', {}],
      ['batch', { draws: [] }],
      ['reveal', { commitId: 'x', clientSeed: 'a', endpoint: 'ints' }],
      ['reveal', { commitId: crypto.randomUUID(), clientSeed: 'a', endpoint: 'ints', params: { count: 0 } }],
      ['commit', { ttlMs: 1 }],
    ] as const) {
      const [a, b] = [await live.post(`/api/${path}`, body), await test.post(`/api/${path}`, body)];
      expect([path, a.status]).toEqual([path, 400]);
      expect([b.status, b.text]).toEqual([a.status, a.text]);
    }
  });

  it('33. IP and Referer allowlists apply to test keys too, with the same 403 codes', async () => {
    for (const mode of ['live', 'test'] as const) {
      const bound = t.as((await t.key(account, { mode, allowedIps: ['203.0.113.0/24'] })).key);
      expect((await bound.get(url)).body.code).toBe('ip_not_allowed');
      expect((await bound.get(url, { address: '203.0.113.5' })).status).toBe(200);
      const web = t.as((await t.key(account, { mode, allowedReferers: ['https://app.example.com'] })).key);
      expect((await web.get(url)).body.code).toBe('referer_not_allowed');
      expect((await web.get(url, { headers: { referer: 'https://app.example.com/play' } })).status).toBe(200);
    }
  });

  it('34. anonymous calls are mode: "live", fire no webhook and use no quota', async () => {
    const effects = async () => (await rows<{ n: number }>('select count(*)::int as n from live.effects'))[0]?.n;
    const quota = async () => rows('select * from live.quota_usage order by 1, 2, 3');
    const before = [await effects(), await quota()];
    const { body } = await t.as(null).get(url);
    expect(body.mode).toBe('live');
    expect([await effects(), await quota()]).toEqual(before);
    expect((await t.as(null).get('/api/usage')).body).toEqual({ mode: 'live', quota: null });
  });

  it('35. test responses carry a deterministic shortId and a permalink that holds its own inputs', async () => {
    const { body } = await test.get('/api/dice?notation=4d6&clientSeed=thirty-five');
    const link = new URL(body.permalink);
    const look = `/api/verifyShortId?shortId=${body.shortId}&t=${link.searchParams.get('t')}`;
    // The player who opens the link holds no key, and it works on any server, for ever: nothing is looked up.
    for (const caller of [t.as(null), other.as(null), test]) {
      const found = await caller.get(look);
      expect(found.status).toBe(200);
      expect(found.headers['interlock-mode']).toBe('test');
      expect(found.body).toMatchObject({
        verified: true,
        rederived: true,
        mode: 'test',
        outcome: body.outcome,
        clientSeed: 'thirty-five',
        serverHash: body.serverHash,
        nonce: body.nonce,
        permalink: body.permalink,
        notation: '4d6',
      });
    }
    expect((await test.get('/api/dice?notation=4d6&clientSeed=thirty-five')).body.permalink).toBe(body.permalink);
    expect((await t.as(null).get(`/api/verifyShortId?shortId=${body.shortId}`)).status).toBe(404);
    // The id is keyed: inputs that nobody drew from, or another id, are no test outcome.
    const forged = Buffer.from(`["${account}","thirty-five","dice",${body.nonce},{"notation":"9d9"}]`).toString(
      'base64url',
    );
    expect((await t.as(null).get(`/api/verifyShortId?shortId=${body.shortId}&t=${forged}`)).status).toBe(404);
    expect((await t.as(null).get(look.replace(body.shortId, 'AAAAAAAAAA'))).status).toBe(404);
    for (const token of ['x', '!!!', 'e30', Buffer.from('[1,2,3,4,5]').toString('base64url')]) {
      expect((await t.as(null).get(`/api/verifyShortId?shortId=${body.shortId}&t=${token}`)).status).toBe(404);
    }
  });

  it('35. a test password is withheld behind its permalink as a live one is', async () => {
    const { body } = await test.get('/api/ints?count=8&clientSeed=pw&toolMeta={"tool":"password"}');
    expect(body.outcome).toHaveLength(8);
    const token = new URL(body.permalink).searchParams.get('t');
    const found = (await t.as(null).get(`/api/verifyShortId?shortId=${body.shortId}&t=${token}`)).body;
    expect(found).toMatchObject({
      redacted: true,
      outcome: null,
      clientSeed: null,
      nonce: null,
      min: null,
      created: null,
    });
    expect(found).not.toHaveProperty('serverSeed');
  });

  it('36. created is the real time also in test mode', async () => {
    const before = t.clock.now();
    const { body } = await test.get(url);
    expect(body.created).toBeGreaterThanOrEqual(before);
    expect(body.created).toBeLessThanOrEqual(t.clock.now());
  });

  it('37. test outcomes are not in the Merkle log, nor in listOutcomes of any chain', async () => {
    const { body } = await test.get('/api/ints?clientSeed=thirty-seven');
    for (const caller of [test, live, t.as(null)]) {
      expect((await caller.get('/api/listOutcomes?clientSeed=thirty-seven')).body).toEqual([]);
    }
    const leaf = await rows('select 1 from live.randomness_outcomes where short_id = $1', [body.shortId]);
    expect(leaf).toEqual([]);
    // A tree is built of the recorded outcomes and of nothing else, so what is not recorded is no leaf.
    expect((await test.get('/api/merkle')).body).toEqual({ roots: [] });
  });
});

/** Every table that exists, wherever it stands. */
function tables(): Promise<{ name: string }[]> {
  return rows<{ name: string }>(`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1`);
}

/** A fingerprint of every row of every table. */
async function everything(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const { name } of await tables()) {
    const ignored = name === 'core.api_keys' ? `- 'last_used_at' - 'uses'` : '';
    const hashed = await rows<{ hash: string }>(
      `select md5((to_jsonb(x) ${ignored})::text) as hash from ${name} x order by 1`,
    );
    found.set(
      name,
      hashed.map(({ hash }) => hash),
    );
  }
  return found;
}

describe('purity', () => {
  /** Calls of every operation, good and bad, each answered as it is: what matters is what they leave behind. */
  function* calls(): Generator<
    [method: string, path: string, body?: unknown, headers?: Record<string, string> | undefined]
  > {
    const seeds = ['pure', 'ci-fixture-loot', 'é:1', 'order-123'];
    for (let i = 0; ; i++) {
      const seed = encodeURIComponent(seeds[i % seeds.length] ?? '');
      const key = i % 3 === 0 ? { 'idempotency-key': `pure-${i % 12}` } : undefined;
      yield ['GET', `/api/floats?clientSeed=${seed}&count=${(i % 5) + 1}`, undefined, key];
      yield ['GET', `/api/ints?clientSeed=${seed}&max=${i + 1}`, undefined, key];
      yield ['POST', '/api/ints', { clientSeed: 'pure', toolMeta: { tool: 'password', i } }, key];
      yield ['GET', `/api/shuffle?clientSeed=${seed}&items=a,b,${i}`];
      yield ['POST', '/api/pick', { items: ['a', i], weights: [1, i] }, key];
      yield ['GET', `/api/bytes?count=${(i % 1100) + 1}`];
      yield ['GET', `/api/dice?notation=${i % 4}d6`];
      yield ['GET', `/api/gaussian?distribution=poisson&lambda=${i}`];
      yield ['GET', `/api/uuid?count=${i % 4}`];
      yield ['POST', '/api/batch', { draws: [{ endpoint: 'ints', params: { count: i } }, { endpoint: 'x' }] }, key];
      yield ['POST', '/api/commit', i % 2 === 0 ? {} : { ttlMs: 60_000 }];
      yield ['POST', '/api/reveal', 'commit', key];
      yield ['POST', '/api/reveal', { commitId: crypto.randomUUID(), clientSeed: 'a', endpoint: 'ints' }];
      yield ['GET', `/api/seed?clientSeed=${seed}`];
      yield ['POST', '/api/rotate', { clientSeed: 'pure' }];
      yield ['GET', '/api/incrementCursor?clientSeed=pure'];
      yield ['GET', `/api/verifyServerHash?clientSeed=${seed}&serverHash=${'a'.repeat(64)}`];
      yield ['GET', '/api/verifyShortId?shortId=abcdef1234'];
      yield ['GET', '/api/verifyShortId', 'permalink'];
      yield ['GET', `/api/outcome?clientSeed=${seed}&cursor=0&nonce=${i}`];
      yield ['GET', `/api/listOutcomes?clientSeed=${seed}`];
      yield ['GET', '/api/merkle'];
      yield ['GET', '/api/merkle/2026-01-01'];
      yield ['GET', '/api/merkle/consistency?from=2026-01-01&to=2026-01-02'];
      yield ['GET', '/api/merkle/2026-01-01/proof/abcdef1234'];
      yield ['GET', '/api/usage'];
      yield ['GET', '/api/account/usage'];
      yield ['GET', '/api/account/outcomes'];
      yield ['GET', '/api/account/outcomes.json'];
      yield ['GET', '/api/account/outcomes.csv'];
      yield ['GET', `/api/account/test-seed?clientSeed=${seed}`];
      yield ['GET', '/api/account/keys'];
      yield ['POST', '/api/account/keys', { name: 'no', mode: 'live' }];
      yield ['PATCH', '/api/account/keys/key_x', { name: 'no' }];
      yield ['POST', '/api/account/keys/key_x/rotate', {}];
      yield ['DELETE', '/api/account/keys/key_x'];
      yield ['GET', `/api/account/keys/${testKey.id}/activity`];
      yield ['GET', '/api/health'];
      yield ['GET', '/api/public-metrics'];
      yield ['GET', '/o/abcdef1234'];
      yield ['GET', '/o/abcdef1234/og.png'];
      if (i < 6) yield ['GET', `/api/stream?endpoint=ints&intervalMs=100&clientSeed=${seed}`];
    }
  }

  it('300 varied test calls of every operation leave nothing behind but one audit row each and the use of the key', async () => {
    await live.get('/api/ints?clientSeed=pure');
    await Promise.all([t.platform.flush(), other.platform.flush()]);
    const before = await everything();
    const [used] = await rows<{ uses: string }>('select uses from core.api_keys where id = $1', [testKey.id]);

    const since = t.clock.now();
    const statuses = new Map<number, number>();
    let made = 0;
    const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      made++;
      const answer = await test.send(method, path, body === undefined ? undefined : JSON.stringify(body), {
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      return answer;
    };
    for (const [method, path, body, headers] of calls()) {
      if (body === 'commit') {
        const { commitId } = (await send('POST', '/api/commit', {})).body;
        await send('POST', '/api/reveal', { commitId, clientSeed: 'pure', endpoint: 'ints' }, headers);
      } else if (body === 'permalink') {
        const { shortId, permalink } = (await send('GET', '/api/ints?clientSeed=pure')).body;
        await send('GET', `/api/verifyShortId?shortId=${shortId}&t=${new URL(permalink).searchParams.get('t')}`);
      } else await send(method, path, body, headers);
      if (made >= 300) break;
    }
    await t.platform.flush();

    const after = await everything();
    const audit = 'test.audit_log';
    for (const [name, hashes] of before) {
      if (name !== audit) expect([name, after.get(name)]).toEqual([name, hashes]);
    }
    expect([...after.keys()]).toEqual([...before.keys()]);
    const old = new Set(before.get(audit));
    const added = (after.get(audit) ?? []).filter((hash) => !old.has(hash));
    expect(added).toHaveLength(made);
    expect(after.get(audit)).toHaveLength(made + old.size);

    const seen = await rows<{ operation: string; workspace_id: string; key_id: string; status: number }>(
      'select operation, workspace_id, key_id, status from test.audit_log where at >= $1',
      [new Date(since)],
    );
    expect(new Set(seen.map((row) => row.workspace_id))).toEqual(new Set([account]));
    expect(new Set(seen.map((row) => row.key_id))).toEqual(new Set([testKey.id]));
    const called = new Set(seen.map((row) => row.operation));
    expect(randomness.operations.map(({ id }) => id).filter((id) => !called.has(id))).toEqual([]);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(100);
    const [now] = await rows<{ uses: string }>('select uses from core.api_keys where id = $1', [testKey.id]);
    expect(Number(now?.uses) - Number(used?.uses)).toBe(made);
  });
});

/** Names and types, without values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, shapeOf(inner)]),
  );
}
