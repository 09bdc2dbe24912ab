import { readCron } from './cron.ts';
import { durationMs, durationOfMs, parseDuration } from './duration.ts';
import { horizonOf, horizonYears } from './horizon.ts';
import { parseInstant } from './instant.ts';
import type { Run } from './next-run.ts';
import { enumerate, quote } from './problem.ts';
import { type Bounds, nextOccurrence, type Recurrence } from './recurrence.ts';
import { type Dst, parseWallTime, resolveWallTime } from './wall-time.ts';
import { readZone } from './zone.ts';

/** The timing fields of a create, reschedule or preview body. `null` counts as absent. */
export interface TimingFields {
  readonly delay?: string | null | undefined;
  readonly fire_at?: string | null | undefined;
  readonly local_fire_at?: string | null | undefined;
  readonly cron?: string | null | undefined;
  readonly timezone?: string | null | undefined;
  readonly start_at?: string | null | undefined;
  readonly end_at?: string | null | undefined;
  readonly max_fires?: number | null | undefined;
}

export type Timing = OneShot | Recurring;

export interface OneShot {
  readonly kind: 'one_shot';
  readonly fireAt: number;
  /** The wall time that was asked for, and its zone; both `null` for `delay` and `fire_at`. */
  readonly localFireAt: string | null;
  readonly timezone: string | null;
  readonly dst: Dst;
  readonly dstAdjusted: boolean;
}

export interface Recurring extends Recurrence {
  readonly kind: 'recurring';
  readonly timezone: string;
  readonly first: Run;
}

export type TimingReading = { readonly ok: true; readonly timing: Timing } | TimingRefusal;

/** A refusal in the words of the service's catalogue (specification 10). */
export interface TimingRefusal {
  readonly ok: false;
  readonly code:
    | 'missing_timing'
    | 'multiple_timing'
    | 'invalid_duration'
    | 'sub_floor_delay'
    | 'invalid_fire_at'
    | 'fire_at_in_past'
    | 'fire_at_too_far'
    | 'invalid_cron'
    | 'invalid_type'
    | 'kind_mismatch';
  readonly message: string;
  readonly param: string | null;
}

const sources = ['delay', 'fire_at', 'local_fire_at', 'cron'] as const;
const boundFields = ['start_at', 'end_at', 'max_fires'] as const;

const floorMs = 1000;

/**
 * Reads when a schedule fires from the one timing field of a body (specification 4.1 to 4.5). The first occurrence of a
 * recurring schedule is strictly after `now`.
 *
 * @param now Unix ms
 */
export function readTiming(fields: TimingFields, now: number): TimingReading {
  const given = sources.filter((source) => (fields[source] ?? null) !== null);
  const [source] = given;
  if (source === undefined) return refuse('missing_timing', `send one of ${enumerate(sources, 'or')}`, null);
  if (given.length > 1) {
    return refuse('multiple_timing', `${enumerate(given)} exclude each other; send one of them`, given[1] ?? null);
  }
  const text = fields[source] ?? '';
  if (source === 'cron') return readRecurring(text, fields, now);
  const bound = boundFields.find((field) => (fields[field] ?? null) !== null);
  if (bound !== undefined)
    return refuse('kind_mismatch', `${bound} bounds a recurring schedule; send it with cron`, bound);
  switch (source) {
    case 'delay':
      return readDelay(text, now);
    case 'fire_at':
      return readFireAt(text, now);
    case 'local_fire_at':
      return readLocalFireAt(text, fields.timezone ?? 'UTC', now);
  }
}

function readDelay(text: string, now: number): TimingReading {
  const delay = parseDuration(text);
  if (delay === null) {
    return refuse(
      'invalid_duration',
      `${quote(text)} is not a duration; write for instance "90s", "1h30m" or "24h"`,
      'delay',
    );
  }
  if (delay < durationOfMs(floorMs)) return refuse('sub_floor_delay', 'delay must be at least 1s', 'delay');
  return oneShot('delay', now + durationMs(delay), now);
}

function readFireAt(text: string, now: number): TimingReading {
  const at = parseInstant(text);
  if (at !== null) return oneShot('fire_at', at, now);
  const mend = 'write RFC 3339 with seconds and an offset or Z, such as "2027-07-01T09:00:00Z"';
  return refuse('invalid_fire_at', `${quote(text)} is not an instant; ${mend}`, 'fire_at');
}

const dayMs = 86_400_000;

function readLocalFireAt(text: string, timezone: string, now: number): TimingReading {
  const wall = parseWallTime(text);
  if (wall === null) {
    const mend = 'write a wall time without an offset, such as "2027-07-01T09:00:00"';
    return refuse('invalid_duration', `${quote(text)} is not a local time; ${mend}`, 'local_fire_at');
  }
  const zone = readZone(timezone);
  if ('problem' in zone) return refuse('invalid_cron', zone.problem, 'timezone');
  // Far outside the bounds no zone changes the answer, and none needs to be searched.
  const outside = outOfBounds('local_fire_at', wall, now - 2 * dayMs, horizonOf(now) + 2 * dayMs);
  if (outside !== null) return outside;
  const { at, dst } = resolveWallTime(zone, wall);
  return oneShot('local_fire_at', at, now, { localFireAt: text, timezone, dst });
}

function oneShot(
  param: string,
  fireAt: number,
  now: number,
  local: Pick<OneShot, 'localFireAt' | 'timezone' | 'dst'> = { localFireAt: null, timezone: null, dst: 'none' },
): TimingReading {
  const outside = outOfBounds(param, fireAt, now + floorMs, horizonOf(now));
  if (outside !== null) return outside;
  return { ok: true, timing: { kind: 'one_shot', fireAt, ...local, dstAdjusted: local.dst !== 'none' } };
}

function outOfBounds(param: string, at: number, earliest: number, latest: number): TimingRefusal | null {
  if (at < earliest)
    return refuse('fire_at_in_past', `${param} must be at least 1s in the future; for soon, send a delay`, param);
  if (at > latest) return refuse('fire_at_too_far', `${param} must be within ${horizonYears} years from now`, param);
  return null;
}

function readRecurring(text: string, fields: TimingFields, now: number): TimingReading {
  const cron = readCron(text);
  if ('problem' in cron) return refuse('invalid_cron', cron.problem, 'cron');
  const timezone = fields.timezone ?? 'UTC';
  const zone = readZone(timezone);
  if ('problem' in zone) return refuse('invalid_cron', zone.problem, 'timezone');
  const bounds = readBounds(fields, now);
  if ('ok' in bounds) return bounds;
  const recurrence = { cron, zone, bounds };
  const first = nextOccurrence(recurrence, { after: now, fired: 0 });
  if (first === null) return refuse('invalid_cron', neverOccurs(recurrence, now), 'cron');
  return { ok: true, timing: { kind: 'recurring', ...recurrence, timezone, first } };
}

function neverOccurs({ cron, zone, bounds }: Recurrence, now: number): string {
  const ever = nextOccurrence({ cron, zone, bounds: { ...bounds, endAt: null } }, { after: now, fired: 0 }) !== null;
  return ever
    ? `${quote(cron.expression)} has no occurrence before end_at; send a later one`
    : `${quote(cron.expression)} never occurs in the next ${horizonYears} years; check the day against the month`;
}

function readBounds(fields: TimingFields, now: number): Bounds | TimingRefusal {
  const startAt = readBound('start_at', fields.start_at ?? null, now);
  if (startAt !== null && typeof startAt !== 'number') return startAt;
  const endAt = readBound('end_at', fields.end_at ?? null, now);
  if (endAt !== null && typeof endAt !== 'number') return endAt;
  if (endAt !== null && endAt <= now) return refuse('fire_at_in_past', 'end_at must be in the future', 'end_at');
  if (startAt !== null && endAt !== null && endAt < startAt) {
    return refuse('invalid_fire_at', 'end_at must not be before start_at', 'end_at');
  }
  const maxFires = fields.max_fires ?? null;
  if (maxFires !== null && !(Number.isSafeInteger(maxFires) && maxFires >= 1)) {
    return refuse('invalid_type', 'max_fires must be a whole number of 1 or more', 'max_fires');
  }
  return { startAt, endAt, maxFires };
}

function readBound(param: 'start_at' | 'end_at', text: string | null, now: number): number | null | TimingRefusal {
  if (text === null) return null;
  const at = parseInstant(text);
  if (at === null) return refuse('invalid_fire_at', `${param} must be RFC 3339, such as "2027-07-01T09:00:00Z"`, param);
  return at > horizonOf(now)
    ? refuse('fire_at_too_far', `${param} must be within ${horizonYears} years from now`, param)
    : at;
}

function refuse(code: TimingRefusal['code'], message: string, param: string | null): TimingRefusal {
  return { ok: false, code, message, param };
}
