import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sql } from '../../core/db/sql.ts';
import { expectNoKeys } from '../../testing/clean-log.ts';
import type { Answer, Caller } from '../../testing/harness.ts';
import { signUp } from '../../testing/person.ts';
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
import { scheduler } from './service.ts';

/*
 * The isolation rules of the specification (section 5), by their numbers. T and L are a test and a live key of one project,
 * T2 and L2 of another. Rules 42 to 44 are of the MCP server, the command and the dashboard.
 */

let world: SchedulerWorld;
let receiver: Receiver;
let P: Project;
let Q: Project;
let T: Caller;
let L: Caller;
let T2: Caller;

beforeAll(async () => {
  world = await createSchedulerWorld({ INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' });
  receiver = await startReceiver();
  [P, Q] = [await world.project(), await world.project()];
  ({ test: T, live: L } = P);
  T2 = Q.test;
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

const url = 'https://example.com/hook';
const create = (caller: Caller, fields: Record<string, unknown> = {}) =>
  made(caller.post('/v1/schedules', { endpoint: url, delay: '1h', ...fields }));
const ids = async (caller: Caller, path: string): Promise<string[]> =>
  (await made(caller.get(path), 200)).data.map(({ id }: { id: string }) => id);
const withoutRequestId = ({ status, text }: Answer) => [status, text.replace(/req_[0-9A-Z]{26}/g, 'req')];
/** One of everything in test mode of P. */
const things = async () => {
  const schedule = await create(T, { metadata: { side: 'test' } });
  const endpoint = await made(T.post('/v1/endpoints', { url, name: `e${Date.now()}` }));
  const [delivery = ''] = await ids(T, `/v1/deliveries?schedule_id=${schedule.id}`);
  const secret = await made(T.post('/v1/signing_secrets', { scope: 'schedule', scope_id: schedule.id }));
  return { schedule: schedule.id as string, endpoint: endpoint.id as string, delivery, secret: secret.id as string };
};

describe('keys', () => {
  it('1, 2, 4. each is of one project and one mode, told by its prefix; the paths are the same', async () => {
    expect(P.keys.test).toMatch(/^sk_test_[0-9A-Za-z]{43}$/);
    expect(P.keys.live).toMatch(/^sk_live_[0-9A-Za-z]{43}$/);
    expect(await made(T.get('/v1/me'), 200)).toMatchObject({ object: 'me', project_id: P.id, mode: 'test' });
    expect(await made(L.get('/v1/me'), 200)).toMatchObject({
      project_id: P.id,
      mode: 'live',
      key_name: expect.stringMatching(/^test key/),
    });
    expect(await made(T2.get('/v1/me'), 200)).toMatchObject({ project_id: Q.id, mode: 'test' });
    expect((await T.get('/v1/me')).headers['interlock-mode']).toBe('test');
  });

  it('3. a mode in the body is an unknown field, one in the query is ignored', async () => {
    const asked = T.post('/v1/schedules', { endpoint: url, delay: '1h', mode: 'live' });
    expect(await refusal(asked)).toEqual([400, 'unknown_field', 'mode']);
    const { id } = await create(T);
    expect(await ids(T, '/v1/schedules?mode=live')).toContain(id);
    expect(await ids(L, '/v1/schedules?mode=test')).not.toContain(id);
  });

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic c2s6' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a scheme alone', { authorization: 'Bearer' }],
  ])('5. %s is a missing key', async (_, headers) => {
    const answer = await world.t.as(null).get('/v1/schedules', { headers });
    expect([answer.status, answer.body.error.type, answer.body.error.code]).toEqual([
      401,
      'authentication_error',
      'missing_api_key',
    ]);
  });

  it('6, 7, 10. malformed, unknown, revoked, expired keys and changed prefixes get one and the same answer', async () => {
    const ring = world.t.platform.keysOf(P.id);
    const revoked = await ring.create({ service: 'scheduler', mode: 'test', name: 'to revoke' });
    const kept = await create(world.t.as(revoked.key));
    await ring.revoke(revoked.id);
    await expect.poll(async () => (await world.t.as(revoked.key).get('/v1/schedules')).status).toBe(401);
    const other = await world.t.key(P.id, { service: 'randomness', mode: 'test' });
    const answers = await Promise.all(
      [
        'nonsense',
        `sk_test_${'x'.repeat(43)}`,
        revoked.key,
        P.keys.test.replace('sk_test_', 'sk_live_'),
        P.keys.live.replace('sk_live_', 'sk_test_'),
        other.key,
      ].map(async (key) => withoutRequestId(await world.t.as(key).get('/v1/schedules'))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.[1]).toContain('invalid_api_key');
    // What a revoked key made goes on.
    expect((await made(T.get(`/v1/schedules/${kept.id}`), 200)).state).toBe('active');
  });

  it('8, 9. the text of a key is nowhere: in no answer, no row, no line of the log', async () => {
    await world.t.platform.flush();
    expectNoKeys(world.t.log);
    const tables = await world.rows<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('core', 'live', 'test', 'shared')`,
    );
    for (const { name } of tables) {
      const found = await world.rows(`select 1 from ${name} x where position($1 in x::text) > 0`, [
        P.keys.live.slice(12),
      ]);
      expect([name, found]).toEqual([name, []]);
    }
    expect(JSON.stringify((await L.get('/v1/me')).body)).not.toContain(P.keys.live.slice(12));
  });

  it('11. several keys of one project and mode see the same data', async () => {
    const second = world.t.as((await world.t.key(P.id, { service: 'scheduler', mode: 'test' })).key);
    await create(T);
    expect((await second.get('/v1/schedules')).body.data).toEqual((await T.get('/v1/schedules')).body.data);
  });

  it('12. keys manage no keys, and a session is no key', async () => {
    const paths = scheduler.operations.map(({ path }) => path);
    expect(paths.filter((path) => /key|project/.test(path))).toEqual([]);
    const person = await signUp(world.t);
    const answer = await world.t.as(null).get('/v1/schedules', { headers: { cookie: person.cookie } });
    expect(answer.body.error.code).toBe('missing_api_key');
  });
});

describe('reads', () => {
  it('13. objects carry the mode of the key that made them', async () => {
    for (const [caller, mode] of [
      [T, 'test'],
      [L, 'live'],
    ] as const) {
      const schedule = await create(caller);
      const endpoint = await made(caller.post('/v1/endpoints', { url }));
      const { data } = await made(caller.get(`/v1/deliveries?schedule_id=${schedule.id}`), 200);
      expect([schedule.mode, endpoint.mode, data[0].mode]).toEqual([mode, mode, mode]);
    }
  });

  it('14, 16, 17, 18. lists never hold anything of the other mode or project, with any filter or page size', async () => {
    const { schedule, endpoint, delivery, secret } = await things();
    for (const caller of [L, T2, Q.live]) {
      for (const query of [
        '',
        'limit=1',
        'limit=100',
        'state=active',
        'kind=one_shot',
        'metadata[side]=test',
        `endpoint_id=${endpoint}`,
      ]) {
        expect(await ids(caller, `/v1/schedules?${query}`), query).not.toContain(schedule);
      }
      expect(await ids(caller, '/v1/endpoints?limit=100')).not.toContain(endpoint);
      expect(await ids(caller, '/v1/signing_secrets?limit=100')).not.toContain(secret);
      expect(await ids(caller, '/v1/deliveries?limit=100')).not.toContain(delivery);
      for (const query of [`schedule_id=${schedule}`, `endpoint_id=${endpoint}`, `replay_of=${delivery}`]) {
        expect(await made(caller.get(`/v1/deliveries?${query}`), 200)).toEqual({
          object: 'list',
          data: [],
          has_more: false,
          next_cursor: null,
        });
      }
    }
  });

  it('19. a cursor is refused in the other mode and in another project', async () => {
    await create(T);
    await create(T);
    for (const list of ['schedules', 'deliveries']) {
      const { next_cursor: cursor } = await made(T.get(`/v1/${list}?limit=1`), 200);
      for (const caller of [L, T2]) {
        expect(await refusal(caller.get(`/v1/${list}?limit=1&cursor=${cursor}`))).toEqual([
          400,
          'invalid_cursor',
          'cursor',
        ]);
      }
      expect((await T.get(`/v1/${list}?limit=1&cursor=${cursor}`)).status).toBe(200);
    }
  });

  it('21. counts and pages say nothing about the other mode', async () => {
    const fresh = await world.project();
    for (let i = 0; i < 3; i++) await create(fresh.test);
    expect(await made(fresh.live.get('/v1/schedules?limit=1'), 200)).toEqual({
      object: 'list',
      data: [],
      has_more: false,
      next_cursor: null,
    });
    expect((await fresh.live.get('/v1/schedules')).headers['x-ratelimit-remaining']).toBeUndefined();
  });
});

describe('foreign ids', () => {
  /** Requests with an id in their path: those of new operations are among them. */
  const withId = scheduler.operations.filter(({ path }) => path.includes(':id'));
  const bodies: Record<string, unknown> = {
    'scheduler.schedules.update': { metadata: {} },
    'scheduler.schedules.reschedule': { delay: '5s' },
    'scheduler.schedules.backfill': { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
    'scheduler.endpoints.update': { metadata: {} },
  };
  const call = (caller: Caller, operation: (typeof withId)[number], id: string) => {
    const path = `/v1${operation.path.replace(':id', id)}`;
    if (operation.method === 'GET') return caller.get(path);
    return caller.send(String(operation.method), path, JSON.stringify(bodies[operation.id] ?? {}), {
      headers: { 'content-type': 'application/json' },
    });
  };

  it.each(withId)(
    '15, 16, 17, 20, 22, 23, 24, 41. $id answers for one of another mode or project as for none, and changes nothing',
    async (operation) => {
      const made1 = await things();
      const [, noun = ''] = /^\/(\w+?)s?\//.exec(operation.path.replace('deliveries', 'deliverys')) ?? [];
      const id =
        { schedule: made1.schedule, endpoint: made1.endpoint, delivery: made1.delivery, signing_secret: made1.secret }[
          noun
        ] ?? '';
      expect(id, operation.path).not.toBe('');
      const none = `${id.slice(0, -6)}ZZZZZZ`;
      const before = await rowCounts(world);
      const rows = () =>
        world.rows(
          `select (select to_json(s) from test.scheduler_schedules s where id = $1) as s,
             (select to_json(t) from test.targets t where id = $2) as t,
             (select to_json(d) from test.deliveries d where id = $3) as d`,
          [made1.schedule, made1.endpoint, made1.delivery],
        );
      const as = await rows();
      for (const caller of [L, T2, Q.live]) {
        const [foreign, unknown] = [await call(caller, operation, id), await call(caller, operation, none)];
        expect(withoutRequestId(foreign)).toEqual(withoutRequestId(unknown));
        expect(foreign.status).toBe(404);
        expect(foreign.body.error.code).toBe(`${noun}_not_found`);
      }
      expect(await rowCounts(world)).toEqual(before);
      expect(await rows()).toEqual(as);
      // For its own key it exists.
      expect((await call(T, operation, id)).status).not.toBe(404);
    },
  );

  it('25. an endpoint profile of another mode or project cannot be scheduled on, and nothing is stored', async () => {
    const { endpoint, schedule } = await things();
    const mine = await create(L);
    const before = await rowCounts(world);
    for (const caller of [L, T2]) {
      expect(await refusal(caller.post('/v1/schedules', { endpoint_id: endpoint, delay: '1h' }))).toEqual([
        404,
        'endpoint_not_found',
        'endpoint_id',
      ]);
    }
    expect(await refusal(patch(L, `/v1/schedules/${mine.id}`, { endpoint_id: endpoint }))).toEqual([
      404,
      'endpoint_not_found',
      'endpoint_id',
    ]);
    expect(await refusal(L.post('/v1/signing_secrets', { scope: 'schedule', scope_id: schedule }))).toEqual([
      404,
      'schedule_not_found',
      'id',
    ]);
    expect(await rowCounts(world)).toEqual(before);
  });

  it('26, 27. nothing copies between modes, and no caller chooses an id', async () => {
    const fresh = await world.project();
    const { id } = await create(fresh.test);
    expect(await ids(fresh.live, '/v1/schedules')).toEqual([]);
    expect(await refusal(fresh.live.post('/v1/schedules', { id, endpoint: url, delay: '1h' }))).toEqual([
      400,
      'unknown_field',
      'id',
    ]);
    expect(
      scheduler.operations.map(({ id: operation }) => operation).filter((name) => /copy|promote|import/.test(name)),
    ).toEqual([]);
  });
});

describe('idempotency', () => {
  const send = (caller: Caller, body: unknown, key: string) =>
    caller.post('/v1/schedules', body, { headers: { 'idempotency-key': key } });
  const body = { endpoint: url, delay: '1h' };

  it('28, 31. one key and body in two modes and two projects makes a schedule in each', async () => {
    const answers = [];
    for (const caller of [T, L, T2, Q.live]) answers.push(await send(caller, body, 'shared'));
    expect(answers.map(({ status, headers }) => [status, headers['idempotent-replayed']])).toEqual(
      Array(4).fill([201, undefined]),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(4);
  });

  it('29. one key with different bodies in two modes is no conflict', async () => {
    expect((await send(T, body, 'differs')).status).toBe(201);
    expect((await send(L, { ...body, delay: '2h' }, 'differs')).status).toBe(201);
    expect(await refusal(send(T, { ...body, delay: '2h' }, 'differs'))).toEqual([
      409,
      'idempotency_key_reuse',
      'Idempotency-Key',
    ]);
  });

  it('30. a request in progress in one mode does not hold the other up', async () => {
    const [first, second] = await Promise.all([send(T, body, 'at once'), send(L, body, 'at once')]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body.mode).toBe('test');
    expect(second.body.mode).toBe('live');
  });

  it('32. one schedule-level idempotency_key in both modes does not collide', async () => {
    expect((await create(T, { idempotency_key: 'evt' })).idempotency_key).toBe('evt');
    expect((await create(L, { idempotency_key: 'evt' })).idempotency_key).toBe('evt');
  });
});

describe('delivery', () => {
  it('33, 34, 35, 38. a test schedule is really sent, signed with a test secret, and counts in no SLO', async () => {
    const project = await world.project();
    world.t.platform.startLoops();
    const [testSecret, liveSecret] = [
      await made(project.test.post('/v1/signing_secrets', {})),
      await made(project.live.post('/v1/signing_secrets', {})),
    ];
    receiver.answer = (_, response) => response.writeHead(404).end();
    const { id } = await create(project.test, { endpoint: receiver.url, delay: '1s', body: 'x' });
    const path = `/v1/deliveries?schedule_id=${id}`;
    const delivery = await vi.waitFor(
      async () => {
        const [found] = (await made(project.test.get(path), 200)).data;
        expect(found.status).toBe('dead_letter');
        return found;
      },
      { timeout: 8_000, interval: 25 },
    );
    expect(delivery).toMatchObject({ mode: 'test', dead_letter_reason: 'terminal_response', attempt_count: 1 });
    const [request] = receiver.received;
    const headers: Readonly<Record<string, unknown>> = request?.headers ?? {};
    const signed = [headers['sched-timestamp'], headers['sched-delivery-id'], '1', 'POST', '/', 'x'].join('.');
    const by = (secret: string) => createHmac('sha256', secret).update(signed).digest('hex');
    expect(headers['sched-signature']).toBe(`t=${headers['sched-timestamp']},v1=${by(testSecret.secret)}`);
    expect(headers['sched-signature']).not.toContain(by(liveSecret.secret));
    expect((await made(project.live.get('/v1/deliveries?status=dead_letter'), 200)).data).toEqual([]);
    world.t.clock.advance(120_000);
    const figures = await made(project.live.get('/v1/slo?scope=project'), 200);
    expect(
      figures.windows.map(({ n, unfiltered }: { n: number; unfiltered: { n: number } }) => [n, unfiltered.n]),
    ).toEqual(Array(4).fill([0, 0]));
    expect(await refusal(project.test.get('/v1/slo?scope=project'))).toEqual([
      409,
      'slo_not_available_in_test_mode',
      null,
    ]);
    world.t.clock.thaw();
  });

  it('36. the breaker of a test profile is not that of a live one', async () => {
    const [test, live] = [await made(T.post('/v1/endpoints', { url })), await made(L.post('/v1/endpoints', { url }))];
    await world.rows(`update test.targets set state = '{"breaker":{"state":"open"}}' where id = $1`, [test.id]);
    expect((await made(T.get(`/v1/endpoints/${test.id}`), 200)).breaker_state).toBe('open');
    expect((await made(L.get(`/v1/endpoints/${live.id}`), 200)).breaker_state).toBe('closed');
  });

  it('39, 40, 45. a mode is a schema and a role: the role of one has no privilege in the other', async () => {
    for (const [mode, other] of [
      ['live', 'test'],
      ['test', 'live'],
    ] as const) {
      for (const table of ['scheduler_schedules', 'deliveries', 'attempts', 'messages', 'targets', 'signing_secrets']) {
        const db = world.t.platform.database.transaction(mode, P.id);
        const text = `select * from ${other}.${table}`;
        const statement = sql(Object.assign([text], { raw: [text] }));
        await expect(db.rows(statement)).rejects.toMatchObject({ code: '42501' });
        await db.rollback();
      }
    }
  });
});
