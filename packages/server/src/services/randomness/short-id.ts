import { randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const length = 10;

/** The public id of a live outcome: 10 unbiased base62 characters from the CSPRNG, 59.5 bits. */
export function newShortId(): string {
  let text = '';
  while (text.length < length) text += alphabet[nextBelow62()];
  return text;
}

/**
 * The public id that stands for 8 bytes: their 10 lowest base62 digits, least significant first (specification 5.2).
 *
 * @param high the first 4 bytes as a big-endian integer
 * @param low the last 4
 */
export function shortIdOf(high: number, low: number): string {
  let text = '';
  for (let i = 0; i < length; i++) {
    const rest = (high % 62) * 2 ** 32 + low;
    high = Math.floor(high / 62);
    low = Math.floor(rest / 62);
    text += alphabet[rest % 62];
  }
  return text;
}

let pool = Buffer.alloc(0);
let used = 0;

/** One byte in 32 is thrown away: 248 is the largest multiple of 62 in a byte. */
function nextBelow62(): number {
  for (;;) {
    if (used === pool.length) {
      pool = randomBytes(1024);
      used = 0;
    }
    const byte = pool[used++] ?? 255;
    if (byte < 248) return byte % 62;
  }
}
