import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog, expectNoKeys } from '../../testing/clean-log.ts';
import { openCuttableWay } from '../../testing/cuttable-way.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { signUp } from '../../testing/person.ts';
import { whileRunning } from '../../testing/while-running.ts';
import { contract } from './contract.ts';
import { randomness } from './service.ts';

let db: FreshDatabase;
let t: TestPlatform;
let account: string;
let liveKey: { id: string; key: string };
let live: Caller;
let test: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
  account = await t.workspace();
  liveKey = await t.key(account, { mode: 'live' });
  live = t.as(liveKey.key);
  test = t.as((await t.key(account)).key);
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

type Code = keyof typeof contract.errors;

const json = { 'content-type': 'application/json' };
const liveWith = async (more: object) => t.as((await t.key(account, { mode: 'live', ...more })).key);
const commit = async (caller: Caller, ttlMs?: number) =>
  (await caller.post('/api/commit', ttlMs === undefined ? {} : { ttlMs })).body.commitId as string;
const reveal = (caller: Caller, commitId: string) =>
  caller.post('/api/reveal', { commitId, clientSeed: 'a', endpoint: 'ints' });

/** A server of its own for one call, with other settings. */
async function elsewhere(
  options: Parameters<typeof createTestPlatform>[0],
  call: (server: TestPlatform) => Promise<Answer>,
): Promise<Answer> {
  const server = await createTestPlatform({ owner: db.owner, ...options, env: { ...db.env, ...options?.env } });
  try {
    return await call(server);
  } finally {
    expectNoKeys(server.log);
    await server.close();
  }
}

/** How each code of the catalogue is reached. */
const ways: Record<Code, () => Promise<Answer>> = {
  invalid_request: () => live.get('/api/ints?count=0'),
  outcome_not_found: () => live.get('/api/outcome?clientSeed=none&cursor=0&nonce=0'),
  no_seed_state: () => live.get('/api/incrementCursor?clientSeed=none'),
  invalid_api_key: () => t.as('pk_live_nonsense').get('/api/ints'),
  api_key_required: () =>
    elsewhere({ env: { ALLOW_ANONYMOUS: 'false' } }, (server) => server.as(null).get('/api/ints')),
  session_required: () => live.post('/api/account/keys', { mode: 'live', name: 'x' }),
  ip_not_allowed: async () => (await liveWith({ allowedIps: ['203.0.113.1'] })).get('/api/ints'),
  referer_not_allowed: async () => (await liveWith({ allowedReferers: ['https://a.example'] })).get('/api/ints'),
  scope_missing: async () => (await liveWith({ scopes: ['read'] })).get('/api/ints'),
  role_missing: async () => {
    const [owner, member] = [await signUp(t), await signUp(t)];
    const { id } = (await owner.send('POST', '/invitations', { email: member.email, role: 'member' })).body;
    await member.send('POST', `/invitations/${id}/accept`);
    const headers = {
      ...json,
      cookie: member.cookie,
      'sec-fetch-site': 'same-origin',
      'interlock-workspace': owner.workspaceId,
    };
    return t.as(null).send('POST', '/api/account/keys', '{"mode":"live","name":"x"}', { headers });
  },
  test_mode_forbidden: () => test.post('/api/rotate', { clientSeed: 'a' }),
  commit_key_mismatch: async () => reveal(t.as(null), await commit(live)),
  commit_not_found: () => reveal(live, crypto.randomUUID()),
  not_found: () => live.get('/api/verifyShortId?shortId=zzzz'),
  method_not_allowed: () => live.send('DELETE', '/api/ints'),
  idempotency_key_conflict: async () => {
    await live.get('/api/ints?count=1', { headers: { 'idempotency-key': 'conflict' } });
    return live.get('/api/ints?count=2', { headers: { 'idempotency-key': 'conflict' } });
  },
  idempotency_in_progress: () => {
    // Two requests at once, of which the second may wait for no time at all.
    const idempotency = { ...contract.idempotency, waitMs: 0 };
    return elsewhere(
      { services: [{ ...randomness, contract: { ...randomness.contract, idempotency } }] },
      async (server) => {
        const call = () => server.as(liveKey.key).get('/api/ints', { headers: { 'idempotency-key': 'at-once' } });
        return whileRunning(db.owner, 'live.randomness_chains', call, call);
      },
    );
  },
  commit_already_revealed: async () => {
    const id = await commit(live);
    await reveal(live, id);
    return reveal(live, id);
  },
  nonce_exhausted: async () => {
    await live.get('/api/ints?clientSeed=end');
    await asOwner(db.owner, `update live.randomness_chains set nonce = 9007199254740990 where client_seed = 'end'`);
    return live.get('/api/ints?clientSeed=end');
  },
  conflict: async () => {
    const owner = await signUp(t);
    const [key] = owner.keys;
    const headers = { cookie: owner.cookie, 'sec-fetch-site': 'same-origin' };
    await t.as(null).send('DELETE', `/api/account/keys/${key?.id}`, undefined, { headers });
    return t.as(null).send('POST', `/api/account/keys/${key?.id}/rotate`, '{}', { headers: { ...headers, ...json } });
  },
  commit_expired: async () => {
    const id = await commit(live, 60_000);
    t.clock.advance(60_000);
    return reveal(live, id);
  },
  payload_too_large: () => live.send('POST', '/api/ints', ' '.repeat(256 * 1024 + 1), { headers: json }),
  uri_too_long: () => live.get(`/api/ints?x=${'x'.repeat(16 * 1024)}`),
  unsupported_media_type: () =>
    live.send('POST', '/api/ints', 'count=1', { headers: { 'content-type': 'text/plain' } }),
  headers_too_large: () => live.get('/api/ints', { headers: { 'x-long': 'x'.repeat(16 * 1024) } }),
  rate_limited: () =>
    elsewhere({ env: { RATE_LIMIT_PER_MINUTE: '1' } }, async (server) => {
      await server.as(null).get('/api/ints');
      return server.as(null).get('/api/ints');
    }),
  quota_exceeded: () =>
    elsewhere({ env: { DAILY_QUOTA: '1' } }, async (server) => {
      const caller = server.as((await server.key(await server.workspace(), { mode: 'live' })).key);
      await caller.get('/api/ints');
      return caller.get('/api/ints');
    }),
  internal_error: () =>
    elsewhere({}, async (server) => {
      await server.as(liveKey.key).get('/api/ints?clientSeed=spoilt');
      await asOwner(db.owner, `update live.randomness_chains set sealed_seed = 'nothing' where client_seed = 'spoilt'`);
      const answer = await server.as(liveKey.key).get('/api/ints?clientSeed=spoilt');
      // Logged whole under the request id that the caller was given, and answered without a word of it.
      const line = server.log.find((text) => text.includes(answer.body.requestId));
      expect(line).toContain('a request failed');
      expect(line).toContain('stack');
      expect(answer.text).not.toMatch(/stack|decrypt|auth|sealed/i);
      return answer;
    }),
  unavailable: async () => {
    const way = await openCuttableWay(db.owner);
    try {
      return await elsewhere({ owner: way.owner }, async (server) => {
        await way.cut();
        return server.as(null).get('/api/ints');
      });
    } finally {
      await way.close();
    }
  },
};

describe('every code of the catalogue is reachable', () => {
  it.each(Object.keys(contract.errors) as Code[])('%s', async (code) => {
    const { status, body, headers } = await ways[code]();
    expect(body.code).toBe(code);
    expect(status).toBe(contract.errors[code].status);
    expect(body.error).toMatch(/^.{10,}[.)…]$/s);
    const allowed = ['error', 'code', 'param', 'retryAfter', ...(status >= 500 ? ['requestId'] : [])];
    expect(Object.keys(body).filter((field) => !allowed.includes(field))).toEqual([]);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    if (status === 400) expect(body.param).toEqual(expect.any(String));
    if (status === 429) expect(body.retryAfter).toBeGreaterThanOrEqual(1);
    expect(headers['retry-after']).toBe(body.retryAfter === undefined ? undefined : String(body.retryAfter));
    if (status >= 500) expect(headers['x-request-id']).toBe(`req_${body.requestId}`);
  });

  it('no_seed_state is 404 from rotate', async () => {
    const { status, body } = await live.post('/api/rotate', { clientSeed: 'none' });
    expect([status, body.code]).toEqual([404, 'no_seed_state']);
    expect(contract.errors.no_seed_state.also).toBe(404);
  });

  it('too many keys that do not exist are slowed down without touching the database', async () => {
    const address = '192.0.2.200';
    const seen = new Map<string, number>();
    for (let i = 0; i < 40; i++) {
      const { body } = await t.as(`pk_live_${'x'.repeat(39)}${i % 10}`).get('/api/ints', { address });
      seen.set(body.code, (seen.get(body.code) ?? 0) + 1);
    }
    expect(Object.fromEntries(seen)).toEqual({ invalid_api_key: 30, rate_limited: 10 });
    // Whoever holds a key that the server knows is not held up by a neighbour who guesses.
    await live.get('/api/ints');
    expect((await live.get('/api/ints', { address })).status).toBe(200);
  });
});

describe('the order of checks', () => {
  it('is limit, key, allowlists, ban of test keys, parameters, idempotency, quota, draw', async () => {
    const server = await createTestPlatform({
      owner: db.owner,
      env: { ...db.env, RATE_LIMIT_PER_MINUTE: '3', DAILY_QUOTA: '1' },
    });
    const alone = await server.workspace();
    let host = 0;
    /** From an address that was not used before. */
    const fresh = () => ({ address: `10.1.0.${++host}` });
    const codeOf = async (answer: Promise<Answer>) => (await answer).body.code ?? (await answer).status;
    const lists = { allowedIps: ['10.1.0.0/16'], allowedReferers: ['https://a.example'] };
    const liveKeyed = (await server.key(alone, { mode: 'live', ...lists })).key;
    const testKeyed = (await server.key(alone, { mode: 'test', ...lists })).key;
    const good = { referer: 'https://a.example/', ...json };

    // 1 before 2: a full counter does not even look at the key.
    for (let i = 0; i < 3; i++) await server.as(null).get('/api/usage', { address: '192.0.2.1' });
    expect(
      await codeOf(server.as('pk_test_no').send('POST', '/api/rotate', '{', { address: '192.0.2.1', headers: json })),
    ).toBe('rate_limited');
    // 2 before 3: a key that does not hold has no lists.
    expect(await codeOf(server.as('pk_test_no').send('POST', '/api/rotate', '{', { address: '192.0.2.2' }))).toBe(
      'invalid_api_key',
    );
    // 3: the address before the Referer, both before the ban, the body and anything else.
    const rotate = (key: string, options: object, body = '{') =>
      server.as(key).send('POST', '/api/rotate', body, options);
    expect(await codeOf(rotate(testKeyed, { address: '192.0.2.3', headers: json }))).toBe('ip_not_allowed');
    expect(await codeOf(rotate(testKeyed, { ...fresh(), headers: json }))).toBe('referer_not_allowed');
    // 4 before 5.
    expect(await codeOf(rotate(testKeyed, { ...fresh(), headers: good }))).toBe('test_mode_forbidden');
    expect(await codeOf(rotate(liveKeyed, { ...fresh(), headers: good }))).toBe('invalid_request');

    const ints = (query: string, key = 'order') =>
      server.as(liveKeyed).get(`/api/ints?clientSeed=order&${query}`, {
        ...fresh(),
        headers: { ...good, 'idempotency-key': key },
      });
    expect(await codeOf(ints('count=1'))).toBe(200);
    // 5 before 6: what the schema refuses, and what only the whole of the parameters shows.
    expect(await codeOf(ints('count=0'))).toBe('invalid_request');
    expect(await codeOf(ints('min=2&max=1'))).toBe('invalid_request');
    // 6 before 7: the quota is used up by now.
    expect(await codeOf(ints('count=2'))).toBe('idempotency_key_conflict');
    expect(await codeOf(ints('count=1'))).toBe(200);
    expect(await codeOf(ints('count=1', 'another'))).toBe('quota_exceeded');
    // 7 before 8: nothing of all this reached the chain but the one draw.
    const seed = await server.as(liveKeyed).get('/api/seed?clientSeed=order', { ...fresh(), headers: good });
    expect(seed.body.nonce).toBe(1);
    expectCleanLog(server.log);
    await server.close();
  });
});
