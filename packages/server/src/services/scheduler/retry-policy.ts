import type { ExponentialRetry } from '../../core/service.ts';
import { error } from './contract.ts';
import { durationMs, durationOfMs, formatDuration, parseDuration } from './duration.ts';
import { quote } from './problem.ts';

/** How retries are spaced. `jitter` is echoed and not applied: retries are deterministic (specification 6.5). */
export interface RetryPolicy extends ExponentialRetry {
  readonly jitter: boolean;
}

export const defaultRetryPolicy: RetryPolicy = {
  strategy: 'exponential',
  maxAttempts: 8,
  baseMs: 5_000,
  factor: 2,
  maxMs: 3_600_000,
  jitter: true,
};

/** As callers write it and see it echoed. */
export interface RetryPolicyFields {
  readonly max_attempts?: number | undefined;
  readonly strategy?: string | undefined;
  readonly base?: string | undefined;
  readonly factor?: number | undefined;
  readonly max?: string | undefined;
  readonly jitter?: boolean | undefined;
}

const hourMs = 3_600_000;

/** Reads a policy; a part of it takes the defaults for the rest. */
export function readRetryPolicy(fields: RetryPolicyFields): RetryPolicy {
  const { max_attempts: maxAttempts = 8, strategy = 'exponential', factor = 2, jitter = true } = fields;
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1 || maxAttempts > 50) throw refusal('max_attempts', '1 to 50');
  if (strategy !== 'exponential') throw refusal('strategy', '"exponential"');
  if (!(factor >= 1 && factor <= 100)) throw refusal('factor', '1 to 100');
  return {
    strategy,
    maxAttempts,
    factor,
    jitter,
    baseMs: readWithin(fields.base, 'base', 24),
    maxMs: readWithin(fields.max, 'max', 168),
  };
}

/** A policy as it is echoed, with normalised durations. */
export function formatRetryPolicy({ maxAttempts, strategy, baseMs, factor, maxMs, jitter }: RetryPolicy) {
  return {
    max_attempts: maxAttempts,
    strategy,
    base: formatDuration(durationOfMs(baseMs)),
    factor,
    max: formatDuration(durationOfMs(maxMs)),
    jitter,
  };
}

function readWithin(text: string | undefined, name: 'base' | 'max', hours: number): number {
  if (text === undefined) return defaultRetryPolicy[`${name}Ms`];
  const duration = parseDuration(text);
  if (duration === null) {
    throw error('invalid_duration', `${quote(text)} is not a duration; write for instance "5s".`, {
      param: `retry_policy.${name}`,
    });
  }
  if (duration < 0n || duration > durationOfMs(hours * hourMs)) throw refusal(name, `0s to ${hours}h`);
  return durationMs(duration);
}

function refusal(name: string, bounds: string) {
  const param = `retry_policy.${name}`;
  return error('invalid_retry_policy', `${param} must be ${bounds}.`, { param });
}
