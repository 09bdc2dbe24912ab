import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createSchedulerWorld,
  made,
  type Project,
  refusal,
  rowCounts,
  type SchedulerWorld,
  url,
} from './scheduler.fixture.ts';

let world: SchedulerWorld;
let p: Project;
beforeAll(async () => {
  world = await createSchedulerWorld();
});
beforeEach(async () => {
  p = await world.project();
});
afterAll(() => world.close());

const bulk = (schedules: unknown[], headers = {}) => p.live.post('/v1/schedules/bulk', { schedules }, { headers });
const one = { endpoint: url, delay: '1h' };

describe('schedules created in bulk', () => {
  it('are all stored, in the order of the request, as each alone would be', async () => {
    const endpoint = await made(p.live.post('/v1/endpoints', { url, method: 'PUT' }));
    const body = await made(
      bulk([
        {
          ...one,
          body: 'a',
          headers: { 'X-A': '1' },
          metadata: { n: '1' },
          ttl: '5m',
          retry_policy: { max_attempts: 2 },
        },
        { endpoint_id: endpoint.id, cron: '0 9 * * *', timezone: 'Europe/Paris', idempotency_key: 'k' },
        { ...one, signing_secret: 'schedule-secret-of-24-chars' },
      ]),
    );
    expect(body).toMatchObject({ object: 'bulk_schedules', created: 3 });
    expect(body.data).toMatchObject([
      { kind: 'one_shot', body_bytes: 1, header_keys: ['X-A'], ttl: '5m0s', signed: false },
      { kind: 'recurring', endpoint_id: endpoint.id, method: 'PUT', idempotency_key: 'k' },
      { kind: 'one_shot', signed: true },
    ]);
    for (const schedule of body.data) expect((await p.live.get(`/v1/schedules/${schedule.id}`)).body).toEqual(schedule);
    const { data } = await made(p.live.get('/v1/schedules'), 200);
    expect(data.map(({ id }: { id: string }) => id)).toEqual(body.data.map(({ id }: { id: string }) => id).reverse());
    const rows = await world.rows(
      `select d.idempotency_key, d.claimable, d.watched from live.deliveries d where workspace_id = $1 order by id`,
      [p.id],
    );
    expect(rows).toMatchObject([
      { claimable: true, watched: false },
      { idempotency_key: 'k_1', claimable: true, watched: true },
      { claimable: true, watched: false },
    ]);
  });

  it('can be a thousand', async () => {
    const body = await made(bulk(Array.from({ length: 1000 }, (_, i) => ({ ...one, body: String(i) }))));
    expect(body.created).toBe(1000);
    const [count] = await world.rows('select count(*)::int as n from live.deliveries where workspace_id = $1', [p.id]);
    expect(count).toEqual({ n: 1000 });
  });

  it('are none when one is bad: each bad one is named with the code that it would have had alone', async () => {
    const before = await rowCounts(world);
    const answer = await bulk([
      one,
      { ...one, delay: '1ms' },
      { endpoint: 'http://10.0.0.1', delay: '1h' },
      { ...one, extra: 1 },
      { ...one, method: 3 },
      { endpoint_id: 'ep_none', delay: '1h' },
      { ...one, retry_policy: { max_attempts: 0 } },
    ]);
    expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([
      422,
      'invalid_bulk',
      'schedules[1]',
    ]);
    expect(
      answer.body.error.errors.map(({ index, code, param }: Record<string, unknown>) => [index, code, param]),
    ).toEqual([
      [1, 'sub_floor_delay', 'delay'],
      [2, 'url_blocked', 'endpoint'],
      [3, 'unknown_field', 'extra'],
      [4, 'invalid_type', 'method'],
      [5, 'endpoint_not_found', 'endpoint_id'],
      [6, 'invalid_retry_policy', 'retry_policy.max_attempts'],
    ]);
    expect(await rowCounts(world)).toEqual(before);
  });

  it('are made once with one Idempotency-Key', async () => {
    const [first, again] = [
      await bulk([one], { 'idempotency-key': 'b' }),
      await bulk([one], { 'idempotency-key': 'b' }),
    ];
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  it.each([
    [{ schedules: [] }, 'schedules'],
    [{ schedules: Array(1001).fill(one) }, 'schedules'],
    [{ schedules: 'x' }, 'schedules'],
    [{ schedules: [1] }, 'schedules[0]'],
    [{}, 'schedules'],
  ])('are refused as a whole when they are no list of 1 to 1,000', async (body, param) => {
    expect(await refusal(p.live.post('/v1/schedules/bulk', body))).toEqual([400, 'invalid_type', param]);
  });
});
