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
  receiver.received.length = 0;
  receiver.answer = (_, response) => response.end('ok');
  p = await world.project();
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

/** A delivery that ended in this way. */
const deliveryThat = async (status: string, fields: Record<string, unknown> = {}) => {
  const schedule = await made(
    p.live.post('/v1/schedules', { endpoint: receiver.url, delay: '1h', body: 'old', ...fields }),
  );
  await world.rows(
    `update live.deliveries set status = $2, due_at = null, claimable = false, finalized_at = now(), attempt_count = 8 where source_id = $1`,
    [schedule.id, status],
  );
  const [delivery] = (await made(p.live.get(`/v1/deliveries?schedule_id=${schedule.id}`), 200)).data;
  return { schedule, delivery };
};
const replay = (id: string, body: unknown = {}, headers = {}) =>
  p.live.post(`/v1/deliveries/${id}/replay`, body, { headers });
const succeeded = (id: string) =>
  vi.waitFor(
    async () => {
      const delivery = await made(p.live.get(`/v1/deliveries/${id}`), 200);
      expect(delivery.status).toBe('succeeded');
      return delivery;
    },
    { timeout: 8_000, interval: 20 },
  );

describe('a replay', () => {
  it('is a new delivery that sends what the schedule says now, with the key of the original', async () => {
    const { schedule, delivery } = await deliveryThat('dead_letter', { idempotency_key: 'evt', ttl: '1h' });
    await made(patch(p.live, `/v1/schedules/${schedule.id}`, { body: 'new' }), 200);
    const answer = await replay(delivery.id);
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/v1/deliveries/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      replay_of: delivery.id,
      schedule_id: schedule.id,
      status: 'scheduled',
      fire_class: 'replay',
      attempt_count: 0,
      idempotency_key: 'evt',
    });
    expect(Date.parse(answer.body.deadline) - Date.parse(answer.body.scheduled_for)).toBe(3_600_000);
    expect(await succeeded(answer.body.id)).toMatchObject({ attempt_count: 1, fire_class: 'replay' });
    expect(receiver.received[0]).toMatchObject({
      body: 'new',
      headers: {
        'idempotency-key': 'evt',
        'sched-delivery-id': answer.body.id,
        'sched-attempt': '1',
        'sched-replay-of': delivery.id,
      },
    });
    expect((await p.live.get(`/v1/deliveries/${delivery.id}`)).body).toEqual(delivery);
    expect((await made(p.live.get(`/v1/deliveries?replay_of=${delivery.id}`), 200)).data).toHaveLength(1);
  });

  it('keeps the first key along a chain, or has a fresh one when that is asked for', async () => {
    const { delivery } = await deliveryThat('dead_letter');
    const first = await made(replay(delivery.id));
    await succeeded(first.id);
    const second = await made(replay(first.id, { force: true }));
    expect(second).toMatchObject({ replay_of: first.id, idempotency_key: delivery.id });
    const fresh = await made(replay(delivery.id, { new_idempotency_key: true }));
    expect(fresh.idempotency_key).toBe(fresh.id);
  });

  it.each(['paused', 'canceled'])('goes out also when the schedule is %s', async (state) => {
    const { schedule, delivery } = await deliveryThat('expired');
    await made(p.live.post(`/v1/schedules/${schedule.id}/${state === 'paused' ? 'pause' : 'cancel'}`), 200);
    await succeeded((await made(replay(delivery.id))).id);
  });

  it('waits for its delay', async () => {
    const { delivery } = await deliveryThat('dead_letter');
    const waiting = await made(replay(delivery.id, { delay: '1h' }));
    expect(Date.parse(waiting.next_fire_at) - Date.now()).toBeGreaterThan(3_500_000);
    expect(await made(p.live.post(`/v1/deliveries/${waiting.id}/cancel`), 200)).toMatchObject({ status: 'canceled' });
  });

  it('twice makes two, and with one Idempotency-Key one', async () => {
    const { delivery } = await deliveryThat('dead_letter');
    const [one, two] = [await made(replay(delivery.id)), await made(replay(delivery.id))];
    expect(one.id).not.toBe(two.id);
    const [first, again] = [
      await replay(delivery.id, {}, { 'idempotency-key': 'r' }),
      await replay(delivery.id, {}, { 'idempotency-key': 'r' }),
    ];
    expect(again.text).toBe(first.text);
    expect(again.headers.location).toBe(first.headers.location);
  });

  it('is refused for what has not ended, and for what ended well unless it is forced', async () => {
    const { delivery } = await deliveryThat('succeeded');
    expect(await refusal(replay(delivery.id))).toEqual([409, 'not_replayable', 'id']);
    await made(replay(delivery.id, { force: true }));
    const canceled = (await deliveryThat('canceled')).delivery;
    expect(await refusal(replay(canceled.id))).toEqual([409, 'not_replayable', 'id']);
    const schedule = await made(p.live.post('/v1/schedules', { endpoint: receiver.url, delay: '1h' }));
    const [waiting] = (await made(p.live.get(`/v1/deliveries?schedule_id=${schedule.id}`), 200)).data;
    expect(await refusal(replay(waiting.id, { force: true }))).toEqual([409, 'delivery_not_terminal', 'id']);
    expect(await refusal(replay(delivery.id, { delay: '999ms' }))).toEqual([422, 'sub_floor_delay', 'delay']);
    expect(await refusal(replay(delivery.id, { delay: 'soon' }))).toEqual([400, 'invalid_duration', 'delay']);
  });
});

describe('replays in bulk', () => {
  const bulk = (body: Record<string, unknown>) => made(p.live.post('/v1/deliveries/replay', body), 202);

  it('take what failed and was not replayed yet, oldest first, by schedule and by when it was made', async () => {
    const dead = [
      await deliveryThat('dead_letter'),
      await deliveryThat('dead_letter'),
      await deliveryThat('dead_letter'),
    ];
    await deliveryThat('expired');
    await deliveryThat('succeeded');
    const before = await rowCounts(world);
    expect(await bulk({ status: 'dead_letter', dry_run: true })).toEqual({
      object: 'bulk_replay',
      matched: 3,
      replayed: 0,
      dry_run: true,
    });
    expect(await rowCounts(world)).toEqual(before);
    expect(await bulk({ status: 'dead_letter', schedule_id: dead[2]?.schedule.id })).toMatchObject({
      matched: 1,
      replayed: 1,
    });
    expect(await bulk({ status: 'dead_letter', created_before: '2020-01-01T00:00:00Z' })).toMatchObject({ matched: 0 });
    expect(await bulk({ status: 'dead_letter', created_after: '2020-01-01T00:00:00Z', limit: 1 })).toMatchObject({
      matched: 1,
      replayed: 1,
    });
    const [oldest] = (await made(p.live.get(`/v1/deliveries?replay_of=${dead[0]?.delivery.id}`), 200)).data;
    await succeeded(oldest.id);
    expect(await bulk({ status: 'dead_letter' })).toMatchObject({ matched: 1, replayed: 1 });
    expect(await bulk({ status: 'dead_letter' })).toMatchObject({ matched: 0, replayed: 0 });
    expect(await bulk({ status: 'expired' })).toMatchObject({ matched: 1 });
  });

  it('asked for many times at once replay each of them once', async () => {
    const dead = await Promise.all(Array.from({ length: 6 }, () => deliveryThat('dead_letter')));
    const answers = await Promise.all(Array.from({ length: 12 }, () => bulk({ status: 'dead_letter' })));
    expect(answers.reduce((sum, { replayed }) => sum + replayed, 0)).toBe(6);
    for (const { delivery } of dead) {
      const replays = (await made(p.live.get(`/v1/deliveries?replay_of=${delivery.id}`), 200)).data;
      expect(replays).toHaveLength(1);
    }
  });

  it.each([
    [{}, 400, 'invalid_filter', 'status'],
    [{ status: 'succeeded' }, 400, 'invalid_filter', 'status'],
    [{ status: 'dead_letter', limit: 1001 }, 400, 'invalid_limit', 'limit'],
    [{ status: 'dead_letter', created_after: 'yesterday' }, 400, 'invalid_filter', 'created_after'],
    [{ status: 'dead_letter', schedule: 'x' }, 400, 'unknown_field', 'schedule'],
  ])('refuse %j', async (body, status, code, param) => {
    expect(await refusal(p.live.post('/v1/deliveries/replay', body))).toEqual([status, code, param]);
  });
});

describe('the list of deliveries', () => {
  it('is filtered by status, schedule and time, and walked without loss while deliveries are added', async () => {
    const all: string[] = [];
    for (let i = 0; i < 7; i++) all.unshift((await deliveryThat('dead_letter')).delivery.id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await made(
        p.live.get(`/v1/deliveries?status=dead_letter&limit=3${cursor === null ? '' : `&cursor=${cursor}`}`),
        200,
      );
      seen.push(...page.data.map(({ id }: { id: string }) => id));
      cursor = page.next_cursor;
      await deliveryThat('dead_letter');
    } while (cursor !== null);
    expect(seen).toEqual(all);
    const ids = async (query: string) => (await made(p.live.get(`/v1/deliveries?${query}`), 200)).data.length;
    expect(await ids('status=expired')).toBe(0);
    expect(await ids('status=scheduled')).toBe(0);
    expect(await ids('scheduled_after=2099-01-01T00:00:00Z')).toBe(0);
    expect(await ids('scheduled_before=2099-01-01T00:00:00Z')).toBe(10);
    expect(await ids('schedule_id=sch_none')).toBe(0);
    expect(await refusal(p.live.get('/v1/deliveries?status=lost'))).toEqual([400, 'invalid_filter', 'status']);
    expect(await refusal(p.live.get('/v1/deliveries?scheduled_after=x'))).toEqual([
      400,
      'invalid_filter',
      'scheduled_after',
    ]);
  });

  it('holds nothing that another service of the project sends', async () => {
    await world.rows(
      `insert into live.deliveries (workspace_id, id, service, kind, source_id, message_id, scheduled_for, due_at, idempotency_key, held, claimable)
       values ($1, 'whd_1', 'randomness', 'webhook', 'evt', 'm', now(), now(), 'k', true, false)`,
      [p.id],
    );
    expect((await made(p.live.get('/v1/deliveries'), 200)).data).toEqual([]);
    expect(await refusal(p.live.get('/v1/deliveries/whd_1'))).toEqual([404, 'delivery_not_found', 'id']);
    expect(await refusal(p.live.get('/v1/deliveries/whd_1/attempts'))).toEqual([404, 'delivery_not_found', 'id']);
    expect(await refusal(p.live.post('/v1/deliveries/whd_1/cancel'))).toEqual([404, 'delivery_not_found', 'id']);
  });
});

describe('attempts', () => {
  it('are listed oldest first, page by page, with what the receiver answered', async () => {
    receiver.answer = (_, response) => {
      response.statusCode = receiver.received.length < 3 ? 503 : 200;
      response.end('busy');
    };
    const { id } = await made(
      p.live.post('/v1/schedules', { endpoint: receiver.url, delay: '1s', retry_policy: { base: '10ms', factor: 1 } }),
    );
    const [{ id: delivery }] = (await made(p.live.get(`/v1/deliveries?schedule_id=${id}`), 200)).data;
    await succeeded(delivery);
    const first = await made(p.live.get(`/v1/deliveries/${delivery}/attempts?limit=2`), 200);
    expect(first.data).toMatchObject([
      {
        id: expect.stringMatching(/^att_/),
        attempt: 1,
        kind: 'initial',
        outcome: 'retryable',
        status_code: 503,
        response_body: 'busy',
      },
      { attempt: 2, kind: 'retry', outcome: 'retryable' },
    ]);
    expect(first.data[0].duration_ms).toBeGreaterThanOrEqual(0);
    const second = await made(
      p.live.get(`/v1/deliveries/${delivery}/attempts?limit=2&cursor=${first.next_cursor}`),
      200,
    );
    expect(second.data).toMatchObject([{ attempt: 3, outcome: 'succeeded', response_body: null }]);
    expect(second.has_more).toBe(false);
  });
});
