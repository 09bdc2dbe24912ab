import type { Mode } from './mode.ts';
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
 * @param prefix the noun
 */
export function newId(prefix: string): string {
  return `${prefix}_${randomBase62(22)}`;
}

/** The noun of an id that carries its mode: `cl` and `test` make `cl_test`. */
export function prefixOf(noun: string, mode: Mode): string {
  return `${noun}_${mode}`;
}

/** The mode that an id of this noun carries in its text, or `null`. Whether it exists is another question. */
export function modeOfId(noun: string, id: string): Mode | null {
  if (id.startsWith(`${prefixOf(noun, 'live')}_`)) return 'live';
  return id.startsWith(`${prefixOf(noun, 'test')}_`) ? 'test' : null;
}

let newest = { at: Number.NaN, ulid: '' };

/**
 * An id that sorts by when it was made, such as `sch_01KX0SB3V9R6T2M8W4Q7Z5N1CE`. Within a millisecond this process counts
 * on from the one before, so that its ids never stand in another order than they were made in.
 */
export function newSortableId(noun: string, at: number): string {
  newest = { at, ulid: at === newest.at ? after(newest.ulid) : ulid(at) };
  return `${noun}_${newest.ulid}`;
}

/** The next text in base 32. */
function after(text: string): string {
  let last = text.length - 1;
  while (text.charAt(last) === 'Z') last--;
  const digit = crockford.charAt(crockford.indexOf(text.charAt(last)) + 1);
  return text.slice(0, last) + digit + '0'.repeat(text.length - last - 1);
}

let newestCuid = { at: Number.NaN, count: 0 };

/**
 * An id in the form of a cuid, such as `cm3p0x7sd0001qk08v2h4z9ra`: 8 digits in base 36 for the time, 4 that count within a
 * millisecond, 12 random ones. It sorts by when this process made it, so that rows lie in the order of their index.
 *
 * @param at Unix milliseconds
 */
export function newCuid(at: number): string {
  newestCuid = { at, count: at === newestCuid.at ? newestCuid.count + 1 : 0 };
  // After 1.6 million ids in a millisecond the order is lost, the uniqueness is not.
  const count = (newestCuid.count % 36 ** 4).toString(36).padStart(4, '0');
  return `c${at.toString(36).padStart(8, '0')}${count}${randomBase36(12)}`;
}

/** Random digits in base 36, unbiased: bytes of 252 and above are thrown away. */
function randomBase36(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of csprng.bytes(length + 4)) {
      if (byte < 252 && text.length < length) text += (byte % 36).toString(36);
    }
  }
  return text;
}

/** A request id: `req_` and 16 hexadecimal characters. */
export function newRequestId(): string {
  return `req_${csprng.bytes(8).toString('hex')}`;
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A ULID: 26 characters of Crockford's base 32, 48 bits of time and 80 random ones, so that ids sort by when they were
 * made.
 *
 * @param at Unix milliseconds
 * @see https://github.com/ulid/spec
 */
export function ulid(at: number): string {
  let text = '';
  let time = at;
  for (let i = 0; i < 10; i++) {
    text = crockford.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  const random = csprng.bytes(10);
  for (let i = 0; i < 10; i += 5) {
    // Five bytes are eight characters.
    let high = (random.readUInt8(i) << 8) | random.readUInt8(i + 1);
    let low = random.readUIntBE(i + 2, 3);
    let eight = '';
    for (let j = 0; j < 8; j++) {
      eight = crockford.charAt(low & 31) + eight;
      low = (low >>> 5) | ((high & 31) << 19);
      high >>>= 5;
    }
    text += eight;
  }
  return text;
}
