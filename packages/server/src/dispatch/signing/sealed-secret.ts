import { createCipheriv, createDecipheriv } from 'node:crypto';
import { csprng } from '../../core/sources.ts';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const options = { authTagLength: tagBytes };

/**
 * Encrypts a signing secret for the database (AES-256-GCM, NIST SP 800-38D): initialisation vector, tag, ciphertext.
 *
 * @param key 32 bytes
 * @param owner the id of the secret's row: in another row the bytes cannot be opened
 */
export function sealSecret(secret: string, key: Buffer, owner: string): Buffer {
  const iv = csprng.bytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv, options).setAAD(Buffer.from(owner));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** Decrypts it again. @throws when the key or the owner is another one or the bytes were changed */
export function openSecret(sealed: Buffer, key: Buffer, owner: string): string {
  const iv = sealed.subarray(0, ivBytes);
  const decipher = createDecipheriv(algorithm, key, iv, options).setAAD(Buffer.from(owner));
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
}
