import { findTakenInstants } from './claimed-repository.ts';
import { type Ctx, error, operation } from './contract.ts';
import { formatInstantOrNull } from './instant.ts';
import { timingColumns } from './new-schedule.ts';
import type { Run } from './next-run.ts';
import { composeOccurrence } from './occurrence.ts';
import { storeSchedule } from './patch-repository.ts';
import { insertOccurrences } from './queue.ts';
import { nextFreeOccurrence } from './recurrence.ts';
import { findOccurrence, moveOccurrence, type OccurrenceRow } from './reschedule-repository.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { scheduleId, showSchedule, takeOpenSchedule } from './schedules.ts';
import { boundsInput, scheduleSchema, strict, timingInput } from './schemas.ts';
import { readSpoken, whenInput } from './spoken-fields.ts';
import { readTime, releaseOf, type Time } from './time.ts';
import { type OneShot, type Recurring, readTiming, type TimingFields } from './timing.ts';
import { refusalOf } from './timing-refusal.ts';
import { deadlineOf } from './ttl.ts';

export const rescheduleSchedule = operation({
  id: 'scheduler.schedules.reschedule',
  summary: 'Move the time of a schedule',
  description:
    'A one-shot is moved while its delivery waits. A recurring schedule goes on by the new cron from now; bounds that are not sent stay. A paused schedule stays paused.',
  useWhen: 'to change when a schedule fires; what it sends is changed by `scheduler.schedules.update`',
  tag: 'Schedules',
  method: 'POST',
  path: '/schedules/:id/reschedule',
  scope: 'schedules:write',
  input: strict({ ...scheduleId, ...timingInput, ...boundsInput, ...whenInput }),
  output: scheduleSchema,
  writes: true,
  idempotent: true,
  errors: [
    'schedule_not_found',
    'schedule_canceled',
    'already_fired',
    'kind_mismatch',
    'missing_timing',
    'multiple_timing',
    'invalid_duration',
    'sub_floor_delay',
    'invalid_fire_at',
    'fire_at_in_past',
    'fire_at_too_far',
    'invalid_cron',
    'invalid_when',
  ],
  run: async (ctx, { id, ...input }) => {
    const time = await readTime(ctx);
    const fields = readSpoken(input, time.now);
    const row = await takeOpenSchedule(ctx, id);
    const reading = readTiming(withBounds(row, fields), time.now);
    if (!reading.ok) throw refusalOf(reading);
    const { timing } = reading;
    if (timing.kind !== row.kind) {
      const kinds =
        row.kind === 'one_shot'
          ? 'A one-shot cannot be made recurring'
          : 'A recurring schedule cannot be made a one-shot';
      throw error('kind_mismatch', `${kinds}; cancel it and create another one.`, {});
    }
    if (timing.kind === 'one_shot') await moveOneShot(ctx, row, timing, time);
    else await moveRecurring(ctx, row, timing, time);
    return showSchedule(ctx, id);
  },
});

/** The bounds of a recurring schedule stay unless they are sent. */
function withBounds(row: ScheduleRow, fields: TimingFields): TimingFields {
  if (row.kind === 'one_shot' || (fields.cron ?? null) === null) return fields;
  return {
    start_at: formatInstantOrNull(row.start_at),
    end_at: formatInstantOrNull(row.end_at),
    max_fires: row.max_fires,
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  };
}

async function moveOneShot(ctx: Ctx, row: ScheduleRow, timing: OneShot, time: Time): Promise<void> {
  const delivery = await findOccurrence(ctx.db, row.id, 1);
  if (delivery === undefined || !waits(delivery, time.real)) {
    throw error('already_fired', 'The delivery of this one-shot is out or over; create another schedule.', {});
  }
  await storeSchedule(ctx.db, { ...row, ...timingColumns({ timing }), updated_at: new Date(ctx.now()) });
  await move(ctx, row, delivery, { at: timing.fireAt, dst: timing.dst }, time);
}

async function moveRecurring(ctx: Ctx, row: ScheduleRow, timing: Recurring, time: Time): Promise<void> {
  const ready = row.next_fire_at === null ? undefined : await findOccurrence(ctx.db, row.id, row.next_occurrence);
  const stays = ready !== undefined && waits(ready, time.real);
  const taken = new Set((await findTakenInstants(ctx.db, [row.id], time.now)).get(row.id));
  if (stays) taken.delete(Number(row.next_fire_at));
  const next = nextFreeOccurrence(timing, { after: time.now, fired: row.next_occurrence - 1 }, taken);
  if (next === null) {
    throw error('invalid_cron', 'This cron has no occurrence left within its bounds; send others.', { param: 'cron' });
  }
  // What is out or over keeps its number; the one after it is made ready by the new cron.
  const occurrence = ready === undefined || stays ? row.next_occurrence : row.next_occurrence + 1;
  const after: ScheduleRow = {
    ...row,
    ...timingColumns({ timing }),
    next_fire_at: new Date(next.at),
    next_occurrence: occurrence,
    updated_at: new Date(ctx.now()),
  };
  await storeSchedule(ctx.db, after);
  if (stays) {
    await move(ctx, row, ready, next, time);
    return;
  }
  const made = composeOccurrence(ctx, after, next, occurrence, time);
  insertOccurrences(ctx.db, [made]);
  if (!made.held) ctx.due(Number(made.due_at));
}

/** Not out, and not over. */
function waits({ finalized_at, attempt_count, leased, due_at }: OccurrenceRow, now: number): boolean {
  return finalized_at === null && attempt_count === 0 && !(leased && Number(due_at) <= now);
}

async function move(ctx: Ctx, row: ScheduleRow, delivery: OccurrenceRow, run: Run, time: Time): Promise<void> {
  const { held, dueAt } = releaseOf(time, run.at);
  const deadline = deadlineOf(run.at, row.ttl_ms);
  await moveOccurrence(ctx.db, delivery.id, {
    scheduledFor: run.at,
    dueAt,
    deadline,
    held: held || row.state === 'paused',
    fireClass: run.dst === 'gap_shifted' ? 'dst_shifted' : 'on_time',
  });
  ctx.withdraw([delivery.id]);
  if (!held) ctx.due(dueAt);
}
