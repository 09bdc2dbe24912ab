import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiptText, verifyOutcome, verifyReceiptText } from '../../../../client/src/verify.ts';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

let db: FreshDatabase;
let t: TestPlatform;
let account: string;
let live: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
});
beforeEach(async () => {
  account = await t.workspace();
  live = await newCaller();
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

const newCaller = async () => t.as((await t.key(account, { mode: 'live' })).key);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const seed = async (caller: Caller, clientSeed: string) =>
  (await caller.get(`/api/seed?clientSeed=${clientSeed}`)).body;
const rotate = async (caller: Caller, clientSeed: string) => (await caller.post('/api/rotate', { clientSeed })).body;

describe('a chain', () => {
  it('shows its hash before the first draw, and that draw uses it', async () => {
    const shown = await seed(live, 'raffle');
    expect(shown).toEqual({
      clientSeed: 'raffle',
      serverHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      nonce: 0,
      cursor: 0,
      mode: 'live',
    });
    const { body } = await live.get('/api/ints?clientSeed=raffle');
    expect(body).toMatchObject({ serverHash: shown.serverHash, nonce: 0, cursor: 0 });
    expect(await seed(live, 'raffle')).toEqual({ ...shown, nonce: 1 });
  });

  it('belongs to one key and one client seed; callers without a key share one of each client seed', async () => {
    const second = await newCaller();
    const [mine, theirs, elsewhere] = await Promise.all([
      live.get('/api/ints?clientSeed=a'),
      second.get('/api/ints?clientSeed=a'),
      live.get('/api/ints?clientSeed=b'),
    ]);
    expect(new Set([mine, theirs, elsewhere].map(({ body }) => body.serverHash)).size).toBe(3);
    for (const { body } of [mine, theirs, elsewhere]) expect(body.nonce).toBe(0);

    const shared = `shared-${account}`;
    const first = (await t.as(null).get(`/api/ints?clientSeed=${shared}`, { address: '192.0.2.1' })).body;
    const next = (await t.as(null).get(`/api/ints?clientSeed=${shared}`, { address: '192.0.2.2' })).body;
    expect(next).toMatchObject({ serverHash: first.serverHash, nonce: first.nonce + 1 });
  });

  it('goes on when its key gets a new text', async () => {
    const key = await t.key(account, { mode: 'live' });
    const before = (await t.as(key.key).get('/api/ints?clientSeed=kept')).body;
    const rotated = await t.platform.keysOf(account).rotate(key.id, 0);
    const after = (await t.as(rotated.key).get('/api/ints?clientSeed=kept')).body;
    expect(after).toMatchObject({ serverHash: before.serverHash, nonce: before.nonce + 1 });
  });

  it('gives parallel draws distinct consecutive nonces', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => live.get('/api/bytes?clientSeed=parallel')));
    expect(answers.map(({ body }) => body.nonce).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, i) => i),
    );
    expect(new Set(answers.map(({ body }) => body.serverHash)).size).toBe(1);
    expect(new Set(answers.map(({ body }) => body.outcome)).size).toBe(60);
    expect(new Set(answers.map(({ body }) => body.shortId)).size).toBe(60);
  });

  it('moves its cursor by one only when asked, and draws from there', async () => {
    await live.get('/api/ints?clientSeed=cursor');
    const moved = await live.get('/api/incrementCursor?clientSeed=cursor');
    expect(moved.body).toMatchObject({ clientSeed: 'cursor', cursor: 1, nonce: 1, serverHash: expect.any(String) });
    for (let i = 2; i <= 33; i++)
      expect((await live.get('/api/incrementCursor?clientSeed=cursor')).body.cursor).toBe(i);
    const outcome = (await live.get('/api/floats?clientSeed=cursor&count=20')).body;
    expect(outcome).toMatchObject({ cursor: 33, nonce: 1 });
    const { revealed } = await rotate(live, 'cursor');
    expect(verifyOutcome(outcome, revealed.serverSeed)).toEqual({
      ok: true,
      checked: ['commitment', 'values', 'receipt'],
    });
  });

  it('does not exist before its first draw: 404 from rotate, 400 from incrementCursor', async () => {
    const rotated = await live.post('/api/rotate', { clientSeed: 'never' });
    expect([rotated.status, rotated.body.code, rotated.body.param]).toEqual([404, 'no_seed_state', 'clientSeed']);
    const moved = await live.get('/api/incrementCursor?clientSeed=never');
    expect([moved.status, moved.body.code, moved.body.param]).toEqual([400, 'no_seed_state', 'clientSeed']);
    expect((await live.get('/api/listOutcomes?clientSeed=never')).body).toEqual([]);
  });

  it('is left as it was by every request that is refused', async () => {
    await live.get('/api/ints?clientSeed=still');
    const before = await seed(live, 'still');
    const bound = t.as((await t.key(account, { mode: 'live', allowedIps: ['203.0.113.1'] })).key);
    const reader = t.as((await t.key(account, { mode: 'live', scopes: ['read'] })).key);
    for (const [caller, path, status] of [
      [live, 'ints?clientSeed=still&count=0', 400],
      [live, 'dice?clientSeed=still&notation=1d1', 400],
      [bound, 'ints?clientSeed=still', 403],
      [reader, 'ints?clientSeed=still', 403],
      [t.as('pk_live_x'), 'ints?clientSeed=still', 401],
    ] as const) {
      expect((await caller.get(`/api/${path}`)).status).toBe(status);
    }
    const header = { headers: { 'idempotency-key': 'still' } };
    await live.get('/api/ints?clientSeed=elsewhere', header);
    expect((await live.get('/api/ints?clientSeed=still', header)).status).toBe(409);
    expect(await seed(live, 'still')).toEqual(before);
  });
});

describe('rotation', () => {
  it('reveals the seed, and everything drawn from it can be derived again offline', async () => {
    const asked: [path: string, items?: unknown[]][] = [
      ['floats?count=100'],
      ['ints?count=7&min=0&max=4294967295'],
      ['ints?count=5&min=10&max=14&unique=true'],
      ['shuffle?items=["a",1,{"b":[null]}]', ['a', 1, { b: [null] }]],
      ['pick?items=a,b,c&weights=70,2.5,0.0001', ['a', 'b', 'c']],
      ['pick?items=x,y', ['x', 'y']],
      ['bytes?count=1024&encoding=base64'],
      ['dice?notation=100d1000000-7'],
      ['gaussian?count=9&mean=-3&stddev=0.1'],
      ['gaussian?distribution=exponential&lambda=3&count=4'],
      ['gaussian?distribution=poisson&lambda=100&count=4'],
      ['uuid?count=10'],
    ];
    const drawn: { outcome: unknown; items: unknown[] | undefined }[] = [];
    for (const [path, items] of asked) {
      const { status, body } = await live.get(`/api/${path}${path.includes('?') ? '&' : '?'}clientSeed=ü:1`);
      expect([path, status]).toEqual([path, 200]);
      drawn.push({ outcome: body, items });
    }
    const { revealed, next, clientSeed } = await rotate(live, 'ü:1');
    expect(clientSeed).toBe('ü:1');
    expect(revealed).toEqual({
      serverSeed: expect.stringMatching(/^[0-9a-f]{64}$/),
      serverHash: sha256(revealed.serverSeed),
      cursor: 0,
      nonce: asked.length,
    });
    for (const { outcome, items } of drawn) {
      const about = items === undefined ? {} : { items };
      const verdict = verifyOutcome(outcome, revealed.serverSeed, about);
      expect([outcome, verdict]).toEqual([outcome, { ok: true, checked: ['commitment', 'values', 'receipt'] }]);
      const kept = receiptText(outcome, about);
      expect(kept.ok && verifyReceiptText(kept.text, revealed.serverSeed).ok).toBe(true);
      expect(verifyOutcome(outcome, sha256('another seed'), about).ok).toBe(false);
    }
    expect(next).toEqual({
      serverHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      cursor: 0,
      nonce: asked.length,
      rotatedAt: expect.any(Number),
    });
  });

  it('commits to the seed of the following draws; nonce and cursor carry over', async () => {
    await live.get('/api/ints?clientSeed=carry');
    await live.get('/api/incrementCursor?clientSeed=carry');
    const { revealed, next } = await rotate(live, 'carry');
    expect(next).toMatchObject({ nonce: 1, cursor: 1 });
    expect(next.serverHash).not.toBe(revealed.serverHash);
    expect((await live.get('/api/ints?clientSeed=carry')).body).toMatchObject({
      serverHash: next.serverHash,
      nonce: 1,
      cursor: 1,
    });
    const again = await rotate(live, 'carry');
    expect(again.revealed).toMatchObject({ serverHash: next.serverHash, nonce: 2, cursor: 1 });
    expect(sha256(again.revealed.serverSeed)).toBe(next.serverHash);
  });

  it('reaches only the chain of its own key; the anonymous chain may be rotated by anybody', async () => {
    const second = await newCaller();
    await live.get('/api/ints?clientSeed=mine');
    const before = await seed(live, 'mine');
    expect((await second.post('/api/rotate', { clientSeed: 'mine' })).status).toBe(404);
    expect((await t.as(null).post('/api/rotate', { clientSeed: `mine` })).status).toBe(404);
    expect(await seed(live, 'mine')).toEqual(before);

    const shared = `shared-${account}`;
    const drawn = (await t.as(null).get(`/api/ints?clientSeed=${shared}`, { address: '192.0.2.1' })).body;
    const answer = await t.as(null).post('/api/rotate', { clientSeed: shared }, { address: '192.0.2.99' });
    expect(verifyOutcome(drawn, answer.body.revealed.serverSeed).ok).toBe(true);
  });

  it('among parallel draws leaves every outcome derivable from the seed whose hash it shows', async () => {
    const draws: Promise<{ body: { serverHash: string } }>[] = [];
    const rotations: Promise<{ revealed: { serverSeed: string; serverHash: string } }>[] = [];
    await live.get('/api/ints?clientSeed=race');
    for (let i = 0; i < 10; i++) {
      for (let j = 0; j < 4; j++) draws.push(live.get('/api/ints?clientSeed=race&count=3'));
      rotations.push(rotate(live, 'race'));
    }
    const outcomes = (await Promise.all(draws)).map(({ body }) => body);
    const seeds = new Map(
      (await Promise.all(rotations)).map(({ revealed }) => [revealed.serverHash, revealed.serverSeed]),
    );
    const last = (await rotate(live, 'race')).revealed;
    seeds.set(last.serverHash, last.serverSeed);
    for (const outcome of outcomes) expect(verifyOutcome(outcome, seeds.get(outcome.serverHash)).ok).toBe(true);
    const nonces = outcomes.map((outcome) => (outcome as unknown as { nonce: number }).nonce);
    expect(new Set(nonces).size).toBe(40);
  });

  it('needs a client seed', async () => {
    for (const body of [{}, { clientSeed: '' }, { clientSeed: 5 }, { clientSeed: 'x'.repeat(257) }]) {
      const answer = await live.post('/api/rotate', body);
      expect([answer.status, answer.body.code, answer.body.param]).toEqual([400, 'invalid_request', 'clientSeed']);
    }
  });

  it('shows a seed that stood nowhere in the database before', async () => {
    await live.get('/api/ints?clientSeed=hidden');
    const dump = async () => {
      const tables = await asOwner<{ name: string }>(
        db.owner,
        `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('core', 'live', 'test', 'shared')`,
      );
      const texts: string[] = [];
      for (const { name } of tables) {
        texts.push(
          ...(await asOwner<{ row: string }>(db.owner, `select x::text as row from ${name} x`)).map(({ row }) => row),
        );
      }
      return texts.join('\n');
    };
    const before = await dump();
    const { serverSeed } = (await rotate(live, 'hidden')).revealed;
    expect(before).not.toContain(serverSeed);
    expect(before).not.toContain(Buffer.from(serverSeed).toString('hex'));
    expect(await dump()).toContain(serverSeed);
  });
});

describe('the end of a counter', () => {
  const setNonce = (clientSeed: string, nonce: bigint) =>
    asOwner(db.owner, 'update live.randomness_chains set nonce = $1 where workspace_id = $2 and client_seed = $3', [
      nonce.toString(),
      account,
      clientSeed,
    ]);

  it('is 409 nonce_exhausted once nonce + 1 would not stay below 2^53 − 1, and costs no quota', async () => {
    await live.get('/api/ints?clientSeed=end');
    await setNonce('end', 2n ** 53n - 3n);
    expect((await live.get('/api/ints?clientSeed=end')).body.nonce).toBe(2 ** 53 - 3);
    const used = (await live.get('/api/usage')).body.quota.used;
    for (let i = 0; i < 3; i++) {
      const { status, body } = await live.get('/api/ints?clientSeed=end');
      expect([status, body.code, body.param]).toEqual([409, 'nonce_exhausted', 'clientSeed']);
    }
    expect((await live.get('/api/usage')).body.quota.used).toBe(used);
    expect((await live.get('/api/ints?clientSeed=other')).status).toBe(200);
  });

  it('does not stop the other draws of a batch, and is not billed there either', async () => {
    await live.get('/api/ints?clientSeed=end');
    await setNonce('end', 2n ** 53n - 2n);
    const used = (await live.get('/api/usage')).body.quota.used;
    const draws = ['a', 'end', 'b', 'end'].map((clientSeed) => ({ endpoint: 'ints', params: { clientSeed } }));
    const { results } = (await live.post('/api/batch', { draws })).body;
    expect(results.map((result: { ok: boolean; code?: string }) => result.code ?? result.ok)).toEqual([
      true,
      'nonce_exhausted',
      true,
      'nonce_exhausted',
    ]);
    expect((await live.get('/api/usage')).body.quota.used).toBe(used + 2);
  });

  it('shows its coordinates exactly, without rounding', async () => {
    await live.get('/api/ints?clientSeed=exact');
    await setNonce('exact', 9_007_199_254_740_987n);
    const outcome = (await live.get('/api/ints?clientSeed=exact')).body;
    expect(outcome.nonce).toBe(9_007_199_254_740_987);
    const { revealed } = await rotate(live, 'exact');
    expect(verifyOutcome(outcome, revealed.serverSeed).ok).toBe(true);
    expect((await live.get('/api/outcome?clientSeed=exact&cursor=0&nonce=9007199254740987')).body.shortId).toBe(
      outcome.shortId,
    );
  });
});
