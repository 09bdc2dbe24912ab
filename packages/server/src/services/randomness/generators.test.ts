import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { serverHashOf } from './fixtures.ts';
import { sealSeed } from './sealed-seed.ts';
import { randomness } from './service.ts';

let db: FreshDatabase;
let t: TestPlatform;
let live: Caller;
let test: Caller;
let liveKeyId: string;
let workspaceId: string;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: { ...db.env, PUBLIC_URL: 'https://rng.example' } });
  workspaceId = await t.workspace();
  const key = await t.key(workspaceId, { mode: 'live' });
  liveKeyId = key.id;
  live = t.as(key.key);
  test = t.as((await t.key(workspaceId)).key);
});
afterEach(() => expectCleanLog(t.log));
afterAll(async () => {
  await t.close();
  await db.drop();
});

const query = (parameters: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)])).toString();

describe('a chain with the published seed answers the published numbers', () => {
  const serverSeed = 'aa47ddbf021afd16d64756e7f32b6cea2feebdfddc8fd57f1522641fdf372375';
  const clientSeed = 'bba625387fb64d772ff7da0ed6e71b16';
  const seedKey = Buffer.alloc(32, 0);

  beforeAll(async () => {
    const { seedKey: configured } = t.platform.config.services['randomness'] as { seedKey: Buffer };
    configured.copy(seedKey);
    await live.get(`/api/floats?${query({ clientSeed })}`);
  });

  const plant = (nonce: number, cursor = 0) =>
    asOwner(
      db.owner,
      `update live.randomness_chains set sealed_seed = $1, server_hash = $2, nonce = $3, cursor = $4
       where key_id = $5 and client_seed = $6`,
      [sealSeed(serverSeed, seedKey), serverHashOf(serverSeed), nonce, cursor, liveKeyId, clientSeed],
    );

  const vectors: [path: string, nonce: number, cursor: number, expected: unknown][] = [
    ['floats?count=4', 400, 0, [0.3842179586645216, 0.06329090148210526, 0.9394600219093263, 0.015737906098365784]],
    ['floats', 401, 0, [0.9425638655666262]],
    ['ints?min=1&max=6&count=3', 400, 0, [3, 1, 6]],
    ['ints?count=5', 400, 0, [39, 7, 94, 2, 52]],
    ['ints?min=0&max=4294967295&count=2', 400, 0, [1650203567, 271832352]],
    ['ints?min=0&max=2999999999&count=5', 400, 0, [1152653875, 189872704, 2818380065, 2488919786, 827778756]],
    ['ints?min=1&max=1&count=2', 400, 0, [1, 1]],
    ['ints?min=0&max=10000', 400, 4, [632]],
    ['ints?min=0&max=10000', 400, 32, [3328]],
    ['dice?notation=3d6%2B2', 400, 0, { notation: '3d6+2', rolls: [3, 1, 6], modifier: 2, total: 12 }],
    ['dice?notation=2d20', 400, 0, { notation: '2d20', rolls: [8, 2], modifier: 0, total: 10 }],
    ['dice?notation=d1000000', 400, 0, { notation: '1d1000000', rolls: [384218], modifier: 0, total: 384218 }],
    ['pick?items=common,rare,legendary&weights=70,25,5', 400, 0, 'common'],
    ['pick?items=common,rare,legendary&weights=70,25,5', 401, 0, 'rare'],
    ['pick?items=common,rare,legendary&weights=70,25,5', 403, 0, 'legendary'],
    ['pick?items=3star,4star,5star&weights=94.3,5.1,0.6', 405, 0, '4star'],
    ['pick?items=a,b,c,d', 400, 0, 'b'],
    ['shuffle?items=a,b,c,d', 400, 0, ['c', 'd', 'a', 'b']],
    ['shuffle?items=[1,2,3,4,5,6,7,8,9,10]', 400, 0, [6, 3, 7, 2, 5, 10, 9, 8, 1, 4]],
    ['bytes?count=16', 400, 0, '625c1baf1033d520f08073b604076640'],
    ['bytes?count=16&encoding=base64', 400, 0, 'YlwbrxAz1SDwgHO2BAdmQA=='],
    ['gaussian?count=5', 400, 0, [1.27521342272, 0.535650351216, 0.351685540547, 0.0348899294754, 0.549021382486]],
    ['gaussian?count=2&mean=100&stddev=15', 400, 0, [119.128201341, 108.034755268]],
    ['gaussian?count=3&distribution=exponential', 400, 0, [0.956545286124, 2.76001369294, 0.0624500133042]],
    ['gaussian?count=3&distribution=exponential&lambda=2', 400, 0, [0.478272643062, 1.38000684647, 0.0312250066521]],
    ['gaussian?count=6&distribution=poisson&lambda=4', 400, 0, [3, 3, 3, 2, 3, 9]],
    ['uuid', 400, 0, ['625c1baf-1033-4520-b080-73b604076640']],
  ];

  it.each(vectors)('%s at nonce %i, cursor %i', async (path, nonce, cursor, expected) => {
    await plant(nonce, cursor);
    const answer = await live.get(`/api/${path}${path.includes('?') ? '&' : '?'}${query({ clientSeed })}`);
    expect(answer.body).toMatchObject({
      outcome: expected,
      nonce,
      cursor,
      clientSeed,
      serverHash: '158e995ed494f58c06d93e22f71554cf2126614174fde336aedf9a457dbf16f4',
      mode: 'live',
    });
  });

  it('the fourteen single draws of nonces 400 to 413 follow each other', async () => {
    await plant(400);
    const drawn: number[] = [];
    for (let i = 0; i < 14; i++) {
      const { body } = await live.get(`/api/ints?min=0&max=10000&${query({ clientSeed })}`);
      expect(body.nonce).toBe(400 + i);
      drawn.push(body.outcome[0]);
    }
    expect(drawn).toEqual([3842, 9426, 5011, 9503, 1378, 9933, 9048, 9339, 4585, 7847, 2357, 9807, 8488, 5542]);
  });
});

const common = [
  'algorithm',
  'clientSeed',
  'count',
  'created',
  'cursor',
  'endpoint',
  'mode',
  'nonce',
  'outcome',
  'permalink',
  'receipt',
  'serverHash',
  'shortId',
];

describe('each generator answers the common fields and its own', () => {
  const own: [path: string, fields: string[], count: number][] = [
    ['floats?count=4', [], 4],
    ['ints?count=5&min=1&max=100', ['max', 'min'], 5],
    ['ints?count=5&unique=true', ['max', 'min', 'unique'], 5],
    ['ints?toolMeta={"tool":"coin"}', ['max', 'min', 'toolMeta'], 1],
    ['shuffle?items=a,b,c,d', [], 4],
    ['shuffle?items=a,b,c,d&toolMeta={"tool":"teams"}', ['toolMeta'], 4],
    ['pick?items=a,b,c', ['index', 'weights'], 1],
    ['bytes', ['encoding'], 32],
    ['bytes?count=1024&encoding=base64', ['encoding'], 1024],
    ['dice?notation=3d6-2', ['modifier', 'sides'], 3],
    ['gaussian?count=2&lambda=7', ['distribution', 'mean', 'stddev'], 2],
    ['gaussian?distribution=poisson&lambda=4&mean=9', ['distribution', 'lambda'], 1],
    ['uuid?count=3', [], 3],
  ];

  it.each(own)('%s', async (path, fields, count) => {
    for (const caller of [live, test]) {
      const { status, body } = await caller.get(`/api/${path}`);
      expect(status).toBe(200);
      expect(Object.keys(body).sort()).toEqual([...common, ...fields].sort());
      expect(body.count).toBe(count);
      expect(body.endpoint).toBe(path.split('?')[0]);
      expect(body.clientSeed).toBe('test');
      expect(body.serverHash).toMatch(/^[0-9a-f]{64}$/);
      expect(body.shortId).toMatch(/^[0-9A-Za-z]{10}$/);
      expect(body.permalink.split('?')[0]).toBe(`https://rng.example/o/${body.shortId}`);
      expect(Math.abs(body.created - t.clock.now())).toBeLessThan(60_000);
    }
  });

  it('a pick without weights says null, and its index points at its outcome', async () => {
    const { body } = await live.get('/api/pick?items=a,b,c,d,e');
    expect(body.weights).toBeNull();
    expect(['a', 'b', 'c', 'd', 'e'][body.index]).toBe(body.outcome);
  });

  it('an item of weight zero is never picked', async () => {
    for (let i = 0; i < 40; i++) expect((await live.get('/api/pick?items=a,b,c&weights=0,1,0')).body.outcome).toBe('b');
  });

  it('unique integers do not repeat, up to the whole range', async () => {
    const { body } = await live.get('/api/ints?count=75&min=1&max=75&unique=true');
    expect([...body.outcome].sort((a: number, b: number) => a - b)).toEqual(
      Array.from({ length: 75 }, (_, i) => i + 1),
    );
  });

  it('a list may hold any JSON, and a shuffle returns exactly the same items', async () => {
    const items = [null, true, 0, -1.5, '', 'ü', { a: [1] }, [[]]];
    const { body } = await live.post('/api/shuffle', { items });
    expect(body.outcome.map((item: unknown) => JSON.stringify(item)).sort()).toEqual(
      items.map((item) => JSON.stringify(item)).sort(),
    );
  });
});

describe('equal parameters, however they are written, are one request', () => {
  const spellings: [what: string, gets: string[], posts: [path: string, body: object][]][] = [
    [
      'defaults given or omitted',
      ['ints', 'ints?count=1', 'ints?min=1&max=100&count=1&unique=false&clientSeed=test'],
      [
        ['ints', {}],
        ['ints', { count: 1, max: 100 }],
      ],
    ],
    ['leading zeros', ['ints?count=3', 'ints?count=003'], [['ints', { count: 3 }]]],
    [
      'lists of a shuffle',
      ['shuffle?items=a,b', 'shuffle?items=["a","b"]', 'shuffle?items=a&items=b', 'shuffle?items=%20a%20,%20b'],
      [
        ['shuffle', { items: ['a', 'b'] }],
        ['shuffle', { items: 'a,b' }],
        ['shuffle', { items: '["a","b"]' }],
      ],
    ],
    [
      'weights',
      [
        'pick?items=a,b&weights=70,2.50',
        'pick?items=a,b&weights=[70,2.5]',
        'pick?items=a,b&weights=70&weights=2.5',
        'pick?items=a,b&weights=7e1,25e-1',
        'pick?items=a,b&weights=["70.0","2.5"]',
      ],
      [
        ['pick', { items: ['a', 'b'], weights: [70, 2.5] }],
        ['pick', { items: 'a,b', weights: '70,2.5' }],
      ],
    ],
    [
      'no weights',
      ['pick?items=a,b'],
      [
        ['pick', { items: ['a', 'b'] }],
        ['pick', { items: ['a', 'b'], weights: null }],
      ],
    ],
    [
      'dice',
      ['dice?notation=1d6', 'dice?notation=d6', 'dice?notation=D6', 'dice?notation=1d6%2B0', 'dice?notation=1d6-0'],
      [['dice', { notation: 'd6' }]],
    ],
    [
      'a plus in dice',
      [
        'dice?notation=3d6%2B2',
        'dice?notation=3d6+2',
        'dice?notation=3d6%20%2B%202',
        'dice?notation=3d6 2',
        'dice?notation=03D06%2B02',
      ],
      [
        ['dice', { notation: '3d6+2' }],
        ['dice', { notation: '3d6 + 2' }],
      ],
    ],
    ['bytes', ['bytes', 'bytes?count=32&encoding=hex'], [['bytes', {}]]],
    [
      'gaussian',
      ['gaussian', 'gaussian?mean=0&stddev=1.0', 'gaussian?lambda=8&mean=-0'],
      [['gaussian', { distribution: 'normal', stddev: 1 }]],
    ],
    [
      'unknown query parameters',
      ['floats?count=2', 'floats?count=2&fbclid=1&__proto__=2&constructor=3'],
      [['floats', { count: 2 }]],
    ],
    ['letters beyond ASCII', ['floats?clientSeed=%C3%A9', 'floats?clientSeed=é'], [['floats', { clientSeed: 'é' }]]],
  ];

  const fixture = ({ created: _, receipt: __, ...rest }: Record<string, unknown>) => rest;

  it.each(spellings)('%s', async (_what, gets, posts) => {
    const answers: unknown[] = [];
    for (const path of gets) {
      const { status, text } = await test.get(`/api/${path}`);
      expect([status, path, text]).toEqual([200, path, text]);
      answers.push(fixture(JSON.parse(text)));
    }
    for (const [path, body] of posts) {
      const alone = await test.post(`/api/${path}`, body);
      expect(alone.status).toBe(200);
      answers.push(fixture(alone.body));
      const batch = await test.post('/api/batch', { draws: [{ endpoint: path, params: body }] });
      answers.push(fixture(batch.body.results[0].outcome));
    }
    // A batch takes "exactly the query parameters", so texts are read there too.
    const [first] = gets;
    const [endpoint = '', text = ''] = (first ?? '').split('?');
    const params = Object.fromEntries(new URLSearchParams(text));
    const batch = await test.post('/api/batch', { draws: [{ endpoint, params }] });
    answers.push(fixture(batch.body.results[0].outcome));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('composed and decomposed letters are two client seeds', async () => {
    const composed = (await test.post('/api/ints', { clientSeed: '\u00e9' })).body;
    const decomposed = (await test.post('/api/ints', { clientSeed: 'e\u0301' })).body;
    expect(composed.serverHash).not.toBe(decomposed.serverHash);
  });
});

describe('the face of the API', () => {
  it('Server-Timing stands on finite live answers, and nowhere else', async () => {
    const paths = [
      '/api/ints',
      '/api/listOutcomes?clientSeed=a',
      `/api/verifyServerHash?clientSeed=a&serverHash=${'0'.repeat(64)}`,
      '/api/merkle',
    ];
    for (const path of paths) {
      const answer = await live.get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers['server-timing']).toMatch(/^total;dur=[0-9]+(?:\.[0-9]+)?$/);
      expect((await test.get(path)).headers['server-timing']).toBeUndefined();
    }
    expect((await t.as(null).get('/api/ints')).headers['server-timing']).toBeDefined();
    expect((await live.get('/api/ints?count=0')).headers['server-timing']).toBeUndefined();
    expect((await live.get('/api/nowhere')).headers['server-timing']).toBeUndefined();
  });

  it('every answer says its request id and mode, refusals too', async () => {
    const expected: [Caller, string, string, string][] = [
      [live, 'GET', '/api/ints', 'live'],
      [live, 'GET', '/api/ints?count=x', 'live'],
      [live, 'GET', '/api/nowhere', 'live'],
      [test, 'GET', '/api/ints', 'test'],
      [test, 'GET', '/api/ints?count=x', 'test'],
      [test, 'GET', '/api/nowhere', 'test'],
      [test, 'DELETE', '/api/ints', 'test'],
      [test, 'POST', '/api/rotate', 'test'],
      [t.as('pk_test_wrong'), 'GET', '/api/ints', 'test'],
      [t.as('pk_live_wrong'), 'GET', '/api/ints', 'live'],
      [t.as(null), 'GET', '/api/ints', 'live'],
    ];
    for (const [caller, method, path, mode] of expected) {
      const { headers } = await caller.send(method, path);
      expect(headers['x-request-id']).toMatch(/^req_[0-9a-f]{16}$/);
      expect([method, path, headers['interlock-mode']]).toEqual([method, path, mode]);
    }
  });

  it('answers a CORS preflight for every header it takes, and exposes its own', async () => {
    const preflight = await t.as(null).send('OPTIONS', '/api/ints', undefined, {
      headers: {
        origin: 'https://game.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key,content-type,idempotency-key',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    const allowed = preflight.headers['access-control-allow-headers']?.toLowerCase().split(/,\s*/) ?? [];
    for (const name of ['x-api-key', 'authorization', 'content-type', 'idempotency-key', 'last-event-id']) {
      expect(allowed).toContain(name);
    }
    expect(preflight.headers['access-control-allow-methods']).toContain('POST');
  });

  it('lets any origin read answers and refusals, unknown and unreadable paths too', async () => {
    for (const path of ['/api/ints', '/api/ints?count=x', '/api/nowhere', '/api/merkle/%E0%A4%A']) {
      const { headers } = await test.get(path, { headers: { origin: 'https://game.example' } });
      expect([path, headers['access-control-allow-origin']]).toEqual([path, '*']);
      const exposed = headers['access-control-expose-headers'] ?? '';
      for (const name of ['Idempotent-Replayed', 'Retry-After', 'Server-Timing']) expect(exposed).toContain(name);
    }
  });

  it('another method is 405 with Allow, and HEAD does not draw', async () => {
    const clientSeed = 'head-must-not-draw';
    await live.get(`/api/ints?clientSeed=${clientSeed}`);
    const head = await live.send('HEAD', `/api/ints?clientSeed=${clientSeed}`);
    expect([head.status, head.headers['allow'], head.text]).toEqual([405, 'GET, POST', '']);
    expect((await live.get(`/api/ints?clientSeed=${clientSeed}`)).body.nonce).toBe(1);

    for (const operation of randomness.operations) {
      const methods: readonly string[] = typeof operation.method === 'string' ? [operation.method] : operation.method;
      const path = pathOf(operation);
      const sharing = randomness.operations.filter((other) => other.path === operation.path);
      const allowed = new Set(sharing.flatMap((other) => other.method));
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'TRACE'].filter(
        (name) => !allowed.has(name as 'GET'),
      )) {
        const answer = await test.send(method, path);
        expect([method, path, answer.status, answer.headers['allow']?.split(', ').sort()]).toEqual([
          method,
          path,
          405,
          [...allowed].sort(),
        ]);
        if (method !== 'HEAD') expect(answer.body.code).toBe('method_not_allowed');
      }
      expect(methods.length).toBeGreaterThan(0);
    }
  });

  it('an unknown path is 404 in the same shape', async () => {
    for (const path of ['/api', '/api/', '/api/int', '/api/ints/', '/api/hex', '/api/../etc/passwd', '/api/INTS']) {
      const { status, body } = await test.get(path);
      expect([path, status, Object.keys(body), body.code]).toEqual([path, 404, ['error', 'code'], 'not_found']);
    }
  });

  it('takes the key as x-api-key or as Bearer; x-api-key wins, another Authorization is ignored', async () => {
    const { key } = await t.key(workspaceId);
    const nobody = t.as(null);
    const modeWith = async (headers: Record<string, string>) => {
      const answer = await nobody.get('/api/ints', { headers });
      return answer.status === 200 ? answer.body.mode : answer.body.code;
    };
    expect(await modeWith({ 'x-api-key': key })).toBe('test');
    expect(await modeWith({ authorization: `Bearer ${key}` })).toBe('test');
    expect(await modeWith({ authorization: `bearer   ${key}` })).toBe('test');
    expect(await modeWith({ 'x-api-key': key, authorization: 'Bearer pk_live_nonsense' })).toBe('test');
    expect(await modeWith({ 'x-api-key': 'pk_live_nonsense', authorization: `Bearer ${key}` })).toBe('invalid_api_key');
    expect(await modeWith({ authorization: 'Basic dXNlcjpwYXNz' })).toBe('live');
    expect(await modeWith({ authorization: 'Bearer' })).toBe('invalid_api_key');
    expect(await modeWith({ 'x-api-key': '' })).toBe('invalid_api_key');
    expect(await modeWith({})).toBe('live');
  });

  it('a key that does not hold is 401 on every operation, the public ones too, and never taken for no key', async () => {
    const { id, key } = await t.key(workspaceId);
    await t.platform.keysOf(workspaceId).revoke(id);
    await expect.poll(async () => (await t.as(key).get('/api/ints')).status).toBe(401);
    let host = 0;
    for (const operation of randomness.operations) {
      for (const method of [operation.method].flat()) {
        const path = pathOf(operation);
        const answer = await t.as(key).send(method, path, undefined, { address: `10.0.0.${host++}` });
        expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 401, 'invalid_api_key']);
      }
    }
  });
});

/** Where an operation answers, with something in the place of each parameter. */
function pathOf({ path }: { path: string }): string {
  return (path.startsWith('//') ? path.slice(1) : `/api${path}`).replace(/:\w+/g, 'x');
}
