import type { DrawStream } from './stream.ts';

/**
 * An integer from 0 to n − 1, each with probability exactly 1/n (specification 4.4): the high half of `word · n`, where
 * a word whose low half falls under `2^32 mod n` is consumed and thrown away. A range above 2^32 takes words of 8 bytes.
 *
 * @param n 1 to 2^53 − 1
 */
export function below(stream: DrawStream, n: number): number {
  if (n > 2 ** 32) return belowWide(stream, BigInt(n));
  const threshold = 2 ** 32 % n;
  for (;;) {
    const word = stream.word();
    // word · n can take 64 bits; its two halves of 16 bits times n take 48 each and stay exact.
    const upper = Math.floor(word / 65536) * n;
    const carry = upper % 65536;
    const lower = carry * 65536 + (word % 65536) * n;
    const low = lower % 2 ** 32;
    if (low >= threshold) return (upper - carry) / 65536 + (lower - low) / 2 ** 32;
  }
}

function belowWide(stream: DrawStream, n: bigint): number {
  const threshold = 2n ** 64n % n;
  for (;;) {
    const product = ((BigInt(stream.word()) << 32n) | BigInt(stream.word())) * n;
    if (BigInt.asUintN(64, product) >= threshold) return Number(product >> 64n);
  }
}
