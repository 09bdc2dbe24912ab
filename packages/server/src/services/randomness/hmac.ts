import { hash } from 'node:crypto';

/**
 * HMAC-SHA256 (RFC 2104) under one key, for many short messages.
 *
 * Two one-shot hashes into text take 1.6 µs where `createHmac` takes 4.4 µs (Node 24): it builds a native object for
 * each message, and a digest that is returned as a Buffer costs more than the hashing itself.
 *
 * @example
 * new HmacKey(serverSeed).digest('alice:0:0', 'hex');
 */
export class HmacKey {
  readonly #innerPad = new Uint8Array(blockBytes).fill(0x36);
  readonly #outerPad = new Uint8Array(blockBytes).fill(0x5c);

  /** @param key text stands for its UTF-8 bytes */
  constructor(key: string | Uint8Array) {
    const given = typeof key === 'string' ? Buffer.from(key) : key;
    const bytes = given.length > blockBytes ? hash('sha256', given, 'buffer') : given;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      this.#innerPad[i] = byte ^ 0x36;
      this.#outerPad[i] = byte ^ 0x5c;
    }
  }

  /**
   * The 32 bytes of the tag, as lowercase hexadecimal or as one character a byte.
   *
   * @param message its UTF-8 bytes are authenticated
   */
  digest(message: string, encoding: 'hex' | 'latin1'): string {
    const most = blockBytes + message.length * 3;
    const inner = most <= innerText.length ? innerText : Buffer.allocUnsafe(most);
    inner.set(this.#innerPad);
    const end = blockBytes + inner.write(message, blockBytes);
    outerText.set(this.#outerPad);
    outerText.write(hash('sha256', inner.subarray(0, end), 'binary'), blockBytes, 'latin1');
    return hash('sha256', outerText, encoding === 'latin1' ? 'binary' : 'hex');
  }
}

const blockBytes = 64;
// A digest is made in one go, so all keys can share the space it is made in.
const innerText = Buffer.allocUnsafeSlow(4096);
const outerText = Buffer.allocUnsafeSlow(blockBytes + 32);
