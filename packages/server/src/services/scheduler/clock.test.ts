import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';
import {
  createSchedulerWorld,
  made,
  type Project,
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

const create = (fields: Record<string, unknown>, mode: 'live' | 'test' = 'test') =>
  made(p[mode].post('/v1/schedules', { endpoint: `${receiver.url}/${p.id}`, ...fields }));
const received = () => receiver.received.filter(({ url }) => url === `/${p.id}`);
const arrived = (count: number) =>
  vi.waitFor(() => expect(received().length).toBeGreaterThanOrEqual(count), { timeout: 10_000, interval: 20 });
const freeze = () => made(p.test.post('/v1/test/clock/freeze'), 200);
const advance = (body: unknown) => made(p.test.post('/v1/test/clock/advance', body), 200);
const deliveriesOf = async (id: string, mode: 'live' | 'test' = 'test') =>
  (await made(p[mode].get(`/v1/deliveries?schedule_id=${id}&limit=100`), 200)).data;
const instantOf = (request: { headers: Record<string, unknown> }) => request.headers['sched-scheduled-for'];

describe('the test clock', () => {
  it('runs until it is frozen, and stands still then', async () => {
    expect(await made(p.test.get('/v1/test/clock'), 200)).toMatchObject({
      state: 'running',
      mode: 'test',
      frozen_at: null,
    });
    const frozen = await freeze();
    expect(frozen).toMatchObject({ object: 'test_clock', state: 'frozen', now: frozen.frozen_at });
    world.t.clock.advance(5_000);
    expect(await made(p.test.get('/v1/test/clock'), 200)).toEqual(frozen);
    expect(await freeze()).toEqual(frozen);
    world.t.clock.thaw();
    expect(await made(p.test.post('/v1/test/clock/resume'), 200)).toMatchObject({ state: 'running' });
  });

  it('tries a monthly schedule out in a second: twelve fires of a year, in order, each once', async () => {
    const { now } = await freeze();
    const schedule = await create({ cron: '0 9 1 * *', idempotency_key: 'bill', ttl: '1h' });
    const first = new Date(schedule.next_fire_at);
    const { released } = await advance({ to: new Date(Date.parse(now) + 365 * 86_400_000).toISOString() });
    expect(released).toBe(12);
    await arrived(12);
    expect(received().map(instantOf)).toEqual(
      Array.from({ length: 12 }, (_, i) =>
        new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + i, 1, 9)).toISOString().replace('.000', ''),
      ),
    );
    expect(received().map(({ headers }) => headers['idempotency-key'])).toEqual(
      Array.from({ length: 12 }, (_, i) => `bill_${i + 1}`),
    );
    const [ready] = await deliveriesOf(schedule.id);
    expect(ready).toMatchObject({ status: 'scheduled', idempotency_key: 'bill_13' });
    const shown = await made(p.test.get(`/v1/schedules/${schedule.id}`), 200);
    expect(shown.next_fire_at).toBe(ready.scheduled_for);
    expect(Date.parse(shown.next_fire_at) - first.getTime()).toBeGreaterThan(360 * 86_400_000);
  });

  it('decides what `delay` means, and holds what lies ahead of it', async () => {
    await freeze();
    await advance({ by: '24h' });
    const { now } = await made(p.test.get('/v1/test/clock'), 200);
    const schedule = await create({ delay: '1s' });
    expect(Date.parse(schedule.fire_at)).toBe(Date.parse(now) + 1_000);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(received()).toEqual([]);
    expect((await advance({ by: '1s' })).released).toBe(1);
    await arrived(1);
  });

  it('holds what was scheduled before it was frozen, also what a node has claimed ahead', async () => {
    const soon = await create({ delay: '1s' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await freeze();
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(received()).toEqual([]);
    await advance({ to: soon.fire_at });
    await arrived(1);
  });

  it('leaves live schedules and other projects alone', async () => {
    const other = await world.project();
    await freeze();
    const live = await create({ delay: '1s' }, 'live');
    await made(other.test.post('/v1/schedules', { endpoint: `${receiver.url}/${p.id}`, delay: '1s' }));
    await arrived(2);
    expect((await deliveriesOf(live.id, 'live'))[0].status).toMatch(/succeeded|in_flight/);
  });

  it('does not release what is paused; a resume does, as late as the clock says', async () => {
    await freeze();
    const schedule = await create({ delay: '10s' });
    await made(p.test.post(`/v1/schedules/${schedule.id}/pause`), 200);
    expect((await advance({ by: '1m' })).released).toBe(0);
    expect(received()).toEqual([]);
    await made(p.test.post(`/v1/schedules/${schedule.id}/resume`), 200);
    await arrived(1);
  });

  it('goes on in real time when it is resumed', async () => {
    await freeze();
    const schedule = await create({ delay: '1s' });
    await made(p.test.post('/v1/test/clock/resume'), 200);
    await arrived(1);
    expect(received().map(instantOf)).toEqual([schedule.fire_at]);
  });

  it('goes on with a recurring schedule after the occurrences that it brought forward', async () => {
    await freeze();
    const schedule = await create({ cron: '0 0 * * *' });
    await advance({ by: '72h' });
    await arrived(3);
    await made(p.test.post('/v1/test/clock/resume'), 200);
    const moved = await made(p.test.post(`/v1/schedules/${schedule.id}/reschedule`, { cron: '0 0 * * *' }), 200);
    const instants = (await deliveriesOf(schedule.id)).map(({ scheduled_for: at }: { scheduled_for: string }) => at);
    expect(new Set(instants).size).toBe(4);
    expect(Date.parse(moved.next_fire_at)).toBe(Math.max(...instants.map((at: string) => Date.parse(at))));
  });

  it('lets a replay wait for it', async () => {
    const schedule = await create({ delay: '1s' });
    await arrived(1);
    const id = await vi.waitFor(async () => {
      const [delivery] = await deliveriesOf(schedule.id);
      expect(delivery.status).toBe('succeeded');
      return delivery.id;
    });
    await freeze();
    await made(p.test.post(`/v1/deliveries/${id}/replay`, { force: true, delay: '1h' }));
    expect((await advance({ by: '59m' })).released).toBe(0);
    expect((await advance({ by: '1m' })).released).toBe(1);
    await arrived(2);
  });
});

describe('it refuses', () => {
  it('to exist in live mode', async () => {
    expect(await refusal(p.live.get('/v1/test/clock'))).toEqual([403, 'test_mode_only', null]);
    for (const verb of ['freeze', 'advance', 'resume']) {
      expect(await refusal(p.live.post(`/v1/test/clock/${verb}`, {}))).toEqual([403, 'test_mode_only', null]);
    }
  });

  it('to be advanced while it runs', async () => {
    expect(await refusal(p.test.post('/v1/test/clock/advance', { by: '1h' }))).toEqual([409, 'clock_not_frozen', null]);
  });

  it.each([
    [{}, 422, 'invalid_advance', 'by'],
    [{ by: '1h', to: '2030-01-01T00:00:00Z' }, 422, 'invalid_advance', 'by'],
    [{ by: '0s' }, 422, 'invalid_advance', 'by'],
    [{ by: '-1h' }, 422, 'invalid_advance', 'by'],
    [{ by: '100000h' }, 422, 'invalid_advance', 'by'],
    [{ to: '2020-01-01T00:00:00Z' }, 422, 'invalid_advance', 'to'],
    [{ by: 'a month' }, 400, 'invalid_duration', 'by'],
    [{ to: 'tomorrow' }, 400, 'invalid_fire_at', 'to'],
    [{ by: 3600 }, 400, 'invalid_type', 'by'],
    [{ days: 3 }, 400, 'unknown_field', 'days'],
  ])('%j', async (body, status, code, param) => {
    await freeze();
    expect(await refusal(p.test.post('/v1/test/clock/advance', body))).toEqual([status, code, param]);
  });

  it('an advance over more than 1,000 deliveries, and then releases none', async () => {
    await freeze();
    await create({ cron: '* * * * *' });
    const before = await rowCounts(world);
    expect(await refusal(p.test.post('/v1/test/clock/advance', { by: '24h' }))).toEqual([
      422,
      'too_many_occurrences',
      'by',
    ]);
    expect(await rowCounts(world)).toEqual(before);
    expect((await advance({ by: '16h' })).released).toBe(960);
  });
});
