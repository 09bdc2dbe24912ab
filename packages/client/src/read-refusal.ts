import type { Refusal } from './errors.ts';

/** Reads a refusal in any of the services' dialects, and in what a proxy between may answer. */
export function readRefusal(
  answer: { readonly status: number; readonly headers: Headers; readonly text: string },
  now: number,
): Refusal & { readonly message: string } {
  const { status, headers, text } = answer;
  const body = parsed(text);
  const outer = isObject(body) ? body : {};
  // `{ error: { … } }`, or else the fields stand at the top: `{ error, code }`, or a problem of RFC 9457.
  const inner = isObject(outer.error) ? outer.error : outer;
  const sentence = [inner.message, inner.detail, outer.error, inner.title].find(isFilled);
  const items: unknown = inner.errors;
  const first = Array.isArray(items) && isObject(items[0]) ? items[0] : {};
  return {
    status,
    code: isFilled(inner.code) ? inner.code : `http_${status}`,
    // Whoever words refusals in a way of his own has said why in there.
    message: sentence ?? `The server answered ${status}${isObject(body) ? `: ${shown(text)}` : ' without saying why.'}`,
    param: [inner.param, inner.field, first.param, first.field, first.path].find(isFilled) ?? null,
    requestId: [headers.get('x-request-id'), inner.request_id, inner.requestId].find(isFilled) ?? null,
    mode: readMode(headers.get('interlock-mode')),
    retryAfterMs: readRetryAfter(headers.get('retry-after'), now),
    body,
  };
}

/** Seconds, or a date of HTTP; `null` when there is none or it cannot be read. */
function readRetryAfter(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\s*\d+\s*$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

export function readMode(text: string | null): 'live' | 'test' | null {
  return text === 'live' || text === 'test' ? text : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function shown(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
