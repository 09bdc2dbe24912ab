import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { randomness } from './service.ts';

let db: FreshDatabase;
let t: TestPlatform;
/** A second server on the same database. */
let other: TestPlatform;
let account: string;
let liveKey: string;
let live: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  const env = { ...db.env, DAILY_QUOTA: '20', INTERLOCK_POOL_SIZE: '2' };
  t = await createTestPlatform({ owner: db.owner, env });
  other = await createTestPlatform({ owner: db.owner, env });
  // Both servers live in the middle of one and the same day.
  for (const server of [t, other]) server.clock.freeze(Date.parse('2026-03-01T12:00:00Z'));
});
beforeEach(async () => {
  account = await t.workspace();
  liveKey = (await t.key(account, { mode: 'live' })).key;
  live = t.as(liveKey);
});
afterEach(() => {
  expectCleanLog(t.log);
  expectCleanLog(other.log);
});
afterAll(async () => {
  await Promise.all([t.close(), other.close()]);
  await db.drop();
});

const codes = (answers: Answer[]) => {
  const counts: Record<string, number> = {};
  for (const { status, text } of answers) {
    const code = status === 200 ? '200' : `${status} ${JSON.parse(text).code}`;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
};
const times = (count: number, call: (i: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, i) => call(i)));
const quota = async (caller: Caller = live) => (await caller.get('/api/usage')).body.quota;

describe('the daily quota', () => {
  it('with 1 left and 10 parallel calls, exactly 1 succeeds', async () => {
    for (let i = 0; i < 19; i++) expect((await live.get('/api/ints')).status).toBe(200);
    expect(await quota()).toMatchObject({ limit: 20, used: 19, remaining: 1 });
    expect(codes(await times(10, () => live.get('/api/ints?clientSeed=last')))).toEqual({
      '200': 1,
      '429 quota_exceeded': 9,
    });
    expect(await quota()).toMatchObject({ used: 20, remaining: 0 });
    expect((await live.get('/api/listOutcomes?clientSeed=last')).body).toHaveLength(1);
    expect((await live.get('/api/seed?clientSeed=last')).body.nonce).toBe(1);
  });

  it('never gives more than there is, whatever the calls, keys and servers', async () => {
    const second = (await t.key(account, { mode: 'live' })).key;
    const callers = [t.as(liveKey), t.as(second), other.as(liveKey), other.as(second)];
    const answers = await times(60, (i) => {
      const caller = callers[i % 4] ?? live;
      const headers: Record<string, string> = i % 2 === 0 ? { 'idempotency-key': `many-${i}` } : {};
      return caller.get(`/api/ints?clientSeed=many-${i % 3}`, { headers });
    });
    const counts = codes(answers);
    expect(Object.keys(counts).sort()).toEqual(['200', '429 quota_exceeded']);
    const drawn = answers.filter(({ status }) => status === 200).length;
    // A server that holds a reserved unit may be asked no more; what is given out is never above the quota.
    expect(drawn).toBeLessThanOrEqual(20);
    expect(drawn).toBeGreaterThanOrEqual(18);
  });

  it('is exact on one server, however many calls come at once, each with an Idempotency-Key of its own', async () => {
    // Each of these holds a connection while it takes its unit; were units taken on the same two connections, all would wait.
    const answers = await times(40, (i) => live.get('/api/floats', { headers: { 'idempotency-key': `own-${i}` } }));
    expect(codes(answers)).toEqual({ '200': 20, '429 quota_exceeded': 20 });
  });

  it('counts one for a draw, a draw of a batch and a reveal, over all live keys of the account; nothing else costs', async () => {
    const sibling = t.as((await t.key(account, { mode: 'live' })).key);
    await live.get('/api/ints?clientSeed=cost');
    await sibling.post('/api/batch', { draws: [{ endpoint: 'ints' }, { endpoint: 'floats' }, { endpoint: 'coin' }] });
    const { commitId } = (await live.post('/api/commit')).body;
    await live.post('/api/reveal', { commitId, clientSeed: 'a', endpoint: 'ints' });
    expect((await quota()).used).toBe(4);
    expect((await quota(sibling)).used).toBe(4);

    const once = { headers: { 'idempotency-key': 'cost' } };
    await live.get('/api/ints?clientSeed=once', once);
    expect((await quota()).used).toBe(5);
    const outcome = (await live.get('/api/listOutcomes?clientSeed=cost')).body[0];
    for (const free of [
      () => live.get('/api/ints?clientSeed=once', once),
      () => live.get('/api/ints?clientSeed=other', once),
      () => live.get('/api/ints?count=0'),
      () => live.post('/api/commit'),
      () => live.post('/api/reveal', { commitId, clientSeed: 'a', endpoint: 'ints' }),
      () => live.get('/api/seed?clientSeed=cost'),
      () => live.get('/api/incrementCursor?clientSeed=cost'),
      () => live.post('/api/rotate', { clientSeed: 'cost' }),
      () => live.get('/api/outcome?clientSeed=cost&cursor=0&nonce=0'),
      () => live.get(`/api/verifyShortId?shortId=${outcome.shortId}`),
      () => live.get(`/api/verifyServerHash?clientSeed=cost&serverHash=${outcome.serverHash}`),
      () => live.get('/api/account/usage'),
      () => t.as(null).get('/api/ints'),
    ]) {
      await free();
    }
    expect(await quota()).toEqual({ limit: 20, used: 5, remaining: 15, resetsAt: Date.parse('2026-03-02T00:00:00Z') });
  });

  it('says when it starts anew, and does at 00:00 UTC', async () => {
    const night = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '2' } });
    const caller = night.as(liveKey);
    night.clock.freeze(Date.parse('2026-03-01T23:58:30.400Z'));
    for (let i = 0; i < 2; i++) expect((await caller.get('/api/ints')).status).toBe(200);
    const refused = await caller.get('/api/ints');
    expect([refused.status, refused.body.code, refused.body.retryAfter, refused.headers['retry-after']]).toEqual([
      429,
      'quota_exceeded',
      90,
      '90',
    ]);
    night.clock.advance(89_599);
    expect((await caller.get('/api/ints')).body).toMatchObject({ code: 'quota_exceeded', retryAfter: 1 });
    night.clock.advance(1);
    expect((await caller.get('/api/ints')).status).toBe(200);
    expect(await quota(caller)).toMatchObject({ used: 1, remaining: 1, resetsAt: Date.parse('2026-03-03T00:00:00Z') });
    await night.close();
  });

  it('does not hold for callers without a key, nor where it is set to 0', async () => {
    expect(codes(await times(30, () => t.as(null).get('/api/ints')))).toEqual({ '200': 30 });
    const unlimited = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '0' } });
    const caller = unlimited.as(liveKey);
    expect(codes(await times(30, () => caller.get('/api/ints')))).toEqual({ '200': 30 });
    expect(await quota(caller)).toMatchObject({ limit: null, remaining: null });
    await unlimited.close();
  });

  it('gives back what a stopped server had reserved', async () => {
    const stopping = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '2000' } });
    stopping.clock.freeze(Date.parse('2026-03-01T12:00:00Z'));
    await stopping.as(liveKey).get('/api/ints');
    await stopping.close();
    const next = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '2000' } });
    next.clock.freeze(Date.parse('2026-03-01T12:00:00Z'));
    expect((await quota(next.as(liveKey))).used).toBe(1);
    await next.close();
  });
});

describe('the limit per minute', () => {
  let limited: TestPlatform;
  let testKey: string;

  beforeAll(async () => {
    limited = await createTestPlatform({
      owner: db.owner,
      env: { ...db.env, RATE_LIMIT_PER_MINUTE: '120', TRUST_PROXY: '10.9.0.0/16' },
    });
  });
  beforeEach(async () => {
    testKey = (await t.key(account)).key;
  });
  afterEach(() => expectCleanLog(limited.log));
  afterAll(() => limited.close());

  const path = '/api/listOutcomes?clientSeed=a';

  it('allows 120 requests of one address over live, test and no key together, also all at once', async () => {
    const callers = [limited.as(liveKey), limited.as(testKey), limited.as(null)];
    const answers = await times(150, (i) => (callers[i % 3] ?? live).get(path, { address: '192.0.2.10' }));
    expect(codes(answers)).toEqual({ '200': 120, '429 rate_limited': 30 });
    for (const { headers } of answers) expect(headers['x-ratelimit-limit']).toBe('120');
    const remaining = answers
      .filter(({ status }) => status === 200)
      .map(({ headers }) => Number(headers['x-ratelimit-remaining']))
      .sort((a, b) => a - b);
    expect(remaining).toEqual(Array.from({ length: 120 }, (_, i) => i));
    for (const { body, headers } of answers.filter(({ status }) => status === 429)) {
      expect(body).toEqual({ error: expect.any(String), code: 'rate_limited', retryAfter: expect.any(Number) });
      expect(body.retryAfter).toBeGreaterThanOrEqual(1);
      expect(body.retryAfter).toBeLessThanOrEqual(60);
      expect(headers['retry-after']).toBe(String(body.retryAfter));
      expect(headers['x-ratelimit-remaining']).toBe('0');
    }
    expect((await limited.as(null).get(path, { address: '192.0.2.11' })).status).toBe(200);
  });

  it('groups IPv6 by /64, and takes a mapped IPv4 address for what it is', async () => {
    const anybody = limited.as(null);
    const spread = await times(130, (i) =>
      anybody.get(path, { address: `2001:db8:1:2:${i.toString(16)}::${i.toString(16)}` }),
    );
    expect(codes(spread)).toEqual({ '200': 120, '429 rate_limited': 10 });
    expect((await anybody.get(path, { address: '2001:DB8:1:2:ffff:ffff:ffff:ffff' })).status).toBe(429);
    expect((await anybody.get(path, { address: '2001:db8:1:3::1' })).status).toBe(200);
    expect((await anybody.get(path, { address: '2001:db8:1::2' })).status).toBe(200);

    const mapped = await times(120, (i) =>
      anybody.get(path, { address: i % 2 === 0 ? '192.0.2.77' : '::ffff:192.0.2.77' }),
    );
    expect(codes(mapped)).toEqual({ '200': 120 });
    expect((await anybody.get(path, { address: '::ffff:c000:24d' })).status).toBe(429);
  });

  it('counts every kind of request and refusal, before anything else is looked at', async () => {
    const address = '192.0.2.20';
    const headers = { 'content-type': 'application/json' };
    for (let i = 0; i < 24; i++) {
      expect((await limited.as(liveKey).get('/api/ints?count=0', { address })).status).toBe(400);
      expect((await limited.as('pk_live_bad').get('/api/ints', { address: `192.0.3.${i}` })).status).toBe(401);
      expect((await limited.as(testKey).post('/api/rotate', {}, { address })).status).toBe(403);
      expect((await limited.as(liveKey).post('/api/commit', {}, { address })).status).toBe(200);
      expect((await limited.as(liveKey).send('POST', '/api/ints', '{', { address, headers })).status).toBe(400);
      expect((await limited.as(null).get('/api/public-metrics', { address })).status).toBe(200);
    }
    // A key that does not hold, a body that is none: all are the same to a counter that is full.
    expect((await limited.as('pk_live_bad').get('/api/ints', { address })).body.code).toBe('rate_limited');
    expect((await limited.as(liveKey).send('POST', '/api/ints', '{', { address, headers })).body.code).toBe(
      'rate_limited',
    );
    expect((await limited.as(null).get('/api/ints', { address })).body.code).toBe('rate_limited');
  });

  it('leaves health, the transparency log and the pages of outcomes alone', async () => {
    const address = '192.0.2.30';
    await times(120, () => limited.as(null).get(path, { address }));
    expect((await limited.as(null).get(path, { address })).status).toBe(429);
    for (const free of ['/api/health', '/api/merkle', '/healthz']) {
      expect([free, (await limited.as(null).get(free, { address })).status]).toEqual([free, 200]);
    }
    expect((await limited.as(null).get('/o/abcdef1234', { address })).status).toBe(404);
    expect(
      randomness.operations
        .filter((operation) => operation.limited === false)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(
      ['card', 'health', 'merkle.consistency', 'merkle.find', 'merkle.list', 'merkle.proof', 'page'].map(
        (id) => `randomness.${id}`,
      ),
    );
  });

  it('a refused request draws nothing and costs no quota', async () => {
    const address = '192.0.2.40';
    await times(120, () => limited.as(null).get(path, { address }));
    expect((await limited.as(liveKey).get('/api/ints?clientSeed=never', { address })).status).toBe(429);
    expect((await live.get('/api/listOutcomes?clientSeed=never')).body).toEqual([]);
    expect((await quota()).used).toBe(0);
  });

  it('believes X-Forwarded-For of a configured proxy, its right-most foreign hop, and of nobody else', async () => {
    const forwarded = (address: string, hops: string) =>
      limited.as(null).get(path, { address, headers: { 'x-forwarded-for': hops } });
    // Behind the proxy each client has its own counter, whatever it claims in front of it.
    expect(codes(await times(130, (i) => forwarded('10.9.0.1', `1.2.3.${i}, 198.51.100.1`)))).toEqual({
      '200': 120,
      '429 rate_limited': 10,
    });
    expect((await forwarded('10.9.0.1', '198.51.100.2')).status).toBe(200);
    expect((await forwarded('10.9.3.3', '198.51.100.1, 10.9.0.7')).status).toBe(429);
    // Anybody else who sends the header is counted by where he really is.
    expect(codes(await times(130, (i) => forwarded('192.0.2.50', `1.2.3.${i}`)))).toEqual({
      '200': 120,
      '429 rate_limited': 10,
    });
  });

  it('lets the next one in when the window is over, as Retry-After said', async () => {
    const { contract } = randomness;
    const rule = { ...contract.modes.limits.live, windowMs: 1_000, max: 3 };
    const { setting: _, ...unset } = rule;
    const limits = { live: unset, test: unset };
    const quick = await createTestPlatform({
      owner: db.owner,
      env: db.env,
      services: [{ ...randomness, contract: { ...contract, modes: { ...contract.modes, limits } } }],
    });
    const call = () => quick.as(null).get(path, { address: '192.0.2.60' });
    quick.clock.freeze();
    expect(codes(await times(5, call))).toEqual({ '200': 3, '429 rate_limited': 2 });
    expect((await call()).headers['retry-after']).toBe('1');
    quick.clock.advance(999);
    expect((await call()).status).toBe(429);
    quick.clock.advance(1);
    expect((await call()).status).toBe(200);
    await quick.close();
  });
});
