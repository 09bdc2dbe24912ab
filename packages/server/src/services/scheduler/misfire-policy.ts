import { durationMs, durationOfMs, formatDuration, parseDuration } from './duration.ts';
import { quote } from './problem.ts';

/** What becomes of occurrences that nobody could fire in time (specification 4.6). */
export interface MisfirePolicy {
  readonly mode: MisfireMode;
  /** Later than this is missed. */
  readonly graceMs: number;
  /** How far back missed occurrences are considered. */
  readonly windowMs: number;
  /** How many `catch_up` makes up for, at most. */
  readonly maxFires: number;
}

export const misfireModes = ['coalesce', 'catch_up', 'skip'] as const;

export type MisfireMode = (typeof misfireModes)[number];

export const defaultMisfirePolicy: MisfirePolicy = {
  mode: 'coalesce',
  graceMs: 60_000,
  windowMs: 86_400_000,
  maxFires: 100,
};

/** As callers write it and see it echoed. */
export interface MisfirePolicyFields {
  readonly mode?: string | undefined;
  readonly grace?: string | undefined;
  readonly window?: string | undefined;
  readonly max_fires?: number | undefined;
}

export type MisfirePolicyReading =
  | { readonly ok: true; readonly policy: MisfirePolicy }
  | {
      readonly ok: false;
      readonly code: 'invalid_misfire_policy' | 'invalid_duration';
      readonly message: string;
      readonly param: string;
    };

/** Reads a policy; a part of it takes the defaults for the rest. */
export function readMisfirePolicy(fields: MisfirePolicyFields): MisfirePolicyReading {
  const mode = misfireModes.find((known) => known === (fields.mode ?? defaultMisfirePolicy.mode));
  if (mode === undefined) return refuse('mode', `must be one of ${misfireModes.join(', ')}`);
  const grace = readWithin(fields.grace, defaultMisfirePolicy.graceMs, 'grace', graceBounds);
  if (typeof grace !== 'number') return grace;
  const window = readWithin(fields.window, defaultMisfirePolicy.windowMs, 'window', windowBounds);
  if (typeof window !== 'number') return window;
  const maxFires = fields.max_fires ?? defaultMisfirePolicy.maxFires;
  if (!Number.isInteger(maxFires) || maxFires < 1 || maxFires > 1000) return refuse('max_fires', 'must be 1 to 1000');
  return { ok: true, policy: { mode, graceMs: grace, windowMs: window, maxFires } };
}

/** A policy as it is echoed, with normalised durations. */
export function formatMisfirePolicy(policy: MisfirePolicy): Required<MisfirePolicyFields> {
  return {
    mode: policy.mode,
    grace: formatDuration(durationOfMs(policy.graceMs)),
    window: formatDuration(durationOfMs(policy.windowMs)),
    max_fires: policy.maxFires,
  };
}

interface DurationBounds {
  readonly minMs: number;
  readonly maxMs: number;
  readonly words: string;
}

const graceBounds: DurationBounds = { minMs: 0, maxMs: 3_600_000, words: '0s to 1h' };
const windowBounds: DurationBounds = { minMs: 60_000, maxMs: 7 * 86_400_000, words: '1m to 168h' };

type Refusal = Extract<MisfirePolicyReading, { ok: false }>;

function readWithin(
  text: string | undefined,
  fallback: number,
  name: string,
  bounds: DurationBounds,
): number | Refusal {
  if (text === undefined) return fallback;
  const duration = parseDuration(text);
  const param = `misfire_policy.${name}`;
  if (duration === null) {
    return {
      ok: false,
      code: 'invalid_duration',
      message: `${quote(text)} is not a duration; write for instance "90s"`,
      param,
    };
  }
  const within = duration >= durationOfMs(bounds.minMs) && duration <= durationOfMs(bounds.maxMs);
  return within ? durationMs(duration) : refuse(name, `must be ${bounds.words}`);
}

function refuse(name: string, complaint: string): Refusal {
  const param = `misfire_policy.${name}`;
  return { ok: false, code: 'invalid_misfire_policy', message: `${param} ${complaint}`, param };
}
