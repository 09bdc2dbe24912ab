import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * A commit of test mode has no row: its id carries all there is to know, sealed under the fixture secret. The id is a
 * UUID of version 8 (RFC 9562): 48 bits of expiry in Unix milliseconds, 12 bits of salt, 14 bits that tell the account
 * and the key, and a 48-bit tag over all of these.
 */
export interface TestCommit {
  readonly expiresMs: number;
  /** Whether it was made with this key. */
  readonly sameKey: boolean;
}

const layout = { expiry: 0, version: 6, variant: 8, key: 9, tag: 10 } as const;

/** @param salt any two bytes; only their low bits are used */
export function writeCommitId(
  secret: Buffer,
  accountId: string,
  keyId: string,
  expiresMs: number,
  salt: Buffer,
): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(expiresMs, layout.expiry, 6);
  const key = keyMark(accountId, keyId);
  bytes[layout.version] = 0x80 | (salt.readUInt8(0) & 0x0f);
  bytes[layout.version + 1] = salt.readUInt8(1);
  bytes[layout.variant] = 0x80 | (key.readUInt8(0) & 0x3f);
  bytes[layout.key] = key.readUInt8(1);
  tagOf(secret, bytes).copy(bytes, layout.tag);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** `null` for an id that no test key of this installation made. */
export function readCommitId(secret: Buffer, accountId: string, keyId: string, commitId: string): TestCommit | null {
  const bytes = Buffer.from(commitId.replaceAll('-', ''), 'hex');
  if (bytes.length !== 16 || !timingSafeEqual(tagOf(secret, bytes), bytes.subarray(layout.tag))) return null;
  const key = keyMark(accountId, keyId);
  const sameKey =
    (bytes.readUInt8(layout.variant) & 0x3f) === (key.readUInt8(0) & 0x3f) &&
    bytes.readUInt8(layout.key) === key.readUInt8(1);
  return { expiresMs: bytes.readUIntBE(layout.expiry, 6), sameKey };
}

function tagOf(secret: Buffer, bytes: Buffer): Buffer {
  return createHmac('sha256', secret)
    .update('test-commit-id/1\n')
    .update(bytes.subarray(0, layout.tag))
    .digest()
    .subarray(0, 6);
}

function keyMark(accountId: string, keyId: string): Buffer {
  return createHash('sha256').update(`${accountId}\n${keyId}`).digest();
}
