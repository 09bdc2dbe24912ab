import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { newShortId, shortIdOf } from './short-id.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

it('writes the ten lowest base62 digits of 64 bits, least significant first', () => {
  for (let i = 0; i < 1000; i++) {
    const bytes = i === 0 ? Buffer.alloc(8, 255) : randomBytes(8);
    let value = bytes.readBigUInt64BE();
    let expected = '';
    for (let digit = 0; digit < 10; digit++, value /= 62n) expected += alphabet[Number(value % 62n)];
    expect(shortIdOf(bytes.readUInt32BE(0), bytes.readUInt32BE(4))).toBe(expected);
  }
});

it('makes ids of ten characters that do not repeat, each character as often', () => {
  const ids = Array.from({ length: 62_000 }, newShortId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[0-9A-Za-z]{10}$/.test(id))).toBe(true);
  const counts = new Map<string, number>();
  for (const character of ids.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  // 61 degrees of freedom, p = 10^-9: this one is not seeded.
  expect(chiSquare).toBeLessThan(144);
});
