import type { Mode } from '../../core/service.ts';
import { durationOfMs, formatDuration } from './duration.ts';
import { formatInstant, formatInstantOrNull } from './instant.ts';
import { formatMisfirePolicy } from './misfire-policy.ts';
import { nextOccurrences } from './recurrence.ts';
import { recurrenceOf } from './recurrence-of-row.ts';
import { defaultRetryPolicy, formatRetryPolicy } from './retry-policy.ts';
import type { ShownSchedule } from './schedule-row.ts';

const shownRuns = 5;

/** A schedule as callers see it (specification 2.3). */
export function viewSchedule(mode: Mode, row: ShownSchedule) {
  const runs = nextRunsOf(row);
  return {
    id: row.id,
    object: 'schedule' as const,
    mode,
    kind: row.kind,
    state: row.state,
    endpoint: row.url,
    endpoint_id: row.endpoint_id,
    method: row.method ?? row.endpoint_method ?? 'POST',
    header_keys: row.header_keys,
    fire_at: formatInstantOrNull(row.fire_at),
    local_fire_at: row.local_fire_at,
    dst_adjusted: row.dst_adjusted,
    cron: row.cron,
    timezone: row.timezone,
    start_at: formatInstantOrNull(row.start_at),
    end_at: formatInstantOrNull(row.end_at),
    max_fires: row.max_fires,
    next_fire_at: runs[0] ?? null,
    next_runs: runs,
    ttl: row.ttl_ms === null ? null : formatDuration(durationOfMs(row.ttl_ms)),
    retry_policy: formatRetryPolicy(row.retry_policy ?? row.endpoint_retry_policy ?? defaultRetryPolicy),
    misfire_policy: formatMisfirePolicy(row.misfire_policy),
    overlap_policy: row.kind === 'recurring' ? row.overlap_policy : null,
    content_type: row.content_type,
    body_bytes: row.body_bytes,
    idempotency_key: row.idempotency_key,
    signed: row.signed,
    metadata: row.metadata,
    created_at: formatInstant(Number(row.created_at)),
    updated_at: formatInstant(Number(row.updated_at)),
  };
}

function nextRunsOf(row: ShownSchedule): string[] {
  if (row.state === 'canceled' || row.pending_at === null) return [];
  const next = Number(row.pending_at);
  if (row.kind === 'one_shot') return [formatInstant(next)];
  // One that was claimed ahead of its instant has been counted already.
  const fired = next === Number(row.next_fire_at) ? row.next_occurrence : row.next_occurrence - 1;
  const later = nextOccurrences(recurrenceOf(row), { after: next, fired }, shownRuns - 1);
  return [next, ...later.map(({ at }) => at)].map(formatInstant);
}
