import { Type } from 'typebox';
import { findInstants } from './backfill-repository.ts';
import { type Ctx, error, operation } from './contract.ts';
import { formatInstant, parseInstant } from './instant.ts';
import { countRuns, nextRuns, type Run } from './next-run.ts';
import { composeOccurrence } from './occurrence.ts';
import { insertOccurrences } from './queue.ts';
import { recurrenceOf } from './recurrence-of-row.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { scheduleId, takeOpenSchedule } from './schedules.ts';
import { nullable, strict } from './schemas.ts';
import { readTime, type Time } from './time.ts';
import { deadlineOf } from './ttl.ts';

const maxOccurrences = 1000;

export const backfillSchedule = operation({
  id: 'scheduler.schedules.backfill',
  summary: 'Make up for the occurrences of a past window',
  description:
    'A delivery for each occurrence in the window that has none: those that fell into a pause, or that came before the schedule was made. They are sent now, oldest first, beside each other; a time to live counts from now. `dry_run` only shows them.',
  useWhen:
    'when occurrences of the past were missed and shall be made up for; what was sent and failed is replayed instead',
  tag: 'Schedules',
  method: 'POST',
  path: '/schedules/:id/backfill',
  scope: 'schedules:write',
  input: strict({
    ...scheduleId,
    from: Type.String({ description: 'The first instant of the window.' }),
    to: Type.Optional(nullable(Type.String(), 'The last instant of the window; now by default.')),
    dry_run: Type.Optional(Type.Boolean({ description: 'Only show what would be made.' })),
  }),
  output: Type.Object({
    object: Type.Literal('backfill', { description: 'What this is.' }),
    schedule_id: Type.String({ description: 'Of the schedule.' }),
    matched: Type.Integer({ description: 'Occurrences in the window.' }),
    created: Type.Integer({ description: 'Deliveries that were made.' }),
    dry_run: Type.Boolean({ description: 'Whether nothing was made.' }),
    runs: Type.Array(Type.String(), { description: 'The instants without a delivery before.' }),
  }),
  status: 202,
  writes: true,
  idempotent: true,
  errors: [
    'schedule_not_found',
    'schedule_canceled',
    'kind_mismatch',
    'invalid_fire_at',
    'invalid_window',
    'too_many_occurrences',
  ],
  run: async (ctx, { id, from, to, dry_run: dryRun = false }) => {
    const time = await readTime(ctx);
    const window = readWindow(from, to ?? null, time);
    const row = await takeOpenSchedule(ctx, id);
    if (row.kind !== 'recurring') {
      throw error('kind_mismatch', 'A one-shot has no occurrences to make up for; replay its delivery.', {
        param: 'id',
      });
    }
    const runs = runsIn(row, window);
    const known = new Set(await findInstants(ctx.db, id, window));
    const missing = runs.filter(({ at }) => !known.has(at));
    if (!dryRun && missing.length > 0) make(ctx, row, missing, time);
    return {
      object: 'backfill' as const,
      schedule_id: id,
      matched: runs.length,
      created: dryRun ? 0 : missing.length,
      dry_run: dryRun,
      runs: missing.map(({ at }) => formatInstant(at)),
    };
  },
});

interface Window {
  readonly from: number;
  readonly to: number;
}

function readWindow(from: string, to: string | null, { now }: Time): Window {
  const window = { from: readInstant('from', from), to: to === null ? now : readInstant('to', to) };
  if (window.from > now) throw error('invalid_window', 'from must not be in the future.', { param: 'from' });
  if (window.from > window.to) throw error('invalid_window', 'to must not be before from.', { param: 'to' });
  if (window.to > now) throw error('invalid_window', 'to must not be in the future.', { param: 'to' });
  return window;
}

function readInstant(param: string, text: string): number {
  const at = parseInstant(text);
  if (at !== null) return at;
  throw error('invalid_fire_at', `${param} must be RFC 3339, such as "2027-07-01T09:00:00Z".`, { param });
}

/** The occurrences of the window, within the schedule's own bounds; how often it may fire is not asked. */
function runsIn(row: ScheduleRow, { from, to }: Window): Run[] {
  const { cron, zone, bounds } = recurrenceOf(row);
  const after = Math.max(from, bounds.startAt ?? from) - 1;
  const until = Math.min(to, bounds.endAt ?? to);
  const count = after < until ? countRuns(cron, zone, after, until) : 0;
  if (count <= maxOccurrences) return nextRuns(cron, zone, after, count);
  throw error(
    'too_many_occurrences',
    `The window has ${count} occurrences; backfill at most ${maxOccurrences} at once, in several windows.`,
    { param: 'from' },
  );
}

/** Made of the number 0: nothing follows them, and they stand in nobody's way. */
function make(ctx: Ctx, row: ScheduleRow, runs: readonly Run[], { real }: Time): void {
  const deadline = deadlineOf(real, row.ttl_ms);
  const queued = runs.map((run, place) => ({
    ...composeOccurrence(ctx, row, run, 0, { now: real, real, frozen: false }),
    held: row.state === 'paused',
    watched: false,
    fire_class: 'catch_up',
    // A millisecond apart, so that the oldest goes first.
    due_at: new Date(real + place),
    deadline: deadline === null ? null : new Date(deadline),
  }));
  insertOccurrences(ctx.db, queued);
  if (row.state === 'active') ctx.due(real);
}
