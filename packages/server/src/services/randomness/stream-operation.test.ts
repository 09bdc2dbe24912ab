import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyOutcome } from '../../../../client/src/verify.ts';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

let db: FreshDatabase;
let t: TestPlatform;
let base: string;
let account: string;
let liveKey: string;
let testKey: string;
let live: Caller;
let test: Caller;

/** Each test comes from an address of its own, so that its streams are counted alone. */
let localAddress = '';
let host = 1;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({
    owner: db.owner,
    env: { ...db.env, STREAM_HEARTBEAT_MS: '150', DAILY_QUOTA: '200', INTERLOCK_POOL_SIZE: '4' },
  });
  base = await t.platform.app.listen({ port: 0, host: '127.0.0.1' });
});
beforeEach(async () => {
  localAddress = `127.0.0.${++host}`;
  account = await t.workspace();
  liveKey = (await t.key(account, { mode: 'live' })).key;
  testKey = (await t.key(account)).key;
  live = t.as(liveKey);
  test = t.as(testKey);
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

interface Event {
  readonly id?: string;
  readonly event?: string;
  readonly comment?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects
  readonly data?: any;
}

interface OpenStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  next(): Promise<Event | undefined>;
  /** The next so many outcomes. */
  outcomes(count: number): Promise<Event[]>;
  /** All that comes until the server ends it. */
  rest(): Promise<Event[]>;
  text(): Promise<string>;
  close(): void;
}

function open(
  query: string,
  options: { key?: string | null; headers?: Record<string, string>; origin?: string; from?: string } = {},
): Promise<OpenStream> {
  const { key = liveKey, headers = {}, origin = base, from = localAddress } = options;
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}/api/stream?${query}`, {
      headers: { ...(key === null ? {} : { 'x-api-key': key }), ...headers },
      localAddress: from,
      agent: false,
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      answer.setEncoding('utf8');
      const chunks = answer[Symbol.asyncIterator]() as AsyncIterator<string>;
      let text = '';
      const next = async (): Promise<Event | undefined> => {
        for (;;) {
          const end = text.indexOf('\n\n');
          if (end !== -1) {
            const event = eventOf(text.slice(0, end));
            text = text.slice(end + 2);
            return event;
          }
          const { value, done } = await chunks.next().catch(() => ({ value: '', done: true }));
          if (done === true) return undefined;
          text += value;
        }
      };
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        next,
        async outcomes(count) {
          const found: Event[] = [];
          while (found.length < count) {
            const event = await next();
            if (event === undefined) throw new Error('the stream ended');
            if (event.event === 'outcome') found.push(event);
          }
          return found;
        },
        async rest() {
          const found: Event[] = [];
          for (let event = await next(); event !== undefined; event = await next()) found.push(event);
          return found;
        },
        async text() {
          for (;;) {
            const { value, done } = await chunks.next();
            if (done === true) return text;
            text += value;
          }
        },
        close: () => {
          sent.on('error', () => {});
          sent.destroy();
        },
      });
    });
    sent.end();
  });
}

function eventOf(text: string): Event {
  if (text.startsWith(':')) return { comment: text.slice(1).trim() };
  const fields = text.split('\n').map((line) => {
    const at = line.indexOf(': ');
    return [line.slice(0, at), line.slice(at + 2)] as const;
  });
  const { data, ...rest } = Object.fromEntries(fields);
  return { ...rest, ...(data === undefined ? {} : { data: JSON.parse(data) }) };
}

const nonces = (events: Event[]) => events.map(({ data }) => data.nonce as number);

describe('a stream', () => {
  it.each(['live', 'test'] as const)('sends outcomes with their ids as they are drawn, in %s mode', async (mode) => {
    const stream = await open('endpoint=ints&min=1&max=6&count=2&clientSeed=a:b&intervalMs=100', {
      key: mode === 'live' ? liveKey : testKey,
    });
    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(stream.headers['cache-control']).toBe('no-store');
    expect(stream.headers['interlock-mode']).toBe(mode);
    expect(stream.headers['server-timing']).toBeUndefined();
    const events = await stream.outcomes(3);
    stream.close();
    const plain = await (mode === 'live' ? live : test).get('/api/ints?min=1&max=6&count=2&clientSeed=a:b');
    for (const { id, data } of events) {
      expect(id).toBe(`a:b:${data.cursor}:${data.nonce}`);
      const { outcomeId, ...outcome } = data;
      expect(outcomeId).toBe(id);
      expect(outcome.mode).toBe(mode);
      expect(Object.keys(outcome).sort()).toEqual(Object.keys(plain.body).sort());
    }
    const [first = 0] = nonces(events);
    expect(nonces(events)).toEqual([first, first + 1, first + 2]);
  });

  it('breaks a silence with a heartbeat', async () => {
    const stream = await open('endpoint=floats&intervalMs=60000');
    await stream.outcomes(1);
    for (let i = 0; i < 3; i++) expect((await stream.next())?.comment).toMatch(/^heartbeat \d{13}$/);
    stream.close();
  });

  it('ends with done after its longest life', async () => {
    const short = await createTestPlatform({
      owner: db.owner,
      env: { ...db.env, STREAM_MAX_MS: '450', STREAM_HEARTBEAT_MS: '60000' },
    });
    const origin = await short.platform.app.listen({ port: 0, host: '127.0.0.1' });
    const events = await (await open('endpoint=bytes&intervalMs=100', { origin })).rest();
    const done = events.at(-1);
    expect(done).toMatchObject({ event: 'done', data: { reason: 'max_duration', count: events.length - 1 } });
    expect(done?.data.durationMs).toBeGreaterThanOrEqual(450);
    expect(events.length - 1).toBeGreaterThanOrEqual(2);
    expect(events.length - 1).toBeLessThanOrEqual(5);
    // A first frame comes at once, however long the interval; the end does not wait for the next.
    const slow = await (await open('endpoint=bytes&intervalMs=60000', { origin })).rest();
    expect(slow.map(({ event }) => event)).toEqual(['outcome', 'done']);
    await short.close();
  });

  it('of live mode records, bills and announces each frame', async () => {
    const stream = await open('endpoint=dice&notation=2d6&clientSeed=billed&intervalMs=100');
    const events = await stream.outcomes(4);
    stream.close();
    const listed = (await live.get('/api/listOutcomes?clientSeed=billed')).body;
    expect(listed.length).toBeGreaterThanOrEqual(4);
    for (const { data } of events) {
      const { outcomeId: _, ...outcome } = data;
      expect(listed.find((other: { shortId: string }) => other.shortId === outcome.shortId)).toEqual(outcome);
    }
    expect((await live.get('/api/usage')).body.quota.used).toBe(
      (await live.get('/api/listOutcomes?clientSeed=billed')).body.length,
    );
    const effects = await asOwner<{ n: number }>(
      db.owner,
      `select count(*)::int as n from live.effects where workspace_id = $1 and payload->>'endpoint' = '/api/dice'`,
      [account],
    );
    expect(effects[0]?.n).toBe((await live.get('/api/listOutcomes?clientSeed=billed')).body.length);
    const { revealed } = (await live.post('/api/rotate', { clientSeed: 'billed' })).body;
    for (const { data } of events) expect(verifyOutcome(data, revealed.serverSeed).ok).toBe(true);
  });

  it('of a client that closes stops drawing and billing', async () => {
    const closed = await open('endpoint=ints&clientSeed=closed&intervalMs=100');
    await closed.outcomes(2);
    closed.close();
    // Ten frames of another stream are the time in which the first would have drawn as many.
    const other = await open('endpoint=ints&clientSeed=other&intervalMs=100');
    await other.outcomes(10);
    other.close();
    const { nonce } = (await live.get('/api/seed?clientSeed=closed')).body;
    expect(nonce).toBeGreaterThanOrEqual(2);
    expect(nonce).toBeLessThanOrEqual(3);
  });

  it('of a server that stops ends', async () => {
    const stopping = await createTestPlatform({ owner: db.owner, env: db.env });
    const origin = await stopping.platform.app.listen({ port: 0, host: '127.0.0.1' });
    const stream = await open('endpoint=ints&intervalMs=60000', { origin });
    await stream.outcomes(1);
    const rest = stream.rest();
    await stopping.close();
    expect((await rest).filter(({ event }) => event === 'outcome')).toEqual([]);
  });

  it('works without a key, from the shared chain', async () => {
    const clientSeed = `anonymous-${account}`;
    const stream = await open(`endpoint=ints&clientSeed=${clientSeed}&intervalMs=100`, { key: null });
    expect(nonces(await stream.outcomes(2))).toEqual([0, 1]);
    stream.close();
    expect((await t.as(null).get(`/api/listOutcomes?clientSeed=${clientSeed}`)).body.length).toBeGreaterThanOrEqual(2);
  });

  it('costs one slot of the rate limit to open, and none for its frames', async () => {
    const before = Number((await live.get('/api/usage', { address: localAddress })).headers['x-ratelimit-remaining']);
    const stream = await open('endpoint=ints&intervalMs=100');
    await stream.outcomes(4);
    stream.close();
    const after = Number((await live.get('/api/usage', { address: localAddress })).headers['x-ratelimit-remaining']);
    expect(before - after).toBe(2);
  });
});

describe('resuming', () => {
  const request = 'endpoint=ints&count=2&max=50&clientSeed=resume';

  it('sends what was missed, as it was and unbilled, none twice and none skipped, then goes on drawing', async () => {
    const first = await open(`${request}&intervalMs=60000`);
    const [last] = await first.outcomes(1);
    first.close();
    const missed: unknown[] = [];
    for (let i = 0; i < 3; i++) missed.push((await live.get('/api/ints?count=2&max=50&clientSeed=resume')).body);
    // Other parameters on the same chain are not this stream's.
    await live.get('/api/ints?count=3&max=50&clientSeed=resume');
    await live.get('/api/floats?clientSeed=resume');
    const recorded = (await live.get('/api/listOutcomes?clientSeed=resume')).body as {
      nonce: number;
      endpoint: string;
      count: number;
    }[];
    const used = (await live.get('/api/usage')).body.quota.used;
    expect(used).toBe(recorded.length);

    const second = await open(`${request}&intervalMs=60000&lastEventId=${last?.id}`);
    const expected = recorded
      .filter(({ nonce, endpoint, count }) => nonce > last?.data.nonce && endpoint === 'ints' && count === 2)
      .reverse();
    expect(expected.length).toBeGreaterThanOrEqual(3);
    const again = await second.outcomes(expected.length);
    expect(again.map(({ data: { outcomeId: _, ...outcome } }) => outcome)).toEqual(expected);
    expect(again.map(({ data: { outcomeId: _, ...outcome } }) => outcome).slice(-3)).toEqual(missed);
    const [fresh] = await second.outcomes(1);
    second.close();
    expect(fresh?.data.nonce).toBe((recorded[0]?.nonce ?? 0) + 1);
    expect((await live.get('/api/usage')).body.quota.used).toBe(used + 1);
  });

  it('takes the point from Last-Event-ID before the query, and from UTF-8 as browsers send it', async () => {
    for (let i = 0; i < 4; i++) await live.post('/api/ints', { clientSeed: 'ü:1' });
    const stream = await open('endpoint=ints&clientSeed=%C3%BC:1&intervalMs=60000&lastEventId=%C3%BC:1:0:0', {
      headers: { 'last-event-id': Buffer.from('ü:1:0:2').toString('latin1') },
    });
    expect(nonces(await stream.outcomes(2))).toEqual([3, 4]);
    stream.close();
  });

  it('knows the way over a moved cursor', async () => {
    await live.get('/api/ints?clientSeed=moved');
    await live.get('/api/ints?clientSeed=moved');
    await live.get('/api/incrementCursor?clientSeed=moved');
    await live.get('/api/ints?clientSeed=moved');
    const stream = await open('endpoint=ints&clientSeed=moved&intervalMs=60000&lastEventId=moved:0:0');
    expect((await stream.outcomes(3)).map(({ id }) => id)).toEqual(['moved:0:1', 'moved:1:2', 'moved:1:3']);
    stream.close();
  });

  it('of test mode continues the same numbers, wherever it was cut', async () => {
    const query = 'endpoint=dice&notation=4d6&clientSeed=fixture';
    const frames = async (more = '', headers = {}, count = 4) => {
      const stream = await open(`${query}&intervalMs=100${more}`, { key: testKey, headers });
      const events = await stream.outcomes(count);
      stream.close();
      return events.map(({ data: { created: _, receipt: __, ...rest } }) => rest);
    };
    const whole = await frames();
    expect(await frames()).toEqual(whole);
    const { created: _, receipt: __, ...plain } = (await test.get('/api/dice?notation=4d6&clientSeed=fixture')).body;
    const { outcomeId, ...first } = whole[0];
    expect(first).toEqual(plain);
    expect(await frames(`&lastEventId=${outcomeId}`, {}, 3)).toEqual(whole.slice(1));
    expect(await frames('', { 'last-event-id': whole[1].outcomeId }, 2)).toEqual(whole.slice(2));
  });

  it('of test mode gives every frame a permalink that leads to it', async () => {
    const stream = await open('endpoint=ints&clientSeed=linked&intervalMs=100', { key: testKey });
    for (const { data } of await stream.outcomes(3)) {
      const token = new URL(data.permalink).searchParams.get('t');
      const found = await t.as(null).get(`/api/verifyShortId?shortId=${data.shortId}&t=${token}`);
      expect(found.body).toMatchObject({ verified: true, outcome: data.outcome, nonce: data.nonce });
    }
    stream.close();
  });

  it('withholds the passwords that it sends again', async () => {
    const query = 'endpoint=ints&count=12&clientSeed=secret&intervalMs=60000';
    await live.get('/api/ints?count=12&clientSeed=secret');
    const { body: password } = await live.get('/api/ints?count=12&clientSeed=secret&toolMeta={"tool":"password"}');
    const stream = await open(`${query}&lastEventId=secret:0:0`);
    const [again, fresh] = await stream.outcomes(2);
    stream.close();
    expect(again?.id).toBeUndefined();
    expect(again?.data).toMatchObject({
      redacted: true,
      outcome: null,
      clientSeed: null,
      nonce: null,
      shortId: password.shortId,
    });
    expect(JSON.stringify(again)).not.toContain(password.outcome.join(','));
    expect(fresh?.data.nonce).toBe(2);
  });

  it('is refused for a point of another stream, as ordinary JSON', async () => {
    await live.get('/api/ints?clientSeed=here');
    const points = [
      'there:0:0',
      'here',
      'here:0',
      'here:x:0',
      ':0:0',
      'here:0:9007199254740993',
      'here:0:1',
      'here:0:99',
      '',
    ];
    for (const point of points) {
      const stream = await open(`endpoint=ints&clientSeed=here&lastEventId=${point}`);
      if (point === '') expect(stream.status).toBe(200);
      else {
        expect([point, stream.status]).toEqual([point, 400]);
        expect(JSON.parse(await stream.text())).toMatchObject({ code: 'invalid_request', param: 'lastEventId' });
      }
      stream.close();
    }
    for (const point of ['here:0:0', 'here:1:281474976710656', 'here:0:9007199254740991', 'there:0:0']) {
      const stream = await open(`endpoint=ints&clientSeed=here&lastEventId=${point}`, { key: testKey });
      expect([point, stream.status]).toEqual([point, 400]);
      stream.close();
    }
  });
});

describe('refusals', () => {
  it('of parameters come as ordinary JSON before the stream opens, in both modes', async () => {
    const cases: [query: string, param: string][] = [
      ['', 'endpoint'],
      ['endpoint=coin', 'endpoint'],
      ['endpoint=ints&endpoint=floats', 'endpoint'],
      ['endpoint=ints&intervalMs=99', 'intervalMs'],
      ['endpoint=ints&intervalMs=60001', 'intervalMs'],
      ['endpoint=ints&intervalMs=1e3', 'intervalMs'],
      ['endpoint=ints&count=0', 'count'],
      ['endpoint=ints&min=9&max=1', 'min'],
      ['endpoint=dice', 'notation'],
      ['endpoint=shuffle&items=', 'items'],
      ['endpoint=ints&clientSeed=', 'clientSeed'],
    ];
    for (const [query, param] of cases) {
      for (const key of [liveKey, testKey]) {
        const stream = await open(query, { key });
        expect([query, stream.status]).toEqual([query, 400]);
        expect(stream.headers['content-type']).toMatch(/^application\/json/);
        expect(JSON.parse(await stream.text())).toMatchObject({ code: 'invalid_request', param });
      }
    }
    expect((await live.get('/api/seed?clientSeed=test')).body.nonce).toBe(0);
  });

  it('the quota that ends on the way ends the stream; the next one is refused before it opens', async () => {
    const small = await createTestPlatform({ owner: db.owner, env: { ...db.env, DAILY_QUOTA: '3' } });
    const origin = await small.platform.app.listen({ port: 0, host: '127.0.0.1' });
    const events = await (await open('endpoint=ints&clientSeed=quota&intervalMs=100', { origin })).rest();
    expect(events.map(({ event }) => event)).toEqual(['outcome', 'outcome', 'outcome', 'done']);
    expect(events.at(-1)?.data).toMatchObject({ reason: 'quota_exceeded', count: 3 });
    const refused = await open('endpoint=ints&clientSeed=quota', { origin });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(await refused.text())).toMatchObject({ code: 'quota_exceeded', retryAfter: expect.any(Number) });
    const still = await open('endpoint=ints&clientSeed=quota&intervalMs=100', { origin, key: testKey });
    await still.outcomes(2);
    still.close();
    await small.close();
  });

  it('the eleventh stream of one address is 429; another address opens, and a closed one makes room', async () => {
    const streams = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        open('endpoint=ints&intervalMs=60000', { key: i % 2 === 0 ? testKey : null }),
      ),
    );
    expect(streams.map(({ status }) => status)).toEqual(Array(10).fill(200));
    for (const key of [liveKey, testKey, null]) {
      const refused = await open('endpoint=ints', { key });
      expect(refused.status).toBe(429);
      expect(JSON.parse(await refused.text()).code).toBe('rate_limited');
      expect(refused.headers['retry-after']).toBe('1');
    }
    const elsewhere = await open('endpoint=ints&intervalMs=60000', { from: '127.0.0.250' });
    expect(elsewhere.status).toBe(200);
    elsewhere.close();
    streams[0]?.close();
    const opened: OpenStream[] = [];
    await expect
      .poll(async () => {
        const stream = await open('endpoint=ints&intervalMs=60000');
        opened.push(stream);
        return stream.status;
      })
      .toBe(200);
    for (const stream of [...streams, ...opened]) stream.close();
  });

  it('refused streams take no place', async () => {
    for (let i = 0; i < 12; i++) {
      const refused = await open('endpoint=ints&clientSeed=here&lastEventId=there:0:0');
      expect(refused.status).toBe(400);
      await refused.text();
    }
    const stream = await open('endpoint=ints&intervalMs=60000', { key: testKey });
    expect(stream.status).toBe(200);
    stream.close();
  });
});
