import { describe, expect, test } from 'vitest';
import { openSecret, sealSecret } from './sealed-secret.ts';

const key = Buffer.alloc(32, 1);
const secret = 'whsec_test_1f6c0d2a9b7e4c53';
const sealed = sealSecret(secret, key, 'sec_1');

test('a sealed secret opens with its key in its row', () => {
  expect(openSecret(sealed, key, 'sec_1')).toBe(secret);
});

test('the same secret is never sealed to the same bytes, and they do not hold it', () => {
  expect(sealSecret(secret, key, 'sec_1').equals(sealed)).toBe(false);
  expect(sealed.includes(secret)).toBe(false);
});

describe('it does not open', () => {
  const changed = (index: number) => {
    const bytes = Buffer.from(sealed);
    bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
    return bytes;
  };
  test.each([
    ['with another key', sealed, Buffer.alloc(32, 2), 'sec_1'],
    ['in another row', sealed, key, 'sec_2'],
    ['with a changed vector', changed(0), key, 'sec_1'],
    ['with a changed tag', changed(12), key, 'sec_1'],
    ['with a changed text', changed(sealed.length - 1), key, 'sec_1'],
    ['when its end is missing', sealed.subarray(0, -1), key, 'sec_1'],
    ['when its text and most of its tag are missing', sealed.subarray(0, 16), key, 'sec_1'],
    ['when it is empty', Buffer.alloc(0), key, 'sec_1'],
  ])('%s', (_, bytes, withKey, owner) => {
    expect(() => openSecret(bytes, withKey, owner)).toThrow();
  });
});
