import { crc32 } from 'node:zlib';
import { randomBase62 } from '../ids.ts';
import type { Mode } from '../mode.ts';
import type { KeyRules } from '../service.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const checksumLength = 6;

/** What the text of a key says, without asking anybody. */
export type KeyReading =
  | { readonly ok: true; readonly mode: Mode }
  | { readonly ok: false; readonly mode: Mode | null };

/**
 * A new key: the prefix of its mode, base62 characters from a CSPRNG (34 of them carry 202 bits) and, as the last
 * six, the CRC-32 of all before.
 */
export function createKeyText(rules: KeyRules, mode: Mode): string {
  const body = rules.prefix[mode] + randomBase62(rules.length - checksumLength);
  return body + checksum(body);
}

/** Recognises a key of this service by prefix, length and checksum, so that a mistyped one costs no query. */
export function readKeyText(rules: KeyRules, text: string): KeyReading {
  const mode = modeOfPrefix(rules, text);
  if (mode === null) return { ok: false, mode: null };
  if (text.length !== rules.prefix[mode].length + rules.length) return { ok: false, mode };
  const body = text.slice(0, -checksumLength);
  return checksum(body) === text.slice(-checksumLength) ? { ok: true, mode } : { ok: false, mode };
}

/** The mode whose prefix a text has. */
export function modeOfPrefix(rules: KeyRules, text: string): Mode | null {
  const test = text.startsWith(rules.prefix.test);
  const live = text.startsWith(rules.prefix.live);
  // One prefix may begin with the other (`pivotal_`, `pivotal_test_`): the longer one is meant.
  if (test && live) return rules.prefix.test.length > rules.prefix.live.length ? 'test' : 'live';
  if (test) return 'test';
  return live ? 'live' : null;
}

/** CRC-32 (as in zip) as six base62 digits, most significant first. */
function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let i = 0; i < checksumLength; i++) {
    text = alphabet.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
