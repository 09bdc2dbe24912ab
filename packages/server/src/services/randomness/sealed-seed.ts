import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { csprng } from '../../core/service.ts';

const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a hidden server seed for the database (AES-256-GCM): initialisation vector, tag, ciphertext.
 *
 * @param key 32 bytes
 */
export function sealSeed(serverSeed: string, key: Buffer): Buffer {
  const iv = csprng.bytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', keyObjectOf(key), iv);
  const text = cipher.update(serverSeed, 'latin1');
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** Decrypts it again. @throws when the key is another one or the bytes were changed */
export function openSeed(sealed: Buffer, key: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', keyObjectOf(key), sealed.subarray(0, ivBytes));
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  const text = decipher.update(sealed.subarray(ivBytes + tagBytes), undefined, 'latin1');
  decipher.final();
  return text;
}

const keyObjects = new WeakMap<Buffer, KeyObject>();

/** Made once: from a Buffer the crypto module would make one for every seed. */
function keyObjectOf(key: Buffer): KeyObject {
  let made = keyObjects.get(key);
  if (made === undefined) {
    made = createSecretKey(key);
    keyObjects.set(key, made);
  }
  return made;
}
