import { readSecret } from '../../core/service.ts';
import { type Content, type ContentFields, readContent, readUrl, type TargetRules } from './content.ts';
import { error } from './contract.ts';
import type { Destination } from './endpoints-repository.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { type MisfirePolicy, type MisfirePolicyFields, readMisfirePolicy } from './misfire-policy.ts';
import { readOccurrenceKey } from './occurrence-key.ts';
import { defaultOverlapPolicy, type OverlapPolicy, overlapPolicies } from './overlap.ts';
import { enumerate } from './problem.ts';
import { readTiming, type Timing, type TimingFields } from './timing.ts';
import { refusalOf } from './timing-refusal.ts';
import { readTtl } from './ttl.ts';

/** The fields that create a schedule. `null` counts as absent. */
export interface DraftFields extends TimingFields, ContentFields {
  readonly endpoint?: string | null | undefined;
  readonly endpoint_id?: string | null | undefined;
  readonly ttl?: string | null | undefined;
  readonly metadata?: Metadata | null | undefined;
  readonly idempotency_key?: string | null | undefined;
  readonly misfire_policy?: MisfirePolicyFields | null | undefined;
  readonly overlap_policy?: string | null | undefined;
  readonly signing_secret?: string | null | undefined;
}

/** A schedule as it was asked for, all of it checked. */
export interface Draft {
  readonly timing: Timing;
  readonly destination: Destination | null;
  readonly content: Content;
  readonly ttlMs: number | null;
  readonly idempotencyKey: string | null;
  readonly metadata: Metadata;
  readonly misfirePolicy: MisfirePolicy;
  readonly overlapPolicy: OverlapPolicy;
  readonly signingSecret: string | null;
}

/** What a draft is read against. */
export interface DraftRules extends TargetRules {
  /** Unix ms. */
  readonly now: number;
  /** The endpoint profiles that are named, by id. */
  readonly destinations: ReadonlyMap<string, Destination>;
}

/** Reads what creates a schedule, in the order of the specification's checks (3.3); throws the first refusal. */
export function readDraft(fields: DraftFields, rules: DraftRules): Draft {
  const reading = readTiming(fields, rules.now);
  if (!reading.ok) throw refusalOf(reading);
  const { timing } = reading;
  const destination = readDestination(fields, rules);
  const url = destination === null ? (fields.endpoint ?? null) : null;
  return {
    timing,
    destination,
    content: readContent(fields, url, rules),
    ttlMs: readTtl(fields.ttl ?? null),
    idempotencyKey: readOccurrenceKey(fields.idempotency_key ?? null),
    metadata: readMetadata(fields.metadata ?? null),
    misfirePolicy: readMisfire(fields.misfire_policy ?? {}),
    overlapPolicy: readOverlap(fields.overlap_policy ?? null, timing.kind),
    signingSecret: readSigningSecret(fields.signing_secret ?? null, 'signing_secret'),
  };
}

/** @returns the endpoint profile, or `null` where the schedule names its URL itself */
export function readDestination(
  { endpoint, endpoint_id: endpointId }: Pick<DraftFields, 'endpoint' | 'endpoint_id'>,
  rules: Pick<DraftRules, 'destinations'> & TargetRules,
): Destination | null {
  const url = endpoint ?? null;
  const id = endpointId ?? null;
  if (url !== null && id !== null) {
    throw error('multiple_destinations', 'endpoint and endpoint_id exclude each other; send one of them.', {
      param: 'endpoint_id',
    });
  }
  if (url !== null) {
    readUrl(url, 'endpoint', rules);
    return null;
  }
  if (id === null)
    throw error('missing_endpoint', 'Send endpoint, an https URL, or endpoint_id.', { param: 'endpoint' });
  const destination = rules.destinations.get(id);
  if (destination === undefined) throw noEndpoint('endpoint_id');
  if (destination.archived) {
    throw error('endpoint_archived', 'This endpoint profile is archived; unarchive it, or name another one.', {
      param: 'endpoint_id',
    });
  }
  return destination;
}

export function noEndpoint(param: string) {
  return error('endpoint_not_found', 'There is no such endpoint profile; check the id, and the mode of the key.', {
    param,
  });
}

export function readMisfire(fields: MisfirePolicyFields): MisfirePolicy {
  const reading = readMisfirePolicy(fields);
  if (!reading.ok) throw refusalOf(reading);
  return reading.policy;
}

export function readOverlap(text: string | null, kind: Timing['kind']): OverlapPolicy {
  if (text === null) return defaultOverlapPolicy;
  const policy = overlapPolicies.find((known) => known === text);
  if (policy !== undefined && kind === 'recurring') return policy;
  const problem =
    policy === undefined ? `must be ${enumerate(overlapPolicies, 'or')}` : 'is for recurring schedules; leave it out';
  throw error('invalid_overlap_policy', `overlap_policy ${problem}.`, { param: 'overlap_policy' });
}

export function readSigningSecret(text: string | null, param: string): string | null {
  if (text === null) return null;
  const reading = readSecret(text, 'text');
  if (!reading.ok) throw error('invalid_signing_secret', reading.message, { param });
  return reading.secret;
}
