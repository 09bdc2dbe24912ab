import { type KeyObject, sign, verify } from 'node:crypto';
import { canonicalDay, type PublishedDay } from './day-log.ts';

/** A published day, and the log up to and including it. */
export interface DayHead extends PublishedDay {
  /** Days in the log. */
  readonly logSize: number;
  readonly logRoot: string;
}

/** Signs a day's head with Ed25519: 128 hexadecimal characters. */
export function signDay(head: DayHead, privateKey: KeyObject): string {
  return sign(null, Buffer.from(dayMessage(head)), privateKey).toString('hex');
}

/** Whether a signature over a day's head was made with the key that belongs to this one. */
export function isSignedDay(head: DayHead, signature: string, publicKey: KeyObject): boolean {
  if (!/^[0-9a-f]{128}$/.test(signature)) return false;
  return verify(null, Buffer.from(dayMessage(head)), publicKey, Buffer.from(signature, 'hex'));
}

/** The 32 bytes of an Ed25519 public key as hexadecimal, the form in which it is published. */
export function publicKeyText(publicKey: KeyObject): string {
  const { x } = publicKey.export({ format: 'jwk' });
  if (typeof x !== 'string') throw new TypeError('not an Ed25519 public key');
  return Buffer.from(x, 'base64url').toString('hex');
}

function dayMessage(head: DayHead): string {
  return `interlock-day/1\n${canonicalDay(head)}|${head.logSize}|${head.logRoot}`;
}
