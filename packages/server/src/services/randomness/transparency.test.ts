import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { verifyConsistency, verifyInclusion, verifySignedDay } from '../../../../client/src/verify.ts';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

/*
 * One story over nine days: 20 January has outcomes of every kind, the 21st one, the 22nd none, the 23rd seven; then
 * the server is away until the 29th. The clock stands still unless it is moved.
 */
let db: FreshDatabase;
let t: TestPlatform;
let live: Caller;
let anybody: Caller;
let account: string;

const drawnOn = new Map<string, Drawn[]>();

interface Drawn {
  readonly shortId: string;
  readonly clientSeed: string;
  readonly cursor: number;
  readonly nonce: number;
  readonly serverHash: string;
  readonly created: number;
}

const today = () => new Date(t.clock.now()).toISOString().slice(0, 10);
const draw = async (caller: Caller, path: string) => {
  const { status, body } = await caller.get(`/api/${path}`);
  expect(status).toBe(200);
  drawnOn.set(today(), [...(drawnOn.get(today()) ?? []), body]);
  return body;
};
const goTo = async (instant: string) => {
  t.clock.advance(Date.parse(instant) - t.clock.now());
  await t.platform.runDueLoops();
};
const root = async (date: string) => (await anybody.get(`/api/merkle/${date}`)).body;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
  t.clock.freeze(Date.parse('2026-01-20T10:00:00Z'));
  account = await t.workspace();
  live = t.as((await t.key(account, { mode: 'live' })).key);
  const stranger = t.as((await t.key(await t.workspace(), { mode: 'live' })).key);
  anybody = t.as(null);
  t.platform.startLoops();

  for (const [i, clientSeed] of ['b', 'a', 'ü:0', '\u{1f3b2}', '\uffee', 'a:1', 'B'].entries()) {
    t.clock.advance(1_000);
    for (let n = 0; n <= i % 3; n++) await draw(live, `ints?clientSeed=${encodeURIComponent(clientSeed)}`);
  }
  await draw(stranger, 'ints?clientSeed=a');
  await draw(anybody, 'floats?clientSeed=a');
  await draw(anybody, 'ints?clientSeed=p&count=8&toolMeta={"tool":"password"}');
  const { commitId } = (await live.post('/api/commit')).body;
  const revealed = await live.post('/api/reveal', { commitId, clientSeed: 'a', endpoint: 'ints' });
  drawnOn.get(today())?.push(revealed.body);
  await t.as((await t.key(account)).key).get('/api/ints?clientSeed=a');
  for (let i = 0; i < 2; i++) await live.get('/api/incrementCursor?clientSeed=a');
  for (let i = 0; i < 9; i++) await draw(live, 'ints?clientSeed=a');
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

describe('the transparency log', () => {
  it('publishes nothing before the day has ended and its time has come', async () => {
    for (const instant of ['2026-01-20T23:59:59.999Z', '2026-01-21T00:00:00Z', '2026-01-21T00:04:59.999Z']) {
      await goTo(instant);
      expect((await anybody.get('/api/merkle')).body).toEqual({ roots: [] });
      const answer = await anybody.get('/api/merkle/2026-01-20');
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    }
  });

  it('publishes the day at 00:05 UTC, over every live outcome and no test one', async () => {
    await goTo('2026-01-21T00:05:00Z');
    const leaves = drawnOn.get('2026-01-20') ?? [];
    expect(leaves.length).toBe(26);
    expect(await root('2026-01-20')).toEqual({
      date: '2026-01-20',
      root: expect.stringMatching(/^[0-9a-f]{64}$/),
      leafCount: 26,
      treeHeight: 5,
      publishedAt: Date.parse('2026-01-21T00:05:00Z'),
      logSize: 1,
      logRoot: expect.stringMatching(/^[0-9a-f]{64}$/),
      signature: expect.stringMatching(/^[0-9a-f]{128}$/),
      publicKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('builds the tree that anybody can build from the outcomes', async () => {
    const hash = (...parts: (string | Buffer)[]) =>
      parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest();
    const leaves = (drawnOn.get('2026-01-20') ?? []).toSorted(
      (a, b) =>
        Buffer.compare(Buffer.from(a.clientSeed), Buffer.from(b.clientSeed)) ||
        a.cursor - b.cursor ||
        a.nonce - b.nonce ||
        Buffer.compare(Buffer.from(a.shortId), Buffer.from(b.shortId)),
    );
    let level = leaves.map(({ clientSeed, cursor, nonce, serverHash, created }) =>
      hash('\0', `${clientSeed}:${cursor}:${nonce}|${serverHash}|${clientSeed}|${created}`),
    );
    while (level.length > 1) {
      level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
        const left = level[2 * i] ?? Buffer.alloc(0);
        return hash('\x01', left, level[2 * i + 1] ?? left);
      });
    }
    expect((await root('2026-01-20')).root).toBe(level[0]?.toString('hex'));
  });

  it('proves every leaf, by its short id and by its coordinates, to anybody', async () => {
    const day = await root('2026-01-20');
    const indexes = new Set<number>();
    for (const leaf of drawnOn.get('2026-01-20') ?? []) {
      const { status, body, headers } = await anybody.get(`/api/merkle/2026-01-20/proof/${leaf.shortId}`);
      expect(status).toBe(200);
      expect(headers['x-ratelimit-remaining']).toBeUndefined();
      expect(verifyInclusion(body)).toMatchObject({ ok: true, date: '2026-01-20', root: day.root });
      expect(body).toMatchObject({ leafCount: 26, treeHeight: 5, root: day.root, publishedAt: day.publishedAt });
      indexes.add(body.index);
      if (leaf.clientSeed === 'p') continue;
      const outcomeId = `${leaf.clientSeed}:${leaf.cursor}:${leaf.nonce}`;
      expect(body.outcomeId).toBe(outcomeId);
      expect(body.leaf).toMatchObject({
        outcomeId,
        serverHash: leaf.serverHash,
        clientSeed: leaf.clientSeed,
        timestamp: leaf.created,
        canonical: `${outcomeId}|${leaf.serverHash}|${leaf.clientSeed}|${leaf.created}`,
      });
      const byTriple = await anybody.get(`/api/merkle/2026-01-20/proof/${encodeURIComponent(outcomeId)}`);
      expect(byTriple.status).toBe(200);
      expect(byTriple.body.outcomeId).toBe(outcomeId);
      expect(verifyInclusion(byTriple.body).ok).toBe(true);
    }
    expect([...indexes].sort((a, b) => a - b)).toEqual(Array.from({ length: 26 }, (_, i) => i));
  });

  it('proves that a password was drawn, and says nothing else of it', async () => {
    const password = drawnOn.get('2026-01-20')?.find(({ clientSeed }) => clientSeed === 'p');
    for (const id of [password?.shortId, 'p:0:0']) {
      const { body } = await anybody.get(`/api/merkle/2026-01-20/proof/${id}`);
      expect(body.outcomeId).toBeNull();
      expect(body.redacted).toBe(true);
      expect(Object.keys(body.leaf).sort()).toEqual(['hash', 'serverHash']);
      expect(JSON.stringify(body)).not.toContain('"p:');
    }
  });

  it('does not prove what is no leaf', async () => {
    const proof = (await anybody.get(`/api/merkle/2026-01-20/proof/a:0:0`)).body;
    for (const spoilt of [
      { ...proof, index: proof.index + 1 },
      { ...proof, leaf: { ...proof.leaf, timestamp: proof.leaf.timestamp + 1 } },
      { ...proof, root: proof.root.replace(/^./, (c: string) => (c === '0' ? '1' : '0')) },
      { ...proof, siblings: proof.siblings.slice(1) },
    ]) {
      expect(verifyInclusion(spoilt).ok).toBe(false);
    }
    for (const id of ['zzzzzzzzzz', 'a:0:99', 'nobody:0:0', 'a:0', '-', 'a:9007199254740993:0', 'a%00:0:0']) {
      const answer = await anybody.get(`/api/merkle/2026-01-20/proof/${id}`);
      expect([id, answer.status]).toEqual([id, id.includes('%00') ? 400 : 404]);
    }
    for (const date of ['2026-02-30', '2026-1-2', 'today', '20260120', '2026-01-20T00:00', '0000-00-00']) {
      for (const path of [`/api/merkle/${date}`, `/api/merkle/${date}/proof/a:0:0`]) {
        const answer = await anybody.get(path);
        expect([path, answer.status, answer.body.param]).toEqual([path, 400, 'date']);
      }
    }
    expect((await anybody.get('/api/merkle/9999-12-31')).status).toBe(404);
  });

  it('signs each day with the published key, over the day and the whole log', async () => {
    const day = await root('2026-01-20');
    expect(await verifySignedDay(day, day.publicKey)).toEqual({ ok: true });
    for (const change of [
      { root: 'a'.repeat(64) },
      { leafCount: 25 },
      { logSize: 2 },
      { publishedAt: 0 },
      { date: '2026-01-19' },
    ]) {
      expect((await verifySignedDay({ ...day, ...change }, day.publicKey)).ok).toBe(false);
    }
    expect((await verifySignedDay(day, 'a'.repeat(64))).ok).toBe(false);
  });

  it('publishes a day of one leaf: its root is the leaf, its height 0', async () => {
    t.clock.advance(Date.parse('2026-01-21T12:00:00Z') - t.clock.now());
    const only = await draw(live, 'ints?clientSeed=only');
    await goTo('2026-01-22T00:05:00Z');
    const day = await root('2026-01-21');
    expect(day).toMatchObject({ leafCount: 1, treeHeight: 0, logSize: 2 });
    const proof = (await anybody.get(`/api/merkle/2026-01-21/proof/${only.shortId}`)).body;
    expect(proof).toMatchObject({ index: 0, siblings: [], root: proof.leaf.hash });
    expect(verifyInclusion(proof)).toMatchObject({ ok: true, date: '2026-01-21', root: day.root });
    // The outcome stands in the tree of its own day and in no other.
    expect((await anybody.get(`/api/merkle/2026-01-20/proof/${only.shortId}`)).status).toBe(404);
    expect((await anybody.get('/api/merkle/2026-01-20/proof/only:0:0')).status).toBe(404);
  });

  it('publishes a day without outcomes, so that a missing day cannot pass for an empty one', async () => {
    await goTo('2026-01-23T00:05:00Z');
    const day = await root('2026-01-22');
    expect(day).toMatchObject({ root: '', leafCount: 0, treeHeight: 0, logSize: 3 });
    expect(await verifySignedDay(day, day.publicKey)).toEqual({ ok: true });
    expect((await anybody.get('/api/merkle/2026-01-22/proof/only:0:0')).status).toBe(404);
  });

  it('makes up for days on which no server ran', async () => {
    t.clock.advance(Date.parse('2026-01-23T08:00:00Z') - t.clock.now());
    for (let i = 0; i < 7; i++) await draw(live, 'ints?clientSeed=seven');
    await goTo('2026-01-29T06:00:00Z');
    const { roots } = (await anybody.get('/api/merkle')).body;
    expect(roots.map(({ date }: { date: string }) => date)).toEqual(
      Array.from({ length: 9 }, (_, i) => `2026-01-${28 - i}`),
    );
    expect(roots.map(({ leafCount }: { leafCount: number }) => leafCount)).toEqual([0, 0, 0, 0, 0, 7, 0, 1, 26]);
    expect(roots.map(({ logSize }: { logSize: number }) => logSize)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect((await anybody.get('/api/merkle?limit=2')).body.roots).toEqual(roots.slice(0, 2));
    for (const limit of ['0', '91', '-1', '1.5', 'all', '']) {
      const answer = await anybody.get(`/api/merkle?limit=${limit}`);
      expect([limit, answer.status, answer.body.param]).toEqual([limit, 400, 'limit']);
    }
  });

  it('proves between any two days that the log only grew', async () => {
    const { roots } = (await anybody.get('/api/merkle')).body;
    const days = [...roots].reverse();
    for (const [i, from] of days.entries()) {
      for (const to of days.slice(i)) {
        const { status, body } = await anybody.get(`/api/merkle/consistency?from=${from.date}&to=${to.date}`);
        expect(status).toBe(200);
        expect([body.from, body.to]).toEqual([from, to]);
        expect(verifyConsistency(from, to, body.proof)).toEqual({ ok: true });
        if (from !== to) {
          const rewritten = { ...from, logRoot: from.logRoot.replace(/^./, (c: string) => (c === '0' ? '1' : '0')) };
          expect(verifyConsistency(rewritten, to, body.proof).ok).toBe(false);
        }
        expect(await verifySignedDay(to, to.publicKey)).toEqual({ ok: true });
      }
    }
    const backwards = await anybody.get('/api/merkle/consistency?from=2026-01-22&to=2026-01-21');
    expect([backwards.status, backwards.body.param]).toEqual([400, 'from']);
    expect((await anybody.get('/api/merkle/consistency?from=2026-01-20')).body.param).toBe('to');
    expect((await anybody.get('/api/merkle/consistency?from=2026-01-20&to=2026-01-30')).status).toBe(404);
  });

  it('never changes what is published: not by running again, nor by other outcomes, nor by a restart', async () => {
    const { text } = await anybody.get('/api/merkle?limit=90');
    await draw(live, 'ints?clientSeed=later');
    await t.platform.runDueLoops();
    // An outcome that turns up under a published day, whatever the reason, does not move its tree.
    const [leaf] = drawnOn.get('2026-01-23') ?? [];
    await asOwner(
      db.owner,
      `insert into live.randomness_outcomes select workspace_id, 'late000001', key_id, client_seed, server_hash, nonce + 90,
         cursor, endpoint, params, drawn, tool_meta, commit_id, receipt, created_ms from live.randomness_outcomes where short_id = $1`,
      [leaf?.shortId],
    );
    expect((await anybody.get('/api/merkle/2026-01-23/proof/late000001')).status).toBe(404);
    const restarted = await createTestPlatform({ owner: db.owner, env: db.env });
    restarted.clock.freeze(t.clock.now());
    restarted.platform.startLoops();
    await restarted.platform.runDueLoops();
    expect((await restarted.as(null).get('/api/merkle?limit=90')).text).toBe(text);
    await restarted.close();
  });

  it('is published once when several servers are at it', async () => {
    const others = await Promise.all([1, 2, 3].map(() => createTestPlatform({ owner: db.owner, env: db.env })));
    for (const other of others) {
      other.clock.freeze(Date.parse('2026-01-30T00:05:00Z'));
      other.platform.startLoops();
    }
    t.clock.advance(Date.parse('2026-01-30T00:05:00Z') - t.clock.now());
    await Promise.all([t, ...others].map(({ platform }) => platform.runDueLoops()));
    const rows = await asOwner<{ day: string; n: number }>(
      db.owner,
      `select to_char(day, 'YYYY-MM-DD') as day, count(*)::int as n from live.randomness_days group by 1 order by 1`,
    );
    expect(rows.at(-1)).toEqual({ day: '2026-01-29', n: 1 });
    expect(rows).toHaveLength(10);
    for (const other of others) expectCleanLog(other.log);
    await Promise.all(others.map((other) => other.close()));
  });

  it('keeps its proofs when an account and its outcomes are gone: the hashes of the leaves stay', async () => {
    const day = await root('2026-01-20');
    await asOwner(db.owner, 'delete from live.randomness_outcomes where workspace_id = $1', [account]);
    // What is left of the day still leads to the same root, through the hashes of what is gone.
    const left = (drawnOn.get('2026-01-20') ?? []).filter(({ clientSeed }) => clientSeed === 'p');
    const restarted = await createTestPlatform({ owner: db.owner, env: db.env });
    for (const { shortId } of left) {
      const { body } = await restarted.as(null).get(`/api/merkle/2026-01-20/proof/${shortId}`);
      expect(verifyInclusion(body)).toMatchObject({ ok: true, date: '2026-01-20', root: day.root });
    }
    await restarted.close();
  });

  it('has nothing to show in test mode', async () => {
    const test = t.as((await t.key(account)).key);
    expect((await test.get('/api/merkle')).body).toEqual({ roots: [] });
    expect((await test.get('/api/merkle/2026-01-20')).status).toBe(404);
    expect((await test.get('/api/merkle/2026-01-20/proof/a:0:0')).status).toBe(404);
  });
});
