import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DueOneShot,
  type DueRecurrence,
  decideLateOneShot,
  decideMisfire,
  type MisfireDecision,
} from './misfire.ts';
import { defaultMisfirePolicy, type MisfirePolicy, misfireModes } from './misfire-policy.ts';
import { nextRun, runsBetween } from './next-run.ts';
import { type Bounds, unbounded } from './recurrence.ts';
import { anyFrequentExpression, cronOf, zoneNamed } from './schedule.fixture.ts';
import type { Dst } from './wall-time.ts';

const minuteMs = 60_000;

interface Case {
  readonly cron?: string;
  readonly zone?: string;
  readonly due: string;
  readonly dst?: Dst;
  readonly now: string;
  readonly fired?: number;
  readonly policy?: Partial<MisfirePolicy>;
  readonly bounds?: Partial<Bounds>;
}

function input({
  cron = '* * * * *',
  zone = 'UTC',
  due,
  dst = 'none',
  now,
  fired = 0,
  policy,
  bounds,
}: Case): DueRecurrence {
  return {
    recurrence: { cron: cronOf(cron), zone: zoneNamed(zone), bounds: { ...unbounded, ...bounds } },
    due: { at: Date.parse(due), dst },
    fired,
    policy: { ...defaultMisfirePolicy, ...policy },
    now: Date.parse(now),
  };
}

/** A decision in short: `class instant`, with the count and the earliest of what is folded. */
function shown({ releases, expired, next }: MisfireDecision) {
  const instant = (at: number) => new Date(at).toISOString().replace(/:00\.000Z$/, 'Z');
  const folded = (count: number | null, from: number | null) =>
    count === null || from === null ? '' : ` ${count} from ${instant(from)}`;
  return {
    releases: releases.map(
      (row) => `${row.fireClass} ${instant(row.scheduledFor)}${folded(row.coalescedCount, row.coalescedFrom)}`,
    ),
    expired: expired.map((row) => `${instant(row.scheduledFor)}${folded(row.coalescedCount, row.coalescedFrom)}`),
    next: next === null ? null : instant(next.at),
  };
}

describe('an occurrence within the grace is released as it is', () => {
  test.each<[string, Case, string[], string | null]>([
    [
      'on time',
      { due: '2027-01-01T10:00Z', now: '2027-01-01T10:00:00.100Z' },
      ['on_time 2027-01-01T10:00Z'],
      '2027-01-01T10:01Z',
    ],
    [
      '1 s late is on time',
      { due: '2027-01-01T10:00Z', now: '2027-01-01T10:00:01Z' },
      ['on_time 2027-01-01T10:00Z'],
      '2027-01-01T10:01Z',
    ],
    [
      'more is late',
      { due: '2027-01-01T10:00Z', now: '2027-01-01T10:00:01.001Z' },
      ['late 2027-01-01T10:00Z'],
      '2027-01-01T10:01Z',
    ],
    [
      'the grace is included, and so is what fell due at its end',
      { due: '2027-01-01T10:00Z', now: '2027-01-01T10:01:00Z' },
      ['late 2027-01-01T10:00Z', 'on_time 2027-01-01T10:01Z'],
      '2027-01-01T10:02Z',
    ],
    [
      'a shifted one is told apart',
      {
        cron: '30 2 * * *',
        zone: 'America/New_York',
        due: '2027-03-14T07:30Z',
        dst: 'gap_shifted',
        now: '2027-03-14T07:30:30Z',
      },
      ['dst_shifted 2027-03-14T07:30Z'],
      '2027-03-15T06:30Z',
    ],
    [
      'the last of max_fires',
      { due: '2027-01-01T10:00Z', now: '2027-01-01T10:00:00.100Z', fired: 2, bounds: { maxFires: 3 } },
      ['on_time 2027-01-01T10:00Z'],
      null,
    ],
  ])('%s', (_, given, releases, next) => {
    expect(shown(decideMisfire(input(given)))).toEqual({ releases, expired: [], next });
  });
});

describe('missed occurrences are handled together', () => {
  const tenMinutes = { due: '2027-01-01T10:01Z', now: '2027-01-01T10:10:05Z' };
  const next = '2027-01-01T10:11Z';

  test.each<[string, Case, ReturnType<typeof shown>]>([
    [
      'coalesce: ten minutes make one delivery with the count 10',
      tenMinutes,
      { releases: ['coalesced 2027-01-01T10:10Z 10 from 2027-01-01T10:01Z'], expired: [], next },
    ],
    [
      'coalesce: a single one too',
      { cron: '0 * * * *', due: '2027-01-01T10:00Z', now: '2027-01-01T10:01:00.001Z' },
      { releases: ['coalesced 2027-01-01T10:00Z 1 from 2027-01-01T10:00Z'], expired: [], next: '2027-01-01T11:00Z' },
    ],
    [
      'coalesce: what is older than the window is counted in one expired row',
      { ...tenMinutes, policy: { windowMs: 3 * minuteMs } },
      {
        releases: ['coalesced 2027-01-01T10:10Z 3 from 2027-01-01T10:08Z'],
        expired: ['2027-01-01T10:07Z 7 from 2027-01-01T10:01Z'],
        next,
      },
    ],
    [
      'coalesce: the edge of the window is inside',
      { due: '2027-01-01T10:01Z', now: '2027-01-01T10:10:00Z', policy: { windowMs: 3 * minuteMs } },
      {
        releases: ['coalesced 2027-01-01T10:10Z 4 from 2027-01-01T10:07Z'],
        expired: ['2027-01-01T10:06Z 6 from 2027-01-01T10:01Z'],
        next,
      },
    ],
    [
      'everything older than the window',
      { cron: '0 9 * * *', due: '2027-01-01T09:00Z', now: '2027-01-01T12:00Z', policy: { windowMs: minuteMs } },
      { releases: [], expired: ['2027-01-01T09:00Z 1 from 2027-01-01T09:00Z'], next: '2027-01-02T09:00Z' },
    ],
    [
      'catch_up: one each, oldest first',
      { ...tenMinutes, due: '2027-01-01T10:08Z', policy: { mode: 'catch_up' } },
      {
        releases: ['catch_up 2027-01-01T10:08Z', 'catch_up 2027-01-01T10:09Z', 'catch_up 2027-01-01T10:10Z'],
        expired: [],
        next,
      },
    ],
    [
      'catch_up: the newest are kept, and the others are not lost from sight',
      { ...tenMinutes, policy: { mode: 'catch_up', maxFires: 2, windowMs: 5 * minuteMs } },
      {
        releases: ['catch_up 2027-01-01T10:09Z', 'catch_up 2027-01-01T10:10Z'],
        expired: ['2027-01-01T10:08Z 8 from 2027-01-01T10:01Z'],
        next,
      },
    ],
    [
      'skip: a terminal row each, and one for those older than the window',
      { ...tenMinutes, policy: { mode: 'skip', windowMs: 2 * minuteMs } },
      {
        releases: [],
        expired: [
          '2027-01-01T10:08Z 8 from 2027-01-01T10:01Z',
          '2027-01-01T10:09Z 1 from 2027-01-01T10:09Z',
          '2027-01-01T10:10Z 1 from 2027-01-01T10:10Z',
        ],
        next,
      },
    ],
    [
      'a grace of nothing',
      { due: '2027-01-01T10:01Z', now: '2027-01-01T10:01:00.001Z', policy: { graceMs: 0 } },
      { releases: ['coalesced 2027-01-01T10:01Z 1 from 2027-01-01T10:01Z'], expired: [], next: '2027-01-01T10:02Z' },
    ],
    [
      'max_fires ends the recurrence in the past',
      { ...tenMinutes, fired: 2, bounds: { maxFires: 6 } },
      { releases: ['coalesced 2027-01-01T10:04Z 4 from 2027-01-01T10:01Z'], expired: [], next: null },
    ],
    [
      'max_fires leaves one',
      { ...tenMinutes, fired: 5, bounds: { maxFires: 6 }, policy: { mode: 'catch_up' } },
      { releases: ['catch_up 2027-01-01T10:01Z'], expired: [], next: null },
    ],
    [
      'end_at ends the recurrence in the past',
      { ...tenMinutes, bounds: { endAt: Date.parse('2027-01-01T10:03Z') } },
      { releases: ['coalesced 2027-01-01T10:03Z 3 from 2027-01-01T10:01Z'], expired: [], next: null },
    ],
    [
      'both passes of a repeated hour count',
      { cron: '0 * * * *', zone: 'America/New_York', due: '2027-11-07T05:00Z', now: '2027-11-07T07:30Z' },
      { releases: ['coalesced 2027-11-07T07:00Z 3 from 2027-11-07T05:00Z'], expired: [], next: '2027-11-07T08:00Z' },
    ],
  ])('%s', (_, given, expected) => {
    expect(shown(decideMisfire(input(given)))).toEqual(expected);
  });

  test.each(misfireModes)(
    'ten years of minutes are decided about at once: %s',
    (mode) => {
      const bounds = [{}, { maxFires: 5_000_000 }];
      for (const bound of bounds) {
        const given = input({
          zone: 'America/New_York',
          due: '2027-01-01T00:00Z',
          now: '2036-12-31T23:59:30Z',
          policy: { mode, windowMs: 7 * 86_400_000 },
          bounds: bound,
        });
        const { releases, expired } = decideMisfire(given);
        expect(releases.length + expired.length).toBeLessThanOrEqual(7 * 1440 + 1);
        const folded = [...releases, ...expired].reduce((sum, row) => sum + (row.coalescedCount ?? 1), 0);
        expect(folded).toBe('maxFires' in bound ? 5_000_000 : 5_260_320);
      }
    },
    2_000,
  );

  test('no occurrence is lost or counted twice, whatever the policy', () => {
    const policies = fc.record({
      mode: fc.constantFrom(...misfireModes),
      graceMs: fc.integer({ min: 0, max: 3_600_000 }),
      windowMs: fc.integer({ min: minuteMs, max: 7 * 86_400_000 }),
      maxFires: fc.integer({ min: 1, max: 50 }),
    });
    const from = Date.parse('2027-03-12T00:00Z');
    fc.assert(
      fc.property(
        anyFrequentExpression,
        policies,
        fc.integer({ min: 0, max: 4 * 86_400_000 }),
        fc.option(fc.integer({ min: 1, max: 300 })),
        (expression, policy, outage, maxFires) => {
          const cron = cronOf(expression);
          const zone = zoneNamed('America/New_York');
          const due = nextRun(cron, zone, from);
          fc.pre(due !== null);
          const now = due.at + outage;
          const recurrence = { cron, zone, bounds: { ...unbounded, maxFires } };
          const decision = decideMisfire({ recurrence, due, fired: 0, policy, now });
          const all = runsBetween(cron, zone, from, now).slice(0, maxFires ?? undefined);
          const rows = [...decision.expired, ...decision.releases];
          expect(rows.reduce((sum, row) => sum + (row.coalescedCount ?? 1), 0)).toBe(all.length);
          expect(Math.max(...rows.map((row) => row.scheduledFor))).toBe(all.at(-1)?.at);
          expect(Math.min(...rows.map((row) => row.coalescedFrom ?? row.scheduledFor))).toBe(due.at);
          const after = all.length === maxFires ? null : nextRun(cron, zone, now);
          expect(decision.next).toEqual(after);
        },
      ),
      { numRuns: 500, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false },
    );
  });
});

describe('a one-shot is never skipped', () => {
  const at = Date.parse('2027-01-01T10:00Z');
  const shot = (late: number, part: Partial<DueOneShot> = {}): DueOneShot => ({
    at,
    dst: 'none',
    deadline: null,
    policy: defaultMisfirePolicy,
    now: at + late,
    ...part,
  });

  test.each<[string, DueOneShot, string]>([
    ['on time', shot(500), 'on_time'],
    ['late', shot(1_001), 'late'],
    ['moved out of a gap', shot(500, { dst: 'gap_shifted' }), 'dst_shifted'],
    ['the first of an overlap is not moved', shot(500, { dst: 'overlap_first' }), 'on_time'],
    ['after the grace', shot(60_001), 'catch_up'],
    [
      'after the window of a policy to skip',
      shot(30 * 86_400_000, { policy: { ...defaultMisfirePolicy, mode: 'skip' } }),
      'catch_up',
    ],
    ['before its deadline', shot(89_999, { deadline: at + 90_000 }), 'catch_up'],
  ])('%s', (_, input, fireClass) => {
    expect(decideLateOneShot(input)).toEqual({
      scheduledFor: at,
      fireClass,
      coalescedCount: null,
      coalescedFrom: null,
    });
  });

  test('at its deadline it expires', () => {
    expect(decideLateOneShot(shot(90_000, { deadline: at + 90_000 }))).toEqual({ type: 'expire' });
  });
});
