import { type Refusal, refusal } from './items.ts';

const defaultClientSeed = 'test';
const maxBytes = 256;

/**
 * Reads a client seed: 1 to 256 bytes of UTF-8 without control characters, taken as received; `test` when absent.
 * Nothing is normalised, so two spellings of one accented letter are two seeds.
 */
export function readClientSeed(value: unknown): { readonly ok: true; readonly clientSeed: string } | Refusal {
  if (value === undefined) return { ok: true, clientSeed: defaultClientSeed };
  if (typeof value !== 'string') return refusal('clientSeed', '"clientSeed" must be a text.');
  if (value === '') {
    return refusal(
      'clientSeed',
      `"clientSeed" is empty; give it a text, or leave it out to use "${defaultClientSeed}".`,
    );
  }
  if (!value.isWellFormed()) {
    return refusal('clientSeed', '"clientSeed" holds half of a surrogate pair; send whole characters.');
  }
  if (/\p{Cc}/u.test(value)) {
    return refusal('clientSeed', '"clientSeed" holds a control character; use printable text.');
  }
  const bytes = Buffer.byteLength(value);
  if (bytes > maxBytes) {
    return refusal(
      'clientSeed',
      `"clientSeed" takes ${bytes} bytes as UTF-8; at most ${maxBytes} are allowed, so send a hash of it.`,
    );
  }
  return { ok: true, clientSeed: value };
}
