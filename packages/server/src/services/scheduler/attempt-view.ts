import { Type } from 'typebox';
import type { Mode } from '../../core/service.ts';
import { formatInstantOrNull } from './instant.ts';
import { instantOrNull, modeSchema, nullable, oneOf } from './schemas.ts';

/** An attempt as its row is. */
export interface AttemptRow {
  readonly id: string;
  readonly attempt: number;
  readonly kind: 'initial' | 'retry' | 'reclaim';
  readonly outcome: 'succeeded' | 'retryable' | 'terminal' | 'lost';
  readonly status_code: number | null;
  readonly error_code: string | null;
  readonly started_at: Date | null;
  readonly fired_at: Date | null;
  readonly completed_at: Date | null;
  readonly response_headers: Readonly<Record<string, string>> | null;
  readonly response_body: string | null;
  readonly retry_after: number | null;
  readonly node: string;
}

/** An attempt as callers see it (specification 2.6). */
export function viewAttempt(mode: Mode, deliveryId: string, row: AttemptRow) {
  const { started_at: started, completed_at: completed } = row;
  return {
    id: row.id,
    object: 'attempt' as const,
    mode,
    delivery_id: deliveryId,
    attempt: row.attempt,
    kind: row.kind,
    outcome: row.outcome,
    status_code: row.status_code,
    error_code: row.error_code,
    started_at: formatInstantOrNull(started),
    fired_at: formatInstantOrNull(row.fired_at),
    completed_at: formatInstantOrNull(completed),
    duration_ms: started === null || completed === null ? null : Number(completed) - Number(started),
    response_headers: row.response_headers,
    response_body: row.response_body,
    retry_after: row.retry_after,
    node: row.node,
  };
}

export const attemptSchema = Type.Object(
  {
    id: Type.String({ description: 'Of the attempt.' }),
    object: Type.Literal('attempt', { description: 'What this is.' }),
    mode: modeSchema,
    delivery_id: Type.String({ description: 'Of which delivery.' }),
    attempt: Type.Integer({ minimum: 1, description: 'Its number; the header `Sched-Attempt`.' }),
    kind: oneOf(['initial', 'retry', 'reclaim'], 'Why it was made; `reclaim`: the node of the one before died.'),
    outcome: oneOf(['succeeded', 'retryable', 'terminal', 'lost'], 'What came of it; `lost`: nobody knows.'),
    status_code: nullable(Type.Integer(), 'What the receiver answered.'),
    error_code: nullable(Type.String(), 'What kept it from an answer.'),
    started_at: instantOrNull('When a node began to send.'),
    fired_at: instantOrNull('When the first byte left.'),
    completed_at: instantOrNull('When the answer was read, or it failed.'),
    duration_ms: nullable(Type.Number(), 'From start to completion.'),
    response_headers: nullable(Type.Record(Type.String(), Type.String()), 'Some headers of the answer.'),
    response_body: nullable(Type.String(), 'The first 4 KB of an answer that was not 2xx.'),
    retry_after: nullable(Type.Integer(), 'Seconds that the receiver asked for, when they were honoured.'),
    node: Type.String({ description: 'The process that sent it.' }),
  },
  { title: 'Attempt', description: 'One request of a delivery.' },
);
