import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../../server/src/testing/harness.ts';
import {
  ApiError,
  ConnectionError,
  createRandomness,
  createScheduler,
  ModeError,
  RandomnessError,
  requireSchedulerMode,
  SchedulerError,
} from './index.ts';

let t: TestPlatform;
let baseUrl: string;
let workspace: string;

beforeAll(async () => {
  t = await createTestPlatform();
  baseUrl = await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  t.platform.setPublicUrl(baseUrl);
  workspace = await t.workspace();
});
afterAll(() => t.close());

const schedulerKey = async (mode: 'live' | 'test' = 'test') =>
  (await t.key(workspace, { service: 'scheduler', mode })).key;

describe('against the server', () => {
  test('an operation is called by its name, with its input and its answer typed', async () => {
    const scheduler = createScheduler({ baseUrl, key: await schedulerKey() });
    const made = await scheduler.schedules.create({ endpoint: 'https://example.com/hook', delay: '2h' });
    expect(made).toMatchObject({ object: 'schedule', mode: 'test', kind: 'one_shot' });
    const { data, mode, status, requestId } = await scheduler.schedules.get.withFacts({ id: made.id });
    expect({ id: data.id, mode, status }).toEqual({ id: made.id, mode: 'test', status: 200 });
    expect(requestId).toMatch(/^req_/);
    expect((await scheduler.schedules.cancel({ id: made.id })).state).toBe('canceled');
  });

  test('pages are walked as one sequence, each item once', async () => {
    const scheduler = createScheduler({ baseUrl, key: await schedulerKey() });
    const name = `page ${Math.random()}`;
    const ids = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const { id } = await scheduler.endpoints.create({ url: 'https://example.com/', name: `${name} ${i}` });
      ids.add(id);
    }
    const seen: string[] = [];
    for await (const { id } of scheduler.endpoints.list.all({ limit: 2 })) if (ids.has(id)) seen.push(id);
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(ids);
  });

  test('a draw goes as a body, so that a list of any length and kind is drawn from', async () => {
    const randomness = createRandomness({ baseUrl, key: (await t.key(workspace)).key });
    const items = Array.from({ length: 500 }, (_, index) => ({ prize: index }));
    const { outcome, mode } = await randomness.shuffle({ items, clientSeed: 'loot' });
    expect(mode).toBe('test');
    expect(outcome).toHaveLength(500);
  });

  test('a stream is a sequence of events', async () => {
    const randomness = createRandomness({ baseUrl, key: (await t.key(workspace)).key });
    const values: unknown[] = [];
    for await (const { event, data, id } of randomness.stream({ endpoint: 'ints', intervalMs: 100, count: 2 })) {
      if (event !== 'outcome') continue;
      expect(id).not.toBeNull();
      values.push((JSON.parse(data) as { outcome: unknown }).outcome);
      if (values.length === 2) break;
    }
    expect(values).toHaveLength(2);
  });

  test('a refusal is an error of its service, with the code, the mode and the request', async () => {
    const scheduler = createScheduler({ baseUrl, key: await schedulerKey() });
    const error = await scheduler.schedules
      .get({ id: 'sch_01KX0SD8M2Q7Z4T6W9R5N3V1BC' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SchedulerError);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, code: 'schedule_not_found', mode: 'test' });
    expect((error as SchedulerError).requestId).toMatch(/^req_/);

    const randomness = createRandomness({ baseUrl, key: (await t.key(workspace)).key });
    await expect(randomness.ints({ min: 9, max: 1 })).rejects.toMatchObject({ code: 'invalid_request', status: 400 });
    await expect(randomness.ints({ min: 9, max: 1 })).rejects.toBeInstanceOf(RandomnessError);
  });

  test('one idempotency key of your own is one request, however often it is called', async () => {
    const scheduler = createScheduler({ baseUrl, key: await schedulerKey() });
    const order = { endpoint: 'https://example.com/hook', delay: '3h' };
    const first = await scheduler.schedules.create.withFacts(order, { idempotencyKey: 'order-17' });
    const second = await scheduler.schedules.create.withFacts(order, { idempotencyKey: 'order-17' });
    expect(second.data.id).toBe(first.data.id);
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect((await scheduler.schedules.create(order)).id).not.toBe(first.data.id);
  });
});

describe('the mode, offline', () => {
  test('a client insists on test mode before it calls anybody', async () => {
    const nowhere = { baseUrl: 'http://127.0.0.1:9' };
    expect(createScheduler({ ...nowhere, key: await schedulerKey() }).requireMode('test').mode).toBe('test');
    const live = createScheduler({ ...nowhere, key: await schedulerKey('live') });
    expect(() => live.requireMode('test')).toThrow(ModeError);
    expect(() => live.requireMode('test')).toThrow(/insists on test mode and was given a live scheduler key.*sk_test_/);
  });

  test('a key that is missing, of another service, cut off or mistyped is told as such and never shown', async () => {
    const key = await schedulerKey();
    const mistyped = key.slice(0, -8) + (key.at(-8) === 'a' ? 'b' : 'a') + key.slice(-7);
    for (const [bad, reason] of [
      [undefined, /no scheduler key.*environment variable/],
      ['', /no scheduler key/],
      ['pk_test_abc', /not a scheduler key.*sk_live_.*sk_test_/],
      [key.slice(0, -1), /mistyped or cut off/],
      [mistyped, /mistyped or cut off/],
    ] as const) {
      const failure = (() => {
        try {
          requireSchedulerMode(bad, 'test');
          return null;
        } catch (error) {
          return error as Error;
        }
      })();
      expect(failure?.message).toMatch(reason);
      if (bad) expect(failure?.message).not.toContain(bad);
    }
    requireSchedulerMode(key, 'test');
  });
});

describe('when the way is bad', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
  });

  interface Seen {
    readonly key: string | undefined;
    readonly at: number;
    readonly body: string;
  }

  /** A server that answers one thing after the other; `cut` closes the socket without an answer. */
  async function serverOf(
    ...answers: ('cut' | 'cut inside' | { status: number; body: unknown; headers?: Record<string, string> })[]
  ) {
    const seen: Seen[] = [];
    const server = createServer(async (request: IncomingMessage, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      seen.push({ key: request.headers['idempotency-key'] as string | undefined, at: performance.now(), body });
      const answer = answers[Math.min(seen.length, answers.length) - 1];
      if (answer === undefined || answer === 'cut') {
        request.socket.destroy();
        return;
      }
      if (answer === 'cut inside') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"id":', () => request.socket.resetAndDestroy());
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json', connection: 'close', ...answer.headers });
      response.end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return { seen, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  const order = { endpoint: 'https://example.com/', delay: '1h' };
  const ok = { status: 201, body: { id: 'sch_1' } };

  test('a call whose connection was cut is sent again under the same idempotency key, byte for byte', async () => {
    const { seen, baseUrl } = await serverOf('cut', { status: 503, body: { error: { code: 'unavailable' } } }, ok);
    const scheduler = createScheduler({ baseUrl });
    const { data, attempts } = await scheduler.schedules.create.withFacts(order);
    expect(data.id).toBe('sch_1');
    expect(attempts).toBe(3);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    expect(seen[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('an answer that is reset in its middle is no answer: it is asked for again under the same key', async () => {
    const { seen, baseUrl } = await serverOf('cut inside', ok);
    expect((await createScheduler({ baseUrl }).schedules.create(order)).id).toBe('sch_1');
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    const once = await serverOf('cut inside');
    const failed = createScheduler({ baseUrl: once.baseUrl }).schedules.pause({ id: 'sch_1' });
    await expect(failed).rejects.toBeInstanceOf(ConnectionError);
    expect(once.seen).toHaveLength(1);
  });

  test('an empty answer where one was promised is none, and no value', async () => {
    const { baseUrl } = await serverOf({ status: 200, body: undefined });
    const asked = createScheduler({ baseUrl }).schedules.get({ id: 'sch_1' });
    await expect(asked).rejects.toThrow('The answer of scheduler.schedules.get is no JSON, or was cut off');
  });

  test('a storm of 429 ends after the attempts there are, with the last refusal', async () => {
    const limited = {
      status: 429,
      body: { error: { code: 'rate_limited', message: 'Slow down.' } },
      headers: { 'retry-after': '0' },
    };
    const { seen, baseUrl } = await serverOf(limited);
    await expect(createScheduler({ baseUrl, maxAttempts: 5 }).schedules.create(order)).rejects.toMatchObject({
      status: 429,
      code: 'rate_limited',
    });
    expect(seen).toHaveLength(5);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
  });

  test('a date that is over in Retry-After is waited for no longer', async () => {
    const dated = { status: 503, body: {}, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } };
    const { seen, baseUrl } = await serverOf(dated, ok);
    expect((await createScheduler({ baseUrl }).schedules.create(order)).id).toBe('sch_1');
    expect(seen).toHaveLength(2);
  });

  test('a wait is ended by the signal, with its reason', async () => {
    const limited = { status: 429, body: {}, headers: { 'retry-after': '30' } };
    const { seen, baseUrl } = await serverOf(limited);
    const abort = new AbortController();
    const call = createScheduler({ baseUrl }).schedules.create(order, { signal: abort.signal });
    await expect.poll(() => seen.length).toBe(1);
    abort.abort(new Error('no longer wanted'));
    await expect(call).rejects.toThrow('no longer wanted');
    expect(seen).toHaveLength(1);
  });

  test('a list that changes while it is walked ends, and a cursor that leads back to itself is left', async () => {
    const page = (id: string, next: string | null) => ({
      status: 200,
      body: { object: 'list', data: [{ id }], has_more: next !== null, next_cursor: next },
    });
    const { baseUrl } = await serverOf(page('a', 'x'), page('b', 'y'), page('c', 'y'));
    const seen: string[] = [];
    for await (const { id } of createScheduler({ baseUrl }).schedules.list.all()) seen.push(id);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  test('Retry-After is waited for', async () => {
    const limited = {
      status: 429,
      body: { error: { code: 'rate_limited', message: 'Slow down.' } },
      headers: { 'retry-after': '1' },
    };
    const { seen, baseUrl } = await serverOf(limited, ok);
    await createScheduler({ baseUrl }).schedules.pause({ id: 'sch_1' });
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('a wait that is too long is an error at once, which says how long', async () => {
    const used = {
      status: 429,
      body: { error: 'Used up.', code: 'quota_exceeded' },
      headers: { 'retry-after': '3600' },
    };
    const { seen, baseUrl } = await serverOf(used);
    await expect(createRandomness({ baseUrl }).ints({})).rejects.toMatchObject({
      code: 'quota_exceeded',
      retryAfterMs: 3_600_000,
    });
    expect(seen).toHaveLength(1);
  });

  test('what changes something and has no idempotency key is not sent twice', async () => {
    const { seen, baseUrl } = await serverOf('cut', ok);
    await expect(createScheduler({ baseUrl }).schedules.pause({ id: 'sch_1' })).rejects.toBeInstanceOf(ConnectionError);
    expect(seen).toHaveLength(1);
  });

  test('what no header can carry is an error of its own, and never shown', async () => {
    for (const options of [{ idempotencyKey: 'one\ntwo' }, { headers: { 'x-note': 'naïve ☃' } }]) {
      const refused = createRandomness({ baseUrl: 'http://127.0.0.1:9' }).ints({}, options);
      await expect(refused).rejects.toThrow(/ints cannot be sent: the header (?:idempotency-key|x-note) takes/);
    }
    const key = `pk_test_${'x'.repeat(20)}\n`;
    await expect(createRandomness({ baseUrl: 'http://127.0.0.1:9', key }).ints({})).rejects.not.toThrow(key.trim());
  });

  test('no answer in time is an error that says so', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call = createScheduler({ baseUrl, timeoutMs: 50, maxAttempts: 1 }).me();
    await expect(call).rejects.toThrow('scheduler.me had no answer from');
    server.closeAllConnections();
    servers.push(server);
  });

  test('an aborted call ends with the reason it was given, and is not tried again', async () => {
    const { seen, baseUrl } = await serverOf('cut');
    const reason = new Error('the user left');
    const controller = new AbortController();
    const call = createScheduler({ baseUrl }).me({}, { signal: controller.signal });
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  test('a stream that is cut goes on after the last event it had', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers['last-event-id'] as string | undefined);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const from = Number(asked.at(-1) ?? 0);
      response.write(`event: outcome\nid: ${from + 1}\ndata: ${from + 1}\n\n: heartbeat\n\n`);
      if (from === 0) response.write('id: 2\ndata: half', () => response.destroy());
      else response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const data: string[] = [];
    for await (const event of createRandomness({ baseUrl }).stream({ endpoint: 'ints' })) data.push(event.data);
    expect(data).toEqual(['1', '2']);
    expect(asked).toEqual([undefined, '1']);
  });
});
