import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { contract } from './contract.ts';
import { randomness } from './service.ts';

let t: TestPlatform;
let port: number;
let liveKey: string;
let testKey: string;
let live: Caller;
let test: Caller;

beforeAll(async () => {
  t = await createTestPlatform({ env: { STREAM_MAX_MS: '100', DAILY_QUOTA: '0' } });
  await t.platform.app.listen({ port: 0, host: '127.0.0.1' });
  const address = t.platform.app.server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  const account = await t.workspace();
  liveKey = (await t.key(account, { mode: 'live' })).key;
  testKey = (await t.key(account)).key;
  live = t.as(liveKey);
  test = t.as(testKey);
});
afterEach(() => expectCleanLog(t.log));
afterAll(() => t.close());

const refusalOf = (answer: Pick<Answer, 'status' | 'text'>) => {
  const body = JSON.parse(answer.text);
  expect(Object.keys(body).filter((field) => !['error', 'code', 'param', 'retryAfter'].includes(field))).toEqual([]);
  return [answer.status, body.code, body.param];
};

/** Both modes answer a bad request with the same bytes. */
async function inBothModes(call: (caller: Caller) => Promise<Answer>): Promise<Answer> {
  const [a, b] = [await call(live), await call(test)];
  expect([b.status, b.text]).toEqual([a.status, a.text]);
  return a;
}

const json = { 'content-type': 'application/json' };
const refused = (param: string) => [400, 'invalid_request', param];

describe('a query', () => {
  const huge = '9'.repeat(400);
  const cases: [query: string, param: string][] = [
    ['ints?count=', 'count'],
    ['ints?count', 'count'],
    ['ints?count=0', 'count'],
    ['ints?count=101', 'count'],
    ['ints?count=-1', 'count'],
    ['ints?count=-0', 'count'],
    ['ints?count=1.0', 'count'],
    ['ints?count=1.5', 'count'],
    ['ints?count=1e1', 'count'],
    ['ints?count=1e999', 'count'],
    ['ints?count=0x10', 'count'],
    ['ints?count=+1', 'count'],
    ['ints?count=%2B1', 'count'],
    ['ints?count=%201', 'count'],
    ['ints?count=1%00', 'count'],
    ['ints?count=NaN', 'count'],
    ['ints?count=Infinity', 'count'],
    ['ints?count=null', 'count'],
    ['ints?count=true', 'count'],
    ['ints?count=[1]', 'count'],
    ['ints?count=١', 'count'],
    [`ints?count=${huge}`, 'count'],
    ['ints?count=1&count=2', 'count'],
    ['ints?count=1&count=1', 'count'],
    ['ints?min=-1', 'min'],
    ['ints?min=2&max=1', 'min'],
    ['ints?min=101', 'min'],
    ['ints?max=0', 'max'],
    ['ints?min=0&max=4294967296', 'max'],
    ['ints?max=9007199254740992', 'max'],
    ['ints?min=9007199254740993&max=9007199254740993', 'min'],
    ['ints?unique=yes', 'unique'],
    ['ints?unique=true&count=7&max=6', 'count'],
    ['ints?clientSeed=', 'clientSeed'],
    ['ints?clientSeed=a&clientSeed=b', 'clientSeed'],
    ['ints?clientSeed=%00', 'clientSeed'],
    ['ints?clientSeed=a%0Ab', 'clientSeed'],
    ['ints?clientSeed=%7F', 'clientSeed'],
    ['ints?clientSeed=%C2%85', 'clientSeed'],
    [`ints?clientSeed=${'x'.repeat(257)}`, 'clientSeed'],
    [`ints?clientSeed=${encodeURIComponent('é'.repeat(129))}`, 'clientSeed'],
    ['ints?clientSeed=%', 'clientSeed'],
    ['ints?clientSeed=%E9', 'clientSeed'],
    ['ints?clientSeed=%zz', 'clientSeed'],
    ['ints?clientSeed=%ED%A0%80', 'clientSeed'],
    ['ints?clientSeed=%F5%80%80%80', 'clientSeed'],
    ['ints?clientSeed=a&%ED%A0%80=1', '%ED%A0%80'],
    ['ints?toolMeta=', 'toolMeta'],
    ['ints?toolMeta=dice', 'toolMeta'],
    ['ints?toolMeta=[]', 'toolMeta'],
    ['ints?toolMeta=null', 'toolMeta'],
    ['ints?toolMeta={}&toolMeta={}', 'toolMeta'],
    ['ints?toolMeta={"a":1e999}', 'toolMeta'],
    ['ints?toolMeta={"a":"\\u0000"}', 'toolMeta'],
    ['ints?toolMeta={"a":"\\ud800"}', 'toolMeta'],
    ['ints?toolMeta={"__proto__":1}', 'toolMeta'],
    [`ints?toolMeta={"a":"${'x'.repeat(512)}"}`, 'toolMeta'],
    ['shuffle', 'items'],
    ['shuffle?items=', 'items'],
    ['shuffle?items=,', 'items'],
    ['shuffle?items=a,,b', 'items'],
    ['shuffle?items=[]', 'items'],
    ['shuffle?items=[', 'items'],
    ['shuffle?items=["a"', 'items'],
    ['shuffle?items=[1e999]', 'items'],
    ['shuffle?items=["\\ud800"]', 'items'],
    ['shuffle?items=["a\\u0000"]', 'items'],
    ['shuffle?items=[{"__proto__":1}]', 'items'],
    ['shuffle?items=[NaN]', 'items'],
    [`shuffle?items=["${'x'.repeat(255)}"]`, 'items'],
    [`shuffle?items=${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'items'],
    [`shuffle?items=${'a,'.repeat(1_000)}a`, 'items'],
    [`shuffle?${'items=a&'.repeat(1_001)}`, 'items'],
    ['pick?items=a,b&weights=', 'weights'],
    ['pick?items=a,b&weights=1', 'weights'],
    ['pick?items=a,b&weights=1,2,3', 'weights'],
    ['pick?items=a,b&weights=0,0', 'weights'],
    ['pick?items=a,b&weights=1,-1', 'weights'],
    ['pick?items=a,b&weights=NaN,1', 'weights'],
    ['pick?items=a,b&weights=Infinity,1', 'weights'],
    ['pick?items=a,b&weights=1e999,1', 'weights'],
    ['pick?items=a,b&weights=1e-999,1', 'weights'],
    ['pick?items=a,b&weights=0.0000000000001,1', 'weights'],
    ['pick?items=a,b&weights=9007199254740991,1', 'weights'],
    ['pick?items=a,b&weights=x,y', 'weights'],
    ['pick?items=a,b&weights={"a":1}', 'weights'],
    ['pick?items=a,b&weights=[null,1]', 'weights'],
    [`pick?items=a,b&weights=1,${huge}`, 'weights'],
    ['bytes?count=0', 'count'],
    ['bytes?count=1025', 'count'],
    ['bytes?encoding=', 'encoding'],
    ['bytes?encoding=HEX', 'encoding'],
    ['bytes?encoding=hex&encoding=hex', 'encoding'],
    ['dice', 'notation'],
    ['dice?notation=', 'notation'],
    ['dice?notation=6', 'notation'],
    ['dice?notation=d', 'notation'],
    ['dice?notation=0d6', 'notation'],
    ['dice?notation=101d6', 'notation'],
    ['dice?notation=1d1', 'notation'],
    ['dice?notation=1d1000001', 'notation'],
    ['dice?notation=1d6%2B1000001', 'notation'],
    ['dice?notation=1d6-', 'notation'],
    ['dice?notation=1d6%2B', 'notation'],
    ['dice?notation=1d6+', 'notation'],
    ['dice?notation=1d6--1', 'notation'],
    ['dice?notation=-1d6', 'notation'],
    ['dice?notation=1d6*2', 'notation'],
    ['dice?notation=1d6%0A', 'notation'],
    [`dice?notation=${huge}d6`, 'notation'],
    [`dice?notation=1d${huge}`, 'notation'],
    ['dice?notation=d6&notation=d8', 'notation'],
    ['gaussian?stddev=0', 'stddev'],
    ['gaussian?stddev=-1', 'stddev'],
    ['gaussian?stddev=1e13', 'stddev'],
    ['gaussian?mean=', 'mean'],
    ['gaussian?mean=NaN', 'mean'],
    ['gaussian?mean=-Infinity', 'mean'],
    ['gaussian?mean=1e999', 'mean'],
    ['gaussian?mean=1e13', 'mean'],
    ['gaussian?distribution=poisson&lambda=100.1', 'lambda'],
    ['gaussian?distribution=exponential&lambda=0', 'lambda'],
    ['gaussian?distribution=exponential&lambda=1e-999', 'lambda'],
    ['gaussian?distribution=Normal', 'distribution'],
    ['uuid?count=101', 'count'],
    ['floats?count=x', 'count'],
    ['%zz', 'path'],
    ['merkle/%', 'path'],
    ['merkle/%E9', 'path'],
    ['merkle/2026-01-01/proof/%ED%A0%80', 'path'],
    ['merkle/2026-01-01%00', 'date'],
    ['merkle/2026-01-01/proof/a%00', 'outcomeId'],
  ];

  it.each(cases)('%s', async (query, param) => {
    expect(refusalOf(await inBothModes((caller) => caller.get(`/api/${query}`)))).toEqual(refused(param));
  });
});

describe('a body', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const cases: [path: string, body: string, param: string][] = [
    ...[
      '{',
      '{"count":1,}',
      "{'count':1}",
      '{count:1}',
      'null',
      '[]',
      '[{}]',
      '"x"',
      '1',
      'true',
      '{}{}',
      '{} x',
      '\u0000',
      'undefined',
    ].map((body): [string, string, string] => ['ints', body, 'body']),
    ...['NaN', 'Infinity', '-Infinity', 'undefined', '0x10', '01', '1.', '.5', '+1', "'1'"].map(
      (value): [string, string, string] => ['ints', `{"count":${value}}`, 'body'],
    ),
    ...[
      '0',
      '101',
      '-1',
      '-0',
      '1.5',
      '1e999',
      '-1e999',
      '"3"',
      'true',
      'null',
      '[]',
      '[1]',
      '{}',
      '9'.repeat(400),
    ].map((value): [string, string, string] => ['ints', `{"count":${value}}`, 'count']),
    ['ints', '{"min":9,"max":1}', 'min'],
    ['ints', '{"unique":"true"}', 'unique'],
    ['ints', '{"count":1,"count":0}', 'count'],
    ['ints', '{"cuont":1}', 'cuont'],
    ['ints', '{"Count":1}', 'Count'],
    ['ints', '{"toString":1}', 'toString'],
    ['ints', '{"hasOwnProperty":1}', 'hasOwnProperty'],
    ['ints', '{"__proto__":{"count":1}}', 'body'],
    ['ints', '{"\\u005f_proto__":{"count":1}}', 'body'],
    ['ints', '{"constructor":{"prototype":{"count":1}}}', 'body'],
    ['ints', '{"clientSeed":"\\u0000"}', 'clientSeed'],
    ['ints', '{"clientSeed":"a\\ud800"}', 'clientSeed'],
    ['ints', '{"clientSeed":"\\udc00a"}', 'clientSeed'],
    ['ints', '{"clientSeed":5}', 'clientSeed'],
    ['ints', '{"clientSeed":null}', 'clientSeed'],
    ['ints', '{"toolMeta":{"a":["\\u0000"]}}', 'toolMeta.a[0]'],
    ['ints', '{"toolMeta":{"\\ud800":1}}', 'toolMeta'],
    ['ints', '{"\\u0000":1}', 'body'],
    ['ints', '{"toolMeta":5}', 'toolMeta'],
    ['ints', '{"toolMeta":{"a":1e999}}', 'toolMeta'],
    ['shuffle', '', 'items'],
    ['shuffle', '{}', 'items'],
    ['shuffle', '{"items":null}', 'items'],
    ['shuffle', '{"items":{}}', 'items'],
    ['shuffle', '{"items":[]}', 'items'],
    ['shuffle', '{"items":["\\ud800"]}', 'items[0]'],
    ['shuffle', '{"items":[1e999]}', 'items'],
    ['shuffle', `{"items":[${Array(1_001).fill('1').join(',')}]}`, 'items'],
    ['shuffle', `{"items":["${'x'.repeat(300)}"]}`, 'items'],
    ['shuffle', `{"items":${nested(64)}}`, 'body'],
    ['shuffle', `{"items":${nested(100_000)}}`, 'body'],
    ['shuffle', '['.repeat(200_000), 'body'],
    ['shuffle', '{"a":'.repeat(40_000), 'body'],
    ['pick', '{"items":["a","b"],"weights":[0,0]}', 'weights'],
    ['pick', '{"items":["a","b"],"weights":[1]}', 'weights'],
    ['pick', '{"items":["a","b"],"weights":[1e999,1]}', 'weights[0]'],
    ['pick', '{"items":["a","b"],"weights":["NaN",1]}', 'weights'],
    ['pick', '{"items":["a","b"],"weights":[true,1]}', 'weights[0]'],
    ['pick', '{"items":["a","b"],"weights":{"0":1}}', 'weights'],
    ['gaussian', '{"mean":1e999}', 'mean'],
    ['gaussian', '{"stddev":-1}', 'stddev'],
    ['dice', '{"notation":6}', 'notation'],
    ['bytes', '{"encoding":["hex"]}', 'encoding'],
    ['batch', '{"draws":[{"endpoint":"ints"}],"x":1}', 'x'],
    ['batch', '{"draws":[["\\ud800"]]}', 'draws[0][0]'],
    ['commit', '{"ttlMs":1e999}', 'ttlMs'],
    ['reveal', '{}', 'commitId'],
  ];

  it.each(cases.map(([path, body, param]) => [path, body.slice(0, 60), param, body] as const))(
    'of %s: %s',
    async (path, _shown, param, body) => {
      const answer = await inBothModes((caller) => caller.send('POST', `/api/${path}`, body, { headers: json }));
      expect(refusalOf(answer)).toEqual(refused(param));
      expect(answer.text.length).toBeLessThan(1_000);
    },
  );

  it('of bytes that are no UTF-8 is refused; a byte order mark is not', async () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
      const body = Buffer.concat([Buffer.from('{"clientSeed":"'), Buffer.from(bytes), Buffer.from('"}')]);
      expect(
        refusalOf(await inBothModes((caller) => caller.send('POST', '/api/ints', body, { headers: json }))),
      ).toEqual(refused('body'));
    }
    const marked = Buffer.from('\ufeff{"count":2}');
    expect((await test.send('POST', '/api/ints', marked, { headers: json })).status).toBe(200);
  });

  it('of another content type is 415', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'json',
      ';;;',
      'application/jsonp',
    ]) {
      const answer = await inBothModes((caller) =>
        caller.send('POST', '/api/ints', '{}', { headers: { 'content-type': type } }),
      );
      expect([type, ...refusalOf(answer)]).toEqual([type, 415, 'unsupported_media_type', 'Content-Type']);
    }
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/vnd.api+json',
    ]) {
      expect((await test.send('POST', '/api/ints', '{}', { headers: { 'content-type': type } })).status).toBe(200);
    }
    expect((await test.send('POST', '/api/ints', '{}')).status).toBe(415);
    expect((await test.send('POST', '/api/ints')).status).toBe(200);
  });

  it('may be as large as the limit, and no larger', async () => {
    const limit = 256 * 1024;
    const padded = (size: number) => `{"count":1${' '.repeat(size - 11)}}`;
    expect((await test.send('POST', '/api/ints', padded(limit), { headers: json })).status).toBe(200);
    const over = await inBothModes((caller) => caller.send('POST', '/api/ints', padded(limit + 1), { headers: json }));
    expect(refusalOf(over)).toEqual([413, 'payload_too_large', 'body']);
  });

  it('does not pollute what later requests see', async () => {
    for (const body of ['{"__proto__":{"count":50}}', '{"toolMeta":{"constructor":{"prototype":{"count":50}}}}']) {
      await test.send('POST', '/api/ints', body, { headers: json });
      await test.get(`/api/ints?toolMeta=${encodeURIComponent(body)}`);
    }
    expect((await test.get('/api/ints?__proto__=1&count=2')).body.count).toBe(2);
    expect((await test.post('/api/ints', {})).body.count).toBe(1);
    expect(({} as { count?: number }).count).toBeUndefined();
  });
});

/** Sends over a real connection and waits for the whole answer. */
function overSocket(
  method: string,
  path: string,
  options: { headers?: Record<string, string | string[]>; body?: Iterable<Buffer> } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers: options.headers ?? {}, agent: false });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    for (const chunk of options.body ?? []) sent.write(chunk);
    sent.end();
  });
}

/** Sends bytes as they are and gives back all that comes until the server closes. */
function rawly(bytes: string | Buffer, half = true): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => resolve(text));
    socket.on('end', () => {
      socket.end();
      resolve(text);
    });
    socket.write(bytes, () => {
      if (half) socket.end();
    });
  });
}

const bodyOf = (raw: string) => JSON.parse(Buffer.from(raw.slice(raw.indexOf('\r\n\r\n') + 4), 'latin1').toString());

describe('over a real connection', () => {
  const tenMegabytes = Array.from({ length: 160 }, () => Buffer.alloc(64 * 1024, ' '));

  it('the answer to a body of 10 MB arrives: 413, or 401 where the key does not hold', async () => {
    for (const key of [liveKey, testKey]) {
      for (const length of [{ 'content-length': String(10 * 1024 * 1024) }, {}]) {
        const answer = await overSocket('POST', '/api/ints', {
          headers: { ...json, ...length, 'x-api-key': key },
          body: tenMegabytes,
        });
        expect(refusalOf(answer)).toEqual([413, 'payload_too_large', 'body']);
      }
    }
    const headers = { ...json, 'x-api-key': 'pk_live_no' };
    const refusal = await overSocket('POST', '/api/batch', { headers, body: tenMegabytes });
    expect(refusalOf(refusal).slice(0, 2)).toEqual([401, 'invalid_api_key']);
    const elsewhere = await overSocket('POST', '/api/nowhere', { headers, body: tenMegabytes });
    expect(elsewhere.status).toBe(404);
    // A body where none belongs is not read, and does not harm.
    const get = await overSocket('GET', '/api/ints', {
      headers: { 'x-api-key': testKey, 'content-length': String(10 * 1024 * 1024) },
      body: tenMegabytes,
    });
    expect(get.status).toBe(200);
  });

  it('headers of 20 kB and of 100 kB are 431', async () => {
    for (const kilobytes of [20, 100]) {
      const headers = { 'x-api-key': testKey, 'x-long': 'x'.repeat(kilobytes * 1024) };
      expect(refusalOf(await overSocket('GET', '/api/ints', { headers })).slice(0, 2)).toEqual([
        431,
        'headers_too_large',
      ]);
    }
    const many = { 'x-many': Array.from({ length: 3_000 }, () => 'xxxx') };
    expect(refusalOf(await overSocket('GET', '/api/ints', { headers: many })).slice(0, 2)).toEqual([
      431,
      'headers_too_large',
    ]);
    const fits = { 'x-api-key': testKey, 'x-long': 'x'.repeat(15 * 1024) };
    expect((await overSocket('GET', '/api/ints', { headers: fits })).status).toBe(200);
  });

  it('a target of 20 kB is 414, whether query or path, known or not', async () => {
    const long = 'x'.repeat(20 * 1024);
    for (const path of [
      `/api/ints?x=${long}`,
      `/api/merkle/${long}`,
      `/api/merkle/2026-01-01/proof/${long}`,
      `/api/${long}`,
      `/api/verifyShortId?shortId=${long}`,
    ]) {
      expect(refusalOf(await overSocket('GET', path)).slice(0, 2)).toEqual([414, 'uri_too_long']);
    }
    expect(refusalOf(await overSocket('GET', `/api/ints?x=${'x'.repeat(100 * 1024)}`)).slice(0, 2)).toEqual([
      431,
      'headers_too_large',
    ]);
  });

  it('bytes that should have been encoded are refused with a hint, for nobody knows what they were meant to be', async () => {
    for (const target of ['/api/ints?clientSeed=ü🎲', '/api/merkle/ü', '/api/ints?a b']) {
      const head = `GET ${target} HTTP/1.1\r\nhost: x\r\nx-api-key: ${testKey}\r\nconnection: close\r\n\r\n`;
      const raw = await rawly(Buffer.from(head));
      expect(raw.slice(0, 12)).toBe('HTTP/1.1 400');
      expect(bodyOf(raw)).toMatchObject({ code: 'invalid_request', param: target.includes(' ') ? 'request' : 'path' });
    }
    const encoded = await overSocket('GET', '/api/ints?clientSeed=%C3%BC%F0%9F%8E%B2', {
      headers: { 'x-api-key': testKey },
    });
    expect(JSON.parse(encoded.text).clientSeed).toBe('ü🎲');
  });

  it('what is no HTTP is 400 in the same shape', async () => {
    const key = `x-api-key: ${testKey}\r\n`;
    const cases: [what: string, bytes: string][] = [
      ['no request', 'hello\r\n\r\n'],
      ['another version', `GET /api/ints HTTP/9.9\r\nhost: x\r\n${key}\r\n`],
      ['no host', `GET /api/ints HTTP/1.1\r\n${key}connection: close\r\n\r\n`],
      ['a header without a name', `GET /api/ints HTTP/1.1\r\nhost: x\r\n: x\r\n\r\n`],
      ['a NUL in a header', `GET /api/ints HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n`],
      ['a NUL in the target', `GET /api/ints?a=\0 HTTP/1.1\r\nhost: x\r\n\r\n`],
      ['two lengths', `POST /api/ints HTTP/1.1\r\nhost: x\r\n${key}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
      ['a length that is none', `POST /api/ints HTTP/1.1\r\nhost: x\r\n${key}content-length: two\r\n\r\n{}`],
      [
        'length and chunks',
        `POST /api/ints HTTP/1.1\r\nhost: x\r\n${key}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`,
      ],
      [
        'a bad chunk',
        `POST /api/ints HTTP/1.1\r\nhost: x\r\n${key}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      ],
      [
        'a body cut short',
        `POST /api/ints HTTP/1.1\r\nhost: x\r\n${key}content-type: application/json\r\ncontent-length: 50\r\n\r\n{"count":1`,
      ],
    ];
    for (const [what, bytes] of cases) {
      const raw = await rawly(bytes);
      expect([what, raw.slice(0, 12)]).toEqual([what, 'HTTP/1.1 400']);
      expect(bodyOf(raw)).toEqual({ error: expect.any(String), code: 'invalid_request', param: expect.any(String) });
    }
  });

  it('an expectation that nobody knows does not get in the way', async () => {
    const answer = await overSocket('POST', '/api/ints', {
      headers: { ...json, 'x-api-key': testKey, expect: 'the-unexpected' },
      body: [Buffer.from('{}')],
    });
    expect(answer.status).toBe(200);
    const patient = await overSocket('POST', '/api/ints', {
      headers: { ...json, 'x-api-key': testKey, expect: '100-continue' },
      body: [Buffer.from('{}')],
    });
    expect(patient.status).toBe(200);
  });
});

describe('anything at all', () => {
  const known = randomness.operations.flatMap(({ path, method }) =>
    [method].flat().map((name) => [name as string, path.startsWith('//') ? path.slice(1) : `/api${path}`] as const),
  );
  const names = [
    'clientSeed',
    'count',
    'min',
    'max',
    'unique',
    'items',
    'weights',
    'notation',
    'encoding',
    'distribution',
    'mean',
    'stddev',
    'lambda',
    'toolMeta',
    'endpoint',
    'intervalMs',
    'lastEventId',
    'shortId',
    't',
    'serverHash',
    'details',
    'limit',
    'before',
    'cursor',
    'nonce',
    'from',
    'to',
    'draws',
    'params',
    'commitId',
    'ttlMs',
    'key',
    'id',
    '__proto__',
    'constructor',
    '',
  ];
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '',
      '0',
      '1',
      '-1',
      '1e999',
      'NaN',
      'true',
      'a,b',
      '["a","b"]',
      '[[[',
      '{}',
      '{"tool":"password"}',
      '3d6+2',
      'ints',
      'dice',
      'hex',
      'poisson',
      '2026-01-01',
      'a:0:0',
      '0:0',
      'a'.repeat(64),
      '9007199254740993',
      '\u0000',
      'ü',
      '🎲',
    ),
    fc.integer().map(String),
    fc.double().map(String),
  );
  const encoded = value.map((text) => (text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'));
  const query = fc.array(
    fc.tuple(fc.constantFrom(...names), fc.oneof(encoded, fc.constantFrom('%', '%zz', '%00', '+', '%FF'))),
    { maxLength: 6 },
  );
  const parameters = fc.array(fc.oneof(encoded, fc.constantFrom('%', '%00', '..', '.')), {
    minLength: 2,
    maxLength: 2,
  });
  const somewhere = fc.tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
    fc.oneof(
      fc.constantFrom(...known.map(([, path]) => path)),
      encoded.map((text) => `/api/${text}`),
    ),
  );
  const target = fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: somewhere }),
      parameters,
      fc.oneof(fc.constant([]), query),
    )
    .map(([[method, path], values, pairs]) => {
      let next = 0;
      const filled = path.replace(/:\w+/g, () => values[next++] ?? '');
      const text =
        pairs.length === 0 ? filled : `${filled}?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;
      return [method, text] as const;
    });
  const jsonBody = fc.oneof(
    fc.jsonValue().map((any) => JSON.stringify(any)),
    fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), value)).map((any) => JSON.stringify(any)),
    fc
      .array(
        fc.record({
          endpoint: value,
          params: fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), value)),
        }),
        { maxLength: 5 },
      )
      .map((draws) => JSON.stringify({ draws })),
  );
  const body = fc.oneof(
    { weight: 6, arbitrary: jsonBody.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: jsonBody.map((text) => Buffer.from(text.slice(0, -1))) },
  );
  const printable = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 20,
  });
  const headers = fc.record(
    {
      'content-type': fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain', ''),
      'idempotency-key': fc.oneof(fc.constantFrom('a', 'b'), printable),
      'last-event-id': printable,
      referer: printable,
      cookie: printable,
      'interlock-mode': fc.constantFrom('test', 'live', 'both'),
      'x-forwarded-for': printable,
    },
    { requiredKeys: [] },
  );

  const expectShape = (what: unknown, { status, text, headers: answered }: Answer, method: string) => {
    expect([what, status < 500]).toEqual([what, true]);
    expect(answered['x-request-id'] ?? answered['access-control-allow-methods']).toBeDefined();
    if (status < 400 || method === 'HEAD' || /^(?:text\/html|image\/png)/.test(answered['content-type'] ?? '')) return;
    const { error, code, param, retryAfter, ...more } = JSON.parse(text);
    expect([what, typeof error, Object.keys(more)]).toEqual([what, 'string', []]);
    expect(Object.keys(contract.errors)).toContain(code);
    expect(contract.errors[code as keyof typeof contract.errors]).toSatisfy(
      (entry: { status: number; also?: number }) => entry.status === status || entry.also === status,
    );
    if (status === 400) expect([what, typeof param]).toEqual([what, 'string']);
    if (status === 429) expect(retryAfter).toBeGreaterThanOrEqual(1);
  };

  it('is answered below 500 and, when it is refused, in the shape of the catalogue', { timeout: 120_000 }, async () => {
    const statuses = new Map<number, number>();
    let host = 0;
    await fc.assert(
      fc.asyncProperty(
        target,
        headers,
        fc.option(body),
        fc.constantFrom(liveKey, testKey, null, 'pk_live_no'),
        async ([method, url], sent, payload, key) => {
          const options = { headers: sent, address: `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host++ & 255}` };
          const answer = await t.as(key).send(method, url, payload ?? undefined, options);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          expectShape([method, url, sent, payload?.toString('latin1')], answer, method);
        },
      ),
      { numRuns: 3_000 },
    );
    // It reaches past the door: a good part is answered, and refused for many reasons. About 330 are, give or take 20.
    expect(statuses.get(200)).toBeGreaterThan(200);
    for (const status of [400, 401, 404, 405, 415]) expect(statuses.get(status)).toBeGreaterThan(0);
  });

  it('that is bytes on a connection is answered, or the connection closed', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'BREW'),
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom('/api/ints?clientSeed=', '/api/merkle/', '/api/', '/o/', ''),
        async (method, targetBytes, more, path) => {
          const raw = await rawly(
            Buffer.concat([
              Buffer.from(`${method} ${path}`),
              Buffer.from(targetBytes),
              Buffer.from(' HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-more: '),
              Buffer.from(more),
              Buffer.from('\r\n\r\n'),
            ]),
          );
          expect(raw).not.toMatch(/^HTTP\/1\.1 5/);
        },
      ),
      { numRuns: 400 },
    );
    expect((await overSocket('GET', '/api/ints', { headers: { 'x-api-key': testKey } })).status).toBe(200);
  });
});
