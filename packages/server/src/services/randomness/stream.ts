import { HmacKey } from './hmac.ts';

/** Where the stream of one draw begins. */
export interface StreamPosition {
  /** Used as text, never decoded from hexadecimal. */
  readonly serverSeed: string;
  readonly clientSeed: string;
  readonly nonce: number;
  /** Bytes to skip. */
  readonly cursor: number;
}

/**
 * The bytes that a draw consumes from left to right (specification 4.3): blocks of
 * `HMAC-SHA256(serverSeed, clientSeed:nonce:round)` for round 0, 1, 2, …
 *
 * @example
 * new DrawStream({ serverSeed, clientSeed: 'alice', nonce: 0, cursor: 0 }).word();
 */
export class DrawStream {
  readonly #key: HmacKey;
  readonly #prefix: string;
  #round: number;
  // One character a byte: a digest comes out of the crypto module faster as text than as a Buffer.
  #block: string;
  #at: number;

  constructor({ serverSeed, clientSeed, nonce, cursor }: StreamPosition) {
    this.#key = new HmacKey(serverSeed);
    this.#prefix = `${clientSeed}:${nonce}:`;
    this.#round = Math.floor(cursor / blockBytes);
    this.#at = cursor % blockBytes;
    this.#block = this.#key.digest(this.#prefix + this.#round, 'latin1');
  }

  /** The next 4 bytes as an unsigned big-endian integer. */
  word(): number {
    const at = this.#at;
    if (at > blockBytes - 4) {
      return this.#byte() * 0x1000000 + ((this.#byte() << 16) | (this.#byte() << 8) | this.#byte());
    }
    const block = this.#block;
    this.#at = at + 4;
    return (
      block.charCodeAt(at) * 0x1000000 +
      ((block.charCodeAt(at + 1) << 16) | (block.charCodeAt(at + 2) << 8) | block.charCodeAt(at + 3))
    );
  }

  /** The next bytes. */
  bytes(count: number): Buffer {
    const bytes = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      if (this.#at === blockBytes) this.#advance();
      const end = Math.min(blockBytes, this.#at + count - filled);
      filled += bytes.write(this.#block.slice(this.#at, end), filled, 'latin1');
      this.#at = end;
    }
    return bytes;
  }

  #byte(): number {
    if (this.#at === blockBytes) this.#advance();
    return this.#block.charCodeAt(this.#at++);
  }

  #advance(): void {
    this.#round += 1;
    this.#at = 0;
    this.#block = this.#key.digest(this.#prefix + this.#round, 'latin1');
  }
}

const blockBytes = 32;
