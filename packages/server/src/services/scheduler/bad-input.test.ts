import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import { createSchedulerWorld, patch, refusal, rowCounts, type SchedulerWorld, url } from './scheduler.fixture.ts';

let world: SchedulerWorld;
let callers: readonly Caller[];
beforeAll(async () => {
  world = await createSchedulerWorld();
  const { live, test } = await world.project();
  callers = [live, test];
});
afterAll(() => world.close());

/** Both modes refuse alike, and nothing is stored. */
async function refused(call: (caller: Caller) => ReturnType<Caller['post']>) {
  const before = await rowCounts(world);
  const [a, b] = [await refusal(call(callers[0] as Caller)), await refusal(call(callers[1] as Caller))];
  expect(b).toEqual(a);
  expect(await rowCounts(world)).toEqual(before);
  return a;
}
const json = { headers: { 'content-type': 'application/json' } };
const good = { endpoint: url, delay: '1h' };
const big = 'x'.repeat(300 * 1024);

describe('a schedule', () => {
  const cases: [fields: Record<string, unknown>, status: number, code: string, param: string | null][] = [
    // Timing, its number.
    [{ delay: undefined }, 422, 'missing_timing', null],
    [{ delay: null }, 422, 'missing_timing', null],
    [{ fire_at: '2030-01-01T00:00:00Z' }, 400, 'multiple_timing', 'fire_at'],
    [{ cron: '* * * * *' }, 400, 'multiple_timing', 'cron'],
    // Durations.
    ...['', '1d', '24', 'PT1H', ' 1h', '1h ', '1,5h', 'NaN', '0x10s', '٣s'].map((delay): (typeof cases)[number] => [
      { delay },
      400,
      'invalid_duration',
      'delay',
    ]),
    ...['0', '-5s', '999ms', '999999999ns', '0.9s'].map((delay): (typeof cases)[number] => [
      { delay },
      422,
      'sub_floor_delay',
      'delay',
    ]),
    [{ delay: '100000h' }, 422, 'fire_at_too_far', 'delay'],
    [{ delay: 30 }, 400, 'invalid_json', 'delay'],
    [{ delay: ['30s'] }, 400, 'invalid_json', 'delay'],
    // Instants.
    ...['2020-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z'].map(
      (fire_at): (typeof cases)[number] => [{ delay: undefined, fire_at }, 422, 'fire_at_in_past', 'fire_at'],
    ),
    ...[
      '10000-01-01T00:00:00Z',
      '2030-02-30T00:00:00Z',
      '2030-01-01T24:00:00Z',
      '2030-01-01T00:00:60Z',
      '2030-01-01t00:00:00z',
      '2030-01-01 00:00:00Z',
      '2030-01-01T00:00:00',
      '2030-01-01',
      '1893456000',
      'tomorrow',
      '',
    ].map((fire_at): (typeof cases)[number] => [{ delay: undefined, fire_at }, 400, 'invalid_fire_at', 'fire_at']),
    [{ delay: undefined, fire_at: '9999-12-31T23:59:59Z' }, 422, 'fire_at_too_far', 'fire_at'],
    [{ delay: undefined, fire_at: 1893456000 }, 400, 'invalid_type', 'fire_at'],
    [{ delay: undefined, local_fire_at: '2030-07-01T09:00:00Z' }, 400, 'invalid_duration', 'local_fire_at'],
    [{ delay: undefined, local_fire_at: '2030-07-01 09:00:00' }, 400, 'invalid_duration', 'local_fire_at'],
    [{ delay: undefined, local_fire_at: '2030-07-01T09:00' }, 400, 'invalid_duration', 'local_fire_at'],
    [{ delay: undefined, local_fire_at: '2020-07-01T09:00:00' }, 422, 'fire_at_in_past', 'local_fire_at'],
    [{ delay: undefined, local_fire_at: '2090-07-01T09:00:00' }, 422, 'fire_at_too_far', 'local_fire_at'],
    // Zones and crons.
    ...['Mars/Olympus', 'america/new_york', '+02:00', 'EST5EDT', '', 'UTC '].map((timezone): (typeof cases)[number] => [
      { delay: undefined, cron: '* * * * *', timezone },
      422,
      'invalid_cron',
      'timezone',
    ]),
    ...[
      '* * * * * *',
      '@daily',
      'CRON_TZ=UTC * * * * *',
      '60 * * * *',
      '0 0 L * *',
      '0 0 ? * *',
      '0 0 * * 5#2',
      '0 0 30 2 *',
      '* * * *',
      '',
      '*/0 * * * *',
    ].map((cron): (typeof cases)[number] => [{ delay: undefined, cron }, 422, 'invalid_cron', 'cron']),
    [{ delay: undefined, cron: '0 0 * * *', end_at: '2020-01-01T00:00:00Z' }, 422, 'fire_at_in_past', 'end_at'],
    [{ delay: undefined, cron: '0 0 * * *', start_at: 'soon' }, 400, 'invalid_fire_at', 'start_at'],
    [{ delay: undefined, cron: '0 0 * * *', max_fires: 0 }, 400, 'invalid_type', 'max_fires'],
    [{ max_fires: 3 }, 422, 'kind_mismatch', 'max_fires'],
    // Destinations.
    [{ endpoint: undefined }, 422, 'missing_endpoint', 'endpoint'],
    [{ endpoint_id: 'ep_1' }, 400, 'multiple_destinations', 'endpoint_id'],
    [{ endpoint: undefined, endpoint_id: 'ep_1' }, 404, 'endpoint_not_found', 'endpoint_id'],
    ...[
      'http://example.com',
      'ftp://example.com',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'https://user:pass@example.com',
      'https://127.0.0.1',
      'https://10.0.0.1',
      'https://169.254.169.254/latest/meta-data',
      'https://[::1]',
      'https://[::ffff:127.0.0.1]',
      'https://[64:ff9b::7f00:1]',
      'https://0x7f000001',
      'https://2130706433',
      'https://localhost',
      'https://example.com:5432',
      'https://',
      'not a url',
      '',
      `https://example.com/${'x'.repeat(2048)}`,
    ].map((endpoint): (typeof cases)[number] => [{ endpoint }, 422, 'url_blocked', 'endpoint']),
    [{ endpoint: 5 }, 400, 'invalid_type', 'endpoint'],
    // What is sent.
    ...['HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'get', '', 'POST '].map((method): (typeof cases)[number] => [
      { method },
      400,
      'invalid_method',
      'method',
    ]),
    [{ method: 1 }, 400, 'invalid_type', 'method'],
    ...[
      { Host: 'x' },
      { 'content-length': '1' },
      { Connection: 'close' },
      { 'Transfer-Encoding': 'chunked' },
      { 'Proxy-Authorization': 'x' },
      { 'X-A': 'a\r\nb' },
      { 'X A': 'b' },
      { '': 'b' },
      { 'X-A': '1', 'x-a': '2' },
      { 'X-Long': 'x'.repeat(16_385) },
      Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`X-${i}`, ''])),
    ].map((headers): (typeof cases)[number] => [{ headers }, 422, 'invalid_header', 'headers']),
    [{ headers: { 'X-A': 1 } }, 400, 'invalid_type', 'headers.X-A'],
    [{ headers: ['X-A: 1'] }, 400, 'invalid_type', 'headers'],
    [{ body: big }, 422, 'payload_too_large', 'body'],
    [{ body: '€'.repeat(87_382) }, 422, 'payload_too_large', 'body'],
    [{ body: { order: 1 } }, 400, 'invalid_type', 'body'],
    [{ content_type: 'a\nb' }, 422, 'invalid_content_type', 'content_type'],
    [{ content_type: '' }, 422, 'invalid_content_type', 'content_type'],
    // Policies.
    ...(
      [
        ['max_attempts', 0],
        ['max_attempts', 51],
        ['max_attempts', 1.5],
        ['strategy', 'linear'],
        ['base', '-1s'],
        ['base', '25h'],
        ['factor', 0.5],
        ['factor', 101],
        ['max', '169h'],
      ] as const
    ).map(([name, value]): (typeof cases)[number] => [
      { retry_policy: { [name]: value } },
      422,
      'invalid_retry_policy',
      `retry_policy.${name}`,
    ]),
    [{ retry_policy: { base: 'soon' } }, 400, 'invalid_duration', 'retry_policy.base'],
    [{ retry_policy: { max_attempts: '8' } }, 400, 'invalid_type', 'retry_policy.max_attempts'],
    [{ retry_policy: { tries: 8 } }, 400, 'unknown_field', 'retry_policy.tries'],
    [{ retry_policy: 8 }, 400, 'invalid_type', 'retry_policy'],
    [{ ttl: '999ms' }, 422, 'invalid_ttl', 'ttl'],
    [{ ttl: '100000h' }, 422, 'invalid_ttl', 'ttl'],
    [{ ttl: 'soon' }, 400, 'invalid_duration', 'ttl'],
    [{ idempotency_key: '' }, 422, 'invalid_idempotency_key', 'idempotency_key'],
    [{ idempotency_key: 'x'.repeat(256) }, 422, 'invalid_idempotency_key', 'idempotency_key'],
    [{ idempotency_key: 'é' }, 422, 'invalid_idempotency_key', 'idempotency_key'],
    [
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])) },
      422,
      'invalid_metadata',
      'metadata',
    ],
    [{ metadata: { '': 'v' } }, 422, 'invalid_metadata', 'metadata'],
    [{ metadata: { ['k'.repeat(41)]: 'v' } }, 422, 'invalid_metadata', 'metadata'],
    [{ metadata: { k: 'v'.repeat(501) } }, 422, 'invalid_metadata', 'metadata'],
    [{ metadata: { k: 1 } }, 400, 'invalid_type', 'metadata.k'],
    [{ misfire_policy: { mode: 'guess' } }, 422, 'invalid_misfire_policy', 'misfire_policy.mode'],
    [{ misfire_policy: { grace: '2h' } }, 422, 'invalid_misfire_policy', 'misfire_policy.grace'],
    [{ misfire_policy: { window: '1s' } }, 422, 'invalid_misfire_policy', 'misfire_policy.window'],
    [{ misfire_policy: { max_fires: 1001 } }, 422, 'invalid_misfire_policy', 'misfire_policy.max_fires'],
    [{ overlap_policy: 'skip' }, 422, 'invalid_overlap_policy', 'overlap_policy'],
    [{ delay: undefined, cron: '* * * * *', overlap_policy: 'queue' }, 422, 'invalid_overlap_policy', 'overlap_policy'],
    [{ signing_secret: 'short' }, 422, 'invalid_signing_secret', 'signing_secret'],
    // What nobody knows, and what cannot be kept.
    [{ Delay: '1h' }, 400, 'unknown_field', 'Delay'],
    [{ state: 'active' }, 400, 'unknown_field', 'state'],
    [{ body: 'a\0b' }, 400, 'invalid_type', 'body'],
    [{ body: '\ud800' }, 400, 'invalid_type', 'body'],
    [{ metadata: { 'a\0': 'b' } }, 400, 'invalid_type', 'metadata'],
    [{ metadata: { a: '\udfff' } }, 400, 'invalid_type', 'metadata.a'],
  ];

  it.each(
    cases.map(([fields, ...rest], index) => [index, JSON.stringify(fields).slice(0, 100), fields, ...rest] as const),
  )('%i %s', async (_, __, fields, status, code, param) => {
    expect(await refused((caller) => caller.post('/v1/schedules', { ...good, ...fields }))).toEqual([
      status,
      code,
      param,
    ]);
  });

  it('is told the first of its faults, in the order of the specification', async () => {
    const bad = {
      extra: 1,
      method: 5,
      delay: '1ms',
      fire_at: 'x',
      endpoint: 'http://x',
      headers: { Host: 'x' },
      body: big,
      retry_policy: { max_attempts: 0 },
    };
    const order: [without: (keyof typeof bad)[], code: string][] = [
      [[], 'unknown_field'],
      [['extra'], 'invalid_type'],
      [['extra', 'method'], 'multiple_timing'],
      [['extra', 'method', 'fire_at'], 'sub_floor_delay'],
      [['extra', 'method', 'fire_at', 'delay'], 'url_blocked'],
      [['extra', 'method', 'fire_at', 'delay', 'endpoint'], 'invalid_header'],
      [['extra', 'method', 'fire_at', 'delay', 'endpoint', 'headers'], 'payload_too_large'],
      [['extra', 'method', 'fire_at', 'delay', 'endpoint', 'headers', 'body'], 'invalid_retry_policy'],
    ];
    for (const [without, code] of order) {
      const body = {
        ...good,
        ...Object.fromEntries(Object.entries(bad).filter(([name]) => !without.includes(name as 'body'))),
      };
      expect((await refused((caller) => caller.post('/v1/schedules', body)))[1]).toBe(code);
    }
  });

  it('may have a body of exactly 262,144 bytes, and a wall time in a gap', async () => {
    const [live] = callers as [Caller];
    expect((await live.post('/v1/schedules', { ...good, body: 'x'.repeat(262_144) })).status).toBe(201);
    const inGap = { endpoint: url, local_fire_at: '2027-03-14T02:30:00', timezone: 'America/New_York' };
    expect((await live.post('/v1/schedules', inGap)).body).toMatchObject({
      fire_at: '2027-03-14T07:30:00Z',
      dst_adjusted: true,
    });
  });
});

describe('a body', () => {
  it.each([
    ['no JSON', '{"delay":', 'body'],
    ['a list', '[]', 'body'],
    ['a text', '"x"', 'body'],
    ['a number', '1', 'body'],
    ['null', 'null', 'body'],
    ['nested too deep', `{"metadata":${'['.repeat(70)}${']'.repeat(70)}}`, 'body'],
    ['a prototype', '{"__proto__":{}}', 'body'],
    ['more than 1 MB', JSON.stringify({ ...good, body: 'x'.repeat(1_048_576) }), 'body'],
  ])('that is %s is invalid_json', async (_, payload, param) => {
    expect(await refused((caller) => caller.send('POST', '/v1/schedules', payload, json))).toEqual([
      400,
      'invalid_json',
      param,
    ]);
  });

  it('that is not UTF-8 is invalid_json', async () => {
    const payload = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    expect(await refused((caller) => caller.send('POST', '/v1/schedules', payload, json))).toEqual([
      400,
      'invalid_json',
      'body',
    ]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'of type %s is refused',
    async (type) => {
      const call = (caller: Caller) =>
        caller.send('POST', '/v1/schedules', JSON.stringify(good), { headers: { 'content-type': type } });
      expect(await refused(call)).toEqual([415, 'unsupported_media_type', 'Content-Type']);
    },
  );

  it('of nothing is an empty object', async () => {
    expect(await refused((caller) => caller.post('/v1/schedules'))).toEqual([422, 'missing_timing', null]);
  });
});

describe('a path', () => {
  it('of an id that cannot be one is not found', async () => {
    for (const id of ['x', 'sch_', "sch_' or 1=1 --", '..%2f..', 'sch_%F0%9F%92%A9', 'x'.repeat(3_000)]) {
      expect((await refused((caller) => caller.get(`/v1/schedules/${id}`)))[1]).toBe('schedule_not_found');
    }
    expect(await refused((caller) => caller.get('/v1/schedules/sch_%00'))).toEqual([400, 'invalid_type', 'id']);
    expect(await refused((caller) => patch(caller, '/v1/schedules/none', {}))).toEqual([
      404,
      'schedule_not_found',
      'id',
    ]);
  });

  it('that nobody answers at, or to another method, is refused in the same envelope', async () => {
    expect(await refused((caller) => caller.get('/v1/nothing'))).toEqual([404, 'route_not_found', null]);
    expect(await refused((caller) => caller.send('DELETE', '/v1/schedules'))).toEqual([
      405,
      'method_not_allowed',
      null,
    ]);
    const [live] = callers as [Caller];
    expect((await live.send('DELETE', '/v1/schedules')).headers.allow).toBe('POST, GET');
    expect((await live.send('PUT', '/v1/schedules/x')).headers.allow).toBe('GET, PATCH');
  });

  it('of a version that nobody asked for changes nothing', async () => {
    const [live] = callers as [Caller];
    const answer = await live.get('/v1/schedules', { headers: { 'sched-version': '2026-06-14' } });
    expect(answer.status).toBe(200);
  });
});
