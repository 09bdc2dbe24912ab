import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyOutcome } from '../../../../client/src/verify.ts';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { endpoints } from './request.ts';

let db: FreshDatabase;
let t: TestPlatform;
let account: string;
let live: Caller;
let test: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '30' } });
});
beforeEach(async () => {
  account = await t.workspace();
  live = t.as((await t.key(account, { mode: 'live' })).key);
  test = t.as((await t.key(account)).key);
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

const refusalOf = ({ status, body }: Answer) => [status, body.code, body.param];
const commit = async (caller: Caller, body?: object) => (await caller.post('/api/commit', body)).body;
const reveal = (caller: Caller, commitId: string, more: object = {}, headers: Record<string, string> = {}) =>
  caller.post('/api/reveal', { commitId, clientSeed: 'raffle-2026-05-24', endpoint: 'ints', ...more }, { headers });

describe.each(['live', 'test'] as const)('in %s mode', (mode) => {
  const caller = () => (mode === 'live' ? live : test);

  it('a reveal draws at nonce 0, cursor 0 from the seed whose hash was out before the client seed', async () => {
    const asked: Record<string, { params: object; items?: unknown[] }> = {
      floats: { params: { count: 3 } },
      ints: { params: { count: 1, min: 1, max: 5328 } },
      shuffle: { params: { items: ['a', 'b', 'c'] }, items: ['a', 'b', 'c'] },
      pick: { params: { items: 'a,b', weights: [1, 2] }, items: ['a', 'b'] },
      bytes: { params: { encoding: 'base64' } },
      dice: { params: { notation: '3d6+2' } },
      gaussian: { params: { count: '2' } },
      uuid: { params: {} },
    };
    for (const endpoint of endpoints) {
      const { commitId, serverHash } = await commit(caller());
      const { params, items } = asked[endpoint] ?? { params: {} };
      const { status, body } = await reveal(caller(), commitId, { endpoint, params });
      expect([endpoint, status]).toEqual([endpoint, 200]);
      expect(body).toMatchObject({ endpoint, mode, commitId, serverHash, nonce: 0, cursor: 0 });
      expect(verifyOutcome(body, body.serverSeed, items === undefined ? {} : { items })).toEqual({
        ok: true,
        checked: ['commitment', 'values', 'receipt'],
      });
    }
  });

  it('an id is a UUID, each commit has its own, and it can be revealed for 10 minutes', async () => {
    const commits = await Promise.all(Array.from({ length: 50 }, () => commit(caller())));
    expect(new Set(commits.map(({ commitId }) => commitId)).size).toBe(50);
    for (const { commitId, expiresAt } of commits) {
      expect(commitId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Math.abs(expiresAt - t.clock.now() - 600_000)).toBeLessThan(10_000);
    }
    // Ids are read in either case, as UUIDs are.
    expect((await reveal(caller(), commits[0]?.commitId.toUpperCase())).status).toBe(200);
  });

  it('ttlMs lets a raffle stay committed from a minute to a week', async () => {
    expect((await commit(caller(), { ttlMs: 60_000 })).expiresAt - t.clock.now()).toBeLessThanOrEqual(60_000);
    const week = await commit(caller(), { ttlMs: 604_800_000 });
    expect(week.expiresAt - t.clock.now()).toBeGreaterThan(604_790_000);
    for (const ttlMs of [59_999, 604_800_001, 90_000.5, '60000', null, -1]) {
      expect(refusalOf(await caller().post('/api/commit', { ttlMs }))).toEqual([400, 'invalid_request', 'ttlMs']);
    }
    expect(refusalOf(await caller().post('/api/commit', { ttl: 60_000 }))).toEqual([400, 'invalid_request', 'ttl']);
  });

  it('one of many parallel reveals is answered, the others are 409 commit_already_revealed', async () => {
    const { commitId } = await commit(caller());
    const answers = await Promise.all(Array.from({ length: 20 }, () => reveal(caller(), commitId)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(refusalOf(answer)).toEqual([409, 'commit_already_revealed', 'commitId']);
    }
  });

  it('a repeated reveal with one Idempotency-Key replays, byte for byte', async () => {
    const { commitId } = await commit(caller());
    const header = { 'idempotency-key': `reveal-${commitId}` };
    const answers = await Promise.all(Array.from({ length: 10 }, () => reveal(caller(), commitId, {}, header)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(9);
  });

  it('bad parameters are 400, name the field, and leave the commit to be revealed', async () => {
    const { commitId } = await commit(caller());
    const cases: [more: object, param: string][] = [
      [{ endpoint: 'coin' }, 'endpoint'],
      [{ endpoint: undefined }, 'endpoint'],
      [{ clientSeed: undefined }, 'clientSeed'],
      [{ clientSeed: '' }, 'clientSeed'],
      [{ clientSeed: 'a\u0007' }, 'clientSeed'],
      [{ params: { count: 0 } }, 'params.count'],
      [{ params: { min: 9, max: 8 } }, 'params.min'],
      [{ params: { clientSeed: 'another' } }, 'params.clientSeed'],
      [{ params: { cuont: 1 } }, 'params.cuont'],
      [{ params: [] }, 'params'],
      [{ params: null }, 'params'],
      [{ param: {} }, 'param'],
      [{ commitId: 'not-a-uuid' }, 'commitId'],
      [{ commitId: `${commitId} ` }, 'commitId'],
      [{ commitId: undefined }, 'commitId'],
    ];
    for (const [more, param] of cases) {
      expect(refusalOf(await reveal(caller(), commitId, more))).toEqual([400, 'invalid_request', param]);
    }
    expect((await reveal(caller(), commitId)).status).toBe(200);
  });

  it('belongs to the key that made it: any other is 403, and leaves it to be revealed', async () => {
    const { commitId } = await commit(caller());
    const sibling = t.as((await t.key(account, { mode })).key);
    const stranger = t.as((await t.key(await t.workspace(), { mode })).key);
    for (const other of [sibling, stranger]) {
      expect(refusalOf(await reveal(other, commitId))).toEqual([403, 'commit_key_mismatch', 'commitId']);
    }
    expect((await reveal(caller(), commitId)).status).toBe(200);
    expect(refusalOf(await reveal(caller(), crypto.randomUUID()))).toEqual([404, 'commit_not_found', 'commitId']);
  });

  it('after its time it is 410', async () => {
    const { commitId } = await commit(caller(), { ttlMs: 60_000 });
    t.clock.advance(60_001);
    expect(refusalOf(await reveal(caller(), commitId))).toEqual([410, 'commit_expired', 'commitId']);
    expect(refusalOf(await reveal(caller(), commitId))).toEqual([410, 'commit_expired', 'commitId']);
  });
});

describe('in live mode', () => {
  it('a commit that was made without a key can be revealed without one, and only so', async () => {
    const anonymous = t.as(null);
    const { commitId } = await commit(anonymous);
    expect((await reveal(live, commitId)).body.code).toBe('commit_key_mismatch');
    expect((await reveal(anonymous, commitId, {}, {})).body).toMatchObject({ mode: 'live', commitId });
    const mine = await commit(live);
    expect((await reveal(anonymous, mine.commitId)).body.code).toBe('commit_key_mismatch');
  });

  it('each commit has a seed of its own', async () => {
    const hashes = await Promise.all(Array.from({ length: 10 }, async () => (await commit(live)).serverHash));
    expect(new Set(hashes).size).toBe(10);
  });

  it('a reveal counts as one draw, a commit as none; an exhausted quota leaves the commit as it was', async () => {
    const { commitId } = await commit(live);
    const later = await commit(live);
    expect((await live.get('/api/usage')).body.quota.used).toBe(0);
    await reveal(live, commitId);
    expect((await live.get('/api/usage')).body.quota.used).toBe(1);
    await reveal(live, commitId);
    expect((await live.get('/api/usage')).body.quota.used).toBe(1);
    for (let i = 0; i < 29; i++) await live.get('/api/ints');
    expect((await reveal(live, later.commitId)).body.code).toBe('quota_exceeded');
    t.clock.advance(86_400_000 - (t.clock.now() % 86_400_000));
    // The next day its quota is there again, and the commit is not spent; only its time has passed.
    expect((await reveal(live, later.commitId)).body.code).toBe('commit_expired');
  });

  it('a reveal is recorded, verifiable by anybody, and not part of the chain of its client seed', async () => {
    const { commitId } = await commit(live);
    const { body } = await reveal(live, commitId, { clientSeed: 'chain' });
    const verified = (await t.as(null).get(`/api/verifyShortId?shortId=${body.shortId}`)).body;
    expect(verified).toMatchObject({
      verified: true,
      rederived: true,
      serverSeed: body.serverSeed,
      outcome: body.outcome,
    });
    const byHash = await t.as(null).get(`/api/verifyServerHash?clientSeed=chain&serverHash=${body.serverHash}`);
    expect(byHash.body).toMatchObject({ verified: true, outcomes: [{ shortId: body.shortId, endpoint: 'ints' }] });
    expect((await live.get('/api/listOutcomes?clientSeed=chain')).body).toEqual([]);
    expect((await live.post('/api/rotate', { clientSeed: 'chain' })).status).toBe(404);
  });

  it('announces itself as /api/reveal, without the seed', async () => {
    const { commitId } = await commit(live);
    const { headers } = await reveal(live, commitId);
    const [effect] = await asOwner<{ payload: Record<string, unknown> }>(
      db.owner,
      'select payload from live.effects where request_id = $1',
      [headers['x-request-id']],
    );
    expect(effect?.payload['endpoint']).toBe('/api/reveal');
    expect(effect?.payload).not.toHaveProperty('serverSeed');
  });

  it('is 410 for seven days after its time, and unknown after that', async () => {
    t.platform.startLoops();
    const { commitId } = await commit(live, { ttlMs: 60_000 });
    const revealed = await commit(live);
    await reveal(live, revealed.commitId);
    t.clock.advance(7 * 86_400_000);
    await t.platform.runDueLoops();
    expect((await reveal(live, commitId)).body.code).toBe('commit_expired');
    expect((await reveal(live, revealed.commitId)).body.code).toBe('commit_already_revealed');
    t.clock.advance(3_600_000);
    await t.platform.runDueLoops();
    expect((await reveal(live, commitId)).body.code).toBe('commit_not_found');
    // What was drawn from a purged commit stays verifiable.
    const { body } = await t
      .as(null)
      .get(`/api/verifyServerHash?clientSeed=raffle-2026-05-24&serverHash=${revealed.serverHash}`);
    expect(body.verified).toBe(true);
  });
});

describe('in test mode', () => {
  it('the hash is constant per account and a reveal is pure in account, client seed, endpoint and parameters', async () => {
    const commits = [await commit(test), await commit(test, { ttlMs: 3_600_000 })];
    const second = t.as((await t.key(account)).key);
    commits.push(await commit(second));
    expect(new Set(commits.map(({ serverHash }) => serverHash)).size).toBe(1);
    const outcomes = [
      await reveal(test, commits[0].commitId, { params: { count: 4 } }),
      await reveal(test, commits[1].commitId, { params: { count: '4', min: 1 } }),
      await reveal(second, commits[2].commitId, { params: { count: 4 } }),
    ].map(({ body: { commitId: _, created: __, receipt: ___, ...rest } }) => rest);
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    const stranger = t.as((await t.key(await t.workspace())).key);
    expect((await commit(stranger)).serverHash).not.toBe(commits[0].serverHash);
    const check = `/api/verifyServerHash?clientSeed=raffle-2026-05-24&serverHash=${commits[0].serverHash}`;
    expect((await test.get(check)).body.verified).toBe(true);
  });

  it('its permalink leads to the same outcome', async () => {
    const { body } = await reveal(test, (await commit(test)).commitId);
    const token = new URL(body.permalink).searchParams.get('t');
    expect((await t.as(null).get(`/api/verifyShortId?shortId=${body.shortId}&t=${token}`)).body).toMatchObject({
      verified: true,
      outcome: body.outcome,
      serverHash: body.serverHash,
      nonce: 0,
    });
  });

  it('ids of one mode mean nothing in the other', async () => {
    expect((await reveal(live, (await commit(test)).commitId)).body.code).toBe('commit_not_found');
    expect((await reveal(test, (await commit(live)).commitId)).body.code).toBe('commit_not_found');
  });
});
