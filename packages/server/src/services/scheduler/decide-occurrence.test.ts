import { describe, expect, it } from 'vitest';
import { decideOccurrence, type ReadyOccurrence } from './decide-occurrence.ts';
import { defaultMisfirePolicy } from './misfire-policy.ts';
import { cronOf, zoneNamed } from './schedule.fixture.ts';

const minute = 60_000;
const t = Date.parse('2027-01-01T12:00:00Z');
const ready = (fields: Partial<ReadyOccurrence> = {}): ReadyOccurrence => ({
  recurrence: {
    cron: cronOf('* * * * *'),
    zone: zoneNamed('UTC'),
    bounds: { startAt: null, endAt: null, maxFires: null },
  },
  policy: defaultMisfirePolicy,
  occurrence: 5,
  scheduledFor: t,
  fireClass: 'on_time',
  pausedWhenDue: false,
  taken: new Set(),
  now: t,
  ...fields,
});
const kept = { type: 'release', scheduledFor: t, count: null, from: null };

describe('the occurrence that is kept ready', () => {
  it('goes as it stands when it is claimed ahead of its instant, and the next one is kept', () => {
    expect(decideOccurrence(ready({ now: t - 900 }))).toEqual({
      own: { ...kept, fireClass: null },
      others: [],
      next: { run: { at: t + minute, dst: 'none' }, occurrence: 6 },
    });
  });

  it('goes on time at its instant', () => {
    expect(decideOccurrence(ready())).toMatchObject({
      own: { ...kept, fireClass: 'on_time' },
      others: [],
      next: { occurrence: 6 },
    });
  });

  it('stays shifted when daylight saving moved it', () => {
    expect(decideOccurrence(ready({ fireClass: 'dst_shifted' })).own.fireClass).toBe('dst_shifted');
  });

  it('goes together with others within the grace, each by itself', () => {
    const plan = decideOccurrence(ready({ now: t + minute }));
    expect(plan.own).toMatchObject({ scheduledFor: t, fireClass: 'late' });
    expect(plan.others).toMatchObject([{ type: 'release', scheduledFor: t + minute, fireClass: 'on_time' }]);
    expect(plan.next).toEqual({ run: { at: t + 2 * minute, dst: 'none' }, occurrence: 7 });
  });

  it('stands for all that were missed, and counts them', () => {
    const plan = decideOccurrence(ready({ now: t + 9 * minute }));
    expect(plan).toEqual({
      own: { type: 'release', scheduledFor: t + 9 * minute, fireClass: 'coalesced', count: 10, from: t },
      others: [],
      next: { run: { at: t + 10 * minute, dst: 'none' }, occurrence: 15 },
    });
  });

  it('expires when it is older than the window, and another delivery stands for the rest', () => {
    const policy = { ...defaultMisfirePolicy, windowMs: 5 * minute };
    const plan = decideOccurrence(ready({ now: t + 9 * minute, policy }));
    expect(plan.own).toEqual({ type: 'expired', scheduledFor: t + 3 * minute, fireClass: null, count: 4, from: t });
    expect(plan.others).toEqual([
      { type: 'release', scheduledFor: t + 9 * minute, fireClass: 'coalesced', count: 6, from: t + 4 * minute },
    ]);
    expect(plan.next?.occurrence).toBe(15);
  });

  it('is caught up with, or skipped with a row for each', () => {
    const catchUp = { ...defaultMisfirePolicy, mode: 'catch_up' } as const;
    const caughtUp = decideOccurrence(ready({ now: t + 3 * minute, policy: catchUp }));
    expect(
      [caughtUp.own, ...caughtUp.others].map(({ type, scheduledFor, fireClass }) => [
        type,
        (scheduledFor - t) / minute,
        fireClass,
      ]),
    ).toEqual([0, 1, 2, 3].map((at) => ['release', at, 'catch_up']));
    const skip = { ...defaultMisfirePolicy, mode: 'skip' } as const;
    const skipped = decideOccurrence(ready({ now: t + 3 * minute, policy: skip }));
    expect(
      [skipped.own, ...skipped.others].map(({ type, scheduledFor }) => [type, (scheduledFor - t) / minute]),
    ).toEqual([0, 1, 2, 3].map((at) => ['expired', at]));
    expect([caughtUp.next?.occurrence, skipped.next?.occurrence]).toEqual([9, 9]);
  });

  it('after a pause goes alone, and what fell into the pause is not made up', () => {
    expect(decideOccurrence(ready({ now: t + 9 * minute, pausedWhenDue: true }))).toEqual({
      own: { ...kept, fireClass: null },
      others: [],
      next: { run: { at: t + 10 * minute, dst: 'none' }, occurrence: 6 },
    });
  });

  it('is followed by the first instant that has no delivery', () => {
    const plan = decideOccurrence(ready({ taken: new Set([t + minute, t + 2 * minute]) }));
    expect(plan.next).toEqual({ run: { at: t + 3 * minute, dst: 'none' }, occurrence: 6 });
  });

  it('is followed by none after the last', () => {
    const { recurrence } = ready();
    const until = (bounds: object) =>
      decideOccurrence(ready({ recurrence: { ...recurrence, bounds: { ...recurrence.bounds, ...bounds } } })).next;
    expect(until({ maxFires: 5 })).toBeNull();
    expect(until({ maxFires: 6 })).toMatchObject({ occurrence: 6 });
    expect(until({ endAt: t + minute - 1 })).toBeNull();
  });
});
