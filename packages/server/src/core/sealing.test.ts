import { describe, expect, test } from 'vitest';
import { createSealer } from './sealing.ts';

const sealer = createSealer(Buffer.alloc(32, 1));
const another = createSealer(Buffer.alloc(32, 2));
const secret = 'whsec_test_1f6c0d2a9b7e4c53';
const sealed = sealer.seal(secret, 'sec_1');

test('a sealed secret opens with its key in its row', () => {
  expect(sealer.open(sealed, 'sec_1')).toBe(secret);
});

test('the same secret is never sealed to the same bytes, and they do not hold it', () => {
  expect(sealer.seal(secret, 'sec_1').equals(sealed)).toBe(false);
  expect(sealed.includes(secret)).toBe(false);
});

describe('it does not open', () => {
  const changed = (index: number) => {
    const bytes = Buffer.from(sealed);
    bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
    return bytes;
  };
  test.each([
    ['with another key', sealed, another, 'sec_1'],
    ['in another row', sealed, sealer, 'sec_2'],
    ['with a changed vector', changed(0), sealer, 'sec_1'],
    ['with a changed tag', changed(12), sealer, 'sec_1'],
    ['with a changed text', changed(sealed.length - 1), sealer, 'sec_1'],
    ['when its end is missing', sealed.subarray(0, -1), sealer, 'sec_1'],
    ['when its text and most of its tag are missing', sealed.subarray(0, 16), sealer, 'sec_1'],
    ['when it is empty', Buffer.alloc(0), sealer, 'sec_1'],
  ])('%s', (_, bytes, by, owner) => {
    expect(() => by.open(bytes, owner)).toThrow();
  });
});
