import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, it, test } from 'vitest';
import { type DayHead, isSignedDay, publicKeyText, signDay } from './signed-day.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const head: DayHead = {
  date: '2026-05-24',
  root: 'a'.repeat(64),
  leafCount: 3,
  treeHeight: 2,
  publishedAt: 1_779_667_500_000,
  logSize: 5,
  logRoot: 'b'.repeat(64),
};

it('is signed by the key and by no other', () => {
  const signature = signDay(head, privateKey);
  expect(signature).toMatch(/^[0-9a-f]{128}$/);
  expect(isSignedDay(head, signature, publicKey)).toBe(true);
  expect(isSignedDay(head, signature, generateKeyPairSync('ed25519').publicKey)).toBe(false);
  expect(isSignedDay(head, signature.toUpperCase(), publicKey)).toBe(false);
  expect(isSignedDay(head, '', publicKey)).toBe(false);
});

test.each<Partial<DayHead>>([
  { date: '2026-05-25' },
  { root: 'c'.repeat(64) },
  { leafCount: 4 },
  { treeHeight: 3 },
  { publishedAt: 1 },
  { logSize: 6 },
  { logRoot: 'c'.repeat(64) },
])('binds every field: %o', (change) => {
  expect(isSignedDay({ ...head, ...change }, signDay(head, privateKey), publicKey)).toBe(false);
});

it('publishes the 32 bytes of the key', () => {
  // RFC 8032, section 7.1, test 1.
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const known = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  expect(publicKeyText(known)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
});
