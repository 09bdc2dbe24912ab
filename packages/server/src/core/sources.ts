import { randomFillSync } from 'node:crypto';

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

/** What stands for chance in a mode whose contract says `derived`: a secret to key pure functions with, and no chance at all. */
export interface Derived {
  readonly kind: 'derived';
  /** 32 bytes, the service's own, the same on every node and after every restart. */
  readonly secret: Buffer;
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
