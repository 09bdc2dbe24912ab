import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

let db: FreshDatabase;
let t: TestPlatform;
let account: string;
let live: Caller;
let test: Caller;
let anybody: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
  anybody = t.as(null);
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

describe('listOutcomes', () => {
  it('lists the chain newest first, each outcome as it was answered, in pages that neither skip nor repeat', async () => {
    const drawn: { nonce: number; cursor: number }[] = [];
    for (let i = 0; i < 12; i++) {
      if (i % 5 === 4) await live.get('/api/incrementCursor?clientSeed=pages');
      drawn.push((await live.get(`/api/ints?clientSeed=pages&count=${i + 1}`)).body);
    }
    const newest = [...drawn].reverse();
    expect((await live.get('/api/listOutcomes?clientSeed=pages')).body).toEqual(newest);
    for (const limit of [1, 5, 12]) {
      const walked: { cursor: number; nonce: number }[] = [];
      for (let before = ''; ; ) {
        const page = (await live.get(`/api/listOutcomes?clientSeed=pages&limit=${limit}${before}`)).body;
        if (page.length === 0) break;
        expect(page.length).toBeLessThanOrEqual(limit);
        walked.push(...page);
        before = `&before=${page.at(-1).cursor}:${page.at(-1).nonce}`;
      }
      expect(walked).toEqual(newest);
    }
  });

  it('shows the chain of the key that asks, and without a key the anonymous one', async () => {
    const clientSeed = `seen-${account}`;
    const sibling = t.as((await t.key(account, { mode: 'live' })).key);
    const mine = (await live.get(`/api/ints?clientSeed=${clientSeed}`)).body;
    const shared = (await anybody.get(`/api/ints?clientSeed=${clientSeed}`)).body;
    expect((await live.get(`/api/listOutcomes?clientSeed=${clientSeed}`)).body).toEqual([mine]);
    expect((await sibling.get(`/api/listOutcomes?clientSeed=${clientSeed}`)).body).toEqual([]);
    expect((await anybody.get(`/api/listOutcomes?clientSeed=${clientSeed}`)).body).toEqual([shared]);
    expect((await test.get(`/api/listOutcomes?clientSeed=${clientSeed}`)).body).toEqual([]);
  });

  it('refuses what it cannot read, naming it', async () => {
    for (const [query, param] of [
      ['', 'clientSeed'],
      ['clientSeed=', 'clientSeed'],
      ['clientSeed=a&clientSeed=b', 'clientSeed'],
      ['clientSeed=a&limit=0', 'limit'],
      ['clientSeed=a&limit=1001', 'limit'],
      ['clientSeed=a&limit=ten', 'limit'],
      ['clientSeed=a&before=1', 'before'],
      ['clientSeed=a&before=1:2:3', 'before'],
      ['clientSeed=a&before=-1:2', 'before'],
      ['clientSeed=a&before=9007199254740993:0', 'before'],
    ]) {
      expect([query, refusalOf(await live.get(`/api/listOutcomes?${query}`))]).toEqual([
        query,
        [400, 'invalid_request', param],
      ]);
    }
  });
});

describe('outcome', () => {
  it('finds one outcome of the own chain by its coordinates; 400 when there is none', async () => {
    const drawn = (await live.get('/api/dice?notation=3d6&clientSeed=one')).body;
    expect((await live.get('/api/outcome?clientSeed=one&cursor=0&nonce=0')).body).toEqual(drawn);
    for (const caller of [test, anybody, t.as((await t.key(account, { mode: 'live' })).key)]) {
      const answer = await caller.get('/api/outcome?clientSeed=one&cursor=0&nonce=0');
      expect([answer.status, answer.body.code]).toEqual([400, 'outcome_not_found']);
    }
    expect((await live.get('/api/outcome?clientSeed=one&cursor=1&nonce=0')).body.code).toBe('outcome_not_found');
    for (const [query, param] of [
      ['cursor=0&nonce=0', 'clientSeed'],
      ['clientSeed=one&nonce=0', 'cursor'],
      ['clientSeed=one&cursor=0', 'nonce'],
      ['clientSeed=one&cursor=0&nonce=-1', 'nonce'],
      ['clientSeed=one&cursor=0&nonce=9007199254740992', 'nonce'],
    ]) {
      expect(refusalOf(await live.get(`/api/outcome?${query}`))).toEqual([400, 'invalid_request', param]);
    }
  });
});

describe('verifyServerHash', () => {
  const ask = async (clientSeed: string, serverHash: string, more = '') =>
    (await anybody.get(`/api/verifyServerHash?clientSeed=${clientSeed}&serverHash=${serverHash}${more}`)).body;

  it('is the literal true while a live chain carries the hash, whoever owns it, and needs no key', async () => {
    const { serverHash } = (await live.get('/api/seed?clientSeed=live')).body;
    const answer = await anybody.get(`/api/verifyServerHash?clientSeed=live&serverHash=${serverHash}`);
    expect(answer.text).toBe('true');
    expect(await ask('live', serverHash.toUpperCase())).toBe(true);
    expect(await ask('live', serverHash, '&details=1')).toEqual({
      verified: true,
      clientSeed: 'live',
      serverHash,
      outcomes: [],
    });
    expect(await ask('another', serverHash)).toMatchObject({ verified: false, outcomes: [] });
  });

  it('is an object with the outcomes once the chain has moved on', async () => {
    const drawn = [];
    for (let i = 0; i < 3; i++) drawn.push((await live.get('/api/ints?clientSeed=past')).body);
    const { serverHash } = drawn[0];
    expect((await ask('past', serverHash, '&details=true')).outcomes).toHaveLength(3);
    await live.post('/api/rotate', { clientSeed: 'past' });
    expect(await ask('past', serverHash)).toEqual({
      verified: true,
      clientSeed: 'past',
      serverHash,
      outcomes: drawn.map(({ shortId, permalink, endpoint, cursor, nonce, created }) => ({
        shortId,
        permalink,
        endpoint,
        cursor,
        nonce,
        created,
      })),
    });
    expect(await ask('past', 'f'.repeat(64))).toMatchObject({ verified: false, outcomes: [] });
  });

  it('in test mode knows the hash of the account and client seed', async () => {
    const { serverHash } = (await test.get('/api/ints?clientSeed=t')).body;
    expect((await test.get(`/api/verifyServerHash?clientSeed=t&serverHash=${serverHash}`)).text).toBe('true');
    expect((await test.get(`/api/verifyServerHash?clientSeed=u&serverHash=${serverHash}`)).body.verified).toBe(false);
    expect(await ask('t', serverHash)).toMatchObject({ verified: false });
  });

  it('refuses what is no hash', async () => {
    for (const [query, param] of [
      ['clientSeed=a', 'serverHash'],
      [`clientSeed=a&serverHash=${'a'.repeat(63)}`, 'serverHash'],
      [`clientSeed=a&serverHash=${'g'.repeat(64)}`, 'serverHash'],
      [`serverHash=${'a'.repeat(64)}`, 'clientSeed'],
      [`clientSeed=a&serverHash=${'a'.repeat(64)}&details=maybe`, 'details'],
    ]) {
      expect(refusalOf(await anybody.get(`/api/verifyServerHash?${query}`))).toEqual([400, 'invalid_request', param]);
    }
  });
});

describe('verifyShortId', () => {
  const ask = async (shortId: string) => (await anybody.get(`/api/verifyShortId?shortId=${shortId}`)).body;

  it('confirms an outcome while its seed is hidden, and derives it again once the seed is revealed', async () => {
    const outcome = (await live.get('/api/pick?clientSeed=v&items=a,b,c&weights=1,2.5,3')).body;
    const hidden = await ask(outcome.shortId);
    expect(hidden).toMatchObject({
      ...outcome,
      verified: true,
      reason: expect.any(String),
      min: null,
      max: null,
      toolMeta: null,
    });
    expect(hidden).not.toHaveProperty('serverSeed');
    expect(hidden).not.toHaveProperty('rederived');
    const { revealed } = (await live.post('/api/rotate', { clientSeed: 'v' })).body;
    expect(await ask(outcome.shortId)).toMatchObject({
      ...outcome,
      verified: true,
      rederived: true,
      serverSeed: revealed.serverSeed,
      params: { items: ['a', 'b', 'c'], weights: ['1', '2.5', '3'] },
    });
  });

  it('names the notation of dice', async () => {
    const { shortId } = (await live.get('/api/dice?notation=d6%2B0')).body;
    expect(await ask(shortId)).toMatchObject({ notation: '1d6', outcome: { notation: '1d6' } });
  });

  it('says so when a record was changed, or its seed is not the published one', async () => {
    const [first, second] = [
      (await live.get('/api/ints?clientSeed=spoilt')).body,
      (await live.get('/api/ints?clientSeed=spoilt')).body,
    ];
    await live.post('/api/rotate', { clientSeed: 'spoilt' });
    expect((await ask(first.shortId)).verified).toBe(true);
    const other = first.outcome[0] === 7 ? 8 : 7;
    await asOwner(
      db.owner,
      `update live.randomness_outcomes set drawn = jsonb_set(drawn::jsonb, '{outcome,0}', $2::jsonb)::json where short_id = $1`,
      [first.shortId, String(other)],
    );
    expect(await ask(first.shortId)).toMatchObject({
      verified: false,
      rederived: false,
      reason: expect.stringContaining('other values'),
    });
    await asOwner(db.owner, 'update live.randomness_revealed_seeds set server_seed = $2 where server_hash = $1', [
      second.serverHash,
      '0'.repeat(64),
    ]);
    expect(await ask(second.shortId)).toMatchObject({ verified: false, reason: expect.stringContaining('hash') });
  });

  it('is 404 for an id that nothing has, 400 for what is none', async () => {
    expect(refusalOf(await anybody.get('/api/verifyShortId?shortId=zzzz'))).toEqual([404, 'not_found', 'shortId']);
    for (const shortId of ['', 'abc', 'a'.repeat(33), 'abcd-efgh', 'abcdé']) {
      expect(refusalOf(await anybody.get(`/api/verifyShortId?shortId=${encodeURIComponent(shortId)}`))).toEqual([
        400,
        'invalid_request',
        'shortId',
      ]);
    }
    expect(refusalOf(await anybody.get('/api/verifyShortId'))).toEqual([400, 'invalid_request', 'shortId']);
  });
});

describe('a password', () => {
  const marked = 'toolMeta={"tool":"password","length":12}';

  it('is answered once in full, and withheld by every look-up from then on, before and after the seed is revealed', async () => {
    const clientSeed = `password-${account}`;
    const path = `/api/ints?clientSeed=${clientSeed}&count=12&min=0&max=93&${marked}`;
    for (const caller of [live, anybody]) {
      const full = (await caller.get(path)).body;
      expect(full.outcome).toHaveLength(12);
      expect(full).toMatchObject({ clientSeed, nonce: 0, toolMeta: { tool: 'password', length: 12 } });
      const receipt = {
        outcome: null,
        clientSeed: null,
        cursor: null,
        nonce: null,
        count: null,
        min: null,
        max: null,
        created: null,
        redacted: true,
        endpoint: 'ints',
        serverHash: full.serverHash,
        shortId: full.shortId,
        permalink: full.permalink,
        mode: 'live',
        toolMeta: { tool: 'password', length: 12 },
      };
      const looks = async () => [
        (await caller.get(`/api/listOutcomes?clientSeed=${clientSeed}`)).body[0],
        (await caller.get(`/api/outcome?clientSeed=${clientSeed}&cursor=0&nonce=0`)).body,
      ];
      const verified = async () => (await anybody.get(`/api/verifyShortId?shortId=${full.shortId}`)).body;
      for (const look of await looks()) expect(look).toEqual(receipt);
      expect(await verified()).toEqual({ verified: true, reason: expect.any(String), ...receipt });
      const other = (await caller.get(`/api/ints?clientSeed=${clientSeed}`)).body;
      const hash = `/api/verifyServerHash?clientSeed=${clientSeed}&serverHash=${full.serverHash}&details=1`;
      expect((await anybody.get(hash)).body.outcomes.map(({ shortId }: { shortId: string }) => shortId)).not.toContain(
        full.shortId,
      );
      await caller.post('/api/rotate', { clientSeed });
      expect((await looks())[1]).toEqual(receipt);
      expect(await verified()).toEqual({ verified: true, reason: expect.any(String), ...receipt });
      expect((await anybody.get(`/api/verifyShortId?shortId=${other.shortId}`)).body).toHaveProperty('serverSeed');
    }
    for (const format of ['outcomes', 'outcomes.json', 'outcomes.csv']) {
      const { text } = await live.get(`/api/account/${format}`);
      const [password] = (await live.get(`/api/listOutcomes?clientSeed=${clientSeed}`)).body.filter(
        (o: { redacted?: boolean }) => o.redacted,
      );
      expect(text).toContain(password.shortId);
      expect(text).not.toContain('"count":12');
      expect(text).not.toContain('"max":93');
    }
  });

  it('drawn by a reveal is withheld too', async () => {
    const { commitId } = (await live.post('/api/commit')).body;
    const params = { count: 8, toolMeta: { tool: 'password' } };
    const full = (await live.post('/api/reveal', { commitId, clientSeed: 'pw', endpoint: 'ints', params })).body;
    expect(full.outcome).toHaveLength(8);
    const found = (await anybody.get(`/api/verifyShortId?shortId=${full.shortId}`)).body;
    expect(found).toMatchObject({ redacted: true, outcome: null });
    expect(found).not.toHaveProperty('serverSeed');
    expect(found).not.toHaveProperty('commitId');
  });

  it('is not recognised by anything but the tool it names', async () => {
    for (const meta of ['{"tool":"Password"}', '{"tool":["password"]}', '{"kind":"password"}']) {
      const { shortId } = (await live.get(`/api/ints?toolMeta=${meta}`)).body;
      expect((await anybody.get(`/api/verifyShortId?shortId=${shortId}`)).body.redacted).toBeUndefined();
    }
  });
});
