import { createHmac, randomFillSync } from 'node:crypto';

/** Where time comes from: milliseconds since the Unix epoch. */
export interface Clock {
  now(): number;
}

/** Where chance comes from in a mode whose contract says `csprng`. */
export interface Csprng {
  readonly kind: 'csprng';
  /** `size` bytes from the operating system. */
  bytes(size: number): Buffer;
}

/** Where chance comes from in a mode whose contract says `derived`: a keyed, pure function and nothing else. */
export interface Derived {
  readonly kind: 'derived';
  /** HMAC-SHA256 of the label under this installation's fixture secret. */
  derive(label: string): Buffer;
}

export type Entropy = Csprng | Derived;

export const systemClock: Clock = { now: () => Date.now() };

const poolBytes = 16_384;
const pool = Buffer.allocUnsafe(poolBytes);
let used = poolBytes;

/** Cryptographic bytes, drawn from the operating system 16 KiB at a time: a draw needs several small amounts. */
export const csprng: Csprng = {
  kind: 'csprng',
  bytes(size) {
    if (size > poolBytes / 4) return randomFillSync(Buffer.allocUnsafe(size));
    if (used + size > poolBytes) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = Buffer.from(pool.subarray(used, used + size));
    // What was handed out never stays readable in the pool.
    pool.fill(0, used, used + size);
    used += size;
    return bytes;
  },
};

/** Derived entropy under a secret of at least 32 bytes. */
export function derivedFrom(secret: Uint8Array): Derived {
  return { kind: 'derived', derive: (label) => createHmac('sha256', secret).update(label).digest() };
}
