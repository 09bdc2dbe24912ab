import { Type } from 'typebox';
import { error, operation } from './contract.ts';
import { describeCron } from './describe-cron.ts';
import { formatInstant, parseInstant } from './instant.ts';
import type { Run } from './next-run.ts';
import { nextOccurrences } from './recurrence.ts';
import { boundsInput, nullable, oneOf, strict, timingInput } from './schemas.ts';
import { readSpoken, whenInput } from './spoken-fields.ts';
import { lookAtTime } from './time.ts';
import { readTiming, type Timing } from './timing.ts';
import { refusalOf } from './timing-refusal.ts';
import { formatInZone } from './wall-time.ts';
import { readZone, type Zone } from './zone.ts';

const utc = 'UTC';

export const previewSchedule = operation({
  id: 'scheduler.schedules.preview',
  summary: 'Compute when something would fire',
  description:
    'Stores nothing. Besides the timing fields it takes `when`, a time as people say it ("in 2 hours", "every weekday at 09:00"), and answers the field that means the same.',
  useWhen:
    'before anything is stored, to show a person the exact instants, or to turn a time in words into a timing field',
  tag: 'Schedules',
  method: 'POST',
  path: '/schedules/preview',
  scope: 'schedules:read',
  input: strict({
    ...timingInput,
    ...boundsInput,
    ...whenInput,
    count: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 50 }), 'How many runs to show; 5 by default.')),
    after: Type.Optional(nullable(Type.String(), 'Recurring: show runs after this instant; now by default.')),
  }),
  output: Type.Object({
    object: Type.Literal('schedule_preview', { description: 'What this is.' }),
    kind: oneOf(['one_shot', 'recurring'], 'What a schedule of this time would be.'),
    timezone: nullable(Type.String(), 'In which it is read.'),
    timing: Type.Record(Type.String(), Type.String(), {
      description: 'The fields that create a schedule of this time.',
    }),
    next_runs: Type.Array(Type.String(), { description: 'The instants.' }),
    runs: Type.Array(
      Type.Object({
        at: Type.String({ description: 'The instant.' }),
        local: Type.String({ description: 'What clocks in the zone show then.' }),
        dst: oneOf(['none', 'gap_shifted', 'overlap_first'], 'What daylight saving does to it.'),
      }),
      { description: 'The instants and what clocks show.' },
    ),
    description: Type.String({ description: 'The same in English.' }),
  }),
  errors: [
    'missing_timing',
    'multiple_timing',
    'invalid_duration',
    'sub_floor_delay',
    'invalid_fire_at',
    'fire_at_in_past',
    'fire_at_too_far',
    'invalid_cron',
    'invalid_when',
    'kind_mismatch',
  ],
  run: async (ctx, { count, after, ...fields }) => {
    const { now } = await lookAtTime(ctx);
    const timing = readSpoken(fields, now);
    const reading = readTiming(timing, now);
    if (!reading.ok) throw refusalOf(reading);
    const zone = zoneOf(reading.timing.timezone ?? utc);
    const runs = runsOf(reading.timing, readAfter(after ?? null, now), count ?? 5);
    return {
      object: 'schedule_preview' as const,
      kind: reading.timing.kind,
      timezone: reading.timing.timezone,
      timing: Object.fromEntries(Object.entries(timing).filter(([, value]) => typeof value === 'string')),
      next_runs: runs.map(({ at }) => formatInstant(at)),
      runs: runs.map(({ at, dst }) => ({ at: formatInstant(at), local: formatInZone(zone, at), dst })),
      description: describe(reading.timing, zone),
    };
  },
});

function readAfter(text: string | null, now: number): number {
  if (text === null) return now;
  const at = parseInstant(text);
  if (at !== null) return at;
  throw error('invalid_fire_at', 'after must be RFC 3339, such as "2027-07-01T09:00:00Z".', { param: 'after' });
}

function runsOf(timing: Timing, after: number, count: number): Run[] {
  if (timing.kind === 'one_shot') return [{ at: timing.fireAt, dst: timing.dst }];
  return nextOccurrences(timing, { after, fired: 0 }, count);
}

function describe(timing: Timing, zone: Zone): string {
  if (timing.kind === 'recurring') return describeCron(timing.cron, timing.timezone);
  return `once at ${formatInZone(zone, timing.fireAt)}, ${timing.timezone ?? utc}`;
}

/** A zone that was read before. */
function zoneOf(name: string): Zone {
  const zone = readZone(name);
  if ('problem' in zone) throw new Error(zone.problem);
  return zone;
}
