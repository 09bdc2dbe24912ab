import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, test } from 'vitest';
import { generateSecret } from '../../../server/src/core/signing-secrets/secret-text.ts';
import { sched } from '../../../server/src/dispatch/signing/sched.ts';
import {
  expressWebhook,
  fastifyWebhook,
  honoWebhook,
  nextPagesWebhook,
  nextWebhook,
  type VerifiedWebhook,
} from './adapters.ts';

const secret = generateSecret('base64');
const options = { scheme: 'sched', secret } as const;
const body = Buffer.from('{ "order": 17,\n  "name": "Zoë" }');

/** The scheme that signs the path as well, so that adapters have to know it. */
async function deliver(url: string, with_: { secret?: string } = {}): Promise<{ status: number; text: string }> {
  const { pathname } = new URL(url);
  const headers = sched.sign({
    id: 'dlv_1',
    attempt: 1,
    timestamp: Date.now(),
    method: 'POST',
    path: pathname,
    body,
    secrets: [with_.secret ?? secret],
  });
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const wrongSecret = { secret: generateSecret('base64') };

describe('Express', () => {
  async function listening(app: express.Express): Promise<string> {
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    stops.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const answer: express.RequestHandler = (request, response) => {
    const { webhook } = request as express.Request & { webhook: VerifiedWebhook };
    response.json({ id: webhook.id, event: webhook.event });
  };

  test('verifies on the bytes that arrived, also below a router', async () => {
    const app = express();
    const router = express.Router();
    router.post('/in', expressWebhook(options), answer);
    app.use('/hooks', router);
    const url = await listening(app);
    const { status, text } = await deliver(`${url}/hooks/in?x=1`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ id: 'dlv_1', event: { order: 17, name: 'Zoë' } });
    expect(await deliver(`${url}/hooks/in`, wrongSecret)).toMatchObject({
      status: 400,
      text: expect.stringContaining('webhook_wrong_secret'),
    });
  });

  test('behind express.json() it says so; behind express.raw() it works', async () => {
    const app = express();
    app.post('/parsed', express.json(), expressWebhook(options), answer);
    app.post('/raw', express.raw({ type: '*/*' }), expressWebhook(options), answer);
    const url = await listening(app);
    const parsed = await deliver(`${url}/parsed`);
    expect(parsed).toMatchObject({ status: 500, text: expect.stringContaining('webhook_parsed_body') });
    expect((await deliver(`${url}/raw`)).status).toBe(200);
  });
});

test('Fastify: in its scope bodies stay bytes, outside they are parsed as ever', async () => {
  const app = Fastify();
  await app.register(async (hooks) => {
    fastifyWebhook(hooks, options);
    hooks.post('/hooks', async (request) => {
      const { webhook } = request as unknown as { webhook: VerifiedWebhook };
      return { id: webhook.id, event: webhook.event };
    });
  });
  app.post('/orders', async (request) => ({ parsed: request.body }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  stops.push(() => app.close());
  const { status, text } = await deliver(`${url}/hooks`);
  expect([status, JSON.parse(text)]).toEqual([200, { id: 'dlv_1', event: { order: 17, name: 'Zoë' } }]);
  expect((await deliver(`${url}/hooks`, wrongSecret)).status).toBe(400);
  expect(JSON.parse((await deliver(`${url}/orders`)).text)).toEqual({ parsed: { order: 17, name: 'Zoë' } });
});

test('Hono: also after a handler that looked at the JSON through the context', async () => {
  const app = new Hono<{ Variables: { webhook: VerifiedWebhook } }>();
  app.post('/hooks', honoWebhook(options), (c) => c.json({ id: c.get('webhook').id }));
  app.use('/looked/*', async (c, next) => {
    await c.req.json();
    await next();
  });
  app.post('/looked/in', honoWebhook(options), (c) => c.json({ id: c.get('webhook').id }));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  stops.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await deliver(`${url}/hooks`)).toEqual({ status: 200, text: '{"id":"dlv_1"}' });
  expect((await deliver(`${url}/hooks`, wrongSecret)).status).toBe(400);
  expect((await deliver(`${url}/looked/in`)).status).toBe(200);
});

describe('Next', () => {
  test('app routes: a Request in, a Response out', async () => {
    const seen: string[] = [];
    const POST = nextWebhook(options, (webhook) => void seen.push(webhook.id));
    const headers = (with_: string) =>
      sched.sign({
        id: 'dlv_1',
        attempt: 1,
        timestamp: Date.now(),
        method: 'POST',
        path: '/api/hooks',
        body,
        secrets: [with_],
      });
    const request = (with_: string) =>
      new Request('https://shop.example/api/hooks', { method: 'POST', headers: headers(with_), body });
    expect((await POST(request(secret))).status).toBe(204);
    expect((await POST(request(wrongSecret.secret))).status).toBe(400);
    const read = request(secret);
    await read.json();
    const refused = await POST(read);
    expect([refused.status, await refused.json()]).toMatchObject([500, { code: 'webhook_parsed_body' }]);
    expect(seen).toEqual(['dlv_1']);
  });

  test('pages/api: with the body parser off it verifies, with it on it says so', async () => {
    const seen: string[] = [];
    const handle = nextPagesWebhook(options, (webhook) => void seen.push(webhook.id));
    const server = createServer(async (request, response) => {
      if (request.url === '/parsed') {
        // As the body parser of Next leaves it.
        let text = '';
        for await (const chunk of request) text += String(chunk);
        Object.assign(request, { body: JSON.parse(text) as unknown });
      }
      await handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await deliver(`${url}/api/hooks`)).status).toBe(204);
    expect(await deliver(`${url}/parsed`)).toMatchObject({ status: 500, text: expect.stringContaining('parsed_body') });
    expect(seen).toEqual(['dlv_1']);
  });
});
