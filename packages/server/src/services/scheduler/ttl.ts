import { error } from './contract.ts';
import { durationMs, durationOfMs, parseDuration } from './duration.ts';
import { quote } from './problem.ts';

const dayMs = 86_400_000;
/** Ten years, their leap days included. */
const maxMs = 3_653 * dayMs;

/** Reads how long after its instant a delivery may still succeed, in milliseconds (specification 6.8). */
export function readTtl(text: string | null): number | null {
  if (text === null) return null;
  const duration = readDuration(text, 'ttl');
  if (duration < durationOfMs(1000) || duration > durationOfMs(maxMs)) {
    throw error('invalid_ttl', 'ttl must be 1s to 10 years.', { param: 'ttl' });
  }
  return durationMs(duration);
}

/** Reads a duration to nanoseconds. */
export function readDuration(text: string, param: string): bigint {
  const duration = parseDuration(text);
  if (duration !== null) return duration;
  throw error('invalid_duration', `${quote(text)} is not a duration; write for instance "90s", "1h30m" or "24h".`, {
    param,
  });
}

/** When a delivery of an instant is given up. */
export function deadlineOf(scheduledFor: number, ttlMs: number | null): number | null {
  return ttlMs === null ? null : scheduledFor + ttlMs;
}
