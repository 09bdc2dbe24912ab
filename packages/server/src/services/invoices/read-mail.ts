import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type MimeNode, Splitter } from '@zone-eu/mailsplit';
import { error } from './contract.ts';

/** A file that came with a message. */
export interface Attachment {
  readonly name: string;
  readonly bytes: Buffer;
}

/** More than a message of any mail program has; each costs an object. */
const maxParts = 500;
const maxHeaderBytes = 65_536;
/** A message may lie in a message that was forwarded, and so on. */
const maxForwards = 4;
/** What is drawn between the lines of a message and is smaller is a logo or a rule. */
const smallPicture = 5 * 1024;

/**
 * The files of a message, those of messages that were forwarded within it included. What a mail program adds of its own is
 * none: the text, signatures, small pictures between the lines.
 *
 * @throws `validation.invalid_body` for what no mail program sends
 */
export async function readMail(message: Buffer, forwards = 0): Promise<Attachment[]> {
  const found: Attachment[] = [];
  for (const { node, body } of await split(message)) {
    const bytes = await buffer(Readable.from([body]).pipe(node.getDecoder()));
    if (node.contentType === 'message/rfc822') {
      if (forwards < maxForwards) found.push(...(await readMail(bytes, forwards + 1)));
    } else if (isFile(node, bytes)) {
      found.push({ name: node.filename === false ? 'document' : node.filename, bytes });
    }
  }
  return found;
}

interface Part {
  readonly node: MimeNode;
  readonly body: Buffer;
}

/** In pieces, so that a large message does not hold up everybody else. */
async function split(message: Buffer): Promise<Part[]> {
  const parts: { node: MimeNode; chunks: Buffer[] }[] = [];
  const splitter = new Splitter({ maxHeadSize: maxHeaderBytes, maxChildNodes: maxParts, ignoreEmbedded: true });
  try {
    for await (const piece of Readable.from(piecesOf(message)).pipe(splitter)) {
      if (piece.type === 'node') parts.push({ node: piece, chunks: [] });
      else if (piece.type === 'body') parts.at(-1)?.chunks.push(piece.value);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it is cut off';
    throw error('validation.invalid_body', `The message cannot be read: ${reason}.`, { param: 'body' });
  }
  return parts.map(({ node, chunks }) => ({ node, body: Buffer.concat(chunks) }));
}

const pieceBytes = 65_536;

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

function isFile({ contentType, disposition, filename, headers, multipart }: MimeNode, bytes: Buffer): boolean {
  const type = contentType === false ? '' : contentType;
  if (multipart !== false || bytes.length === 0 || /^application\/(x-)?pkcs7-signature$/.test(type)) return false;
  const isShownInside = disposition === 'inline' || (headers !== false && headers.hasHeader('content-id'));
  if (type.startsWith('image/') && isShownInside && bytes.length < smallPicture) return false;
  return disposition === 'attachment' || filename !== false || !/^text\/(plain|html)$/.test(type);
}
