import { decodeBase64 } from '../base64.ts';
import type { KeptAnswer } from './idempotency.ts';

export type HeaderValue = number | string | readonly string[] | undefined;

/** Headers that belong to one answer on the wire, and not to the answer itself. */
const passing = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding', 'content-length', 'set-cookie']);

/** An answer as it can be given again. */
export function kept(
  status: number,
  headers: Readonly<Record<string, HeaderValue>>,
  body: Uint8Array<ArrayBuffer>,
): KeptAnswer {
  const entries = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !passing.has(name.toLowerCase()),
  );
  return {
    status,
    headers: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])),
    body: bodyOf(body),
  };
}

/** A piece of an answer as its bytes. Text is in the encoding that it was written with, UTF-8 by default. */
export function bytesOf(chunk: unknown, encoding?: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice();
  if (typeof chunk !== 'string') return new Uint8Array();
  if (encoding === 'latin1' || encoding === 'binary') return Uint8Array.from(chunk, (char) => char.charCodeAt(0));
  if (encoding === 'base64') return decodeBase64(chunk);
  return new TextEncoder().encode(chunk);
}

/** Joined before they are read: a character may lie on the border of two pieces. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Statuses whose answers have no body, not even an empty one. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Text where it is some that a database keeps, which NUL is not. */
function bodyOf(bytes: Uint8Array<ArrayBuffer>): string | Uint8Array<ArrayBuffer> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? bytes : text;
  } catch {
    return bytes;
  }
}
