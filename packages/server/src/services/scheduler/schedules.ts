import { Type } from 'typebox';
import { type Ctx, error, operation } from './contract.ts';
import { readFilterInstant, readPage, writePage } from './page.ts';
import { findSchedule, listSchedules, lockSchedule, type ScheduleFilters } from './repository.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { viewSchedule } from './schedule-view.ts';
import { createdWindow, filter, idInput, listOf, oneOf, pageInput, scheduleSchema } from './schemas.ts';

export const scheduleId = { id: idInput('Of the schedule.') };

export const getSchedule = operation({
  id: 'scheduler.schedules.get',
  summary: 'Read a schedule',
  tag: 'Schedules',
  method: 'GET',
  path: '/schedules/:id',
  scope: 'schedules:read',
  input: Type.Object(scheduleId),
  output: scheduleSchema,
  errors: ['schedule_not_found'],
  run: (ctx, { id }) => showSchedule(ctx, id),
});

export const listAll = operation({
  id: 'scheduler.schedules.list',
  summary: 'List schedules, newest first',
  description:
    'Canceled schedules are among them unless `state` leaves them out. `metadata[key]=value` keeps those with this entry.',
  tag: 'Schedules',
  method: 'GET',
  path: '/schedules',
  scope: 'schedules:read',
  input: Type.Object(
    {
      ...pageInput,
      ...createdWindow,
      state: filter(oneOf(['active', 'paused', 'canceled'], 'Only schedules in this state.')),
      kind: filter(oneOf(['one_shot', 'recurring'], 'Only schedules of this kind.')),
      endpoint_id: filter(Type.String({ description: 'Only schedules on this endpoint profile.' })),
    },
    { additionalProperties: true },
  ),
  output: listOf(scheduleSchema),
  run: async (ctx, input) => {
    const filters: ScheduleFilters = {
      state: input.state ?? null,
      kind: input.kind ?? null,
      endpointId: input.endpoint_id ?? null,
      createdAfter: readFilterInstant('created_after', input.created_after),
      createdBefore: readFilterInstant('created_before', input.created_before),
      metadata: readMetadataFilter(input),
    };
    const list = ['schedules', filters];
    const rows = await listSchedules(ctx.db, filters, readPage(ctx, list, input), ctx.now());
    return writePage(ctx, list, rows, input.limit, (row) => viewSchedule(ctx.mode, row));
  },
});

/** A schedule as it stands in the transaction of this call. */
export async function showSchedule(ctx: Ctx, id: string) {
  const row = await findSchedule(ctx.db, id, ctx.now());
  if (row === undefined) throw noSchedule();
  return viewSchedule(ctx.mode, row);
}

/** Takes a schedule for a change. */
export async function takeSchedule(ctx: Ctx, id: string): Promise<ScheduleRow> {
  const row = await lockSchedule(ctx.db, id);
  if (row === undefined) throw noSchedule();
  return row;
}

/** The same, unless it is canceled. */
export async function takeOpenSchedule(ctx: Ctx, id: string): Promise<ScheduleRow> {
  const row = await takeSchedule(ctx, id);
  if (row.state !== 'canceled') return row;
  throw error('schedule_canceled', 'This schedule is canceled and cannot be changed any more; create a new one.', {
    param: 'id',
  });
}

function noSchedule() {
  return error('schedule_not_found', 'There is no such schedule; check the id, and the mode of the key.', {
    param: 'id',
  });
}

/** `metadata[team]=growth` as `{ team: 'growth' }`; `null` without any. */
function readMetadataFilter(query: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | null {
  const wanted: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) {
    const key = /^metadata\[(.{1,40})\]$/s.exec(name)?.[1];
    if (key === undefined) continue;
    if (typeof value !== 'string') {
      throw error('invalid_filter', `${name} was given more than once; give it once.`, { param: name });
    }
    wanted[key] = value;
  }
  return Object.keys(wanted).length === 0 ? null : wanted;
}
