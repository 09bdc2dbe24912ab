import { Type } from 'typebox';
import { refusedAs } from '../../core/service.ts';
import { type Ctx, error, operation } from './contract.ts';
import { deliveryId, known } from './deliveries.ts';
import {
  findDelivery,
  findReplayable,
  findReplaySources,
  type Original,
  waitForReplays,
} from './deliveries-repository.ts';
import { deliverySchema, viewDelivery } from './delivery-view.ts';
import { durationMs, durationOfMs } from './duration.ts';
import { readFilterInstant } from './page.ts';
import { insertDeliveries, insertDelivery, type NewDelivery } from './queue.ts';
import { nullable, oneOf, strict } from './schemas.ts';
import { readTime, releaseOf, type Time } from './time.ts';
import { deadlineOf, readDuration } from './ttl.ts';

export const replayDelivery = operation({
  id: 'scheduler.deliveries.replay',
  summary: 'Run a delivery again, as a new one',
  description:
    'The original stays as it is. What is sent and where is read anew from the schedule, which may be paused or canceled; attempts count from 1. The receiver gets the `Idempotency-Key` of the original unless a new one is asked for.',
  useWhen:
    'to send one delivery again that is over; many that failed are sent again by `scheduler.deliveries.replayMany`',
  tag: 'Deliveries',
  method: 'POST',
  path: '/deliveries/:id/replay',
  scope: 'deliveries:write',
  input: strict({
    ...deliveryId,
    delay: Type.Optional(nullable(Type.String(), 'After this time, at least `1s`; at once by default.')),
    force: Type.Optional(Type.Boolean({ description: 'Also what succeeded or was canceled.' })),
    new_idempotency_key: Type.Optional(
      Type.Boolean({ description: 'Give the receiver a fresh key, so that it runs again.' }),
    ),
  }),
  output: deliverySchema,
  status: 201,
  writes: true,
  idempotent: true,
  location: ({ id }) => `/v1/deliveries/${id}`,
  errors: ['delivery_not_found', 'delivery_not_terminal', 'not_replayable', 'invalid_duration', 'sub_floor_delay'],
  run: async (ctx, { id, delay, force = false, new_idempotency_key: fresh = false }) => {
    const time = await readTime(ctx);
    const delayMs = readDelay(delay ?? null);
    const original = known(await findDelivery(ctx.db, id, ctx.now()));
    if (original.finalized_at === null) {
      throw error('delivery_not_terminal', `This delivery has not ended: it is ${original.status}.`, { param: 'id' });
    }
    if (!force && (original.status === 'succeeded' || original.status === 'canceled')) {
      throw error('not_replayable', `This delivery is ${original.status}; send "force": true to replay it.`, {
        param: 'id',
      });
    }
    const [made] = await composeReplays(ctx, [original], time, delayMs);
    if (made === undefined) throw new Error('a replay was not composed');
    const row = fresh ? { ...made, idempotency_key: made.id } : made;
    insertDelivery(ctx.db, row);
    if (!row.held) ctx.due(Number(row.due_at));
    return viewDelivery(ctx.mode, shownReplay(row));
  },
});

const maxReplays = 1000;

export const replayMany = operation({
  id: 'scheduler.deliveries.replayMany',
  summary: 'Run again what failed',
  description:
    'Replays what ended in a status, oldest first, at most `limit`; what was replayed before is left out, so that repeating the call goes on. `dry_run` only counts.',
  useWhen: 'after an outage of a receiver, to send again all that failed; with `dry_run` first, which only counts',
  tag: 'Deliveries',
  method: 'POST',
  path: '/deliveries/replay',
  scope: 'deliveries:write',
  input: strict({
    status: refusedAs('invalid_filter', oneOf(['dead_letter', 'expired'], 'How they ended.')),
    schedule_id: Type.Optional(nullable(Type.String(), 'Only of this schedule.')),
    created_after: Type.Optional(nullable(Type.String(), 'Only what was made at this instant or later.')),
    created_before: Type.Optional(nullable(Type.String(), 'Only what was made before this instant.')),
    limit: refusedAs(
      'invalid_limit',
      Type.Integer({ minimum: 1, maximum: maxReplays, default: maxReplays, description: 'How many at most.' }),
    ),
    dry_run: Type.Optional(Type.Boolean({ description: 'Only say how many there are.' })),
  }),
  output: Type.Object({
    object: Type.Literal('bulk_replay', { description: 'What this is.' }),
    matched: Type.Integer({ description: 'How many were found, up to the limit.' }),
    replayed: Type.Integer({ description: 'How many were replayed.' }),
    dry_run: Type.Boolean({ description: 'Whether they were only counted.' }),
  }),
  status: 202,
  writes: true,
  idempotent: true,
  errors: ['invalid_filter'],
  run: async (ctx, input) => {
    const time = await readTime(ctx);
    const filters = {
      status: input.status,
      scheduleId: input.schedule_id ?? null,
      createdAfter: readFilterInstant('created_after', input.created_after ?? undefined),
      createdBefore: readFilterInstant('created_before', input.created_before ?? undefined),
    };
    await waitForReplays(ctx.db);
    const found = await findReplayable(ctx.db, filters, input.limit);
    const counted = { object: 'bulk_replay' as const, matched: found.length };
    if (input.dry_run === true) return { ...counted, replayed: 0, dry_run: true };
    insertDeliveries(ctx.db, await composeReplays(ctx, found, time, 0));
    if (found.length > 0) ctx.due(time.real);
    return { ...counted, replayed: found.length, dry_run: false };
  },
});

function readDelay(text: string | null): number {
  if (text === null) return 0;
  const delay = readDuration(text, 'delay');
  if (delay < durationOfMs(1000)) throw error('sub_floor_delay', 'delay must be at least 1s.', { param: 'delay' });
  return durationMs(delay);
}

/** New deliveries of what ended, going by their schedules as they are now; where one is gone, by what was sent then. */
async function composeReplays(
  ctx: Ctx,
  originals: readonly Original[],
  time: Time,
  delayMs: number,
): Promise<NewDelivery[]> {
  const ids = [...new Set(originals.map(({ source_id: id }) => id))];
  const sources = new Map((await findReplaySources(ctx.db, ids)).map((source) => [source.id, source]));
  const at = time.now + delayMs;
  const { held, dueAt } = releaseOf(time, at);
  return originals.map((original) => {
    const source = sources.get(original.source_id);
    const deadline = deadlineOf(at, source?.ttl_ms ?? null);
    return {
      id: ctx.newId('dlv'),
      source_id: original.source_id,
      occurrence: original.occurrence,
      message_id: source?.message_id ?? original.message_id,
      target_id: source === undefined ? original.target_id : source.endpoint_id,
      held,
      watched: false,
      one_of_many: false,
      scheduled_for: new Date(at),
      due_at: new Date(dueAt),
      deadline: deadline === null ? null : new Date(deadline),
      idempotency_key: original.idempotency_key,
      replay_of: original.id,
      fire_class: 'replay',
      created_at: new Date(ctx.now()),
    };
  });
}

/** A new delivery as it will be read. */
function shownReplay(row: NewDelivery) {
  return {
    ...row,
    status: 'scheduled' as const,
    target_version: null,
    attempt_count: 0,
    last_status_code: null,
    coalesced_count: null,
    coalesced_from: null,
    deferral: null,
    dead_letter_reason: null,
    fired_at: null,
    finalized_at: null,
  };
}
