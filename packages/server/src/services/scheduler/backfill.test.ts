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
  receiver.received.length = 0;
  p = await world.project();
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

const create = (fields: Record<string, unknown> = {}) =>
  made(p.live.post('/v1/schedules', { endpoint: receiver.url, cron: '0 12 * * *', ...fields }));
const backfill = (id: string, body: unknown) => p.live.post(`/v1/schedules/${id}/backfill`, body);
const days = ['2026-01-01', '2026-01-02', '2026-01-03'].map((day) => `${day}T12:00:00Z`);
const window = { from: '2026-01-01T00:00:00Z', to: '2026-01-03T12:00:00Z' };

describe('a backfill', () => {
  it('sends the occurrences of a past window now, oldest first, each with a key of its own', async () => {
    const { id } = await create({ idempotency_key: 'k', ttl: '1h', overlap_policy: 'skip' });
    const before = await rowCounts(world);
    const dry = await made(backfill(id, { ...window, dry_run: true }), 202);
    expect(dry).toEqual({ object: 'backfill', schedule_id: id, matched: 3, created: 0, dry_run: true, runs: days });
    expect(await rowCounts(world)).toEqual(before);
    expect(await made(backfill(id, window), 202)).toMatchObject({ matched: 3, created: 3, runs: days });
    await vi.waitFor(() => expect(receiver.received).toHaveLength(3), { timeout: 8_000, interval: 20 });
    expect(receiver.received.map(({ headers }) => headers['sched-scheduled-for'])).toEqual(days);
    expect(new Set(receiver.received.map(({ headers }) => headers['idempotency-key']))).toEqual(
      new Set(days.map((day) => `k_at_${Date.parse(day) / 1000}`)),
    );
    await vi.waitFor(async () => {
      const { data } = await made(p.live.get(`/v1/deliveries?schedule_id=${id}&status=succeeded`), 200);
      expect(data.map(({ fire_class: fireClass }: { fire_class: string }) => fireClass)).toEqual(
        Array(3).fill('catch_up'),
      );
    });
    expect(await made(backfill(id, window), 202)).toMatchObject({ matched: 3, created: 0, runs: [] });
    const { next_fire_at: next } = await made(p.live.get(`/v1/schedules/${id}`), 200);
    expect(Date.parse(next)).toBeGreaterThan(Date.now());
  });

  it('of a paused schedule waits for its resume', async () => {
    const { id } = await create();
    await made(p.live.post(`/v1/schedules/${id}/pause`), 200);
    await made(backfill(id, window), 202);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(receiver.received).toEqual([]);
    await made(p.live.post(`/v1/schedules/${id}/resume`), 200);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(3), { timeout: 8_000, interval: 20 });
  });

  it('keeps to the bounds of the schedule', async () => {
    const { id } = await create({ start_at: '2026-01-02T00:00:00Z' });
    expect(await made(backfill(id, { ...window, dry_run: true }), 202)).toMatchObject({ runs: days.slice(1) });
  });

  it.each([
    [{ from: '2026-01-01' }, 400, 'invalid_fire_at', 'from'],
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 422, 'invalid_window', 'to'],
    [{ from: '2026-01-02T00:00:00Z', to: '2099-01-01T00:00:00Z' }, 422, 'invalid_window', 'to'],
    [{ from: '2099-01-01T00:00:00Z' }, 422, 'invalid_window', 'from'],
    [{ from: '2020-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 422, 'too_many_occurrences', 'from'],
    [{}, 400, 'invalid_type', 'from'],
  ])('refuses %j', async (body, status, code, param) => {
    const { id } = await create();
    expect(await refusal(backfill(id, body))).toEqual([status, code, param]);
  });

  it('is refused for a one-shot and a canceled schedule', async () => {
    const one = await made(p.live.post('/v1/schedules', { endpoint: receiver.url, delay: '1h' }));
    expect(await refusal(backfill(one.id, window))).toEqual([422, 'kind_mismatch', 'id']);
    const { id } = await create();
    await made(p.live.post(`/v1/schedules/${id}/cancel`), 200);
    expect(await refusal(backfill(id, window))).toEqual([409, 'schedule_canceled', 'id']);
  });
});
