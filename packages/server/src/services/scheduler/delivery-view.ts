import { Type } from 'typebox';
import type { Mode } from '../../core/service.ts';
import { formatInstant, formatInstantOrNull } from './instant.ts';
import { instant, instantOrNull, modeSchema, nullable, oneOf } from './schemas.ts';

export const statuses = [
  'scheduled',
  'in_flight',
  'retrying',
  'succeeded',
  'dead_letter',
  'expired',
  'canceled',
] as const;

/** A delivery as its row is; `status` says `in_flight` while a node is sending. */
export interface DeliveryRow {
  readonly id: string;
  readonly source_id: string;
  readonly status: (typeof statuses)[number];
  readonly occurrence: number;
  readonly message_id: string;
  readonly target_id: string | null;
  readonly target_version: number | null;
  readonly scheduled_for: Date;
  readonly due_at: Date | null;
  readonly deadline: Date | null;
  readonly attempt_count: number;
  readonly last_status_code: number | null;
  readonly idempotency_key: string;
  readonly replay_of: string | null;
  readonly fire_class: string;
  readonly coalesced_count: number | null;
  readonly coalesced_from: Date | null;
  readonly deferral: string | null;
  readonly dead_letter_reason: string | null;
  readonly fired_at: Date | null;
  readonly created_at: Date;
  readonly finalized_at: Date | null;
}

/** A delivery as callers see it (specification 2.5). */
export function viewDelivery(mode: Mode, row: DeliveryRow) {
  return {
    id: row.id,
    object: 'delivery' as const,
    schedule_id: row.source_id,
    mode,
    status: row.status,
    scheduled_for: formatInstant(Number(row.scheduled_for)),
    deadline: formatInstantOrNull(row.deadline),
    next_fire_at: formatInstantOrNull(row.due_at),
    attempt_count: row.attempt_count,
    last_status_code: row.last_status_code,
    idempotency_key: row.idempotency_key,
    replay_of: row.replay_of,
    endpoint_id: row.target_id,
    endpoint_version: row.target_version,
    fire_class: row.fire_class,
    coalesced_count: row.coalesced_count,
    coalesced_from: formatInstantOrNull(row.coalesced_from),
    deferral: row.deferral,
    dead_letter_reason: row.dead_letter_reason,
    dispatch_latency_ms: latencyOf(mode, row),
    created_at: formatInstant(Number(row.created_at)),
    finalized_at: formatInstantOrNull(row.finalized_at),
  };
}

/** What a frozen test clock released has an instant that says nothing about how long it took. */
function latencyOf(mode: Mode, { fired_at: fired, scheduled_for: due }: DeliveryRow): number | null {
  if (fired === null) return null;
  const ms = Number(fired) - Number(due);
  return mode === 'test' && ms < 0 ? null : ms;
}

export const deliverySchema = Type.Object(
  {
    id: Type.String({ description: 'Of the delivery; stable over retries.' }),
    object: Type.Literal('delivery', { description: 'What this is.' }),
    schedule_id: Type.String({ description: 'Of which it is an occurrence.' }),
    mode: modeSchema,
    status: oneOf(statuses, 'Where it stands; the last four are its end.'),
    scheduled_for: instant('When it is to be sent first.'),
    deadline: instantOrNull('When it is given up.'),
    next_fire_at: instantOrNull('When it is tried next; `null` in the end.'),
    attempt_count: Type.Integer({ minimum: 0, description: 'Attempts so far.' }),
    last_status_code: nullable(Type.Integer(), 'What the receiver answered last.'),
    idempotency_key: Type.String({ description: 'What the receiver tells repetitions by.' }),
    replay_of: nullable(Type.String(), 'The delivery that it runs again.'),
    endpoint_id: nullable(Type.String(), 'The endpoint profile.'),
    endpoint_version: nullable(Type.Integer(), 'The version of the profile that it goes by.'),
    fire_class: oneOf(
      ['on_time', 'late', 'catch_up', 'coalesced', 'dst_shifted', 'replay'],
      'How its first attempt was released.',
    ),
    coalesced_count: nullable(Type.Integer(), 'How many occurrences it stands for.'),
    coalesced_from: instantOrNull('The earliest of those.'),
    deferral: nullable(
      oneOf(['rate_limit', 'breaker', 'concurrency', 'paused'], ''),
      'Why an attempt is, or was last, held back.',
    ),
    dead_letter_reason: nullable(Type.String(), 'Why it was given up.'),
    dispatch_latency_ms: nullable(Type.Number(), 'From its instant to the first byte of the first attempt.'),
    created_at: instant('When it was made.'),
    finalized_at: instantOrNull('When it ended.'),
  },
  { title: 'Delivery', description: 'One occurrence of a schedule.' },
);
