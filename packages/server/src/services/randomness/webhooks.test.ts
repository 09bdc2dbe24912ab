import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { dialectOf } from '../../dispatch/webhooks/dialects.ts';
import {
  createWebhookWorld,
  deliveriesOf,
  newOwner,
  type Owner,
  receivers,
} from '../../dispatch/webhooks/webhooks.fixture.ts';
import { expectCleanLog } from '../../testing/clean-log.ts';
import type { FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import type { Caller } from '../../testing/harness.ts';
import type { Received, Receiver } from '../../testing/receiver.ts';
import { contract } from './contract.ts';

/* Specification 7: what an account's own programs hear of its draws. */

let world: FixtureWorld;
const open = receivers();
beforeAll(async () => {
  world = await createWebhookWorld({ STREAM_MAX_MS: '350' });
  world.t.platform.startLoops();
});
afterEach(() => open.closeAll());
afterAll(async () => {
  expectCleanLog(world.t.log);
  await world.close();
});

interface Account {
  readonly person: Owner;
  readonly live: Caller;
  readonly test: Caller;
  readonly receiver: Receiver;
  readonly endpoint: { readonly id: string; readonly secret: string; readonly path: string };
}

async function account(): Promise<Account> {
  const person = await newOwner(world.t);
  const key = async (mode: 'live' | 'test') =>
    world.t.as((await world.t.key(person.workspaceId, { service: 'randomness', mode })).key);
  const receiver = await open.start();
  const endpoint = await person.listen(receiver, { service: 'randomness' });
  return { person, live: await key('live'), test: await key('test'), receiver, endpoint };
}

const bodyOf = (received: Received | undefined) => JSON.parse(received?.body ?? '{}');
const effects = (workspaceId: string) =>
  asOwner<{ payload: Record<string, unknown> }>(
    world.owner,
    'select payload from live.effects where workspace_id = $1 order by seq',
    [workspaceId],
  );
/** Everything that is on its way has arrived. */
async function settled({ person, endpoint }: Account, count: number): Promise<void> {
  await world.t.platform.webhooks.settle();
  await expect
    .poll(async () => (await deliveriesOf(person, endpoint, '?status=succeeded')).length, { timeout: 5_000 })
    .toBe(count);
}

it('7.4 and 7.5: a live draw is told of in the shape and under the headers of the reference', async () => {
  const { live, receiver, endpoint } = await account();
  const drawn = (await live.get('/api/ints?clientSeed=my-app-user-42&count=5&min=1&max=100')).body;
  await receiver.count(1);
  const [received] = receiver.received;
  const { id, event, timestamp, data, ...rest } = bodyOf(received);
  expect(rest).toEqual({});
  expect([id, event]).toEqual([expect.stringMatching(/^evt_\w{22}$/), 'outcome.created']);
  expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(drawn.created);
  expect(data).toEqual({
    endpoint: '/api/ints',
    outcomeId: `my-app-user-42:${drawn.cursor}:${drawn.nonce}`,
    clientSeed: 'my-app-user-42',
    serverSeedHash: drawn.serverHash,
    nonce: drawn.nonce,
    cursor: drawn.cursor,
    values: drawn.outcome,
    count: 5,
    min: 1,
    max: 100,
    createdAt: new Date(drawn.created).toISOString(),
    mode: 'live',
    shortId: drawn.shortId,
    permalink: drawn.permalink,
  });
  expect(received?.method).toBe('POST');
  expect(received?.headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'Provable-Webhook/1.0',
    'x-provable-event': 'outcome.created',
    'x-provable-signature': `sha256=${createHmac('sha256', endpoint.secret)
      .update(received?.body ?? '')
      .digest('hex')}`,
    'x-provable-delivery': expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
    'x-provable-timestamp': expect.stringMatching(/^\d{10}$/),
    'webhook-id': id,
  });
});

it('7.2: each of the seven generators, a reveal, each draw of a batch and each frame of a stream is one event', async () => {
  const all = await account();
  const { live, receiver, person } = all;
  const paths = ['floats', 'ints', 'shuffle?items=a,b', 'pick?items=a,b', 'bytes', 'dice?notation=2d6', 'gaussian'];
  for (const path of paths) expect((await live.get(`/api/${path}`)).status, path).toBe(200);
  const { commitId } = (await live.post('/api/commit', {})).body;
  const revealed = await live.post('/api/reveal', {
    commitId,
    clientSeed: 'r',
    endpoint: 'ints',
    params: { count: 1 },
  });
  const batch = await live.post('/api/batch', {
    draws: [
      { endpoint: 'ints', params: { count: 1 } },
      { endpoint: 'uuid', params: {} },
      { endpoint: 'ints', params: { min: 9, max: 1 } },
    ],
  });
  expect([revealed.status, batch.status]).toEqual([200, 200]);
  const { text } = await live.get('/api/stream?endpoint=ints&intervalMs=100');
  const frames = text.match(/"shortId"/g)?.length ?? 0;
  expect(frames).toBeGreaterThan(0);
  const emitted = await effects(person.workspaceId);
  await settled(all, emitted.length);
  expect(receiver.received.map((received) => bodyOf(received).data.endpoint).sort()).toEqual(
    emitted.map(({ payload }) => payload.endpoint).sort(),
  );
  const endpoints = emitted.map(({ payload }) => String(payload.endpoint));
  expect(endpoints.slice(0, 7)).toEqual(paths.map((path) => `/api/${path.split('?')[0]}`));
  expect(endpoints.filter((path) => path === '/api/reveal')).toHaveLength(1);
  expect(endpoints).toHaveLength(7 + 1 + 2 + frames);
  expect(receiver.received.map(({ body }) => body).join()).not.toContain(revealed.body.serverSeed);
});

it('7.3: nothing is sent for test keys, calls without a key and idempotent replays', async () => {
  const all = await account();
  const { live, test, receiver, person } = all;
  expect((await test.get('/api/ints')).status).toBe(200);
  expect((await world.t.as(null).get('/api/ints')).status).toBe(200);
  const once = { headers: { 'idempotency-key': 'once' } };
  const first = await live.post('/api/ints', { count: 2 }, once);
  expect((await live.post('/api/ints', { count: 2 }, once)).text).toBe(first.text);
  await settled(all, 1);
  expect(receiver.received.map((received) => bodyOf(received).data.shortId)).toEqual([first.body.shortId]);
  await world.t.platform.flush();
  const suppressed = await asOwner(
    world.owner,
    `select suppressed from test.audit_log where workspace_id = $1 and suppressed is not null`,
    [person.workspaceId],
  );
  expect(suppressed).toEqual([
    {
      suppressed: [
        { name: 'outcome.created', payload: expect.objectContaining({ endpoint: '/api/ints', mode: 'test' }) },
      ],
    },
  ]);
});

it('2.3: of a password it is told that it was drawn, and nothing of it is kept on the way', async () => {
  const all = await account();
  const { live, test, receiver, person } = all;
  const draw = { clientSeed: 'my password', count: 4, min: 1_000_000, max: 9_999_999, toolMeta: { tool: 'password' } };
  const drawn = (await live.post('/api/ints', draw)).body;
  const fixture = (await test.post('/api/ints', draw)).body;
  await settled(all, 1);
  expect(bodyOf(receiver.received[0]).data).toEqual({
    endpoint: '/api/ints',
    outcomeId: null,
    clientSeed: null,
    serverSeedHash: drawn.serverHash,
    nonce: null,
    cursor: null,
    values: null,
    count: null,
    min: null,
    max: null,
    createdAt: null,
    mode: 'live',
    shortId: drawn.shortId,
    permalink: drawn.permalink,
    toolMeta: { tool: 'password' },
    redacted: true,
  });
  await world.t.platform.flush();
  const kept = [
    JSON.stringify(await effects(person.workspaceId)),
    JSON.stringify(
      await asOwner(world.owner, 'select suppressed from test.audit_log where workspace_id = $1', [person.workspaceId]),
    ),
    (await person.get('/effects')).text,
  ].join();
  for (const value of [...drawn.outcome, ...fixture.outcome]) expect(kept).not.toContain(String(value));
});

it('7.1: the dashboard’s button sends a test event, to a live endpoint only: there is no other', async () => {
  const { person, receiver, endpoint } = await account();
  expect((await person.send('POST', `${endpoint.path}/test`)).status).toBe(202);
  await receiver.count(1);
  expect(bodyOf(receiver.received[0])).toEqual({
    id: expect.stringMatching(/^evt_/),
    event: 'test',
    timestamp: expect.any(String),
    data: { message: 'This is a test event from Provable.io' },
  });
  expect(receiver.received[0]?.headers['x-provable-event']).toBe('test');
});

it('7.7: seven attempts, then a dead letter; what was answered is in the log, and the draw was not delayed', async () => {
  const { person, live, receiver, endpoint } = await account();
  receiver.answer = (_, response) => {
    response.statusCode = 503;
    response.end('x'.repeat(3_000));
  };
  expect((await live.get('/api/ints')).status).toBe(200);
  await receiver.count(7);
  await expect.poll(async () => (await deliveriesOf(person, endpoint))[0]?.status).toBe('failed');
  const [delivery] = await deliveriesOf(person, endpoint);
  expect(delivery).toMatchObject({ attempts: 7, lastStatusCode: 503, failure: 'attempts_exhausted' });
  const { attempts } = (await person.get(`${endpoint.path}/deliveries/${delivery?.id}/attempts`)).body;
  expect(attempts).toHaveLength(7);
  expect(attempts[0]).toMatchObject({ statusCode: 503, response: 'x'.repeat(1_024), durationMs: expect.any(Number) });
  expect(new Set(receiver.received.map(({ headers }) => headers['x-provable-delivery'])).size).toBe(1);
});

it('7.5: the names of its headers are the operator’s to choose', () => {
  const dialect = dialectOf(contract, {
    ...world.t.platform.config.services.randomness,
    webhookHeaderPrefix: 'X-Acme',
  });
  const headers = dialect?.headers({
    deliveryId: 'd',
    attempt: 1,
    timestamp: 0,
    event: { id: 'evt_1', type: 'test', mode: 'live' },
    path: '/',
    body: Buffer.from('{}'),
    secrets: ['whsec_0123456789abcdef'],
  });
  expect(Object.keys(headers ?? {})).toEqual(expect.arrayContaining(['X-Acme-Event', 'X-Acme-Signature']));
});
