import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadServices } from '../../../server/src/load-services.ts';
import { createFreshDatabase, type FreshDatabase } from '../../../server/src/testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../../../server/src/testing/harness.ts';
import {
  createGate,
  expressGate,
  fastifyGate,
  type Gate,
  type GateContext,
  type GateDatabase,
  honoGate,
} from './gateway.ts';

const INTERLOCK_SERVICES = fileURLToPath(new URL('../../../../examples/shortlinks/service.ts', import.meta.url));
const serviceKey = 'd'.repeat(64);

let fresh: FreshDatabase;
let own: FreshDatabase;
let t: TestPlatform;
let pool: Pool;
let baseUrl: string;
let keys: { live: string; test: string; readOnly: string; stranger: string };
const sent: { payload: unknown; id: string; mode: string }[] = [];
let sendFails = 0;
let gate: Gate<'receipt'>;

beforeAll(async () => {
  fresh = await createFreshDatabase();
  own = await createFreshDatabase();
  t = await createTestPlatform({
    owner: fresh.owner,
    services: await loadServices({ INTERLOCK_SERVICES }),
    env: { ...fresh.env, INTERLOCK_SERVICE_KEYS: `shortlinks:${serviceKey}` },
  });
  baseUrl = await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  pool = new Pool(own.owner);
  const workspace = await t.workspace();
  const keyOf = async (place: string, key: object) =>
    (await t.key(place, { service: 'shortlinks', mode: 'test', ...key })).key;
  keys = {
    live: await keyOf(workspace, { mode: 'live' }),
    test: await keyOf(workspace, {}),
    readOnly: await keyOf(workspace, { scopes: ['read'] }),
    stranger: await keyOf(await t.workspace(), {}),
  };
  gate = createGate({
    server: { baseUrl, serviceKey, service: 'shortlinks' },
    database: pool,
    effects: {
      receipt: {
        live: 'deliver',
        test: 'suppress',
        send(payload: unknown, about) {
          if (sendFails-- > 0) throw new Error('the mail service is away');
          sent.push({ payload, ...about });
        },
      },
    },
  });
  await gate.prepare();
  await gate.prepare();
});
afterAll(async () => {
  await t?.close();
  await pool?.end();
  await fresh?.drop();
  await own?.drop();
});

let handled = 0;
let hold: Promise<void> | undefined;
const stops: (() => unknown)[] = [];
beforeEach(() => {
  handled = 0;
  sent.length = 0;
  sendFails = 0;
  hold = undefined;
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** No text: a byte that UTF-8 does not have, a NUL, and a character that is cut where Express writes its two pieces. */
const picture = Uint8Array.from([0x89, 0x50, 0x00, 0xff, 0xc3, 0xb6, 0x0a]);

/** What the handlers of all three frameworks do. */
async function takeOrder(ctx: GateContext<'receipt'>, body: { item?: string }) {
  handled++;
  await hold;
  if (body.item === 'breaks') throw new Error('it breaks');
  await ctx.emit('receipt', { item: body.item });
  return { order: handled, mode: ctx.mode, item: body.item };
}

const frameworks: Record<string, (made: Gate<'receipt'>) => Promise<string>> = {
  async Express(made) {
    const app = express();
    app.use(express.json(), expressGate(made, { scope: 'write' }));
    app.post('/orders', async (request, response) => {
      const { gate: ctx } = request as typeof request & { gate: GateContext<'receipt'> };
      response
        .status(201)
        .set('x-order', '1')
        .json(await takeOrder(ctx, request.body as { item?: string }));
    });
    app.post('/picture', (_request, response) => {
      handled++;
      response.type('image/png');
      response.write(picture.subarray(0, 5), () => response.end(picture.subarray(5)));
    });
    app.use((_error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(500).json({ error: 'broken' });
    });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    stops.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  async Fastify(made) {
    const app = Fastify();
    await app.register(async (api) => {
      fastifyGate(api, made, { scope: 'write' });
      api.post('/orders', async (request, reply) => {
        const { gate: ctx } = request as unknown as { gate: GateContext<'receipt'> };
        reply.code(201).header('x-order', '1');
        return takeOrder(ctx, request.body as { item?: string });
      });
      api.post('/picture', async (_request, reply) => {
        handled++;
        return reply.type('image/png').send(picture);
      });
    });
    stops.push(() => app.close());
    return app.listen({ host: '127.0.0.1', port: 0 });
  },
  async Hono(made) {
    const app = new Hono<{ Variables: { gate: GateContext<'receipt'> } }>();
    app.use('*', honoGate(made, { scope: 'write' }));
    app.post('/picture', (c) => {
      handled++;
      return c.body(picture, 200, { 'content-type': 'image/png' });
    });
    app.post('/orders', async (c) => {
      c.header('x-order', '1');
      return c.json(await takeOrder(c.get('gate'), await c.req.json()), 201);
    });
    app.onError((_error, c) => c.json({ error: 'broken' }, 500));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    stops.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};

describe.each(Object.keys(frameworks))('%s', (name) => {
  const start = () => frameworks[name]?.(gate) ?? Promise.reject(new Error(name));

  async function order(url: string, key: string | null, item: string, idempotencyKey?: string) {
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify({ item }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  }

  test('a handler knows the mode; what it emits leaves in live mode and stays in test mode', async () => {
    const url = await start();
    const tested = await order(url, keys.test, 'cup');
    expect([tested.status, tested.body.mode, tested.headers.get('interlock-mode')]).toEqual([201, 'test', 'test']);
    expect(Number(tested.headers.get('x-ratelimit-limit'))).toBe(600);
    const live = await order(url, keys.live, 'cup');
    expect(live.body.mode).toBe('live');
    await gate.deliver();
    expect(sent).toEqual([{ payload: { item: 'cup' }, id: expect.any(String), mode: 'live' }]);
  });

  test('a repeated key gives the first answer again, within its mode and workspace only', async () => {
    const url = await start();
    const key = `${name}-again`;
    const first = await order(url, keys.test, 'pot', key);
    const again = await order(url, keys.test, 'pot', key);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('x-order')).toBe('1');
    expect(handled).toBe(1);
    expect((await order(url, keys.test, 'other', key)).status).toBe(422);
    expect((await order(url, keys.live, 'pot', key)).body.mode).toBe('live');
    expect((await order(url, keys.stranger, 'pot', key)).headers.get('idempotent-replayed')).toBeNull();
    expect(handled).toBe(3);
  });

  test('an answer that is no text arrives byte for byte, and so does its repetition', async () => {
    const url = await start();
    const ask = async () => {
      const answer = await fetch(`${url}/picture`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys.test}`, 'idempotency-key': `picture-${name}` },
      });
      const bytes = [...new Uint8Array(await answer.arrayBuffer())];
      return [answer.headers.get('content-type'), answer.headers.get('idempotent-replayed'), bytes];
    };
    expect(await ask()).toEqual(['image/png', null, [...picture]]);
    expect(await ask()).toEqual(['image/png', 'true', [...picture]]);
    expect(handled).toBe(1);
  });

  test('while the first one runs, the second is told to wait; of twenty at once one is handled', async () => {
    const url = await start();
    let go = () => {};
    hold = new Promise((resolve) => {
      go = resolve;
    });
    const first = order(url, keys.test, 'mug', `${name}-running`);
    await expect.poll(() => handled).toBe(1);
    const others = await Promise.all(Array.from({ length: 19 }, () => order(url, keys.test, 'mug', `${name}-running`)));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([409]));
    expect(others[0]?.headers.get('retry-after')).toBe('1');
    go();
    expect((await first).status).toBe(201);
    expect(handled).toBe(1);
  });

  test('a handler that takes longer than a claim lasts runs once all the same', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    stops.push(() => vi.useRealTimers());
    const url = await start();
    let go = () => {};
    hold = new Promise((resolve) => {
      go = resolve;
    });
    const key = `${name}-slow`;
    const first = order(url, keys.test, 'vase', key);
    await expect.poll(() => handled).toBe(1);
    await pool.query('update interlock_idempotency set claimed_until = now() where key = $1', [key]);
    await vi.advanceTimersByTimeAsync(20_000);
    const claimed = 'select 1 from interlock_idempotency where key = $1 and claimed_until > now()';
    await expect.poll(async () => (await pool.query(claimed, [key])).rowCount).toBe(1);
    expect((await order(url, keys.test, 'vase', key)).status).toBe(409);
    go();
    expect((await first).status).toBe(201);
    expect((await order(url, keys.test, 'vase', key)).headers.get('idempotent-replayed')).toBe('true');
    expect(handled).toBe(1);
  });

  test('a request that broke gives its key back', async () => {
    const url = await start();
    expect((await order(url, keys.test, 'breaks', `${name}-broke`)).status).toBe(500);
    expect((await order(url, keys.test, 'breaks', `${name}-broke`)).status).toBe(500);
    expect(handled).toBe(2);
  });

  test('nobody without a key, with a bad one, or without the scope, reaches a handler', async () => {
    const url = await start();
    expect((await order(url, null, 'cup')).body).toMatchObject({ error: { code: 'key_required' } });
    expect((await order(url, 'links_test_wrong', 'cup')).status).toBe(401);
    expect(await order(url, keys.readOnly, 'cup')).toMatchObject({
      status: 403,
      body: { error: { code: 'scope_missing' } },
    });
    expect(handled).toBe(0);
  });
});

test('an effect stands or falls with the transaction that it was handed', async () => {
  const client = await pool.connect();
  const admission = await gate.admit({
    method: 'POST',
    url: '/',
    header: (name) => (name === 'authorization' ? `Bearer ${keys.live}` : undefined),
    body: {},
  });
  if (admission.type !== 'run') throw new Error('it was refused');
  await client.query('begin');
  await admission.context.emit('receipt', { item: 'undone' }, client);
  await client.query('rollback');
  await client.query('begin');
  await admission.context.emit('receipt', { item: 'done' }, client);
  await gate.deliver();
  expect(sent).toEqual([]);
  await client.query('commit');
  client.release();
  await gate.deliver();
  expect(sent.map(({ payload }) => payload)).toEqual([{ item: 'done' }]);
});

test('what could not be sent is sent again under the same id, by whichever process comes to it', async () => {
  sendFails = 1;
  await gate
    .admit({
      method: 'POST',
      url: '/',
      header: (name) => (name === 'authorization' ? `Bearer ${keys.live}` : undefined),
      body: {},
    })
    .then(async (admission) => {
      if (admission.type === 'run') await admission.context.emit('receipt', { item: 'late' });
    });
  await gate.deliver();
  expect(sent).toEqual([]);
  await pool.query(`update interlock_effects set due_at = now() where state = 'pending'`);
  await gate.deliver();
  expect(sent.map(({ payload }) => payload)).toEqual([{ item: 'late' }]);
});

test('a process that was overtaken while it sent settles nothing any more', async () => {
  let fail = (_error: Error) => {};
  const sentBy: string[] = [];
  const gateBy = (name: string, send: () => unknown) =>
    createGate({
      server: { baseUrl, serviceKey, service: 'shortlinks' },
      database: pool,
      effects: { overtaken: { live: 'deliver', test: 'suppress', send: () => [sentBy.push(name), send()][1] } },
    });
  const slow = gateBy('slow', () => new Promise((_, reject) => (fail = reject)));
  const admission = await slow.admit({
    method: 'POST',
    url: '/',
    header: (name) => (name === 'authorization' ? `Bearer ${keys.live}` : undefined),
    body: {},
  });
  if (admission.type === 'run') await admission.context.emit('overtaken', {});
  const delivery = slow.deliver();
  await expect.poll(() => sentBy).toEqual(['slow']);
  await pool.query(`update interlock_effects set due_at = now() where name = 'overtaken'`);
  await gateBy('quick', () => {}).deliver();
  fail(new Error('it took too long'));
  await delivery;
  const { rows } = await pool.query(`select state, error from interlock_effects where name = 'overtaken'`);
  expect([sentBy, rows]).toEqual([['slow', 'quick'], [{ state: 'delivered', error: null }]]);
});

describe('fails closed, with a time to wait and the cause told to the owner', () => {
  const unavailable = { type: 'answer', answer: { status: 503, headers: { 'retry-after': '1' } } };
  const asking = (idempotencyKey?: string) => ({
    method: 'POST',
    url: '/',
    header: (name: string) => ({ authorization: `Bearer ${keys.test}`, 'idempotency-key': idempotencyKey })[name],
    body: {},
  });
  const gateAt = (server: object, database: GateDatabase = pool) => {
    const errors: unknown[] = [];
    const made = createGate({
      server: { baseUrl, serviceKey, service: 'shortlinks', ...server },
      database,
      effects: {},
      onError: (error) => errors.push(error),
    });
    return { made, errors };
  };
  const answering =
    (body: string): typeof fetch =>
    async () =>
      new Response(body);
  const silent: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));

  test.each([
    ['a server that is away', { baseUrl: 'http://127.0.0.1:9' }],
    ['a server that is too slow', { fetch: silent, timeoutMs: 20 }],
    ['a page of something else', { fetch: answering('<h1>Welcome</h1>') }],
    ['JSON of something else', { fetch: answering('{"status":"ok"}') }],
    ['a service key that was taken away', { serviceKey: 'f'.repeat(64) }],
  ])('%s', async (_, server) => {
    const { made, errors } = gateAt(server);
    expect(await made.admit(asking())).toMatchObject(unavailable);
    expect(errors).toHaveLength(1);
  });

  test('a database that is away, for a request with an Idempotency-Key', async () => {
    const away: GateDatabase = { query: () => Promise.reject(new Error('away')) };
    const { made, errors } = gateAt({}, away);
    expect(await made.admit(asking('order-1'))).toMatchObject(unavailable);
    expect(errors).toHaveLength(1);
    expect((await made.admit(asking())).type).toBe('run');
  });
});
