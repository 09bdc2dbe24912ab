import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { csprng } from './sources.ts';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const options = { authTagLength: tagBytes };

/** Encrypts texts that lie in the database and must be read again, such as signing secrets and bodies. */
export interface Sealer {
  /**
   * Initialisation vector, tag, ciphertext of AES-256-GCM (NIST SP 800-38D).
   *
   * @param owner the id of the row it lies in: in another row the bytes cannot be opened
   */
  seal(text: string, owner: string): Buffer;
  /** @throws when the key or the owner is another one, or the bytes were changed */
  open(sealed: Buffer, owner: string): string;
}

/** @param key 32 bytes */
export function createSealer(key: Buffer): Sealer {
  // Made once: from a Buffer the crypto module would make one for every text.
  const keyObject: KeyObject = createSecretKey(key);
  return {
    seal(text, owner) {
      const iv = csprng.bytes(ivBytes);
      const cipher = createCipheriv(algorithm, keyObject, iv, options).setAAD(Buffer.from(owner));
      const ciphertext = cipher.update(text, 'utf8');
      // Of this mode nothing is left to the end but the tag.
      cipher.final();
      return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
    },
    open(sealed, owner) {
      const iv = sealed.subarray(0, ivBytes);
      const decipher = createDecipheriv(algorithm, keyObject, iv, options).setAAD(Buffer.from(owner));
      decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
    },
  };
}
