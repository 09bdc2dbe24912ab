import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';
import {
  createSchedulerWorld,
  type Mode,
  made,
  type Project,
  patch,
  refusal,
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
afterEach(() => world.t.clock.thaw());
afterAll(async () => {
  await world.close();
  await receiver.close();
});

const create = (caller: Caller, fields: Record<string, unknown>) =>
  made(caller.post('/v1/schedules', { endpoint: `${receiver.url}/${p.id}`, ...fields }));
/** What this test's own schedules sent. */
const received = () => receiver.received.filter(({ url }) => url === `/${p.id}`);
const arrived = (count: number) => until(async () => expect(received().length).toBeGreaterThanOrEqual(count));
const deliveriesOf = async (caller: Caller, id: string) =>
  (await made(caller.get(`/v1/deliveries?schedule_id=${id}`), 200)).data;
const only = async (caller: Caller, id: string) => (await deliveriesOf(caller, id))[0];
const until = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 25 });
const ended = (caller: Caller, scheduleId: string) =>
  until(async () => {
    const delivery = await only(caller, scheduleId);
    expect(delivery.finalized_at).not.toBeNull();
    return delivery;
  });
/** Makes a delivery due, or overdue, as if time had passed. */
const moveDue = (mode: Mode, scheduleId: string, ms: number) =>
  world.rows(
    `update ${mode}.deliveries set due_at = now() + $2 * interval '1 ms', scheduled_for = now() + $2 * interval '1 ms',
       lease_owner = null, claimable = not held, lease_token = lease_token + 1
     where source_id = $1 and finalized_at is null`,
    [scheduleId, ms],
  );

describe.each(['live', 'test'] as const)('a one-shot in %s mode', (mode) => {
  it('is sent once at its instant, with the headers of the delivery contract', async () => {
    const schedule = await create(p[mode], {
      delay: '1s',
      method: 'PUT',
      body: '{"a":1}',
      content_type: 'application/json',
      headers: { 'X-Own': 'mine', 'Sched-Mode': 'forged' },
      idempotency_key: 'evt_42',
      signing_secret: 'whsec_test_1f6c0d2a9b7e4c53',
    });
    const delivery = await ended(p[mode], schedule.id);
    expect(delivery).toMatchObject({
      object: 'delivery',
      mode,
      status: 'succeeded',
      attempt_count: 1,
      last_status_code: 200,
      idempotency_key: 'evt_42',
      fire_class: 'on_time',
      next_fire_at: null,
    });
    expect(delivery.dispatch_latency_ms).toBeGreaterThanOrEqual(0);
    expect(received()).toHaveLength(1);
    expect(received()[0]).toMatchObject({
      method: 'PUT',
      body: '{"a":1}',
      headers: {
        'x-own': 'mine',
        'content-type': 'application/json',
        'idempotency-key': 'evt_42',
        'sched-delivery-id': delivery.id,
        'sched-attempt': '1',
        'sched-schedule-id': schedule.id,
        'sched-scheduled-for': schedule.fire_at,
        'sched-mode': mode,
        'user-agent': 'Sched/1.0',
      },
    });
    expect(received()[0]?.headers['sched-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    expect(received()[0]?.at).toBeGreaterThanOrEqual(Date.parse(schedule.fire_at));
    const { data: attempts } = await made(p[mode].get(`/v1/deliveries/${delivery.id}/attempts`), 200);
    expect(attempts).toMatchObject([
      {
        object: 'attempt',
        mode,
        delivery_id: delivery.id,
        attempt: 1,
        kind: 'initial',
        outcome: 'succeeded',
        status_code: 200,
      },
    ]);
    const after = await made(p[mode].get(`/v1/schedules/${schedule.id}`), 200);
    expect(after).toMatchObject({ state: 'active', next_fire_at: null, next_runs: [] });
  });

  it('is held by a pause and sent after a resume, late and out of the SLO when its instant has passed', async () => {
    const schedule = await create(p[mode], { delay: '1s' });
    const paused = await made(p[mode].post(`/v1/schedules/${schedule.id}/pause`), 200);
    expect(paused).toMatchObject({ state: 'paused', next_fire_at: schedule.fire_at });
    expect(await made(p[mode].post(`/v1/schedules/${schedule.id}/pause`), 200)).toEqual(paused);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(received()).toEqual([]);
    expect(await only(p[mode], schedule.id)).toMatchObject({ status: 'scheduled', deferral: 'paused' });
    expect(await made(p[mode].post(`/v1/schedules/${schedule.id}/resume`), 200)).toMatchObject({ state: 'active' });
    expect(await ended(p[mode], schedule.id)).toMatchObject({ status: 'succeeded' });
    expect(
      await world.rows(`select paused_when_due from ${mode}.deliveries where source_id = $1`, [schedule.id]),
    ).toEqual([{ paused_when_due: true }]);
    expect((await made(p[mode].post(`/v1/schedules/${schedule.id}/resume`), 200)).state).toBe('active');
  });

  it('is canceled with its delivery, also when a node has claimed it ahead of its instant', async () => {
    const schedule = await create(p[mode], { delay: '1s' });
    await until(async () => {
      const [row] = await world.rows<{ lease_owner: string | null }>(
        `select lease_owner from ${mode}.deliveries where source_id = $1`,
        [schedule.id],
      );
      expect(row?.lease_owner).not.toBeNull();
    });
    expect(await only(p[mode], schedule.id)).toMatchObject({ status: 'scheduled' });
    const canceled = await made(p[mode].post(`/v1/schedules/${schedule.id}/cancel`), 200);
    expect(canceled).toMatchObject({ state: 'canceled', next_fire_at: null, next_runs: [] });
    expect(await made(p[mode].post(`/v1/schedules/${schedule.id}/cancel`), 200)).toEqual(canceled);
    expect(await only(p[mode], schedule.id)).toMatchObject({ status: 'canceled', finalized_at: expect.any(String) });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(received()).toEqual([]);
  });
});

describe('while an attempt is out', () => {
  it('a pause lets it finish and holds its retry; a cancel makes its failure the end', async () => {
    const open: (() => void)[] = [];
    receiver.answer = (_, response) => void open.push(() => response.writeHead(500).end());
    const [held, over] = [await create(p.live, { delay: '1s' }), await create(p.live, { delay: '1s' })];
    await arrived(2);
    expect(await only(p.live, held.id)).toMatchObject({ status: 'in_flight' });
    expect(await refusal(p.live.post(`/v1/deliveries/${(await only(p.live, held.id)).id}/cancel`))).toEqual([
      409,
      'delivery_in_flight',
      'id',
    ]);
    expect(await refusal(p.live.post(`/v1/schedules/${held.id}/reschedule`, { delay: '5s' }))).toEqual([
      409,
      'already_fired',
      null,
    ]);
    await made(p.live.post(`/v1/schedules/${held.id}/pause`), 200);
    await made(p.live.post(`/v1/schedules/${over.id}/cancel`), 200);
    for (const answer of open) answer();
    expect(await ended(p.live, over.id)).toMatchObject({ status: 'canceled', attempt_count: 1 });
    await until(async () =>
      expect(await only(p.live, held.id)).toMatchObject({ status: 'retrying', attempt_count: 1 }),
    );
    const [row] = await world.rows('select held, claimable from live.deliveries where source_id = $1', [held.id]);
    expect(row).toEqual({ held: true, claimable: false });
    receiver.answer = (_, response) => response.end('ok');
    await made(p.live.post(`/v1/schedules/${held.id}/resume`), 200);
    expect(await world.rows('select held, claimable from live.deliveries where source_id = $1', [held.id])).toEqual([
      { held: false, claimable: true },
    ]);
  });
});

describe('a recurring schedule', () => {
  it('always has exactly one occurrence ahead, made when the one before is claimed', async () => {
    const schedule = await create(p.live, { cron: '0 0 1 1 *', idempotency_key: 'tick' });
    await moveDue('live', schedule.id, 200);
    await until(async () => expect((await deliveriesOf(p.live, schedule.id)).length).toBe(2));
    await arrived(1);
    const [next, first] = await until(async () => {
      const found = await deliveriesOf(p.live, schedule.id);
      expect(found[1].status).toBe('succeeded');
      return found;
    });
    expect(first).toMatchObject({ idempotency_key: 'tick_1', fire_class: 'on_time' });
    expect(next).toMatchObject({ status: 'scheduled', idempotency_key: 'tick_2', fire_class: 'on_time' });
    const shown = await made(p.live.get(`/v1/schedules/${schedule.id}`), 200);
    expect(shown.next_fire_at).toBe(next.scheduled_for);
    expect(new Set(shown.next_runs).size).toBe(5);
  });

  it('folds what was missed into one delivery, and counts it', async () => {
    const schedule = await create(p.live, { cron: '* * * * *', ttl: '2m' });
    const due = Math.floor(Date.now() / 60_000) * 60_000 - 9 * 60_000;
    await world.rows('update live.scheduler_schedules set next_fire_at = $2 where id = $1', [
      schedule.id,
      new Date(due),
    ]);
    await world.rows(
      `update live.deliveries set scheduled_for = $2, due_at = $2, deadline = $2::timestamptz + interval '2 min' where source_id = $1`,
      [schedule.id, new Date(due)],
    );
    const [, coalesced] = await until(async () => {
      const found = await deliveriesOf(p.live, schedule.id);
      expect(found[1]?.status).toBe('succeeded');
      return found;
    });
    expect(coalesced).toMatchObject({ fire_class: 'coalesced', coalesced_count: expect.any(Number) });
    expect(coalesced.coalesced_count).toBeGreaterThanOrEqual(9);
    expect(Date.parse(coalesced.coalesced_from)).toBe(due);
    expect(Date.parse(coalesced.deadline)).toBe(Date.parse(coalesced.scheduled_for) + 120_000);
    expect(received()).toHaveLength(1);
  });

  it('catches up with every missed occurrence, or skips them with a row for each, as its policy says', async () => {
    const due = Math.floor(Date.now() / 60_000) * 60_000 - 3 * 60_000;
    const late = async (mode: string) => {
      const schedule = await create(p.live, { cron: '* * * * *', misfire_policy: { mode } });
      await world.rows('update live.scheduler_schedules set next_fire_at = $2 where id = $1', [
        schedule.id,
        new Date(due),
      ]);
      await world.rows('update live.deliveries set scheduled_for = $2, due_at = $2 where source_id = $1', [
        schedule.id,
        new Date(due),
      ]);
      return until(async () => {
        const found = await deliveriesOf(p.live, schedule.id);
        expect(found.length).toBeGreaterThanOrEqual(5);
        expect(
          found.filter((delivery: { finalized_at: string | null }) => delivery.finalized_at === null),
        ).toHaveLength(1);
        return found.filter((delivery: { finalized_at: string | null }) => delivery.finalized_at !== null);
      });
    };
    const caughtUp = await late('catch_up');
    expect(
      new Set(
        caughtUp.map((delivery: { status: string; fire_class: string }) => `${delivery.status} ${delivery.fire_class}`),
      ),
    ).toEqual(new Set(['succeeded catch_up']));
    const sent = received().length;
    expect(sent).toBe(caughtUp.length);
    const skipped = await late('skip');
    expect(new Set(skipped.map(({ status }: { status: string }) => status))).toEqual(new Set(['expired']));
    expect(received()).toHaveLength(sent);
  });

  it('does not make up for a pause: one late fire, then the next occurrence from now', async () => {
    const schedule = await create(p.live, { cron: '* * * * *' });
    await made(p.live.post(`/v1/schedules/${schedule.id}/pause`), 200);
    const due = Math.floor(Date.now() / 60_000) * 60_000 - 9 * 60_000;
    await world.rows('update live.scheduler_schedules set next_fire_at = $2, paused_at = $2 where id = $1', [
      schedule.id,
      new Date(due),
    ]);
    await world.rows('update live.deliveries set scheduled_for = $2, due_at = $2 where source_id = $1', [
      schedule.id,
      new Date(due),
    ]);
    await made(p.live.post(`/v1/schedules/${schedule.id}/resume`), 200);
    const [next, first] = await until(async () => {
      const found = await deliveriesOf(p.live, schedule.id);
      expect(found[1]?.status).toBe('succeeded');
      return found;
    });
    expect(first).toMatchObject({ fire_class: 'late', coalesced_count: null });
    expect(Date.parse(next.scheduled_for)).toBeGreaterThan(Date.now() - 1_000);
    expect(received()).toHaveLength(1);
  });

  it('ends after its last occurrence', async () => {
    const schedule = await create(p.live, { cron: '0 0 1 1 *', max_fires: 1 });
    await moveDue('live', schedule.id, 50);
    await ended(p.live, schedule.id);
    const shown = await made(p.live.get(`/v1/schedules/${schedule.id}`), 200);
    expect(shown).toMatchObject({ state: 'active', next_fire_at: null, next_runs: [] });
    expect(await deliveriesOf(p.live, schedule.id)).toHaveLength(1);
  });

  it.each([
    ['skip', 'canceled'],
    ['buffer_one', 'scheduled'],
    ['allow', 'in_flight'],
  ])('that overlaps with itself: %s makes the second occurrence %s', async (policy, status) => {
    const open: (() => void)[] = [];
    receiver.answer = (_, response) => void open.push(() => response.end('ok'));
    const schedule = await create(p.live, { cron: '0 0 1 1 *', overlap_policy: policy });
    await moveDue('live', schedule.id, 50);
    await arrived(1);
    await moveDueOf(schedule.id, 2);
    const second = await until(async () => {
      const found = await deliveriesOf(p.live, schedule.id);
      expect(found).toHaveLength(3);
      expect(found[1].status).toBe(status);
      if (policy !== 'allow') expect(found[1].deferral).toBe('concurrency');
      return found[1];
    });
    receiver.answer = (_, response) => response.end('ok');
    for (const answer of open) answer();
    if (policy === 'skip') return;
    await until(async () => {
      const found = await made(p.live.get(`/v1/deliveries/${second.id}`), 200);
      expect(found.status).toBe('succeeded');
    });
  });

  /** The occurrence of a number falls due. */
  const moveDueOf = (scheduleId: string, occurrence: number) =>
    until(async () => {
      const moved = await world.rows(
        `update live.deliveries set due_at = now(), scheduled_for = now(), lease_owner = null, claimable = true,
           lease_token = lease_token + 1 where source_id = $1 and occurrence = $2 returning id`,
        [scheduleId, occurrence],
      );
      expect(moved).toHaveLength(1);
    });
});

describe('reschedule', () => {
  it('moves a one-shot and its delivery, whose id stays', async () => {
    const schedule = await create(p.live, { delay: '1h', ttl: '10m' });
    const before = await only(p.live, schedule.id);
    const moved = await made(
      p.live.post(`/v1/schedules/${schedule.id}/reschedule`, { fire_at: '2030-07-01T09:00:00Z' }),
      200,
    );
    expect(moved).toMatchObject({ fire_at: '2030-07-01T09:00:00Z', next_fire_at: '2030-07-01T09:00:00Z' });
    expect(await only(p.live, schedule.id)).toMatchObject({
      id: before.id,
      scheduled_for: '2030-07-01T09:00:00Z',
      deadline: '2030-07-01T09:10:00Z',
      next_fire_at: '2030-07-01T09:00:00Z',
    });
  });

  it('gives a recurring schedule another cron from now on, and leaves it paused when it was', async () => {
    const schedule = await create(p.live, { cron: '0 0 1 1 *', max_fires: 3 });
    const [ready] = await deliveriesOf(p.live, schedule.id);
    await made(p.live.post(`/v1/schedules/${schedule.id}/pause`), 200);
    const moved = await made(
      p.live.post(`/v1/schedules/${schedule.id}/reschedule`, { cron: '0 12 1 7 *', timezone: 'Europe/Paris' }),
      200,
    );
    expect(moved).toMatchObject({ state: 'paused', cron: '0 12 1 7 *', timezone: 'Europe/Paris', max_fires: 3 });
    expect(moved.next_fire_at).toMatch(/-07-01T10:00:00Z$/);
    expect(moved.next_runs).toHaveLength(3);
    expect(await deliveriesOf(p.live, schedule.id)).toMatchObject([
      { id: ready.id, scheduled_for: moved.next_fire_at, status: 'scheduled' },
    ]);
  });

  it('refuses another kind, a time field too many or too few, and a canceled schedule', async () => {
    const one = await create(p.live, { delay: '1h' });
    const two = await create(p.live, { cron: '* * * * *' });
    const again = (id: string, body: unknown) => refusal(p.live.post(`/v1/schedules/${id}/reschedule`, body));
    expect(await again(one.id, { cron: '* * * * *' })).toEqual([422, 'kind_mismatch', null]);
    expect(await again(two.id, { delay: '5s' })).toEqual([422, 'kind_mismatch', null]);
    expect(await again(one.id, {})).toEqual([422, 'missing_timing', null]);
    expect(await again(one.id, { delay: '5s', fire_at: '2030-01-01T00:00:00Z' })).toEqual([
      400,
      'multiple_timing',
      'fire_at',
    ]);
    await made(p.live.post(`/v1/schedules/${one.id}/cancel`), 200);
    expect(await again(one.id, { delay: '5s' })).toEqual([409, 'schedule_canceled', 'id']);
    for (const verb of ['pause', 'resume']) {
      expect(await refusal(p.live.post(`/v1/schedules/${one.id}/${verb}`))).toEqual([409, 'schedule_canceled', 'id']);
    }
    expect(await refusal(patch(p.live, `/v1/schedules/${one.id}`, { metadata: {} }))).toEqual([
      409,
      'schedule_canceled',
      'id',
    ]);
  });
});

describe('a patch', () => {
  it('goes for deliveries that had no first attempt, also one that a node has claimed ahead', async () => {
    const schedule = await create(p.live, { delay: '1s', body: 'old', headers: { 'X-A': '1' }, ttl: '1h' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const patched = await made(
      patch(p.live, `/v1/schedules/${schedule.id}`, {
        body: 'new',
        method: 'PATCH',
        ttl: null,
        metadata: { a: 'b' },
        idempotency_key: 'k',
        retry_policy: { max_attempts: 2 },
      }),
      200,
    );
    expect(patched).toMatchObject({
      method: 'PATCH',
      header_keys: ['X-A'],
      body_bytes: 3,
      ttl: null,
      metadata: { a: 'b' },
      idempotency_key: 'k',
      retry_policy: { max_attempts: 2, base: '5s' },
      fire_at: schedule.fire_at,
    });
    expect(await ended(p.live, schedule.id)).toMatchObject({
      status: 'succeeded',
      deadline: null,
      idempotency_key: 'k',
    });
    expect(received()).toHaveLength(1);
    expect(received()[0]).toMatchObject({ method: 'PATCH', body: 'new', headers: { 'x-a': '1' } });
    expect(await world.rows('select count(*)::int as n from live.messages where workspace_id = $1', [p.id])).toEqual([
      { n: 1 },
    ]);
  });

  it('exchanges the destination for an endpoint profile and back', async () => {
    const schedule = await create(p.live, { delay: '1h' });
    const endpoint = await made(p.live.post('/v1/endpoints', { url: `${receiver.url}/${p.id}`, method: 'PUT' }));
    const onProfile = await made(patch(p.live, `/v1/schedules/${schedule.id}`, { endpoint_id: endpoint.id }), 200);
    expect(onProfile).toMatchObject({ endpoint: null, endpoint_id: endpoint.id, method: 'PUT' });
    expect(await only(p.live, schedule.id)).toMatchObject({ endpoint_id: endpoint.id });
    const back = await made(
      patch(p.live, `/v1/schedules/${schedule.id}`, { endpoint: `${receiver.url}/${p.id}` }),
      200,
    );
    expect(back).toMatchObject({ endpoint: `${receiver.url}/${p.id}`, endpoint_id: null, method: 'POST' });
    expect(await refusal(patch(p.live, `/v1/schedules/${schedule.id}`, { endpoint: null }))).toEqual([
      422,
      'missing_endpoint',
      'endpoint',
    ]);
  });

  it.each(['delay', 'fire_at', 'local_fire_at', 'cron', 'timezone', 'start_at', 'max_fires'])(
    'never moves the time: %s',
    async (field) => {
      const schedule = await create(p.live, { delay: '1h' });
      expect(await refusal(patch(p.live, `/v1/schedules/${schedule.id}`, { [field]: 'x' }))).toEqual([
        422,
        'timing_not_patchable',
        field,
      ]);
    },
  );
});

describe('one delivery', () => {
  it('is canceled alone: a recurring schedule goes on with the next occurrence', async () => {
    const schedule = await create(p.live, { cron: '0 0 1 1 *' });
    const [first] = await deliveriesOf(p.live, schedule.id);
    expect(await made(p.live.post(`/v1/deliveries/${first.id}/cancel`), 200)).toMatchObject({
      status: 'canceled',
      next_fire_at: null,
    });
    expect(await refusal(p.live.post(`/v1/deliveries/${first.id}/cancel`))).toEqual([409, 'delivery_terminal', 'id']);
    const [next] = await deliveriesOf(p.live, schedule.id);
    expect(Date.parse(next.scheduled_for)).toBeGreaterThan(Date.parse(first.scheduled_for));
    expect((await made(p.live.get(`/v1/schedules/${schedule.id}`), 200)).next_fire_at).toBe(next.scheduled_for);
  });
});
