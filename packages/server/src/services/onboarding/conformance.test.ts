import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../testing/harness.ts';
import {
  createOnboardingWorld,
  type Mode,
  made,
  newCustomer,
  type OnboardingWorld,
  type Org,
  patch,
  refusal,
  remove,
} from './onboarding.fixture.ts';

/* Rules of the specification by their ids: 2.1 and 3 to 5, as far as they stand in no other file. */

let world: OnboardingWorld;
let org: Org;
beforeAll(async () => {
  world = await createOnboardingWorld();
  org = await world.org();
});
afterAll(() => world?.close());

describe('ids', () => {
  it('ID-1, ID-2, ID-4: both forms name the same thing wherever an id is taken, a filter and a body among them', async () => {
    const { live, test } = await world.org();
    await newCustomer(live);
    const customer = await newCustomer(live);
    const contact = await made(
      live.post(`/api/v1/customers/${customer.display_id}/contacts`, { name: 'A', email: 'a@b.example' }),
    );
    const opened = [];
    for (const customer_id of [customer.id, String(customer.display_id), customer.display_id]) {
      opened.push(await made(live.post('/api/v1/onboardings', { customer_id })));
    }
    expect(opened.map(({ customer_id }) => customer_id)).toEqual(Array(3).fill(customer.id));
    const [onboarding] = opened;
    const task = await made(live.post(`/api/v1/onboardings/${onboarding.display_id}/tasks`, { title: 'T' }));
    const part = await made(
      live.post(`/api/v1/onboardings/${onboarding.id}/tasks`, { title: 'P', parent_id: String(task.display_id) }),
    );
    expect(part.parent_id).toBe(task.id);
    for (const [byId, byNumber] of [
      ['customers/:customer', 'customers/#customer'],
      ['customers/:customer/contacts', 'customers/#customer/contacts'],
      ['customers/:customer/onboardings', 'customers/#customer/onboardings'],
      ['customers/:customer/activity', 'customers/#customer/activity'],
      ['contacts/:contact', 'contacts/#contact'],
      ['onboardings/:onboarding', 'onboardings/#onboarding'],
      ['onboardings/:onboarding/tasks', 'onboardings/#onboarding/tasks'],
      ['onboardings?customer_id=:customer', 'onboardings?customer_id=#customer'],
      ['tasks/:task', 'tasks/#task'],
    ] as const) {
      const things: Record<string, { id: string; display_id: number }> = { customer, contact, onboarding, task };
      const filled = (path: string) =>
        path.replace(/([:#])(\w+)/, (_, form, noun) =>
          String(form === ':' ? things[noun]?.id : things[noun]?.display_id),
        );
      const [one, other] = [await live.get(`/api/v1/${filled(byId)}`), await test.get(`/api/v1/${filled(byNumber)}`)];
      expect([other.status, other.text], byNumber).toEqual([200, one.text]);
    }
  });

  it('ID-6: each kind of thing is numbered by itself, from 1, and a refused create may leave a gap but no number twice', async () => {
    const { live, test } = await world.org();
    const customer = await newCustomer(test, { slug: 'one' });
    const contact = await made(live.post(`/api/v1/customers/1/contacts`, { name: 'A', email: 'a@b.example' }));
    const onboarding = await made(test.post('/api/v1/onboardings', { customer_id: 1 }));
    const task = await made(live.post('/api/v1/onboardings/1/tasks', { title: 'T' }));
    expect([customer, contact, onboarding, task].map(({ display_id }) => display_id)).toEqual([1, 1, 1, 1]);
    expect((await live.post('/api/v1/customers', { name: 'x', slug: 'one' })).status).toBe(409);
    expect((await newCustomer(live)).display_id).toBeGreaterThan(1);
  });
});

describe('meta', () => {
  it('3.1: health needs no key, says the version, counts against nothing and stands in no log', async () => {
    const { status, body, headers } = await world.t.as(null).get('/api/v1/health');
    expect([status, body.status, body.version]).toEqual([200, 'ok', '1.0.0']);
    expect(body.timestamp).toMatch(/Z$/);
    expect(Object.keys(headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    expect((await world.t.as(null).get('/api/health/deep')).body).toMatchObject({ status: 'ok', database: 'ok' });
  });

  it('3, row 20: the document of the API is where its callers look for it, without a key', async () => {
    const { status, body } = await world.t.as(null).get('/api/v1/openapi.json');
    expect([status, body.openapi.slice(0, 4)]).toEqual([200, '3.1.']);
    expect(Object.keys(body.paths)).toContain('/api/v1/customers/{id}');
    expect(body).toEqual((await world.t.as(null).get('/openapi/onboarding.json')).body);
  });
});

describe('faults', () => {
  it.each<[Record<string, unknown>, string, string]>([
    [{ slug: 'BAD', mrr: -1 }, 'missing_field', 'name'],
    [{ mrr: -1, metadata: [], status: 'lost', slug: 'BAD', name: 5 }, 'invalid_type', 'name'],
    [{ mrr: -1, metadata: [], status: 'lost', slug: 'BAD', name: 'x' }, 'invalid_string', 'slug'],
    [{ metadata: { deep: 1e300 }, mrr: -1, status: 'lost', domain: 'no', name: 'x' }, 'invalid_string', 'domain'],
    [
      { metadata: { deep: 1e300 }, mrr: -1, status: 'lost', domain: 'a.example', name: 'x' },
      'invalid_enum_value',
      'status',
    ],
    [{ metadata: { deep: 1e300 }, slack_channel_id: 5, name: 'x' }, 'invalid_type', 'slack_channel_id'],
    [{ metadata: { deep: 1e300 }, name: 'x' }, 'invalid_type', 'metadata.deep'],
  ])('ER-7: of several the first in the reference is reported: %j', async (body, code, field) => {
    expect(await refusal(org.live.post('/api/v1/customers', body))).toEqual([400, code, field]);
  });

  it('ER-7: of a query as well', async () => {
    for (const [query, code, field] of [
      ['status=gone&cursor=bad&limit=no', 'invalid_type', 'limit'],
      ['status=gone&cursor=bad&limit=500', 'too_big', 'limit'],
      ['status=gone&cursor=bad', 'invalid_string', 'cursor'],
      ['status=gone', 'invalid_enum_value', 'status'],
    ]) {
      expect(await refusal(org.live.get(`/api/v1/customers?${query}`))).toEqual([400, code, field]);
    }
  });

  it('ER-8: what nobody knows is passed over, in a body and in a query', async () => {
    const customer = await newCustomer(org.live, { colour: 'red', nested: { a: [1] } });
    expect(customer).not.toHaveProperty('colour');
    expect((await org.live.get('/api/v1/customers?colour=red&limit=1')).status).toBe(200);
  });

  it('ER-10: first the key, then the limit, then the path, then what was sent', async () => {
    const limited = await createOnboardingWorld({ PIVOTAL_TEST_PER_MINUTE: '3' });
    try {
      const { test, id } = await limited.org();
      const nobody = limited.t.as(null);
      const bad = { headers: { 'content-type': 'application/json' } };
      expect(await refusal(nobody.get('/api/v1/nothing'))).toEqual([401, 'missing_api_key', null]);
      expect(await refusal(nobody.send('POST', '/api/v1/customers', '{', bad))).toEqual([401, 'missing_api_key', null]);
      const lost = await test.get('/api/v1/nothing');
      expect(await refusal(Promise.resolve(lost))).toEqual([404, 'route_not_found', null]);
      expect(lost.headers['x-ratelimit-remaining']).toBe('2');
      const other = await test.send('PUT', '/api/v1/customers', '{}', bad);
      expect(await refusal(Promise.resolve(other))).toEqual([404, 'route_not_found', null]);
      expect(other.headers).toMatchObject({ 'x-ratelimit-remaining': '1', allow: 'GET, POST' });
      expect(await refusal(test.send('POST', '/api/v1/customers', '{', bad))).toEqual([400, 'invalid_json', 'body']);
      for (const path of ['/api/v1/nothing', '/api/v1/customers']) {
        expect(await refusal(test.send('POST', path, '{', bad))).toEqual([429, 'rate_limited', null]);
      }
      await limited.t.platform.flush();
      const rows = await limited.rows<{ status: number; actor: string }>(
        'select status, actor from test.audit_log where workspace_id = $1 order by at, seq',
        [id],
      );
      expect(rows.map(({ status }) => status)).toEqual([404, 404, 400, 429, 429]);
      expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['ci-smoke']));
    } finally {
      await limited.close();
    }
  });

  it('ER-9, RL-3: every answer carries its request id, and the state of the limit where a key is known', async () => {
    const answers: Answer[] = [
      await org.live.get('/api/v1/me'),
      await org.live.get('/api/v1/customers/none'),
      await org.live.post('/api/v1/customers', {}),
      await org.live.get('/api/v1/nothing'),
    ];
    for (const { headers, text } of answers) {
      expect(headers['x-request-id'], text).toMatch(/^req_/);
      for (const name of ['limit', 'remaining', 'reset']) {
        expect(headers[`x-ratelimit-${name}`], text).toMatch(/^\d+$/);
      }
    }
    const unknown = await world.t.as(null).get('/api/v1/me');
    expect(unknown.headers['x-request-id']).toMatch(/^req_/);
    expect(Object.keys(unknown.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });
});

describe('the limit', () => {
  it('RL-1, RL-5, RL-6, RL-7: slides: a call is free again a minute after the oldest, and a refusal costs nothing', async () => {
    const limited = await createOnboardingWorld({ PIVOTAL_TEST_PER_MINUTE: '3' });
    try {
      const { test } = await limited.org();
      const { clock } = limited.t;
      clock.freeze(Date.parse('2026-11-21T09:00:00Z'));
      const left = async () => {
        const { status, headers } = await test.get('/api/v1/customers/none');
        const reset = new Date(Number(headers['x-ratelimit-reset']) * 1000).toISOString().slice(14, 19);
        return [status, headers['x-ratelimit-remaining'], reset, headers['retry-after'] ?? '-'].join(' ');
      };
      expect(await left()).toBe('404 2 01:00 -');
      clock.advance(40_000);
      expect(await left()).toBe('404 1 01:00 -');
      expect(await left()).toBe('404 0 01:00 -');
      clock.advance(15_000);
      for (let i = 0; i < 5; i++) expect(await left()).toBe('429 0 01:00 5');
      clock.advance(5_000);
      // One place is free, not three, as it would be in a window that begins anew.
      expect(await left()).toBe('404 0 01:40 -');
      expect(await left()).toBe('429 0 01:40 40');
      clock.advance(40_000);
      expect(await left()).toBe('404 1 02:00 -');
    } finally {
      await limited.close();
    }
  });
});

describe('idempotency', () => {
  const once = (key: string) => ({ headers: { 'idempotency-key': key } });

  it('IK-3, IK-6: a key is of one workspace and path, and the order of fields is no difference', async () => {
    const { live, test } = await world.org();
    const first = await made(live.post('/api/v1/customers', { name: 'A', plan: 'x' }, once('k')));
    const again = await test.send('POST', '/api/v1/customers', '{"plan": "x",  "name": "A"}', {
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
    });
    expect([again.status, again.body, again.headers['idempotent-replayed']]).toEqual([201, first, 'true']);
    expect(await refusal(live.post('/api/v1/customers', { name: 'B' }, once('k')))).toEqual([
      409,
      'idempotency_key_reused',
      'Idempotency-Key',
    ]);
    const other = await newCustomer(live);
    const contact = { name: 'A', email: 'a@b.example' };
    const paths = [first, other].map(({ id }) => `/api/v1/customers/${id}/contacts`);
    const added = [];
    for (const path of paths) added.push(await made(live.post(path, contact, once('k'))));
    expect(new Set(added.map(({ id }) => id)).size).toBe(2);
    const elsewhere = await world.org();
    expect((await made(elsewhere.live.post('/api/v1/customers', { name: 'B' }, once('k')))).name).toBe('B');
  });

  it('IK-1, IK-8, IK-12: other methods pass it over, a refusal frees it, a deletion does not', async () => {
    const { live } = await world.org();
    expect((await live.post('/api/v1/customers', { name: '' }, once('r'))).status).toBe(400);
    const customer = await made(live.post('/api/v1/customers', { name: 'A' }, once('r')));
    const path = `/api/v1/customers/${customer.id}`;
    expect((await patch(live, path, { plan: 'one' }, { 'idempotency-key': 'r' })).body.plan).toBe('one');
    expect((await patch(live, path, { plan: 'two' }, { 'idempotency-key': 'r' })).body.plan).toBe('two');
    await made(remove(live, path), 200);
    const replayed = await live.post('/api/v1/customers', { name: 'A' }, once('r'));
    expect([replayed.status, replayed.body]).toEqual([201, customer]);
    expect((await live.get(path)).status).toBe(404);
  });

  it('IK-4: after 24 hours it is a new one', async () => {
    const { live } = await world.org();
    const first = await made(live.post('/api/v1/customers', { name: 'A' }, once('d')));
    world.t.clock.advance(86_400_000 + 1_000);
    const second = await made(live.post('/api/v1/customers', { name: 'A' }, once('d')));
    expect(second.id).not.toBe(first.id);
  });
});

describe('at the same time', () => {
  it('11.6: of two who want one slug one gets it, and of many who become primary one is', async () => {
    const { live, test } = await world.org();
    const answers = await Promise.all(
      [live, test, live, test].map((caller) => caller.post('/api/v1/customers', { name: 'A', slug: 'one' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const path = `/api/v1/customers/${answers.find(({ status }) => status === 201)?.body.id}/contacts`;
    const people = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        made(live.post(path, { name: 'P', email: `p${at}@b.example`, is_primary: true })),
      ),
    );
    await Promise.all(people.map(({ id }) => patch(test, `/api/v1/contacts/${id}`, { is_primary: true })));
    const rows = (await live.get(path)).body.data;
    expect(rows).toHaveLength(8);
    expect(rows.filter(({ is_primary }: { is_primary: boolean }) => is_primary)).toHaveLength(1);
  });

  it('11.7: instants with an offset are kept in UTC, and a date without a time is none', async () => {
    const { live } = await world.org();
    const { id } = await newCustomer(live);
    const opened = await made(
      live.post('/api/v1/onboardings', { customer_id: id, target_launch_date: '2026-07-15T02:30:00.5+02:30' }),
    );
    expect(opened.target_launch_date).toBe('2026-07-15T00:00:00.500Z');
  });
});

describe('onboardings', () => {
  it('PH-2, PH-7, ST-3, ST-4: phases may be skipped and gone back, states and the flag say the same', async () => {
    const { live } = await world.org();
    const { id } = await newCustomer(live);
    const { id: onboarding } = await made(live.post('/api/v1/onboardings', { customer_id: id }));
    const path = `/api/v1/onboardings/${onboarding}`;
    for (const phase of ['internal_qa', 'review', 'review']) {
      expect((await patch(live, path, { phase })).body.phase).toBe(phase);
    }
    expect(
      (await live.get(`/api/v1/customers/${id}/activity?event_type=onboarding.phase_moved`)).body.data,
    ).toHaveLength(2);
    for (const [said, state, waiting_on_customer] of [
      [{ state: 'waiting' }, 'waiting', true],
      [{ state: 'paused' }, 'paused', false],
      [{ waiting_on_customer: true }, 'waiting', true],
      [{ waiting_on_customer: false }, 'active', false],
    ] as const) {
      expect((await patch(live, path, said)).body).toMatchObject({ state, waiting_on_customer });
    }
    await patch(live, path, { waiting_on_customer: true });
    expect((await live.get('/api/v1/onboardings?state=waiting')).body.data).toHaveLength(1);
  });

  it('PH-3: a phase change is in the feed and in the log, by the same actor and request', async () => {
    const { live, id: workspaceId } = await world.org();
    const { id } = await newCustomer(live);
    const { id: onboarding } = await made(live.post('/api/v1/onboardings', { customer_id: id }));
    const { headers } = await patch(live, `/api/v1/onboardings/${onboarding}`, { phase: 'launch' });
    const [entry] = (await live.get(`/api/v1/customers/${id}/activity?limit=1`)).body.data;
    expect(entry).toMatchObject({ event_type: 'onboarding.phase_moved', actor: 'prod-server' });
    expect(entry.request_id).toBe(headers['x-request-id']);
    const [row] = await world.rows<{ actor: string; operation: string }>(
      'select actor, operation from live.audit_log where workspace_id = $1 and request_id = $2',
      [workspaceId, entry.request_id],
    );
    expect(row).toEqual({ actor: 'prod-server', operation: 'onboarding.onboardings.update' });
  });

  it('11.4: those of a deleted customer leave the lists and are still read by their ids', async () => {
    const { live } = await world.org();
    const { id } = await newCustomer(live);
    const opened = await made(live.post('/api/v1/onboardings', { customer_id: id }));
    await made(remove(live, `/api/v1/customers/${id}`), 200);
    expect((await live.get('/api/v1/onboardings')).body.data).toEqual([]);
    expect((await live.get(`/api/v1/onboardings/${opened.id}`)).body).toEqual(opened);
    expect(await refusal(live.get(`/api/v1/customers/${id}/onboardings`))).toEqual([404, 'customer_not_found', null]);
    expect(await refusal(live.post('/api/v1/onboardings', { customer_id: id }))).toEqual([
      404,
      'customer_not_found',
      'customer_id',
    ]);
    await made(remove(live, `/api/v1/onboardings/${opened.id}`), 200);
    expect(await refusal(patch(live, `/api/v1/onboardings/${opened.id}`, { phase: 'launch' }))).toEqual([
      404,
      'onboarding_not_found',
      null,
    ]);
  });
});

describe('what clients send without thinking', () => {
  it('is understood: a type without a body, an empty body, JSON with a charset, a slash, a body that says HEAD', async () => {
    const json = { headers: { 'content-type': 'application/json' } };
    const { id } = await newCustomer(org.live);
    expect((await org.live.get('/api/v1/me', json)).status).toBe(200);
    expect((await org.live.send('DELETE', `/api/v1/customers/${id}`, undefined, json)).status).toBe(200);
    expect(await refusal(org.live.send('POST', '/api/v1/customers', '', json))).toEqual([400, 'missing_field', 'name']);
    const charset = { headers: { 'content-type': 'application/json; charset=UTF-8' } };
    expect((await org.live.send('POST', '/api/v1/customers', '{"name":"A"}', charset)).status).toBe(201);
    for (const none of ['', 'x'.repeat(2_000), '%20', '-1']) {
      expect(await refusal(org.live.get(`/api/v1/customers/${none}`))).toEqual([404, 'customer_not_found', null]);
    }
    expect((await org.live.send('HEAD', '/api/v1/customers')).status).toBe(404);
    expect(await refusal(org.live.send('OPTIONS', '/api/v1/customers'))).toEqual([404, 'route_not_found', null]);
    expect(await refusal(org.live.get('/api/v1/customers/%zz'))).toEqual([400, expect.any(String), expect.any(String)]);
  });

  it('11.9: no page of a browser may call it, and a preflight is told so', async () => {
    const page = { headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } };
    const answers = [
      await org.live.get('/api/v1/me', page),
      await org.live.send('OPTIONS', '/api/v1/customers', undefined, page),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404]);
    for (const { headers } of answers) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

it.each<Mode>(['live', 'test'])('2.1: another workspace has none of it, in %s mode', async (mode) => {
  const other = await world.org();
  const { id } = await newCustomer(org[mode]);
  for (const call of [
    other[mode].get(`/api/v1/customers/${id}`),
    patch(other[mode], `/api/v1/customers/${id}`, { name: 'x' }),
    remove(other[mode], `/api/v1/customers/${id}`),
    other[mode].get(`/api/v1/customers/${id}/activity`),
    other[mode].post(`/api/v1/customers/${id}/contacts`, { name: 'A', email: 'a@b.example' }),
  ]) {
    expect(await refusal(call)).toEqual([404, 'customer_not_found', null]);
  }
});
