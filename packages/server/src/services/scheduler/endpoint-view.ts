import { Type } from 'typebox';
import type { Mode } from '../../core/service.ts';
import { durationOfMs, formatDuration } from './duration.ts';
import { type BreakerPolicy, type Bucket, formatBreakerPolicy } from './endpoint-policies.ts';
import { formatInstant } from './instant.ts';
import type { Metadata } from './metadata.ts';
import { formatRetryPolicy, type RetryPolicy } from './retry-policy.ts';
import { instant, metadataSchema, modeSchema, nullable, oneOf, retryPolicyOrNull } from './schemas.ts';

/** An endpoint profile with its current version. */
export interface EndpointRow {
  readonly id: string;
  readonly name: string | null;
  readonly version: number;
  readonly url: string;
  readonly method: string | null;
  readonly sealed_headers: Buffer | null;
  readonly header_keys: readonly string[];
  readonly retry_policy: RetryPolicy | null;
  readonly timeout_ms: number | null;
  readonly rate_limit: Bucket | null;
  readonly retry_budget: Bucket | null;
  readonly breaker_policy: BreakerPolicy | null;
  readonly max_in_flight: number | null;
  /** What the dispatcher knows of it. */
  readonly breaker_state: 'closed' | 'open' | 'half_open' | null;
  readonly metadata: Metadata;
  readonly archived: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** An endpoint profile as callers see it (specification 2.4). */
export function viewEndpoint(mode: Mode, row: EndpointRow) {
  return {
    id: row.id,
    object: 'endpoint' as const,
    mode,
    name: row.name,
    url: row.url,
    method: row.method ?? 'POST',
    timeout: row.timeout_ms === null ? null : formatDuration(durationOfMs(row.timeout_ms)),
    header_keys: row.header_keys,
    retry_policy: row.retry_policy === null ? null : formatRetryPolicy(row.retry_policy),
    retry_budget: row.retry_budget,
    breaker_policy: formatBreakerPolicy(row.breaker_policy),
    rate_limit: row.rate_limit,
    max_in_flight: row.max_in_flight,
    metadata: row.metadata,
    version: row.version,
    archived: row.archived,
    breaker_state: row.breaker_state ?? 'closed',
    created_at: formatInstant(Number(row.created_at)),
    updated_at: formatInstant(Number(row.updated_at)),
  };
}

const bucketSchema = Type.Object({
  rate: Type.Number({ description: 'Tokens a second.' }),
  burst: Type.Number({ description: 'Tokens at once.' }),
});

export const endpointSchema = Type.Object(
  {
    id: Type.String({ description: 'Of the profile.' }),
    object: Type.Literal('endpoint', { description: 'What this is.' }),
    mode: modeSchema,
    name: nullable(Type.String(), 'Unique in its project and mode.'),
    url: Type.String({ description: 'Where to send. The address is checked again for every delivery.' }),
    method: Type.String({ description: 'What is sent unless the schedule says otherwise.' }),
    timeout: nullable(Type.String(), 'How long the headers of an answer may take; 30s unless set.'),
    header_keys: Type.Array(Type.String(), { description: 'Names of its headers; values are never shown.' }),
    retry_policy: retryPolicyOrNull,
    retry_budget: nullable(bucketSchema, 'How much retry traffic it may get; `null`: any.'),
    breaker_policy: nullable(
      Type.Object({
        failure_threshold: Type.Integer({ description: 'Failures that open it.' }),
        window: Type.String({ description: 'Within which they count.' }),
        cooldown: Type.String({ description: 'How long it stays open before a probe.' }),
        half_open_max: Type.Integer({ description: 'Probes at once.' }),
      }),
      'When it is left alone for a while; `null`: never.',
    ),
    rate_limit: nullable(bucketSchema, 'Requests a second; `null`: any.'),
    max_in_flight: nullable(Type.Integer(), 'Requests at once; `null`: any.'),
    metadata: metadataSchema,
    version: Type.Integer({ minimum: 1, description: 'Grows with each change.' }),
    archived: Type.Boolean({ description: 'Whether it takes no new schedules.' }),
    breaker_state: oneOf(['closed', 'open', 'half_open'], 'Of the circuit breaker.'),
    created_at: instant('When it was made.'),
    updated_at: instant('When it was last changed.'),
  },
  { title: 'Endpoint', description: 'A named destination with its delivery policy.' },
);
