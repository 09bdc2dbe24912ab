import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';
import {
  createSchedulerWorld,
  made,
  type Project,
  patch,
  refusal,
  rowCounts,
  type SchedulerWorld,
} from './scheduler.fixture.ts';

let world: SchedulerWorld;
let receiver: Receiver;
let p: Project;
beforeAll(async () => {
  world = await createSchedulerWorld({ INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' });
  receiver = await startReceiver();
  world.t.platform.startLoops();
});
beforeEach(async () => {
  p = await world.project();
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

const url = () => `${receiver.url}/${p.id}`;
const endpoint = (fields: Record<string, unknown> = {}) =>
  made(p.live.post('/v1/endpoints', { url: url(), ...fields }));
const received = () => receiver.received.filter(({ url: path }) => path.startsWith(`/${p.id}`));
const arrived = (count: number) =>
  vi.waitFor(() => expect(received().length).toBeGreaterThanOrEqual(count), { timeout: 10_000, interval: 20 });

describe('an endpoint profile', () => {
  it('keeps a destination with its policy, and shows no header value', async () => {
    const answer = await p.live.post('/v1/endpoints', {
      url: url(),
      name: 'billing',
      method: 'PUT',
      headers: { 'X-Api-Key': 'plain-value' },
      timeout: '20s',
      retry_policy: { max_attempts: 3 },
      retry_budget: { rate: 2, burst: 20 },
      rate_limit: { rate: 10.5, burst: 5 },
      max_in_flight: 7,
      breaker_policy: { failure_threshold: 5, window: '1m', cooldown: '30s', half_open_max: 1 },
      metadata: { team: 'growth' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/v1/endpoints/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^ep_[0-9A-HJKMNP-TV-Z]{26}$/),
      object: 'endpoint',
      mode: 'live',
      name: 'billing',
      method: 'PUT',
      timeout: '20s',
      header_keys: ['X-Api-Key'],
      retry_policy: { max_attempts: 3, base: '5s' },
      retry_budget: { rate: 2, burst: 20 },
      rate_limit: { rate: 10.5, burst: 5 },
      max_in_flight: 7,
      breaker_policy: { failure_threshold: 5, window: '1m0s', cooldown: '30s', half_open_max: 1 },
      metadata: { team: 'growth' },
      version: 1,
      archived: false,
      breaker_state: 'closed',
    });
    expect(answer.text).not.toContain('plain-value');
    expect((await p.live.get(`/v1/endpoints/${answer.body.id}`)).body).toEqual(answer.body);
    expect(await world.rows(`select 1 from live.target_versions v where v::text ~ 'plain'`)).toEqual([]);
  });

  it('decides what its schedules leave open; the schedule wins name by name', async () => {
    const { id } = await endpoint({ method: 'PUT', headers: { 'X-A': 'profile', 'X-B': 'profile' } });
    const schedule = await made(
      p.live.post('/v1/schedules', { endpoint_id: id, delay: '1s', headers: { 'x-b': 'schedule' } }),
    );
    expect(schedule).toMatchObject({ endpoint: null, endpoint_id: id, method: 'PUT', header_keys: ['x-b'] });
    await arrived(1);
    expect(received()[0]).toMatchObject({ method: 'PUT', headers: { 'x-a': 'profile', 'x-b': 'schedule' } });
    const [delivery] = (await made(p.live.get(`/v1/deliveries?endpoint_id=${id}`), 200)).data;
    expect(delivery).toMatchObject({ endpoint_id: id, endpoint_version: 1 });
  });

  it('goes for future deliveries when it is changed, and keeps its headers unless they are sent', async () => {
    const { id } = await endpoint({ headers: { 'X-A': 'kept' }, metadata: { a: 'b' }, name: 'n' });
    await made(p.live.post('/v1/schedules', { endpoint_id: id, delay: '1s' }));
    const changed = await made(
      patch(p.live, `/v1/endpoints/${id}`, { url: `${url()}/new`, method: 'PATCH', metadata: null, name: null }),
      200,
    );
    expect(changed).toMatchObject({ version: 2, method: 'PATCH', header_keys: ['X-A'], metadata: {}, name: null });
    expect((await p.live.get(`/v1/endpoints/${id}`)).body).toEqual(changed);
    await arrived(1);
    expect(received()[0]).toMatchObject({ method: 'PATCH', url: `/${p.id}/new`, headers: { 'x-a': 'kept' } });
    expect((await made(patch(p.live, `/v1/endpoints/${id}`, { headers: { 'X-C': '1' } }), 200)).header_keys).toEqual([
      'X-C',
    ]);
    expect((await made(patch(p.live, `/v1/endpoints/${id}`, {}), 200)).version).toBe(3);
  });

  it('goes for what a node has claimed already when it is changed', async () => {
    const { id } = await endpoint();
    // Time stands still, or a slow machine could send it before the change.
    world.t.clock.freeze();
    await made(p.live.post('/v1/schedules', { endpoint_id: id, delay: '1s' }));
    await expect.poll(() => world.t.platform.dispatcher.figures.held).toBe(1);
    await made(patch(p.live, `/v1/endpoints/${id}`, { url: `${url()}/moved` }), 200);
    world.t.clock.thaw();
    await arrived(1);
    expect(received()[0]?.url).toBe(`/${p.id}/moved`);
  });

  it('lets go what its limits made wait when they change, and closes its breaker with a new policy', async () => {
    const { id } = await endpoint({
      rate_limit: { rate: 0.001, burst: 1 },
      breaker_policy: { failure_threshold: 1, window: '1m', cooldown: '1h', half_open_max: 1 },
    });
    for (let i = 0; i < 3; i++) await made(p.live.post('/v1/schedules', { endpoint_id: id, delay: '1s' }));
    const deferred = () =>
      world.rows(`select from live.deliveries where target_id = $1 and deferral is not null`, [id]);
    await expect.poll(async () => (await deferred()).length, { timeout: 8_000 }).toBe(2);
    await world.rows(`update live.targets set state = state || '{"breaker":{"state":"open"}}' where id = $1`, [id]);
    const changed = patch(p.live, `/v1/endpoints/${id}`, { rate_limit: null, breaker_policy: null });
    expect((await made(changed, 200)).breaker_state).toBe('closed');
    expect((await p.live.get(`/v1/endpoints/${id}`)).body.breaker_state).toBe('closed');
    await arrived(3);
  });

  it('makes nothing wait past its time to live', async () => {
    const { id } = await endpoint({ rate_limit: { rate: 0.001, burst: 1 } });
    for (let i = 0; i < 2; i++) await made(p.live.post('/v1/schedules', { endpoint_id: id, delay: '1s', ttl: '1s' }));
    const statuses = async () =>
      (await p.live.get(`/v1/deliveries?endpoint_id=${id}`)).body.data.map(({ status }: { status: string }) => status);
    await expect.poll(async () => (await statuses()).sort(), { timeout: 8_000 }).toEqual(['expired', 'succeeded']);
  });

  it('takes no new schedules while it is archived; those on it go on', async () => {
    const { id } = await endpoint();
    await made(p.live.post('/v1/schedules', { endpoint_id: id, delay: '1s' }));
    const archived = await made(p.live.post(`/v1/endpoints/${id}/archive`), 200);
    expect(archived.archived).toBe(true);
    expect(await made(p.live.post(`/v1/endpoints/${id}/archive`), 200)).toEqual(archived);
    expect(await refusal(p.live.post('/v1/schedules', { endpoint_id: id, delay: '1s' }))).toEqual([
      409,
      'endpoint_archived',
      'endpoint_id',
    ]);
    await arrived(1);
    expect((await made(p.live.post(`/v1/endpoints/${id}/unarchive`), 200)).archived).toBe(false);
    await made(p.live.post('/v1/schedules', { endpoint_id: id, delay: '1h' }));
  });

  it('is listed newest first, by name and by archive', async () => {
    const [one, two] = [await endpoint({ name: 'one' }), await endpoint({ name: 'two' })];
    await made(p.live.post(`/v1/endpoints/${one.id}/archive`), 200);
    const ids = async (query: string) =>
      (await made(p.live.get(`/v1/endpoints?${query}`), 200)).data.map(({ id }: { id: string }) => id);
    expect(await ids('')).toEqual([two.id, one.id]);
    expect(await ids('name=one')).toEqual([one.id]);
    expect(await ids('archived=false')).toEqual([two.id]);
    const page = await made(p.live.get('/v1/endpoints?limit=1'), 200);
    expect(page).toMatchObject({ object: 'list', has_more: true });
    expect(await ids(`limit=1&cursor=${page.next_cursor}`)).toEqual([one.id]);
    expect(await refusal(p.live.get('/v1/endpoints?archived=perhaps'))).toEqual([400, 'invalid_filter', 'archived']);
  });

  it('takes every change of many that come at once', async () => {
    const { id } = await endpoint();
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => patch(p.live, `/v1/endpoints/${id}`, { timeout: `${index + 1}s` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await made(p.live.get(`/v1/endpoints/${id}`), 200)).version).toBe(25);
  });

  it('has a name of its own in its project and mode, also when two ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => p.live.post('/v1/endpoints', { url: url(), name: 'same' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const other = await endpoint({ name: 'other' });
    expect(await refusal(patch(p.live, `/v1/endpoints/${other.id}`, { name: 'same' }))).toEqual([
      409,
      'endpoint_name_taken',
      'name',
    ]);
    await made(p.test.post('/v1/endpoints', { url: url(), name: 'same' }));
  });

  it('shows what the dispatcher knows of its breaker', async () => {
    const { id } = await endpoint();
    await world.rows(`update live.targets set state = '{"breaker":{"state":"open"}}' where id = $1`, [id]);
    expect((await p.live.get(`/v1/endpoints/${id}`)).body.breaker_state).toBe('open');
  });

  it.each([
    [{ url: undefined }, 422, 'missing_url', 'url'],
    [{ url: null }, 422, 'missing_url', 'url'],
    [{ url: 'ftp://example.com' }, 422, 'url_blocked', 'url'],
    [{ method: 'HEAD' }, 400, 'invalid_method', 'method'],
    [{ headers: { Host: 'x' } }, 422, 'invalid_header', 'headers'],
    [{ timeout: '2h' }, 422, 'invalid_timeout', 'timeout'],
    [{ timeout: 'soon' }, 400, 'invalid_duration', 'timeout'],
    [{ retry_policy: { max_attempts: 51 } }, 422, 'invalid_retry_policy', 'retry_policy.max_attempts'],
    [{ retry_budget: { rate: -1, burst: 1 } }, 422, 'invalid_retry_budget', 'retry_budget'],
    [{ retry_budget: { rate: 1 } }, 422, 'invalid_retry_budget', 'retry_budget'],
    [{ rate_limit: { rate: 0, burst: 1 } }, 422, 'invalid_rate_limit', 'rate_limit'],
    [{ rate_limit: { rate: 1, burst: 1.5 } }, 422, 'invalid_rate_limit', 'rate_limit'],
    [{ max_in_flight: 0 }, 422, 'invalid_max_in_flight', 'max_in_flight'],
    [
      { breaker_policy: { failure_threshold: 1, window: '1m', cooldown: '1m' } },
      422,
      'invalid_breaker_policy',
      'breaker_policy.half_open_max',
    ],
    [
      { breaker_policy: { failure_threshold: 0, window: '1m', cooldown: '1m', half_open_max: 1 } },
      422,
      'invalid_breaker_policy',
      'breaker_policy.failure_threshold',
    ],
    [
      { breaker_policy: { failure_threshold: 1, window: '2h', cooldown: '1m', half_open_max: 1 } },
      422,
      'invalid_breaker_policy',
      'breaker_policy.window',
    ],
    [{ name: '' }, 422, 'invalid_name', 'name'],
    [{ metadata: { ['k'.repeat(41)]: 'v' } }, 422, 'invalid_metadata', 'metadata'],
    [{ signing_secret: 'short' }, 422, 'invalid_signing_secret', 'signing_secret'],
    [{ version: 2 }, 400, 'unknown_field', 'version'],
    [{ url: 5 }, 400, 'invalid_type', 'url'],
  ])('refuses %j', async (fields, status, code, param) => {
    const before = await rowCounts(world);
    expect(await refusal(p.live.post('/v1/endpoints', { url: url(), ...fields }))).toEqual([status, code, param]);
    expect(await rowCounts(world)).toEqual(before);
  });
});
