import { fromBER, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { type Outcome, refuse } from './failure.ts';

/**
 * Whether a file is a signed envelope (CMS, `.p7m`), in which Italian invoices travel: DER or BER, or the same in Base64.
 * The signature is not checked: whether a document is genuine is not what reading it answers.
 */
export function looksSigned(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 || base64Of(bytes) !== null;
}

/** The signed content of an envelope. */
export function unwrapSigned(bytes: Uint8Array): Outcome<{ bytes: Uint8Array }> {
  const der = bytes[0] === 0x30 ? bytes : base64Of(bytes);
  const content = der === null ? null : contentOf(der);
  if (content === null) return refuse('file.corrupt', 'The signed envelope (.p7m) is damaged or holds no document.');
  return { ok: true, bytes: content };
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** SignedData is a version, the digest algorithms and then what is signed, RFC 5652 section 5.1. */
function contentOf(der: Uint8Array): Uint8Array | null {
  const { offset, result } = fromBER(new Uint8Array(der).buffer);
  if (offset === -1 || !(result instanceof Sequence)) return null;
  const [type, explicit] = result.valueBlock.value;
  if (!(type instanceof ObjectIdentifier) || type.valueBlock.toString() !== SIGNED_DATA) return null;
  const signed = membersOf(explicit)[0];
  const encapsulated = membersOf(signed)[2];
  const octets = membersOf(membersOf(encapsulated)[1])[0];
  if (!(octets instanceof OctetString)) return null;
  return new Uint8Array(octets.getValue());
}

/** The members of a constructed value, whatever its tag. */
function membersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || !('valueBlock' in value)) return [];
  const block = value.valueBlock;
  if (typeof block !== 'object' || block === null || !('value' in block) || !Array.isArray(block.value)) return [];
  return block.value;
}

/** Base64 of a DER sequence begins with M; line breaks and PEM armour may stand around it. */
function base64Of(bytes: Uint8Array): Uint8Array | null {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 80));
  if (!/^\s*(-----BEGIN (PKCS7|CMS)-----\s+)?M[A-Za-z0-9+/\s]{20,}/.test(head)) return null;
  const text = new TextDecoder('latin1')
    .decode(bytes)
    .replace(/-----[A-Z0-9 ]+-----/g, '')
    .replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  return new Uint8Array(Buffer.from(text, 'base64'));
}
