import { error } from './contract.ts';
import { durationMs, durationOfMs, formatDuration, parseDuration } from './duration.ts';
import { quote } from './problem.ts';
import { readDuration } from './ttl.ts';

/** So many tokens a second, so many at once. */
export interface Bucket {
  readonly rate: number;
  readonly burst: number;
}

/** When requests to an endpoint are given up for a while. */
export interface BreakerPolicy {
  readonly failureThreshold: number;
  readonly windowMs: number;
  readonly cooldownMs: number;
  readonly halfOpenMax: number;
}

/** As callers write it: all four together. */
export interface BreakerFields {
  readonly failure_threshold?: number | undefined;
  readonly window?: string | undefined;
  readonly cooldown?: string | undefined;
  readonly half_open_max?: number | undefined;
}

const secondMs = 1_000;
const hourMs = 3_600_000;

/** How much retry traffic an endpoint may get: two numbers of 0 and more (specification 6.10). */
export function readRetryBudget(fields: Partial<Bucket> | null): Bucket | null {
  if (fields === null) return null;
  const { rate, burst } = fields;
  if (isCount(rate) && isCount(burst)) return { rate, burst };
  throw error('invalid_retry_budget', 'retry_budget needs rate and burst, both 0 or more.', { param: 'retry_budget' });
}

/** Requests per second to an endpoint. */
export function readRateLimit(fields: Partial<Bucket> | null): Bucket | null {
  if (fields === null) return null;
  const { rate, burst } = fields;
  if (isCount(rate) && rate > 0 && isCount(burst) && Number.isInteger(burst) && burst >= 1) return { rate, burst };
  throw error(
    'invalid_rate_limit',
    'rate_limit needs rate, more than 0 a second, and burst, a whole number of 1 or more.',
    {
      param: 'rate_limit',
    },
  );
}

export function readMaxInFlight(value: number | null): number | null {
  if (value === null || (Number.isInteger(value) && value >= 1 && value <= 1000)) return value;
  throw error('invalid_max_in_flight', 'max_in_flight must be a whole number of 1 to 1000.', {
    param: 'max_in_flight',
  });
}

/** The circuit breaker of an endpoint (specification 6.11). */
export function readBreakerPolicy(fields: BreakerFields | null): BreakerPolicy | null {
  if (fields === null) return null;
  return {
    failureThreshold: readWhole(fields.failure_threshold, 'failure_threshold', 1000),
    windowMs: readSpan(fields.window, 'window'),
    cooldownMs: readSpan(fields.cooldown, 'cooldown'),
    halfOpenMax: readWhole(fields.half_open_max, 'half_open_max', 100),
  };
}

export function formatBreakerPolicy(policy: BreakerPolicy | null) {
  if (policy === null) return null;
  return {
    failure_threshold: policy.failureThreshold,
    window: formatDuration(durationOfMs(policy.windowMs)),
    cooldown: formatDuration(durationOfMs(policy.cooldownMs)),
    half_open_max: policy.halfOpenMax,
  };
}

/** How long the headers of an answer may take, in milliseconds. */
export function readTimeout(text: string | null): number | null {
  if (text === null) return null;
  const ms = spanMs(readDuration(text, 'timeout'));
  if (ms !== null) return ms;
  throw error('invalid_timeout', 'timeout must be 1s to 1h.', { param: 'timeout' });
}

export function readName(name: string | null): string | null {
  if (name === null || (name.length >= 1 && name.length <= 100)) return name;
  throw error('invalid_name', 'name must have 1 to 100 characters.', { param: 'name' });
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0 && value <= 1_000_000_000;
}

function readWhole(value: number | undefined, name: string, most: number): number {
  if (value !== undefined && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw brokenBreaker(name, `a whole number of 1 to ${most}`);
}

function readSpan(text: string | undefined, name: string): number {
  if (text === undefined) throw brokenBreaker(name, '1s to 1h');
  const duration = parseDuration(text);
  if (duration === null) {
    throw error('invalid_duration', `${quote(text)} is not a duration; write for instance "30s".`, {
      param: `breaker_policy.${name}`,
    });
  }
  const ms = spanMs(duration);
  if (ms === null) throw brokenBreaker(name, '1s to 1h');
  return ms;
}

function spanMs(duration: bigint): number | null {
  return duration >= durationOfMs(secondMs) && duration <= durationOfMs(hourMs) ? durationMs(duration) : null;
}

function brokenBreaker(name: string, bounds: string) {
  const param = `breaker_policy.${name}`;
  return error('invalid_breaker_policy', `${param} must be ${bounds}; its four fields come together.`, { param });
}
