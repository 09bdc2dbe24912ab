import type { Ctx } from './contract.ts';
import type { Draft } from './draft.ts';
import { composeMessage, type MessageRow } from './message.ts';
import type { Run } from './next-run.ts';
import { composeOccurrence } from './occurrence.ts';
import type { NewDelivery } from './queue.ts';
import type { ScheduleRow, ShownSchedule } from './schedule-row.ts';
import { composeSecret, type NewSecret } from './secret-row.ts';
import type { Time } from './time.ts';

/** All rows of a schedule that is being created. */
export interface NewSchedule {
  readonly row: ScheduleRow;
  readonly message: MessageRow;
  /** Its only occurrence, or the first one. */
  readonly delivery: NewDelivery;
  readonly secret: NewSecret | null;
  readonly shown: ShownSchedule;
}

/** Makes the rows of a schedule. Its first delivery is one of them, so what was answered with 201 is durable. */
export function composeSchedule(
  ctx: Pick<Ctx, 'newId' | 'now' | 'sealer'>,
  draft: Draft,
  time: Time,
  now = new Date(ctx.now()),
): NewSchedule {
  const { timing, destination } = draft;
  const message = composeMessage(ctx, draft.content);
  const first: Run = timing.kind === 'one_shot' ? { at: timing.fireAt, dst: timing.dst } : timing.first;
  const row: ScheduleRow = {
    id: ctx.newId('sch'),
    kind: timing.kind,
    state: 'active',
    endpoint_id: destination?.id ?? null,
    message_id: message.id,
    ...timingColumns(draft),
    overlap_policy: draft.overlapPolicy,
    next_fire_at: timing.kind === 'recurring' ? new Date(first.at) : null,
    next_occurrence: 1,
    misfire_policy: draft.misfirePolicy,
    ttl_ms: draft.ttlMs,
    idempotency_key: draft.idempotencyKey,
    metadata: draft.metadata,
    paused_at: null,
    created_at: now,
    updated_at: now,
  };
  return {
    row,
    message,
    delivery: composeOccurrence(ctx, row, first, 1, time),
    secret: draft.signingSecret === null ? null : composeSecret(ctx, 'source', row.id, draft.signingSecret),
    shown: {
      ...row,
      ...message,
      id: row.id,
      endpoint_method: destination?.method ?? null,
      endpoint_retry_policy: destination?.retry_policy ?? null,
      signed: draft.signingSecret !== null,
      pending_at: new Date(first.at),
    },
  };
}

type TimingColumns = Pick<
  ScheduleRow,
  'fire_at' | 'local_fire_at' | 'dst_adjusted' | 'cron' | 'timezone' | 'start_at' | 'end_at' | 'max_fires'
>;

/** When it fires, as its columns. */
export function timingColumns({ timing }: Pick<Draft, 'timing'>): TimingColumns {
  if (timing.kind === 'one_shot') {
    return {
      fire_at: new Date(timing.fireAt),
      local_fire_at: timing.localFireAt,
      dst_adjusted: timing.dstAdjusted,
      cron: null,
      timezone: timing.timezone,
      start_at: null,
      end_at: null,
      max_fires: null,
    };
  }
  const { startAt, endAt, maxFires } = timing.bounds;
  return {
    fire_at: null,
    local_fire_at: null,
    dst_adjusted: false,
    cron: timing.cron.expression,
    timezone: timing.timezone,
    start_at: startAt === null ? null : new Date(startAt),
    end_at: endAt === null ? null : new Date(endAt),
    max_fires: maxFires,
  };
}
