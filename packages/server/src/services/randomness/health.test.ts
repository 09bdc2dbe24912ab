import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { openCuttableWay } from '../../testing/cuttable-way.ts';
import { createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { signUp } from '../../testing/person.ts';

let db: FreshDatabase;
let t: TestPlatform;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

const dayMs = 86_400_000;

describe('public metrics', () => {
  it('count people and live draws, with or without a key; test calls are in none of the figures', async () => {
    const figures = async () => (await t.as(null).get('/api/public-metrics')).body;
    const before = await figures();
    expect(before).toMatchObject({
      registeredUsers: { value: 0 },
      callsServed: { value: 0 },
      apiStatus: 'operational',
    });
    const { workspaceId } = await signUp(t);
    const live = t.as((await t.key(workspaceId, { mode: 'live' })).key);
    const test = t.as((await t.key(workspaceId)).key);
    await live.get('/api/ints');
    await live.post('/api/batch', { draws: [{ endpoint: 'ints' }, { endpoint: 'floats' }] });
    await t.as(null).get('/api/ints');
    const counted = await figures();
    expect(counted).toEqual({
      registeredUsers: { value: 1, scope: 'current' },
      callsServed: { value: 4, scope: 'lifetime_live_non_test' },
      responseTime: { avgMs: expect.any(Number), sampleSize: expect.any(Number), scope: 'recent_instance_window' },
      apiStatus: 'operational',
    });
    for (let i = 0; i < 10; i++) await test.get('/api/ints');
    const after = await figures();
    expect([after.registeredUsers, after.callsServed]).toEqual([counted.registeredUsers, counted.callsServed]);
    // Only the call that asked for the figures before is new in the sample.
    expect(after.responseTime.sampleSize).toBe(counted.responseTime.sampleSize + 1);
  });

  it('go on counting draws over the publication of a day', async () => {
    const calls = async () => (await t.as(null).get('/api/public-metrics')).body.callsServed.value;
    const before = await calls();
    t.platform.startLoops();
    // To noon of the next day: a day is published some minutes after its end, whenever the tests run.
    t.clock.advance(1.5 * dayMs - (t.clock.now() % dayMs));
    await t.platform.runDueLoops();
    expect((await t.as(null).get('/api/merkle')).body.roots).toHaveLength(1);
    expect(await calls()).toBe(before);
    await t.as(null).get('/api/ints');
    expect(await calls()).toBe(before + 1);
  });
});

describe('health', () => {
  it('is ok while the database answers', async () => {
    const { status, body } = await t.as(null).get('/api/health');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      db: 'ok',
      version: expect.any(String),
      uptime: expect.any(Number),
      timestamp: new Date(Date.parse(body.timestamp)).toISOString(),
    });
  });

  it('is 503 shutting_down, in the same shape, for whoever still gets through while the server stops', async () => {
    const stopping = await createTestPlatform({ owner: db.owner, env: db.env });
    await stopping.platform.app.listen({ port: 0, host: '127.0.0.1' });
    const address = stopping.platform.app.server.address();
    const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const received = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    await new Promise<void>((resolve) => {
      stopping.platform.app.server.once('connection', () =>
        socket.write('GET /api/health HTTP/1.1\r\nhost: x\r\n', () => resolve()),
      );
    });
    const closed = stopping.close();
    socket.write('\r\n');
    await received;
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(text).not.toMatch(/^server-timing:/im);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ status: 'shutting_down', version: '1' });
  });

  it('says when the database is away, and so does every call that needs it, until it is back', async () => {
    const way = await openCuttableWay(db.owner);
    const alone = await createTestPlatform({ owner: way.owner, env: db.env });
    const account = await alone.workspace();
    const live = alone.as((await alone.key(account, { mode: 'live' })).key);
    const test = alone.as((await alone.key(account)).key);
    const fixture = (await test.get('/api/ints?clientSeed=outage')).body;
    expect((await live.get('/api/ints?clientSeed=outage')).body.nonce).toBe(0);

    await way.cut();
    const health = await alone.as(null).get('/api/health');
    expect([health.status, health.body.status, health.body.db]).toEqual([503, 'degraded', 'down']);
    for (const answer of [
      await live.get('/api/ints?clientSeed=outage'),
      await live.get('/api/listOutcomes?clientSeed=outage'),
      await live.post('/api/batch', { draws: [{ endpoint: 'ints' }] }),
      await live.get('/api/stream?endpoint=ints'),
      await alone.as(null).get('/api/ints', { headers: { 'idempotency-key': 'away' } }),
      await alone.as(null).get('/api/public-metrics'),
      await live.get('/api/usage'),
    ]) {
      expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '2']);
      expect(answer.body.requestId).toMatch(/^[0-9a-f]{16}$/);
      expect(answer.text).not.toMatch(/postgres|ECONN|ENOENT|socket/i);
    }
    // A test outcome is computed again from its own permalink, which asks nothing of a database.
    const token = new URL(fixture.permalink).searchParams.get('t');
    const page = await alone.as(null).get(`/api/verifyShortId?shortId=${fixture.shortId}&t=${token}`);
    expect(page.body).toMatchObject({ verified: true, outcome: fixture.outcome });

    await way.restore();
    await expect
      .poll(async () => (await live.get('/api/ints?clientSeed=outage')).status, { timeout: 15_000 })
      .toBe(200);
    expect(
      (await live.get('/api/listOutcomes?clientSeed=outage')).body.map(({ nonce }: { nonce: number }) => nonce),
    ).toEqual([1, 0]);
    expect((await alone.as(null).get('/api/health')).body.status).toBe('ok');
    await alone.close();
    await way.close();
    expectCleanLog(alone.log);
  });
});
