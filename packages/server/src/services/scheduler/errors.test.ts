import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanLog } from '../../testing/clean-log.ts';
import { openCuttableWay } from '../../testing/cuttable-way.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Answer, type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { whileRunning } from '../../testing/while-running.ts';
import { contract } from './contract.ts';
import { patch, url } from './scheduler.fixture.ts';
import { scheduler } from './service.ts';

let db: FreshDatabase;
let t: TestPlatform;
let project: string;
let liveKey: string;
let live: Caller;
let test: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
  project = await t.workspace();
  liveKey = await keyOf(t, {});
  live = t.as(liveKey);
  test = t.as(await keyOf(t, { mode: 'test' }));
});
afterAll(async () => {
  expectCleanLog(t.log);
  await t.close();
  await db.drop();
});

type Code = keyof typeof contract.errors;

const keyOf = async (server: TestPlatform, more: object) =>
  (await server.key(project, { service: 'scheduler', mode: 'live', ...more })).key;
const liveWith = async (more: object) => t.as(await keyOf(t, more));
const good = { endpoint: url, delay: '1h' };
const create = async (fields: object = {}) =>
  (await live.post('/v1/schedules', { ...good, ...fields })).body.id as string;
const refused = (fields: object) => live.post('/v1/schedules', { ...good, ...fields });
const recurring = () => create({ delay: undefined, cron: '0 0 1 1 *' });
const deliveryOf = async (id: string) => (await live.get(`/v1/deliveries?schedule_id=${id}`)).body.data[0].id as string;
const endpoint = async (fields: object = {}) =>
  (await live.post('/v1/endpoints', { url, ...fields })).body.id as string;
const badEndpoint = (fields: object) => live.post('/v1/endpoints', { url, ...fields });
const set = (id: string, columns: string) =>
  asOwner(db.owner, `update live.deliveries set ${columns} where id = $1`, [id]);
const secret = async () =>
  (await live.post('/v1/signing_secrets', { scope: 'endpoint', scope_id: await endpoint() })).body.id as string;
const rotate = (id: string, body: object = {}) => live.post(`/v1/signing_secrets/${id}/rotate`, body);
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

/** A server of its own for one call, with other settings. */
async function elsewhere(
  options: Parameters<typeof createTestPlatform>[0],
  call: (server: TestPlatform) => Promise<Answer>,
): Promise<Answer> {
  const server = await createTestPlatform({ owner: db.owner, ...options, env: { ...db.env, ...options?.env } });
  try {
    return await call(server);
  } finally {
    await server.close();
  }
}

/** How each code of the catalogue is reached. */
const ways: Record<Code, () => Promise<Answer>> = {
  invalid_json: () => refused({ delay: 5 }),
  unknown_field: () => refused({ mode: 'test' }),
  invalid_type: () => refused({ body: 5 }),
  invalid_duration: () => refused({ delay: '1d' }),
  multiple_timing: () => refused({ cron: '* * * * *' }),
  multiple_destinations: () => refused({ endpoint_id: 'ep_1' }),
  invalid_method: () => refused({ method: 'HEAD' }),
  invalid_fire_at: () => refused({ delay: undefined, fire_at: 'soon' }),
  invalid_filter: () => live.get('/v1/schedules?state=gone'),
  invalid_limit: () => live.get('/v1/schedules?limit=0'),
  invalid_cursor: () => live.get('/v1/schedules?cursor=x'),
  invalid_idempotency_key: () => live.post('/v1/schedules', good, keyed('')),
  missing_api_key: () => t.as(null).get('/v1/schedules'),
  invalid_api_key: () => t.as('sk_live_x').get('/v1/schedules'),
  ip_not_allowed: async () => (await liveWith({ allowedIps: ['203.0.113.1'] })).get('/v1/schedules'),
  referer_not_allowed: async () => (await liveWith({ allowedReferers: ['https://a.example'] })).get('/v1/schedules'),
  scope_missing: async () => (await liveWith({ scopes: ['schedules:read'] })).post('/v1/schedules', good),
  test_mode_only: () => live.get('/v1/test/clock'),
  schedule_not_found: () => live.get('/v1/schedules/none'),
  endpoint_not_found: () => live.get('/v1/endpoints/none'),
  delivery_not_found: () => live.get('/v1/deliveries/none'),
  signing_secret_not_found: () => live.get('/v1/signing_secrets/none'),
  route_not_found: () => live.get('/v1/none'),
  method_not_allowed: () => live.send('DELETE', '/v1/schedules'),
  idempotency_key_reuse: async () => {
    await live.post('/v1/schedules', good, keyed('reuse'));
    return live.post('/v1/schedules', { ...good, delay: '2h' }, keyed('reuse'));
  },
  idempotency_in_progress: () => {
    const idempotency = { ...contract.idempotency, waitMs: 0 };
    return elsewhere(
      { services: [{ ...scheduler, contract: { ...scheduler.contract, idempotency } }] },
      async (server) => {
        const call = () => server.as(liveKey).post('/v1/schedules', good, keyed('at once'));
        return whileRunning(db.owner, 'live.scheduler_schedules', call, call);
      },
    );
  },
  schedule_canceled: async () => {
    const id = await create();
    await live.post(`/v1/schedules/${id}/cancel`);
    return live.post(`/v1/schedules/${id}/pause`);
  },
  already_fired: async () => {
    const id = await create();
    await set(await deliveryOf(id), 'attempt_count = 1');
    return live.post(`/v1/schedules/${id}/reschedule`, { delay: '5s' });
  },
  endpoint_archived: async () => {
    const id = await endpoint();
    await live.post(`/v1/endpoints/${id}/archive`);
    return refused({ endpoint: undefined, endpoint_id: id });
  },
  endpoint_name_taken: async () => {
    await endpoint({ name: 'taken' });
    return badEndpoint({ name: 'taken' });
  },
  delivery_not_terminal: async () => live.post(`/v1/deliveries/${await deliveryOf(await create())}/replay`, {}),
  delivery_in_flight: async () => {
    const id = await deliveryOf(await create());
    await set(id, `lease_owner = 'n', due_at = now() - interval '1 s', claimable = false`);
    return live.post(`/v1/deliveries/${id}/cancel`);
  },
  delivery_terminal: async () => {
    const id = await deliveryOf(await create());
    await live.post(`/v1/deliveries/${id}/cancel`);
    return live.post(`/v1/deliveries/${id}/cancel`);
  },
  not_replayable: async () => {
    const id = await deliveryOf(await create());
    await live.post(`/v1/deliveries/${id}/cancel`);
    return live.post(`/v1/deliveries/${id}/replay`, {});
  },
  rotation_in_progress: async () => {
    const next = (await rotate(await secret())).body.id;
    return rotate(next);
  },
  signing_secret_exists: async () => {
    const id = await endpoint({ signing_secret: 'endpoint-secret-of-24-chars' });
    return live.post('/v1/signing_secrets', { scope: 'endpoint', scope_id: id });
  },
  signing_secret_revoked: async () => {
    const id = await secret();
    await live.post(`/v1/signing_secrets/${id}/revoke`);
    return rotate(id);
  },
  slo_not_available_in_test_mode: () => test.get('/v1/slo?scope=project'),
  clock_not_frozen: () => test.post('/v1/test/clock/advance', { by: '1h' }),
  uri_too_long: () => live.get(`/v1/schedules?x=${'x'.repeat(16 * 1024)}`),
  unsupported_media_type: () =>
    live.send('POST', '/v1/schedules', 'delay=1h', { headers: { 'content-type': 'text/plain' } }),
  missing_timing: () => refused({ delay: null }),
  sub_floor_delay: () => refused({ delay: '1ms' }),
  fire_at_in_past: () => refused({ delay: undefined, fire_at: '2020-01-01T00:00:00Z' }),
  fire_at_too_far: () => refused({ delay: '100000h' }),
  invalid_cron: () => refused({ delay: undefined, cron: '@daily' }),
  invalid_when: () => live.post('/v1/schedules/preview', { when: 'never ever' }),
  kind_mismatch: async () => live.post(`/v1/schedules/${await create()}/reschedule`, { cron: '* * * * *' }),
  timing_not_patchable: async () => patch(live, `/v1/schedules/${await create()}`, { delay: '5s' }),
  missing_endpoint: () => refused({ endpoint: null }),
  missing_url: () => badEndpoint({ url: null }),
  url_blocked: () => refused({ endpoint: 'http://example.com' }),
  payload_too_large: () => refused({ body: 'x'.repeat(262_145) }),
  invalid_header: () => refused({ headers: { Host: 'x' } }),
  invalid_content_type: () => refused({ content_type: '' }),
  invalid_ttl: () => refused({ ttl: '1ms' }),
  invalid_metadata: () => refused({ metadata: { '': '' } }),
  invalid_retry_policy: () => refused({ retry_policy: { max_attempts: 0 } }),
  invalid_misfire_policy: () => refused({ misfire_policy: { mode: 'x' } }),
  invalid_overlap_policy: () => refused({ overlap_policy: 'skip' }),
  invalid_retry_budget: () => badEndpoint({ retry_budget: {} }),
  invalid_rate_limit: () => badEndpoint({ rate_limit: {} }),
  invalid_max_in_flight: () => badEndpoint({ max_in_flight: 0 }),
  invalid_breaker_policy: () => badEndpoint({ breaker_policy: {} }),
  invalid_timeout: () => badEndpoint({ timeout: '2h' }),
  invalid_name: () => badEndpoint({ name: '' }),
  invalid_signing_secret: () => refused({ signing_secret: 'x' }),
  invalid_scope: () => live.post('/v1/signing_secrets', { scope: 'endpoint' }),
  invalid_overlap: async () => rotate(await secret(), { overlap: '169h' }),
  invalid_window: async () =>
    live.post(`/v1/schedules/${await recurring()}/backfill`, { from: '2099-01-01T00:00:00Z' }),
  invalid_advance: async () => {
    await test.post('/v1/test/clock/freeze');
    return test.post('/v1/test/clock/advance', {});
  },
  too_many_occurrences: async () => {
    const id = await create({ delay: undefined, cron: '* * * * *' });
    return live.post(`/v1/schedules/${id}/backfill`, { from: '2020-01-01T00:00:00Z' });
  },
  invalid_bulk: () => live.post('/v1/schedules/bulk', { schedules: [{}] }),
  rate_limited: () =>
    elsewhere({ env: { SCHED_RATE_LIMIT_PER_MINUTE: '1' } }, async (server) => {
      const caller = server.as(await keyOf(server, {}));
      expect((await caller.get('/v1/me')).headers['x-ratelimit-limit']).toBe('1');
      return caller.get('/v1/me');
    }),
  headers_too_large: () => live.get('/v1/schedules', { headers: { 'x-long': 'x'.repeat(16 * 1024) } }),
  internal_error: () =>
    elsewhere({}, async (server) => {
      const caller = server.as(await keyOf(server, {}));
      const { id } = (await caller.post('/v1/schedules', { ...good, body: 'x' })).body;
      await asOwner(
        db.owner,
        `update live.messages m set sealed_body = 'nothing' from live.scheduler_schedules s where s.id = $1 and m.id = s.message_id`,
        [id],
      );
      const answer = await patch(caller, `/v1/schedules/${id}`, { body: 'y' });
      // Logged whole under the request id that the caller was given, and answered without a word of it.
      const line = server.log.find((text) => text.includes(answer.body.error.request_id));
      expect(line).toContain('a request failed');
      expect(answer.text).not.toMatch(/stack|decrypt|auth tag|sealed/i);
      return answer;
    }),
  unavailable: async () => {
    const way = await openCuttableWay(db.owner);
    try {
      return await elsewhere({ owner: way.owner }, async (server) => {
        const key = await keyOf(server, {});
        await server.as(key).get('/v1/schedules');
        await way.cut();
        return server.as(key).get('/v1/schedules');
      });
    } finally {
      await way.close();
    }
  },
};

const types: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'api_error',
};

describe('every code of the catalogue is reachable', () => {
  it.each(Object.keys(contract.errors) as Code[])('%s', async (code) => {
    const { status, body, headers } = await ways[code]();
    expect(body.error.code).toBe(code);
    expect(status).toBe(contract.errors[code].status);
    const fields = ['type', 'code', 'message', 'param', 'request_id', ...(code === 'invalid_bulk' ? ['errors'] : [])];
    expect(Object.keys(body)).toEqual(['error']);
    expect(Object.keys(body.error)).toEqual(fields);
    expect(body.error.type).toBe(types[status] ?? 'invalid_request_error');
    expect(body.error.message).toMatch(/^.{10,}[.)…]$/s);
    expect(headers['sched-request-id']).toBe(body.error.request_id);
    expect(headers['x-request-id']).toBe(body.error.request_id);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    if (status === 429 || status === 503 || code === 'idempotency_in_progress') {
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
  });

  it('invalid_idempotency_key is 422 as the field of a schedule', async () => {
    const { status, body } = await refused({ idempotency_key: '' });
    expect([status, body.error.code]).toEqual([422, 'invalid_idempotency_key']);
    expect(contract.errors.invalid_idempotency_key.also).toBe(422);
  });
});

it("every answer has a request id of its own, in the service's header too", async () => {
  const [a, b] = [await live.get('/v1/schedules'), await live.get('/v1/me')];
  expect(a.headers['sched-request-id']).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(a.headers['sched-request-id']).not.toBe(b.headers['sched-request-id']);
});

describe('scopes', () => {
  it('permit what they name and nothing else', async () => {
    const reader = await liveWith({ scopes: ['deliveries:read'] });
    expect((await reader.get('/v1/deliveries')).status).toBe(200);
    expect((await reader.get('/v1/me')).status).toBe(200);
    for (const path of ['/v1/schedules', '/v1/endpoints', '/v1/signing_secrets']) {
      expect((await reader.get(path)).body.error.code).toBe('scope_missing');
    }
    expect((await reader.post('/v1/deliveries/replay', { status: 'expired' })).body.error.code).toBe('scope_missing');
  });
});
