import { hash } from 'node:crypto';
import { HmacKey } from './hmac.ts';
import { shortIdOf } from './short-id.ts';

const keys = new WeakMap<Uint8Array, HmacKey>();

/** Made once for an installation: its pads take as long as a digest. */
function keyOf(secret: Uint8Array): HmacKey {
  let key = keys.get(secret);
  if (key === undefined) {
    key = new HmacKey(secret);
    keys.set(secret, key);
  }
  return key;
}

/**
 * The server seed of one client seed in one account, in test mode (specification 5.2).
 *
 * @param secret 32 bytes that nothing of live mode knows
 * @returns 64 hexadecimal characters
 */
export function testServerSeed(secret: Uint8Array, accountId: string, clientSeed: string): string {
  return keyOf(secret).digest(`test-seed/1\n${accountId}\n${clientSeed}`, 'hex');
}

/** The server seed that every test commit of one account stands for. */
export function testCommitSeed(secret: Uint8Array, accountId: string): string {
  return keyOf(secret).digest(`test-commit/1\n${accountId}`, 'hex');
}

/**
 * The nonce of a test call, 0 to 2^48 − 1: its parameters choose where in the seed's streams it draws, so other
 * parameters draw independently while the outcome verifies as any other does. Frame k of a stream adds k.
 *
 * @param params as `canonicalParameters` writes them
 */
export function testNonce(endpoint: string, params: string): number {
  return Number.parseInt(hash('sha256', `test-params/1\n${endpoint}\n${params}`, 'hex').slice(0, 12), 16);
}

/**
 * The public id of a test outcome, the same for the same call.
 *
 * @param params as `canonicalParameters` writes them
 */
export function testShortId(
  secret: Uint8Array,
  accountId: string,
  clientSeed: string,
  endpoint: string,
  params: string,
  nonce: number,
): string {
  const message = `test-short/1\n${accountId}\n${clientSeed}\n${endpoint}\n${params}\n${nonce}`;
  const tag = keyOf(secret).digest(message, 'hex');
  return shortIdOf(Number.parseInt(tag.slice(0, 8), 16), Number.parseInt(tag.slice(8, 16), 16));
}

/** The public commitment to a server seed: SHA-256 of its text, in hexadecimal (specification 4.2). */
export function serverHashOf(serverSeed: string): string {
  return hash('sha256', serverSeed, 'hex');
}
