import { csprng } from '../sources.ts';

/** What is made a key of: the text as it stands, or the bytes that it encodes after its prefix. */
export type SecretFormat = 'text' | 'base64' | 'base64url';

export type SecretReading =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; readonly reason: SecretProblem; readonly message: string };

export type SecretProblem =
  | 'empty'
  | 'prefix_only'
  | 'not_printable'
  | 'too_short'
  | 'too_long'
  | 'not_base64'
  | 'key_length';

const prefix = 'whsec_';
const generatedBytes = 32;
const characters = { least: 24, most: 256 };
/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
const keyBytes = { least: 24, most: 64 };

/**
 * A new signing secret: `whsec_` and 32 random bytes, as base64 or else as base64url without padding.
 *
 * Of base64url only texts without `-` and `_` are taken, about one in four, because they are base64 as well: a receiver
 * can hand the same secret to a library for Standard Webhooks, to a strict one with a `=` behind it. They carry 254 bits.
 */
export function generateSecret(format: SecretFormat): string {
  if (format === 'base64') return prefix + csprng.bytes(generatedBytes).toString('base64');
  for (;;) {
    const text = csprng.bytes(generatedBytes).toString('base64url');
    if (!/[-_]/.test(text)) return prefix + text;
  }
}

/** A secret that the caller brings: 24 to 256 printable characters, of which the scheme can make a key. */
export function readSecret(text: string, format: SecretFormat): SecretReading {
  const problem = problemOf(text) ?? (format === 'text' ? null : encodingProblem(text, format));
  return problem === null
    ? { ok: true, secret: text }
    : { ok: false, reason: problem, message: `${sentences[problem]}, or leave it out to have one generated.` };
}

/** The bytes that a secret encodes, in either alphabet of base64, with padding or without. */
export function secretBytes(secret: string): Buffer {
  return Buffer.from(encoded(secret), 'base64');
}

function encoded(secret: string): string {
  return secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
}

function problemOf(text: string): SecretProblem | null {
  if (text === '') return 'empty';
  if (text === prefix) return 'prefix_only';
  if (!/^[\x20-\x7e]*$/.test(text) || text.trim() !== text) return 'not_printable';
  if (text.length < characters.least) return 'too_short';
  return text.length > characters.most ? 'too_long' : null;
}

const alphabets = { base64: /^[A-Za-z0-9+/]+={0,2}$/, base64url: /^[A-Za-z0-9_-]+={0,2}$/ } as const;

function encodingProblem(text: string, format: keyof typeof alphabets): SecretProblem | null {
  const digits = encoded(text);
  if (!alphabets[format].test(digits) || digits.replace(/=+$/, '').length % 4 === 1) return 'not_base64';
  const { length } = secretBytes(text);
  return length < keyBytes.least || length > keyBytes.most ? 'key_length' : null;
}

const sentences: Readonly<Record<SecretProblem, string>> = {
  empty: 'The secret is empty; send 24 to 256 printable characters',
  prefix_only: `The secret has nothing after "${prefix}"; send 24 to 256 printable characters`,
  not_printable: 'The secret may have printable ASCII characters only and no space at its ends; send another',
  too_short: 'The secret is too short to be one; send 24 to 256 printable characters',
  too_long: 'The secret is too long; send 24 to 256 printable characters',
  not_base64: `The secret has to be base64 after "${prefix}"; encode 24 to 64 random bytes`,
  key_length: `The secret has to encode 24 to 64 bytes after "${prefix}"; send another`,
};
