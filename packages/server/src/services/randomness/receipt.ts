import { timingSafeEqual } from 'node:crypto';
import { HmacKey } from './hmac.ts';

export { newShortId } from './short-id.ts';

/** What a receipt binds: the whole record of an outcome. */
export interface ReceiptFields {
  readonly shortId: string;
  readonly mode: 'live' | 'test';
  readonly endpoint: string;
  readonly clientSeed: string;
  readonly serverHash: string;
  readonly nonce: number;
  readonly cursor: number;
  /** Unix milliseconds. */
  readonly created: number;
  /** As `canonicalParameters` writes them. */
  readonly params: string;
  /** The drawn value, a JSON value whose members are in their first order. */
  readonly outcome: unknown;
}

/**
 * The receipt of an outcome: 64 hexadecimal characters that only the holder of the server seed can make, and that
 * anybody can check once the seed is revealed. Drawn values alone bind little: the `created` of an outcome does not
 * enter its stream, and one in two nonces gives the same coin.
 *
 * @example
 * const outcome = { ...fields, receipt: receiptTag(fields, serverSeed) };
 */
export function receiptTag(fields: ReceiptFields, serverSeed: string): string {
  return new HmacKey(serverSeed).digest(receiptMessage(fields), 'hex');
}

/** Whether a receipt is that of these fields under this seed. */
export function isReceiptOf(receipt: string, fields: ReceiptFields, serverSeed: string): boolean {
  const expected = Buffer.from(receiptTag(fields, serverSeed));
  const given = Buffer.from(receipt);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * The receipt with all that it binds, as one line of compact JSON, for keeping until the seed is revealed. It is
 * canonical: a verifier refuses every other spelling of the same content.
 */
export function receiptDocument(fields: ReceiptFields, receipt: string): string {
  const { shortId, mode, endpoint, clientSeed, serverHash, nonce, cursor, created, params, outcome } = fields;
  const head = JSON.stringify({ shortId, mode, endpoint, clientSeed, serverHash, nonce, cursor, created });
  return `${head.slice(0, -1)},"params":${params},"outcome":${JSON.stringify(outcome)},"receipt":"${receipt}"}`;
}

function receiptMessage(fields: ReceiptFields): string {
  const { shortId, mode, endpoint, clientSeed, serverHash, nonce, cursor, created, params, outcome } = fields;
  // Only a client seed can hold a character that JSON escapes; ids, names and hashes cannot.
  return (
    `receipt/1\n["${shortId}","${mode}","${endpoint}",${JSON.stringify(clientSeed)},"${serverHash}",` +
    `${nonce},${cursor},${created},${params},${JSON.stringify(outcome)}]`
  );
}
