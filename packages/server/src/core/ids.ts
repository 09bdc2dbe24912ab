import { csprng } from './sources.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Random base62 text, unbiased: bytes of 248 and above are thrown away.
 *
 * @param length number of characters; each carries 5.95 bits
 */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of csprng.bytes(length + 8)) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}

/**
 * A resource id whose prefix tells what it is, such as `key_8Jc…`: 22 random characters, 131 bits.
 *
 * @param prefix the noun, and the mode where the service's contract puts it into ids (`cl_test`)
 */
export function newId(prefix: string): string {
  return `${prefix}_${randomBase62(22)}`;
}

/** A request id: `req_` and 16 hexadecimal characters. */
export function newRequestId(): string {
  return `req_${csprng.bytes(8).toString('hex')}`;
}
