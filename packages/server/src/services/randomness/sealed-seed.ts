import { createSealer, type Sealer } from '../../core/service.ts';

/**
 * Encrypts a hidden server seed for the database.
 *
 * @param key 32 bytes
 */
export function sealSeed(serverSeed: string, key: Buffer): Buffer {
  return sealerOf(key).seal(serverSeed, anyRow);
}

/** Decrypts it again. @throws when the key is another one or the bytes were changed */
export function openSeed(sealed: Buffer, key: Buffer): string {
  return sealerOf(key).open(sealed, anyRow);
}

/** A seed is sealed before the row it will lie in is known, so its bytes are bound to none. */
const anyRow = '';

const sealers = new WeakMap<Buffer, Sealer>();

function sealerOf(key: Buffer): Sealer {
  let made = sealers.get(key);
  if (made === undefined) {
    made = createSealer(key);
    sealers.set(key, made);
  }
  return made;
}
