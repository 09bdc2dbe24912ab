import { Type } from 'typebox';
import { attemptSchema, viewAttempt } from './attempt-view.ts';
import { findTakenInstants, setReady } from './claimed-repository.ts';
import { type Ctx, error, operation } from './contract.ts';
import {
  cancelWaiting,
  type DeliveryFilters,
  findDelivery,
  listAttemptRows,
  listDeliveryRows,
  lockDelivery,
} from './deliveries-repository.ts';
import { type DeliveryRow, deliverySchema, statuses, viewDelivery } from './delivery-view.ts';
import { composeOccurrence } from './occurrence.ts';
import { readFilterInstant, readPage, writePage } from './page.ts';
import { insertOccurrences } from './queue.ts';
import { nextFreeOccurrence } from './recurrence.ts';
import { recurrenceOf } from './recurrence-of-row.ts';
import { lockSchedule } from './repository.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { createdWindow, filter, idInput, listOf, oneOf, pageInput, strict } from './schemas.ts';
import { readTime } from './time.ts';

export const deliveryId = { id: idInput('Of the delivery.') };

const instantFilter = (description: string) => filter(Type.String({ description }));

export const listDeliveries = operation({
  id: 'scheduler.deliveries.list',
  summary: 'List deliveries, newest first',
  description: 'What was given up for good: `status=dead_letter`.',
  useWhen: 'to find what failed (`status=dead_letter`), or what a schedule has sent',
  tag: 'Deliveries',
  method: 'GET',
  path: '/deliveries',
  scope: 'deliveries:read',
  input: Type.Object({
    ...pageInput,
    ...createdWindow,
    status: filter(oneOf(statuses, 'Only deliveries that stand there.')),
    schedule_id: filter(Type.String({ description: 'Only of this schedule.' })),
    endpoint_id: filter(Type.String({ description: 'Only to this endpoint profile.' })),
    replay_of: filter(Type.String({ description: 'Only replays of this delivery.' })),
    scheduled_after: instantFilter('Only those due at this instant or later.'),
    scheduled_before: instantFilter('Only those due before this instant.'),
  }),
  output: listOf(deliverySchema),
  run: async (ctx, input) => {
    const filters: DeliveryFilters = {
      status: input.status ?? null,
      scheduleId: input.schedule_id ?? null,
      endpointId: input.endpoint_id ?? null,
      replayOf: input.replay_of ?? null,
      createdAfter: readFilterInstant('created_after', input.created_after),
      createdBefore: readFilterInstant('created_before', input.created_before),
      scheduledAfter: readFilterInstant('scheduled_after', input.scheduled_after),
      scheduledBefore: readFilterInstant('scheduled_before', input.scheduled_before),
    };
    const list = ['deliveries', filters];
    const rows = await listDeliveryRows(ctx.db, filters, readPage(ctx, list, input), ctx.now());
    return writePage(ctx, list, rows, input.limit, (row) => viewDelivery(ctx.mode, row));
  },
});

export const getDelivery = operation({
  id: 'scheduler.deliveries.get',
  summary: 'Read a delivery',
  tag: 'Deliveries',
  method: 'GET',
  path: '/deliveries/:id',
  scope: 'deliveries:read',
  input: Type.Object(deliveryId),
  output: deliverySchema,
  errors: ['delivery_not_found'],
  run: async (ctx, { id }) => viewDelivery(ctx.mode, known(await findDelivery(ctx.db, id, ctx.now()))),
});

export const listAttempts = operation({
  id: 'scheduler.deliveries.attempts',
  summary: 'List the attempts of a delivery, oldest first',
  useWhen: 'to see why a delivery failed: what each attempt got as an answer',
  tag: 'Deliveries',
  method: 'GET',
  path: '/deliveries/:id/attempts',
  scope: 'deliveries:read',
  input: Type.Object({ ...deliveryId, ...pageInput }),
  output: listOf(attemptSchema),
  errors: ['delivery_not_found'],
  run: async (ctx, { id, ...input }) => {
    known(await findDelivery(ctx.db, id, ctx.now()));
    const list = ['attempts', id];
    const { after, count } = readPage(ctx, list, input);
    const rows = await listAttemptRows(ctx.db, id, Number(after ?? 0), count);
    const page = rows.map((row) => ({ id: String(row.attempt), row }));
    return writePage(ctx, list, page, input.limit, ({ row }) => viewAttempt(ctx.mode, id, row));
  },
});

export const cancelDelivery = operation({
  id: 'scheduler.deliveries.cancel',
  summary: 'Cancel a delivery',
  description: 'Of a recurring schedule this one occurrence; later ones go on.',
  useWhen: 'to stop a single delivery that waits, while its schedule goes on',
  tag: 'Deliveries',
  method: 'POST',
  path: '/deliveries/:id/cancel',
  scope: 'deliveries:write',
  input: strict(deliveryId),
  output: deliverySchema,
  writes: true,
  errors: ['delivery_not_found', 'delivery_in_flight', 'delivery_terminal'],
  run: async (ctx, { id }) => {
    const { source_id: sourceId } = known(await findDelivery(ctx.db, id, ctx.now()));
    const schedule = await lockSchedule(ctx.db, sourceId);
    const row = known(await lockDelivery(ctx.db, id, ctx.now()));
    if (row.finalized_at !== null) {
      throw error('delivery_terminal', `This delivery has ended: it is ${row.status}.`, { param: 'id' });
    }
    if (row.status === 'in_flight') {
      throw error('delivery_in_flight', 'This delivery is being sent just now; cancel its schedule to stop retries.', {
        param: 'id',
      });
    }
    await cancelWaiting(ctx.db, id, ctx.now());
    ctx.withdraw([id]);
    if (schedule !== undefined && isReady(schedule, row)) await keepNextReady(ctx, schedule);
    return viewDelivery(ctx.mode, known(await findDelivery(ctx.db, id, ctx.now())));
  },
});

export function known<Row>(row: Row | undefined): Row {
  if (row !== undefined) return row;
  throw error('delivery_not_found', 'There is no such delivery; check the id, and the mode of the key.', {
    param: 'id',
  });
}

/** Whether it is the occurrence that its schedule keeps ready: when that is canceled, another one has to be. */
function isReady(schedule: ScheduleRow, row: DeliveryRow): boolean {
  const { kind, state, next_fire_at: at, next_occurrence: occurrence } = schedule;
  const ready = kind === 'recurring' && state !== 'canceled' && at !== null;
  return ready && row.replay_of === null && row.occurrence === occurrence;
}

async function keepNextReady(ctx: Ctx, schedule: ScheduleRow): Promise<void> {
  const time = await readTime(ctx);
  const taken = (await findTakenInstants(ctx.db, [schedule.id], time.now)).get(schedule.id) ?? new Set();
  const { next_occurrence: fired, next_fire_at: at } = schedule;
  const next = nextFreeOccurrence(recurrenceOf(schedule), { after: Math.max(time.now, Number(at)), fired }, taken);
  setReady(ctx.db, [
    { id: schedule.id, next_fire_at: next === null ? null : new Date(next.at), next_occurrence: fired + 1 },
  ]);
  if (next === null) return;
  const made = composeOccurrence(ctx, schedule, next, fired + 1, time);
  insertOccurrences(ctx.db, [made]);
  if (!made.held) ctx.due(Number(made.due_at));
}
