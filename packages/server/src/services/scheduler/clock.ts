import { Type } from 'typebox';
import { findTakenInstants, setReady } from './claimed-repository.ts';
import {
  findDueSchedules,
  findHeldUntil,
  type HeldDelivery,
  holdAhead,
  releaseAll,
  releaseRows,
} from './clock-deliveries.ts';
import { findClock, lockClock, removeClock, setClock } from './clock-repository.ts';
import { type Ctx, error, operation } from './contract.ts';
import { durationMs } from './duration.ts';
import { horizonOf } from './horizon.ts';
import { formatInstant, parseInstant } from './instant.ts';
import type { Run } from './next-run.ts';
import { composeOccurrence } from './occurrence.ts';
import { insertOccurrences, type NewDelivery } from './queue.ts';
import { countOccurrences, nextFreeOccurrence, nextOccurrences } from './recurrence.ts';
import { recurrenceOf } from './recurrence-of-row.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { instant, instantOrNull, nullable, oneOf, strict } from './schemas.ts';
import type { Time } from './time.ts';
import { readDuration } from './ttl.ts';

/*
 * The test clock: while it is frozen, a project's test schedules fire by it and by nothing else. Advancing releases, in
 * order, what falls due in between, so that a monthly schedule is tried out in a second. What was released is sent and
 * retried in real time.
 */

const maxOccurrences = 1000;

const clockSchema = Type.Object(
  {
    object: Type.Literal('test_clock', { description: 'What this is.' }),
    mode: Type.Literal('test', { description: 'There is none in live mode.' }),
    state: oneOf(['running', 'frozen'], 'Whether it stands still.'),
    now: instant('What time it is for test schedules.'),
    frozen_at: instantOrNull('When it was frozen, in real time.'),
    released: nullable(Type.Integer(), 'Of an advance: how many deliveries it released.'),
  },
  { title: 'TestClock', description: 'The time of the test schedules of a project.' },
);

const clockOperation = {
  tag: 'Test clock',
  modes: ['test'],
  scope: 'schedules:write',
  output: clockSchema,
} as const;

export const getClock = operation({
  ...clockOperation,
  id: 'scheduler.clock.get',
  summary: 'Read the test clock',
  method: 'GET',
  path: '/test/clock',
  scope: 'schedules:read',
  input: Type.Object({}),
  run: async (ctx) => {
    const clock = await findClock(ctx.db);
    return view(clock === undefined ? null : { now: Number(clock.stands_at), frozenAt: Number(clock.frozen_at) }, ctx);
  },
});

export const freezeClock = operation({
  ...clockOperation,
  id: 'scheduler.clock.freeze',
  summary: 'Freeze the test clock',
  description:
    'From now on nothing of the test schedules of the project falls due until the clock is advanced or resumed. Freezing a frozen clock changes nothing.',
  method: 'POST',
  path: '/test/clock/freeze',
  input: strict({}),
  writes: true,
  run: async (ctx) => {
    await lockClock(ctx.db);
    const clock = await findClock(ctx.db);
    if (clock !== undefined) return view({ now: Number(clock.stands_at), frozenAt: Number(clock.frozen_at) }, ctx);
    const now = ctx.now();
    await setClock(ctx.db, now, now);
    ctx.withdraw(await holdAhead(ctx.db, now));
    return view({ now, frozenAt: now }, ctx);
  },
});

export const advanceClock = operation({
  ...clockOperation,
  id: 'scheduler.clock.advance',
  summary: 'Move the frozen test clock forward',
  description: `Releases everything that falls due up to the new time, in order, occurrence by occurrence: at most ${maxOccurrences} deliveries at once.`,
  method: 'POST',
  path: '/test/clock/advance',
  input: strict({
    by: Type.Optional(nullable(Type.String({ examples: ['720h'] }), 'By this time.')),
    to: Type.Optional(nullable(Type.String(), 'To this instant.')),
  }),
  writes: true,
  idempotent: true,
  errors: ['clock_not_frozen', 'invalid_advance', 'invalid_duration', 'invalid_fire_at', 'too_many_occurrences'],
  run: async (ctx, { by, to }) => {
    await lockClock(ctx.db);
    const clock = await findClock(ctx.db);
    if (clock === undefined) {
      throw error('clock_not_frozen', 'The test clock runs; POST /v1/test/clock/freeze first.', {});
    }
    const until = readTarget(by ?? null, to ?? null, Number(clock.stands_at));
    const released = await release(ctx, until);
    await setClock(ctx.db, until, Number(clock.frozen_at));
    return view({ now: until, frozenAt: Number(clock.frozen_at) }, ctx, released);
  },
});

export const resumeClock = operation({
  ...clockOperation,
  id: 'scheduler.clock.resume',
  summary: 'Let the test clock run again, in real time',
  description:
    'What waits fires at its instant in real time; what lies in the past by then is late and goes by its misfire policy. Resuming a running clock changes nothing.',
  method: 'POST',
  path: '/test/clock/resume',
  input: strict({}),
  writes: true,
  run: async (ctx) => {
    await lockClock(ctx.db);
    await removeClock(ctx.db);
    const dueAt = await releaseAll(ctx.db);
    if (dueAt !== null) ctx.due(dueAt);
    return view(null, ctx);
  },
});

function view(clock: { now: number; frozenAt: number } | null, ctx: Ctx, released: number | null = null) {
  return {
    object: 'test_clock' as const,
    mode: 'test' as const,
    state: clock === null ? ('running' as const) : ('frozen' as const),
    now: formatInstant(clock?.now ?? ctx.now()),
    frozen_at: clock === null ? null : formatInstant(clock.frozenAt),
    released,
  };
}

function readTarget(by: string | null, to: string | null, now: number): number {
  if ((by === null) === (to === null)) throw error('invalid_advance', 'Send either by or to.', { param: 'by' });
  const param = by === null ? 'to' : 'by';
  const until = by === null ? readInstant(to ?? '') : now + durationMs(readDuration(by, 'by'));
  if (until <= now) throw error('invalid_advance', `${param} must lie after ${formatInstant(now)}.`, { param });
  if (until > horizonOf(now)) throw error('invalid_advance', `${param} must be within 10 years.`, { param });
  return until;
}

function readInstant(text: string): number {
  const at = parseInstant(text);
  if (at !== null) return at;
  throw error('invalid_fire_at', 'to must be RFC 3339, such as "2027-07-01T09:00:00Z".', { param: 'to' });
}

/** Something that falls due, whether it is held already or has to be made. */
interface Due {
  readonly at: number;
  readonly id: string;
  readonly held: HeldDelivery | null;
  readonly made: NewDelivery | null;
}

async function release(ctx: Ctx, until: number): Promise<number> {
  const schedules = await findDueSchedules(ctx.db, until);
  const held = await findHeldUntil(ctx.db, until);
  const counts = schedules.map((row) => countOccurrences(recurrenceOf(row), progressOf(row), until));
  const total = counts.reduce((sum, count) => sum + count, held.length);
  if (total > maxOccurrences) {
    throw error(
      'too_many_occurrences',
      `Up to then ${total} deliveries fall due; advance by less, so that it is at most ${maxOccurrences} at once.`,
      { param: 'by' },
    );
  }
  const real = ctx.now();
  const time: Time = { now: until, real, frozen: true };
  const made = schedules.flatMap((row, index) =>
    nextOccurrences(recurrenceOf(row), progressOf(row), counts[index] ?? 0).map((run, place) =>
      occurrence(ctx, row, run, row.next_occurrence + 1 + place, time),
    ),
  );
  await keepReady(ctx, schedules, counts, time);
  const due = [
    ...held.map(
      (delivery): Due => ({ at: Number(delivery.scheduled_for), id: delivery.id, held: delivery, made: null }),
    ),
    ...made.map((row): Due => ({ at: Number(row.scheduled_for), id: row.id, held: null, made: row })),
  ].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  // A millisecond apart, so that they leave in the order of their instants.
  const placed = due.map((one, place) => ({ ...one, dueAt: real + place, deadline: deadlineIn(one, real + place) }));
  await releaseRows(
    ctx.db,
    placed.flatMap(({ held: row, dueAt, deadline }) => (row === null ? [] : [{ id: row.id, due_at: dueAt, deadline }])),
  );
  insertOccurrences(
    ctx.db,
    placed.flatMap(({ made: row, dueAt, deadline }) =>
      row === null
        ? []
        : [{ ...row, due_at: new Date(dueAt), deadline: deadline === null ? null : new Date(deadline) }],
    ),
  );
  if (due.length > 0) ctx.due(real);
  return due.length;
}

function progressOf({ next_fire_at: at, next_occurrence: fired }: ScheduleRow) {
  return { after: Number(at), fired };
}

/** Released by the clock, it is followed by the next one here and needs nobody to watch it. */
function occurrence(ctx: Ctx, row: ScheduleRow, run: Run, number: number, time: Time): NewDelivery {
  return { ...composeOccurrence(ctx, row, run, number, time), watched: false };
}

async function keepReady(ctx: Ctx, rows: readonly ScheduleRow[], counts: readonly number[], time: Time): Promise<void> {
  const taken = await findTakenInstants(
    ctx.db,
    rows.map(({ id }) => id),
    time.now,
  );
  const next = rows.map((row, index) => {
    const fired = row.next_occurrence + (counts[index] ?? 0);
    const progress = { after: time.now, fired };
    const run = nextFreeOccurrence(recurrenceOf(row), progress, taken.get(row.id) ?? new Set());
    return { row, number: fired + 1, run };
  });
  setReady(
    ctx.db,
    next.map(({ row, number, run }) => ({
      id: row.id,
      next_fire_at: run === null ? null : new Date(run.at),
      next_occurrence: number,
    })),
  );
  insertOccurrences(
    ctx.db,
    next.flatMap(({ row, number, run }) => (run === null ? [] : [composeOccurrence(ctx, row, run, number, time)])),
  );
}

/** A time to live counts in real time from the release on. */
function deadlineIn({ at, held, made }: Due, dueAt: number): number | null {
  const deadline = held?.deadline ?? made?.deadline ?? null;
  return deadline === null ? null : dueAt + Number(deadline) - at;
}
