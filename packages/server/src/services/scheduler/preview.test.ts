import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../testing/harness.ts';
import { createSchedulerWorld, made, refusal, rowCounts, type SchedulerWorld } from './scheduler.fixture.ts';

let world: SchedulerWorld;
let live: Caller;
beforeAll(async () => {
  world = await createSchedulerWorld();
  world.t.clock.freeze(Date.parse('2027-03-12T18:00:00Z'));
  ({ live } = await world.project());
});
afterAll(() => world.close());

const preview = (body: unknown) => live.post('/v1/schedules/preview', body);

describe('a preview', () => {
  it('shows when a recurrence fires, what clocks show then and what daylight saving does, and stores nothing', async () => {
    const before = await rowCounts(world);
    expect(await made(preview({ cron: '30 2 * * *', timezone: 'America/New_York', count: 3 }), 200)).toEqual({
      object: 'schedule_preview',
      kind: 'recurring',
      timezone: 'America/New_York',
      timing: { cron: '30 2 * * *', timezone: 'America/New_York' },
      next_runs: ['2027-03-13T07:30:00Z', '2027-03-14T07:30:00Z', '2027-03-15T06:30:00Z'],
      runs: [
        { at: '2027-03-13T07:30:00Z', local: '2027-03-13T02:30:00-05:00', dst: 'none' },
        { at: '2027-03-14T07:30:00Z', local: '2027-03-14T03:30:00-04:00', dst: 'gap_shifted' },
        { at: '2027-03-15T06:30:00Z', local: '2027-03-15T02:30:00-04:00', dst: 'none' },
      ],
      description: 'at 02:30 every day, America/New_York',
    });
    expect(await rowCounts(world)).toEqual(before);
  });

  it('begins after another instant, within bounds, and shows five runs unless told otherwise', async () => {
    const runs = async (body: unknown) => (await made(preview(body), 200)).next_runs;
    expect(await runs({ cron: '0 0 1 * *' })).toHaveLength(5);
    expect(await runs({ cron: '0 0 1 * *', after: '2030-01-01T00:00:00Z', count: 1 })).toEqual([
      '2030-02-01T00:00:00Z',
    ]);
    expect(await runs({ cron: '0 0 1 * *', max_fires: 2 })).toHaveLength(2);
    expect(await runs({ cron: '0 0 * * *', count: 50 })).toHaveLength(50);
  });

  it('shows the one instant of a one-shot', async () => {
    expect(await made(preview({ delay: '90m' }), 200)).toMatchObject({
      kind: 'one_shot',
      timezone: null,
      next_runs: ['2027-03-12T19:30:00Z'],
    });
    expect(
      await made(preview({ local_fire_at: '2027-03-14T02:30:00', timezone: 'America/New_York' }), 200),
    ).toMatchObject({
      runs: [{ at: '2027-03-14T07:30:00Z', local: '2027-03-14T03:30:00-04:00', dst: 'gap_shifted' }],
      description: 'once at 2027-03-14T03:30:00-04:00, America/New_York',
    });
  });

  it.each([
    ['in 2 hours', {}, { delay: '2h0m0s' }, '2027-03-12T20:00:00Z'],
    [
      'tomorrow at 9am',
      { timezone: 'Europe/Paris' },
      { local_fire_at: '2027-03-13T09:00:00', timezone: 'Europe/Paris' },
      '2027-03-13T08:00:00Z',
    ],
    ['every weekday at 09:00', {}, { cron: '0 9 * * 1-5', timezone: 'UTC' }, '2027-03-15T09:00:00Z'],
    ['2027-07-01 09:00', {}, { local_fire_at: '2027-07-01T09:00:00', timezone: 'UTC' }, '2027-07-01T09:00:00Z'],
  ])('understands %s, and answers the field that means the same', async (when, more, timing, first) => {
    const body = await made(preview({ when, ...more }), 200);
    expect([body.timing, body.next_runs[0]]).toEqual([timing, first]);
  });

  it.each([
    [{}, 422, 'missing_timing', null],
    [{ delay: '1s', cron: '* * * * *' }, 400, 'multiple_timing', 'cron'],
    [{ when: 'in 2 hours', delay: '2h' }, 400, 'multiple_timing', 'delay'],
    [{ when: 'when pigs fly' }, 422, 'invalid_when', 'when'],
    [{ when: 'tomorrow at 9', timezone: 'Nowhere' }, 422, 'invalid_cron', 'timezone'],
    [{ cron: '* * * * * *' }, 422, 'invalid_cron', 'cron'],
    [{ delay: '1ms' }, 422, 'sub_floor_delay', 'delay'],
    [{ cron: '* * * * *', after: 'now' }, 400, 'invalid_fire_at', 'after'],
    [{ cron: '* * * * *', count: 51 }, 400, 'invalid_type', 'count'],
    [{ cron: '* * * * *', endpoint: 'https://example.com' }, 400, 'unknown_field', 'endpoint'],
  ])('refuses %j', async (body, status, code, param) => {
    expect(await refusal(preview(body))).toEqual([status, code, param]);
  });
});
