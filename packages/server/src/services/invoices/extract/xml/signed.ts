import { fromBER, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { type Outcome, refuse } from './failure.ts';

/**
 * Whether bytes are a signed envelope (CMS, `.p7m`), in which Italian invoices travel: DER or BER, or the same in Base64.
 * It says so in its first bytes, whatever the file is called. The signature is not checked: whether a document is genuine
 * is not what reading it answers.
 */
export function looksSigned(bytes: Uint8Array): boolean {
  const head = bytes[0] === SEQUENCE ? bytes.subarray(0, headLength) : base64Head(bytes);
  return head !== null && head[0] === SEQUENCE && Buffer.from(head).indexOf(SIGNED_DATA_BYTES) > 0;
}

/** What is signed: the content of the envelope, and of the envelopes in it, since some are signed by several in turn. */
export function unwrapSigned(bytes: Uint8Array): Outcome<{ bytes: Uint8Array }> {
  let content: Uint8Array | null = bytes;
  for (let depth = 0; content !== null && looksSigned(content); depth++) {
    if (depth === maxEnvelopes) {
      return refuse('file.too_complex', `More than ${maxEnvelopes} signed envelopes lie in each other.`);
    }
    content = contentOf(content[0] === SEQUENCE ? content : base64Of(content));
  }
  if (content === null) return refuse('file.corrupt', 'The signed envelope (.p7m) is damaged or holds no document.');
  return { ok: true, bytes: content };
}

const maxEnvelopes = 4;
const SEQUENCE = 0x30;
/** The length of the outermost sequence has nine bytes at most. */
const headLength = 32;
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const SIGNED_DATA_BYTES = Buffer.from('06092a864886f70d010702', 'hex');

/** SignedData is a version, the digest algorithms and then what is signed, RFC 5652 section 5.1. */
function contentOf(der: Uint8Array | null): Uint8Array | null {
  const parsed = der === null ? null : parse(der);
  if (parsed === null) return null;
  const { offset, result } = parsed;
  if (offset === -1 || !(result instanceof Sequence)) return null;
  const [type, explicit] = result.valueBlock.value;
  if (!(type instanceof ObjectIdentifier) || type.valueBlock.toString() !== SIGNED_DATA) return null;
  const signed = membersOf(explicit)[0];
  const encapsulated = membersOf(signed)[2];
  const octets = membersOf(membersOf(encapsulated)[1])[0];
  if (!(octets instanceof OctetString)) return null;
  return new Uint8Array(octets.getValue());
}

/** Values that lie in each other a hundred thousand deep overflow the stack of the parser. */
function parse(der: Uint8Array): ReturnType<typeof fromBER> | null {
  try {
    return fromBER(new Uint8Array(der).buffer);
  } catch {
    return null;
  }
}

/** The members of a constructed value, whatever its tag. */
function membersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || !('valueBlock' in value)) return [];
  const block = value.valueBlock;
  if (typeof block !== 'object' || block === null || !('value' in block) || !Array.isArray(block.value)) return [];
  return block.value;
}

/** Base64 of a sequence begins with M; line breaks and PEM armour may stand around it. */
const BASE64 = /^\s*(?:-----BEGIN (?:PKCS7|CMS)-----\s+)?(M[A-Za-z0-9+/\s]{40,})/;

function base64Head(bytes: Uint8Array): Uint8Array | null {
  const text = BASE64.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 160)))?.[1];
  return text === undefined ? null : Buffer.from(text.replace(/\s+/g, '').slice(0, 40), 'base64');
}

function base64Of(bytes: Uint8Array): Uint8Array | null {
  const text = new TextDecoder('latin1')
    .decode(bytes)
    .replace(/-----[A-Z0-9 ]+-----/g, '')
    .replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  return new Uint8Array(Buffer.from(text, 'base64'));
}
