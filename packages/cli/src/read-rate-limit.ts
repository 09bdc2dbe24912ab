import type { KeyRateLimit } from '../../server/src/core/limits/key-rate-limit.ts';

/** What one `--rate-limit` says. */
export type RateLimitReading =
  | { readonly ok: true; readonly value: Partial<KeyRateLimit> }
  | { readonly ok: false; readonly message: string };

/** Reads `30/minute` or `500/hour`. */
export function readRateLimit(text: string): RateLimitReading {
  const match = /^([1-9]\d{0,8})\/(m|min|minute|h|hour)$/.exec(text);
  if (match === null) return { ok: false, message: 'Give requests in a window, such as 30/minute or 500/hour.' };
  const requests = Number(match[1]);
  return { ok: true, value: match[2]?.startsWith('m') === true ? { perMinute: requests } : { perHour: requests } };
}
