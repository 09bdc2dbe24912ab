import { describe, expect, test } from 'vitest';
import { generateSecret } from '../../core/signing-secrets/secret-text.ts';
import { attemptOf } from './attempt.fixture.ts';
import { parseo } from './parseo.ts';

const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const timestamp = 1_713_094_496_789;
const body =
  '{"id":"evt_7G6f5E4d3C2b1A0z","type":"invoice.processed","apiVersion":"2026-04-01","createdAt":"2026-04-14T12:34:56.789Z","data":{"invoice":{"id":"inv_test_0001"}}}';
const v1 = 'a8ad1cf3ca253c9814982682e4ecad6fca0ace51a8b0df34eb956929c4b6988d';
const v1OfText = '2c95faa22d8968e864361b861ef58d62a42c200401390f87b24c4f251e56bcb5';
const sign = (secrets: readonly string[], scheme = parseo()) => scheme.sign(attemptOf({ timestamp, body, secrets }));

describe('the vector of the scheme', () => {
  test('milliseconds, and the bytes that the secret encodes as key', () => {
    expect(sign([secret])).toEqual({ 'X-Parseo-Signature': `t=${timestamp},v1=${v1}` });
  });

  test('the text of the secret is not the key', () => {
    expect(sign([secret])['X-Parseo-Signature']).not.toContain(v1OfText);
  });
});

test('during a rotation the newer secret comes first, and the older one last', () => {
  const newer = generateSecret('base64url');
  const [, ofNewer] = (sign([newer])['X-Parseo-Signature'] ?? '').split(',');
  expect(sign([newer, secret])['X-Parseo-Signature']).toBe(`t=${timestamp},${ofNewer},v1=${v1}`);
});

test('both alphabets of base64 are read', () => {
  const bytes = Buffer.alloc(32, 0xfb);
  const [plain, safe] = (['base64', 'base64url'] as const).map((format) => sign([`whsec_${bytes.toString(format)}`]));
  expect(safe).toEqual(plain);
});

test('the name of the header can begin otherwise', () => {
  expect(sign([secret], parseo('parseo'))).toEqual({ 'parseo-Signature': `t=${timestamp},v1=${v1}` });
});

test('without a secret there is no signature', () => {
  expect(sign([])).toEqual({});
});
