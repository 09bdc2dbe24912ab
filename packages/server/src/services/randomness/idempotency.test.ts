import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { randomness } from './service.ts';

let db: FreshDatabase;
let t: TestPlatform;
let account: string;
let liveKey: { id: string; key: string };
let live: Caller;
let test: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '300' } });
});
beforeEach(async () => {
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

const under = (key: string, more: Record<string, string> = {}) => ({ headers: { 'idempotency-key': key, ...more } });
const replayed = (answers: Answer[]) =>
  answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length;
const nonceOf = async (clientSeed: string) => (await live.get(`/api/seed?clientSeed=${clientSeed}`)).body.nonce;

describe.each(['live', 'test'] as const)('in %s mode', (mode) => {
  const caller = () => (mode === 'live' ? live : test);

  it('100 parallel requests with one key run the handler once, and all get its answer, byte for byte', async () => {
    const path = '/api/ints?clientSeed=hundred&count=5';
    const answers = await Promise.all(Array.from({ length: 100 }, () => caller().get(path, under('hundred'))));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers['content-type'])).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200));
    expect(replayed(answers)).toBe(99);
    if (mode === 'live') {
      expect(await nonceOf('hundred')).toBe(1);
      expect((await live.get('/api/usage')).body.quota.used).toBe(1);
      const effects = await asOwner(db.owner, 'select 1 from live.effects where workspace_id = $1', [account]);
      expect(effects).toHaveLength(1);
    }
  });

  it('every drawing operation replays, as GET and as POST', async () => {
    const bodies: Record<string, object> = {
      floats: {},
      ints: {},
      shuffle: { items: ['a', 'b'] },
      pick: { items: ['a', 'b'] },
      bytes: {},
      dice: { notation: 'd6' },
      gaussian: {},
      uuid: {},
      batch: { draws: [{ endpoint: 'ints' }] },
    };
    for (const [path, body] of Object.entries(bodies)) {
      const first = await caller().post(`/api/${path}`, body, under(`post-${path}`));
      const second = await caller().post(`/api/${path}`, body, under(`post-${path}`));
      expect([path, second.status, second.text, second.headers['idempotent-replayed']]).toEqual([
        path,
        200,
        first.text,
        'true',
      ]);
      expect(first.headers['idempotent-replayed']).toBeUndefined();
      expect(second.headers['content-type']).toBe(first.headers['content-type']);
      if (path === 'batch') continue;
      const query = new URLSearchParams(
        Object.entries(body).map(([name, value]) => [name, Array.isArray(value) ? JSON.stringify(value) : value]),
      );
      const url = `/api/${path}?${query}`;
      const drawn = await caller().get(url, under(`get-${path}`));
      expect((await caller().get(url, under(`get-${path}`))).text).toBe(drawn.text);
    }
    expect(
      randomness.operations
        .filter((operation) => operation.idempotent === true)
        .map(({ id }) => id.slice('randomness.'.length))
        .sort(),
    ).toEqual([...Object.keys(bodies), 'reveal'].sort());
  });

  it('the same key with another query, body, path or method is 409, and draws nothing', async () => {
    await caller().get('/api/ints?clientSeed=conflict', under('conflict'));
    for (const again of [
      () => caller().get('/api/ints?clientSeed=conflict&count=2', under('conflict')),
      () => caller().get('/api/floats?clientSeed=conflict', under('conflict')),
      () => caller().post('/api/ints', { clientSeed: 'conflict' }, under('conflict')),
      () => caller().post('/api/batch', { draws: [{ endpoint: 'ints' }] }, under('conflict')),
    ]) {
      const { status, body } = await again();
      expect([status, body.code, body.param]).toEqual([409, 'idempotency_key_conflict', 'Idempotency-Key']);
    }
    const same = await caller().get('/api/ints?clientSeed=conflict', under('conflict'));
    expect([same.status, same.headers['idempotent-replayed']]).toEqual([200, 'true']);
    if (mode === 'live') expect(await nonceOf('conflict')).toBe(1);
  });

  it('of parallel requests that differ one is answered, and the others are 409', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => caller().get(`/api/ints?clientSeed=differ&max=${i + 1}`, under('differ'))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(409)]);
    if (mode === 'live') expect(await nonceOf('differ')).toBe(1);
  });

  it('belongs to one API key: two keys with the same Idempotency-Key know nothing of each other', async () => {
    const sibling = t.as((await t.key(account, { mode })).key);
    const stranger = t.as((await t.key(await t.workspace(), { mode })).key);
    for (const other of [caller(), sibling, stranger]) {
      const first = await other.get('/api/bytes?clientSeed=mine', under('shared'));
      expect(first.headers['idempotent-replayed']).toBeUndefined();
      expect((await other.get('/api/bytes?clientSeed=mine', under('shared'))).text).toBe(first.text);
    }
  });

  it('lasts 24 hours', async () => {
    const first = await caller().get('/api/ints?clientSeed=day', under('day'));
    t.clock.advance(86_400_000 - 60_000);
    expect((await caller().get('/api/ints?clientSeed=day', under('day'))).text).toBe(first.text);
    t.clock.advance(120_000);
    const next = await caller().get('/api/ints?clientSeed=day', under('day'));
    expect(next.headers['idempotent-replayed']).toBeUndefined();
    expect(next.text).not.toBe(first.text);
    // And from then on the new answer is the one that is kept.
    expect((await caller().get('/api/ints?clientSeed=day', under('day'))).text).toBe(next.text);
  });

  it('a request that failed is not stored: the key is free for a better one', async () => {
    expect((await caller().get('/api/ints?count=0', under('free'))).status).toBe(400);
    expect((await caller().get('/api/ints?min=5&max=4', under('free'))).status).toBe(400);
    const good = await caller().get('/api/ints?clientSeed=free', under('free'));
    expect([good.status, good.headers['idempotent-replayed']]).toEqual([200, undefined]);
  });

  it('a bad request is 400 even when its key is taken, and a key that may not is 403', async () => {
    await caller().get('/api/ints?clientSeed=taken', under('taken'));
    for (const bad of ['count=0', 'min=9&max=8', 'toolMeta=[]', 'clientSeed=%07']) {
      expect([bad, (await caller().get(`/api/ints?${bad}`, under('taken'))).status]).toEqual([bad, 400]);
    }
    const { commitId } = (await caller().post('/api/commit')).body;
    const reveal = { commitId, clientSeed: 'a', endpoint: 'ints', params: { count: 0 } };
    expect((await caller().post('/api/reveal', reveal, under('taken'))).status).toBe(400);
  });

  it('takes 1 to 255 printable ASCII characters', async () => {
    for (const key of ['x', 'x'.repeat(255), 'order 123/ä'.replace('ä', 'a'), '~!"']) {
      expect((await caller().get('/api/ints', under(key))).status).toBe(200);
    }
    for (const key of ['', 'x'.repeat(256), 'ä', 'a\tb']) {
      const { status, body } = await caller().get('/api/ints', under(key));
      expect([key, status, body.code, body.param]).toEqual([key, 400, 'invalid_request', 'Idempotency-Key']);
    }
  });

  it('is left alone by operations that do not draw', async () => {
    for (let i = 0; i < 2; i++) {
      const answer = await caller().get('/api/seed?clientSeed=plain', under('plain'));
      expect([answer.status, answer.headers['idempotent-replayed']]).toEqual([200, undefined]);
    }
    expect((await caller().post('/api/commit', {}, under('plain'))).headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('without a key', () => {
  it('an Idempotency-Key belongs to the address', async () => {
    const anybody = t.as(null);
    const path = `/api/ints?clientSeed=anonymous-${account}`;
    const at = (address: string) => anybody.get(path, { ...under(`shared-${account}`), address });
    const first = await at('192.0.2.1');
    expect((await at('192.0.2.1')).text).toBe(first.text);
    const second = await at('192.0.2.2');
    expect(second.headers['idempotent-replayed']).toBeUndefined();
    expect(second.body.nonce).toBe(first.body.nonce + 1);
    const keyed = await live.get(path, { ...under(`shared-${account}`), address: '192.0.2.1' });
    expect(keyed.headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('what is refused after the key was claimed', () => {
  it('leaves the key free: quota, a counter at its end', async () => {
    const small = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '1' } });
    small.clock.freeze(Date.parse('2026-03-01T12:00:00Z'));
    const caller = small.as(liveKey.key);
    await caller.get('/api/ints?clientSeed=q');
    expect((await caller.get('/api/ints?clientSeed=q', under('quota'))).body.code).toBe('quota_exceeded');
    small.clock.advance(86_400_000);
    const retried = await caller.get('/api/ints?clientSeed=q', under('quota'));
    expect([retried.status, retried.headers['idempotent-replayed']]).toEqual([200, undefined]);
    await small.close();

    await live.get('/api/ints?clientSeed=end');
    const nonce = (value: string) =>
      asOwner(db.owner, 'update live.randomness_chains set nonce = $1 where key_id = $2 and client_seed = $3', [
        value,
        liveKey.id,
        'end',
      ]);
    await nonce('9007199254740990');
    expect((await live.get('/api/ints?clientSeed=end', under('end'))).body.code).toBe('nonce_exhausted');
    await nonce('5');
    expect((await live.get('/api/ints?clientSeed=end', under('end'))).body.nonce).toBe(5);
  });
});

describe('a first request that runs on another server', () => {
  const path = '/api/ints?clientSeed=elsewhere';
  const fingerprint = () => createHash('sha256').update(`GET ${path}\n`).digest();

  /** Claims as the other server does, in a transaction that is still open. */
  async function running(key: string): Promise<Client> {
    const client = new Client(db.owner);
    await client.connect();
    await client.query('begin');
    await client.query(
      `insert into live.idempotency_keys (workspace_id, service, scope, key, fingerprint, status, content_type, body, created_at, expires_at)
       values ($1, 'randomness', $2, $3, $4, 200, 'application/json; charset=utf-8', '{"from":"elsewhere"}', $5, $6)`,
      [account, liveKey.id, key, fingerprint(), new Date(t.clock.now()), new Date(t.clock.now() + 86_400_000)],
    );
    return client;
  }

  const waiting = async () =>
    (
      await asOwner<{ n: number }>(
        db.owner,
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    )[0]?.n;

  it('is waited for, and its answer is given', async () => {
    const client = await running('wait');
    const answers = [live.get(path, under('wait')), live.get(path, under('wait'))];
    await expect.poll(waiting).toBeGreaterThan(0);
    await client.query('commit');
    await client.end();
    for (const { status, text, headers } of await Promise.all(answers)) {
      expect([status, text, headers['idempotent-replayed']]).toEqual([200, '{"from":"elsewhere"}', 'true']);
    }
    expect((await live.get('/api/listOutcomes?clientSeed=elsewhere')).body).toEqual([]);
  });

  it('that fails leaves the key to the one that waits', async () => {
    const client = await running('fail');
    const answer = live.get(path, under('fail'));
    await expect.poll(waiting).toBeGreaterThan(0);
    await client.query('rollback');
    await client.end();
    expect((await answer).body).toMatchObject({ nonce: 0, mode: 'live' });
  });

  it('and does not end in time is 409 idempotency_in_progress, with a Retry-After', async () => {
    const { contract } = randomness;
    expect(contract.idempotency.waitMs).toBe(10_000);
    const hasty = await createTestPlatform({
      owner: db.owner,
      env: db.env,
      services: [{ ...randomness, contract: { ...contract, idempotency: { ...contract.idempotency, waitMs: 200 } } }],
    });
    const client = await running('slow');
    const { status, body, headers } = await hasty.as(liveKey.key).get(path, under('slow'));
    expect([status, body.code, body.param, headers['retry-after']]).toEqual([
      409,
      'idempotency_in_progress',
      'Idempotency-Key',
      '1',
    ]);
    await client.query('rollback');
    await client.end();
    await hasty.close();
  });
});
