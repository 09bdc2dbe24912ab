import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import multipart from '@fastify/multipart';
import { serve } from '@hono/node-server';
import compression from 'compression';
import express from 'express';
import Fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import multer from 'multer';
import { Pool } from 'pg';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadServices } from '../../../server/src/load-services.ts';
import { createFreshDatabase, type FreshDatabase } from '../../../server/src/testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../../../server/src/testing/harness.ts';
import { createGate, expressGate, fastifyGate, type Gate, type GateContext, honoGate } from './gateway.ts';

/* Requests and answers in the forms that real apps have: other parsers, uploads, streams, failures, two processes. */

const INTERLOCK_SERVICES = fileURLToPath(new URL('../../../../examples/shortlinks/service.ts', import.meta.url));
const serviceKey = 'e'.repeat(64);

let fresh: FreshDatabase;
let own: FreshDatabase;
let t: TestPlatform;
let pools: Pool[];
let gates: [Gate<'receipt'>, Gate<'receipt'>];
let key: string;
const errors: string[] = [];

beforeAll(async () => {
  fresh = await createFreshDatabase();
  own = await createFreshDatabase();
  t = await createTestPlatform({
    owner: fresh.owner,
    services: await loadServices({ INTERLOCK_SERVICES }),
    env: { ...fresh.env, INTERLOCK_SERVICE_KEYS: `shortlinks:${serviceKey}` },
  });
  const baseUrl = await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  pools = [new Pool(own.owner), new Pool(own.owner)];
  // Two processes of one app have nothing in common but the database.
  const made = pools.map((database) =>
    createGate({
      server: { baseUrl, serviceKey, service: 'shortlinks' },
      database,
      effects: { receipt: { live: 'deliver', test: 'suppress', send: () => {} } },
      onError: (error) => errors.push(String(error)),
    }),
  );
  gates = [made[0] as Gate<'receipt'>, made[1] as Gate<'receipt'>];
  await gates[0].prepare();
  key = (await t.key(await t.workspace(), { service: 'shortlinks', mode: 'test' })).key;
});
afterAll(async () => {
  await t?.close();
  for (const pool of pools ?? []) await pool.end();
  await fresh?.drop();
  await own?.drop();
});

const stops: (() => unknown)[] = [];
let handled = 0;
let seen: unknown[] = [];
beforeEach(() => {
  handled = 0;
  seen = [];
  errors.length = 0;
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const gateOf = (request: unknown) => (request as { gate: GateContext<'receipt'> }).gate;
const handle = (body: unknown) => {
  handled++;
  seen.push(body);
  return { order: handled };
};

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Asked {
  readonly status: number;
  readonly replayed: boolean;
  readonly headers: Headers;
  readonly text: string;
}

async function send(url: string, path: string, idempotencyKey: string | null, init: RequestInit = {}): Promise<Asked> {
  const answer = await fetch(url + path, {
    method: 'POST',
    ...init,
    headers: {
      authorization: `Bearer ${key}`,
      ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
      ...(init.headers as Record<string, string>),
    },
  });
  const { status, headers } = answer;
  return { status, headers, replayed: headers.get('idempotent-replayed') === 'true', text: await answer.text() };
}

const json = (value: unknown): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const form = (text: string): RequestInit => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: text,
});
const bytes = (...values: number[]): RequestInit => ({
  headers: { 'content-type': 'application/octet-stream' },
  body: Uint8Array.from(values),
});
const upload = (...values: number[]): RequestInit => {
  const body = new FormData();
  body.set('note', 'n');
  body.set('scan', new File([Uint8Array.from(values)], 'scan.bin'));
  return { body };
};

/** Of two bodies under one key the second is another request; the first one again is the same. */
async function tellsApart(url: string, path: string, name: string, one: () => RequestInit, other: () => RequestInit) {
  const first = await send(url, path, name, one());
  expect({ status: first.status, text: first.text }).toEqual({ status: 201, text: expect.any(String) });
  expect(await send(url, path, name, one())).toMatchObject({ status: 201, replayed: true, text: first.text });
  expect(await send(url, path, name, other())).toMatchObject({ status: 422, replayed: false });
  expect(handled).toBe(1);
}

describe('Express', () => {
  const start = (made: Gate<'receipt'> = gates[0], setUp: (app: express.Express) => void = () => {}) => {
    const app = express();
    app.use(compression({ threshold: 0 }));
    app.use(express.json(), express.urlencoded({ extended: true }), express.raw());
    setUp(app);
    app.use(expressGate(made));
    app.post('/orders', (request, response) => {
      response.status(201).json(handle(request.body));
    });
    app.post('/empty', (_request, response) => {
      handle(null);
      response.status(204).end();
    });
    app.post('/streamed', (_request, response) => {
      handle(null);
      response.status(201).type('text/plain');
      Readable.from(['one ', 'two ', 'three']).pipe(response);
    });
    app.post('/twice', (_request, response) => {
      handle(null);
      response.status(201).end('first');
      response.end('second');
    });
    app.post('/head', (_request, response) => {
      handle(null);
      response.writeHead(201, { 'content-type': 'text/plain', 'x-made': 'by hand' }).end('made');
    });
    app.post('/flat', (_request, response) => {
      handle(null);
      response.writeHead(201, 'Made', ['content-type', 'text/plain', 'x-made', 'in turn']).write('ma');
      response.end('de');
    });
    app.get('/feed', (request, response) => {
      response.type('text/event-stream').write(`data: ${gateOf(request).mode}\n\n`);
      (response as unknown as { flush(): void }).flush();
      request.once('close', () => response.end());
    });
    app.get('/page', (_request, response) => void response.set('etag', '"1"').send('page'));
    app.post('/throws', () => {
      handle(null);
      throw new Error('it breaks');
    });
    app.use((_error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(500).json({ error: 'broken' });
    });
    return listening(createServer(app));
  };

  test.each<[string, () => RequestInit, () => RequestInit]>([
    ['JSON', () => json({ item: 'cup' }), () => json({ item: 'pot' })],
    ['a form', () => form('item=cup&size[]=1'), () => form('item=cup&size[]=2')],
    ['bytes that are no text', () => bytes(0xff, 0xfe, 1), () => bytes(0xff, 0xfd, 1)],
  ])('two bodies of %s under one key are two requests', async (name, one, other) => {
    await tellsApart(await start(), '/orders', `express ${name}`, one, other);
  });

  test('an upload is compared with its file, and reaches the handler whole', async () => {
    const url = await start(gates[0], (app) => app.use(multer({ storage: multer.memoryStorage() }).any()));
    await tellsApart(
      url,
      '/orders',
      'express upload',
      () => upload(1, 2, 0xff),
      () => upload(1, 2, 0xfe),
    );
    expect(seen).toEqual([expect.objectContaining({ note: 'n' })]);
  });

  test('a body that nobody has read cannot be compared: the caller is told, and so is the owner', async () => {
    const url = await start();
    const refused = await send(url, '/orders', 'express unread', upload(1));
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([400, 'idempotency_not_available']);
    expect(errors).toEqual([expect.stringContaining('put the parser of bodies before the gate')]);
    expect(handled).toBe(0);
    expect((await send(url, '/orders', null, upload(1))).status).toBe(201);
  });

  test('an answer in pieces, one written by hand, and an empty one are repeated as they were', async () => {
    const url = await start();
    for (const [path, status, text] of [
      ['/streamed', 201, 'one two three'],
      ['/head', 201, 'made'],
      ['/flat', 201, 'made'],
      ['/empty', 204, ''],
      ['/twice', 201, 'first'],
    ] as const) {
      handled = 0;
      const first = await send(url, path, `express${path}`);
      const again = await send(url, path, `express${path}`);
      expect([path, first.status, first.text, first.replayed]).toEqual([path, status, text, false]);
      expect([path, again.status, again.text, again.replayed]).toEqual([path, status, text, true]);
      expect(again.headers.get('x-made')).toBe(first.headers.get('x-made'));
      expect(handled).toBe(1);
    }
  });

  test('an answer is compressed for each caller as that one asks', async () => {
    const url = await start();
    const squeezed = { ...json({ item: 'cup' }), headers: { ...json({}).headers, 'accept-encoding': 'gzip' } };
    const plain = { ...json({ item: 'cup' }), headers: { ...json({}).headers, 'accept-encoding': 'identity' } };
    const first = await send(url, '/orders', 'express compressed', squeezed);
    const again = await send(url, '/orders', 'express compressed', plain);
    expect([first.headers.get('content-encoding'), again.headers.get('content-encoding')]).toEqual(['gzip', null]);
    expect([again.text, again.replayed]).toEqual([first.text, true]);
  });

  test('without a key to repeat by, a stream leaves as it is written', async () => {
    const url = await start();
    const answer = await fetch(`${url}/feed`, { headers: { authorization: `Bearer ${key}` } });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: test\n\n');
    await reader.cancel();
  });

  test('HEAD and a page that has not changed are answered as ever', async () => {
    const url = await start();
    const headers = { authorization: `Bearer ${key}` };
    const head = await fetch(`${url}/page`, { method: 'HEAD', headers });
    expect([head.status, head.headers.get('interlock-mode'), await head.text()]).toEqual([200, 'test', '']);
    // `fetch` would ask for a fresh one.
    const same = await request(`${url}/page`, { headers: { ...headers, 'if-none-match': '"1"' } });
    expect([same.statusCode, await same.body.text()]).toEqual([304, '']);
  });

  test('what breaks gives its key back, and the next one runs', async () => {
    const url = await start();
    for (let times = 1; times <= 2; times++) {
      expect((await send(url, '/throws', 'express throws')).status).toBe(500);
      expect(handled).toBe(times);
    }
  });

  test('a caller who goes away finds the answer when he asks again', async () => {
    let go = () => {};
    const hold = new Promise<void>((resolve) => {
      go = resolve;
    });
    const app = express();
    app.use(express.json(), expressGate(gates[0]));
    app.post('/slow', async (request, response) => {
      const answer = handle(request.body);
      await hold;
      response.status(201).json(answer);
    });
    const url = await listening(createServer(app));
    const left = new AbortController();
    const first = send(url, '/slow', 'express left', { ...json({ item: 'cup' }), signal: left.signal });
    await expect.poll(() => handled).toBe(1);
    left.abort();
    await expect(first).rejects.toThrow();
    expect((await send(url, '/slow', 'express left', json({ item: 'cup' }))).status).toBe(409);
    go();
    await expect
      .poll(() => send(url, '/slow', 'express left', json({ item: 'cup' })))
      .toMatchObject({ status: 201, replayed: true, text: '{"order":1}' });
  });

  test('a router within may ask for a further scope; the key is claimed and counted once', async () => {
    const url = await start(gates[0], (app) => {
      const router = express.Router();
      app.use('/api', expressGate(gates[0]), router);
      router.post('/orders', expressGate(gates[0], { scope: 'write' }), (request, response) => {
        response.status(201).json({ ...handle(request.body), url: request.originalUrl });
      });
      router.post('/admin', expressGate(gates[0], { scope: 'admin' }), (_request, response) => {
        response.json(handle(null));
      });
    });
    const first = await send(url, '/api/orders', 'router', json({ a: 1 }));
    expect(first).toMatchObject({ status: 201, replayed: false });
    expect(await send(url, '/api/orders', 'router', json({ a: 1 }))).toMatchObject({ status: 201, replayed: true });
    const left = (asked: Asked) => Number(asked.headers.get('x-ratelimit-remaining'));
    const refused = await send(url, '/api/admin', null);
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'scope_missing' } });
    expect(left(first) - left(refused)).toBe(2);
    expect(handled).toBe(1);
  });

  test('a gate of another API asks for itself', async () => {
    const other = createGate({
      server: { baseUrl: 'http://127.0.0.1:9', serviceKey, service: 'another' },
      database: pools[0] as Pool,
      effects: {},
    });
    const url = await start(gates[0], (app) => {
      app.post('/both', expressGate(gates[0]), expressGate(other), (_request, response) => {
        response.json(handle(null));
      });
    });
    expect((await send(url, '/both', null)).status).toBe(503);
    expect(handled).toBe(0);
  });

  test('a refusal leaves a connection that can be used again, also where the upload was not read', async () => {
    const url = await start();
    const agent = new Agent({ connections: 1 });
    const body = Buffer.alloc(5_000_000);
    const upload = { method: 'POST', body, headers: { 'content-type': 'application/x-unknown' } } as const;
    for (let count = 0; count < 3; count++) {
      const { statusCode, body: refusal } = await request(`${url}/orders`, { ...upload, dispatcher: agent });
      expect(statusCode).toBe(401);
      await refusal.dump();
    }
    await agent.close();
  });

  test('of forty at once at two processes one is handled, and all hear of the same', async () => {
    const urls = [await start(gates[0]), await start(gates[1])];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        send(urls[index % 2] as string, '/orders', 'express crowd', json({ item: 'cup' })),
      ),
    );
    expect(handled).toBe(1);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    for (const url of urls) {
      expect(await send(url, '/orders', 'express crowd', json({ item: 'cup' }))).toMatchObject({
        status: 201,
        replayed: true,
        text: '{"order":1}',
      });
    }
  });
});

describe('Fastify', () => {
  const start = async (setUp: (app: ReturnType<typeof Fastify>) => unknown = () => {}) => {
    const app = Fastify();
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    app.addContentTypeParser('application/x-lines', (_request, payload, done) => done(null, payload));
    await setUp(app);
    await app.register(async (api) => {
      fastifyGate(api, gates[0]);
      api.post('/orders', async (request, reply) => {
        reply.code(201);
        return handle(request.body);
      });
      api.post('/empty', async (_request, reply) => {
        handle(null);
        return reply.code(204).send();
      });
      api.post('/streamed', async (_request, reply) => {
        handle(null);
        return reply
          .code(201)
          .type('text/plain')
          .send(Readable.from(['one ', 'two ', 'three']));
      });
      api.post('/web', async () => {
        handle(null);
        return new Response(new Blob(['one ', 'two']).stream(), { status: 201, headers: { 'x-made': 'by hand' } });
      });
      api.post('/cut', async (_request, reply) => {
        handle(null);
        const cut = async function* () {
          yield 'one ';
          await turn();
          throw new Error('it breaks');
        };
        return reply.code(201).send(Readable.from(cut()));
      });
      api.post('/parts', async (request, reply) => {
        const file = await (request as unknown as { file(): Promise<{ toBuffer(): Promise<Buffer> }> }).file();
        reply.code(201);
        return handle([...(await file.toBuffer())]);
      });
      api.get('/feed', async (request, reply) => {
        const feed = async function* () {
          yield `data: ${gateOf(request).mode}\n\n`;
          await new Promise((resolve) => request.raw.once('close', resolve));
        };
        return reply.type('text/event-stream').send(Readable.from(feed()));
      });
    });
    stops.push(() => app.close());
    return app.listen({ host: '127.0.0.1', port: 0 });
  };

  test.each<[string, () => RequestInit, () => RequestInit]>([
    ['JSON', () => json({ item: 'cup' }), () => json({ item: 'pot' })],
    ['bytes that are no text', () => bytes(0xff, 0xfe, 1), () => bytes(0xff, 0xfd, 1)],
  ])('two bodies of %s under one key are two requests', async (name, one, other) => {
    await tellsApart(await start(), '/orders', `fastify ${name}`, one, other);
  });

  test('an upload that was read before is compared with its file', async () => {
    const url = await start((app) => app.register(multipart, { attachFieldsToBody: 'keyValues' }));
    await tellsApart(
      url,
      '/orders',
      'fastify upload',
      () => upload(1, 2, 0xff),
      () => upload(1, 2, 0xfe),
    );
  });

  test('a body that is read as a stream cannot be compared, and without a key is handled as ever', async () => {
    const url = await start((app) => app.register(multipart));
    const lines = { headers: { 'content-type': 'application/x-lines' }, body: 'one\ntwo\n' };
    for (const [path, init] of [
      ['/parts', upload(7, 8)],
      ['/orders', lines],
    ] as const) {
      const refused = await send(url, path, `fastify stream ${path}`, init);
      expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([400, 'idempotency_not_available']);
    }
    expect(errors).toHaveLength(2);
    expect(handled).toBe(0);
    expect((await send(url, '/parts', null, upload(7, 8))).status).toBe(201);
    expect(seen).toEqual([[7, 8]]);
  });

  test('a stream of Node or of the web, and an empty answer, are repeated as they were', async () => {
    const url = await start();
    for (const [path, status, text] of [
      ['/streamed', 201, 'one two three'],
      ['/web', 201, 'one two'],
      ['/empty', 204, ''],
    ] as const) {
      handled = 0;
      const first = await send(url, path, `fastify${path}`);
      const again = await send(url, path, `fastify${path}`);
      expect([path, first.status, first.text, first.replayed]).toEqual([path, status, text, false]);
      expect([path, again.status, again.text, again.replayed]).toEqual([path, status, text, true]);
      expect(again.headers.get('x-made')).toBe(first.headers.get('x-made'));
      expect(handled).toBe(1);
    }
  });

  test('a scope within may ask for a further scope of the key', async () => {
    const url = await start(async (app) => {
      await app.register(async (outer: FastifyInstance) => {
        fastifyGate(outer, gates[0]);
        await outer.register(async (inner: FastifyInstance) => {
          fastifyGate(inner, gates[0], { scope: 'write' });
          inner.post('/inner', async (request) => ({ ...handle(request.body), mode: gateOf(request).mode }));
        });
        await outer.register(async (inner: FastifyInstance) => {
          fastifyGate(inner, gates[0], { scope: 'admin' });
          inner.post('/admin', async () => handle(null));
        });
      });
    });
    expect(await send(url, '/inner', 'inner', json({}))).toMatchObject({ status: 200, replayed: false });
    expect(await send(url, '/inner', 'inner', json({}))).toMatchObject({ status: 200, replayed: true });
    expect((await send(url, '/admin', 'admin', json({}))).status).toBe(403);
    expect(handled).toBe(1);
  });

  test('what a handler writes past Fastify is not kept, and gives its key back', async () => {
    const url = await start(async (app) => {
      await app.register(async (api: FastifyInstance) => {
        fastifyGate(api, gates[0]);
        api.post('/raw', async (_request, reply) => {
          reply.hijack();
          reply.raw.end(JSON.stringify(handle(null)));
        });
      });
    });
    expect(await send(url, '/raw', 'raw')).toMatchObject({ status: 200, text: '{"order":1}' });
    await expect.poll(async () => (await send(url, '/raw', 'raw')).text).toBe('{"order":2}');
  });

  test('a stream that breaks gives its key back', async () => {
    const url = await start();
    for (let times = 1; times <= 2; times++) {
      expect((await send(url, '/cut', 'fastify cut')).status).toBe(500);
      expect(handled).toBe(times);
    }
  });

  test('without a key to repeat by, a stream leaves as it is written', async () => {
    const url = await start();
    const answer = await fetch(`${url}/feed`, { headers: { authorization: `Bearer ${key}` } });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: test\n\n');
    await reader.cancel();
  });
});

describe('Hono', () => {
  const start = async (
    before?: (read: { json(): Promise<unknown>; formData(): Promise<FormData> }) => Promise<unknown>,
  ) => {
    const app = new Hono<{ Variables: { gate: GateContext<'receipt'> } }>();
    app.use(async (c, next) => {
      await before?.(c.req);
      await next();
    });
    app.use(honoGate(gates[0]));
    app.post('/orders', async (c) => c.json(handle(await c.req.json()), 201));
    app.post('/bytes', async (c) => c.json(handle([...new Uint8Array(await c.req.arrayBuffer())]), 201));
    app.post('/parts', async (c) => {
      const file = (await c.req.formData()).get('scan') as File;
      return c.json(handle([...new Uint8Array(await file.arrayBuffer())]), 201);
    });
    app.post('/empty', (c) => {
      handle(null);
      return c.body(null, 204);
    });
    app.post('/passed-on', async () => {
      handle(null);
      // What `fetch` answers cannot be changed.
      return fetch(`data:text/plain,passed on`);
    });
    app.get('/feed', (c) => {
      const feed = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(`data: ${c.get('gate').mode}\n\n`));
        },
      });
      return c.body(feed, 200, { 'content-type': 'text/event-stream' });
    });
    app.post('/throws', () => {
      handle(null);
      throw new Error('it breaks');
    });
    app.onError((_error, c) => c.json({ error: 'broken' }, 500));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    stops.push(() => {
      (server as ReturnType<typeof createServer>).closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  test.each<[string, string, () => RequestInit, () => RequestInit]>([
    ['JSON', '/orders', () => json({ item: 'cup' }), () => json({ item: 'pot' })],
    ['bytes that are no text', '/bytes', () => bytes(0xff, 0xfe, 1), () => bytes(0xff, 0xfd, 1)],
  ])('two bodies of %s under one key are two requests', async (name, path, one, other) => {
    await tellsApart(await start(), path, `hono ${name}`, one, other);
  });

  test('a route may ask for a further scope of the key', async () => {
    const app = new Hono<{ Variables: { gate: GateContext<'receipt'> } }>();
    app.use(honoGate(gates[0]));
    app.post('/inner', honoGate(gates[0], { scope: 'write' }), (c) =>
      c.json({ ...handle(null), mode: c.get('gate').mode }),
    );
    app.post('/admin', honoGate(gates[0], { scope: 'admin' }), (c) => c.json(handle(null)));
    const ask = (path: string) =>
      app.request(path, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'idempotency-key': 'further' } });
    expect((await ask('/inner')).status).toBe(200);
    expect((await ask('/inner')).headers.get('idempotent-replayed')).toBe('true');
    expect((await ask('/admin')).status).toBe(422);
    expect(handled).toBe(1);
  });

  test('an upload reaches its handler byte for byte, with a key and without', async () => {
    const url = await start();
    expect((await send(url, '/parts', null, upload(1, 0xff, 0))).status).toBe(201);
    expect((await send(url, '/parts', 'hono upload', upload(1, 0xff, 0))).status).toBe(201);
    expect(seen).toEqual([
      [1, 0xff, 0],
      [1, 0xff, 0],
    ]);
  });

  test('a body that was read before the gate is compared all the same', async () => {
    await tellsApart(
      await start((read) => read.json()),
      '/orders',
      'hono read before',
      () => json({ item: 'cup' }),
      () => json({ item: 'pot' }),
    );
    handled = 0;
    await tellsApart(
      await start((read) => read.formData()),
      '/parts',
      'hono form read before',
      () => upload(1, 0xff),
      () => upload(1, 0xfe),
    );
  });

  test('an empty answer, and one that was passed on, are repeated as they were', async () => {
    const url = await start();
    for (const [path, status, text] of [
      ['/empty', 204, ''],
      ['/passed-on', 200, 'passed on'],
    ] as const) {
      handled = 0;
      const first = await send(url, path, `hono${path}`);
      const again = await send(url, path, `hono${path}`);
      expect([path, first.status, first.text, first.headers.get('interlock-mode')]).toEqual([
        path,
        status,
        text,
        'test',
      ]);
      expect([path, again.status, again.text, again.replayed]).toEqual([path, status, text, true]);
      expect(handled).toBe(1);
    }
  });

  test('what breaks gives its key back', async () => {
    const url = await start();
    for (let times = 1; times <= 2; times++) {
      expect((await send(url, '/throws', 'hono throws')).status).toBe(500);
      expect(handled).toBe(times);
    }
  });

  test('without a key to repeat by, a stream leaves as it is written', async () => {
    const url = await start();
    const answer = await fetch(`${url}/feed`, { headers: { authorization: `Bearer ${key}` } });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: test\n\n');
    await reader.cancel();
  });
});
