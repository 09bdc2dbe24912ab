import { fileTypeFromBuffer } from 'file-type';
import { ReadingFailure } from './reading-failure.ts';
import { looksLikeXml } from './xml/decode.ts';
import { looksSigned } from './xml/signed.ts';

export type ContentType =
  | 'application/pdf'
  | 'application/xml'
  /** A signed envelope with a document in it. */
  | 'application/pkcs7-mime'
  | 'image/png'
  | 'image/jpeg'
  | 'image/tiff'
  | 'image/webp';

/** What the bytes are, whatever the file is called. */
export async function detectContentType(bytes: Uint8Array): Promise<ContentType> {
  if (bytes.length === 0) throw new ReadingFailure('file.empty');
  if (looksSigned(bytes)) return 'application/pkcs7-mime';
  if (pdfBegins(bytes)) return 'application/pdf';
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  if (found !== undefined && pictures.has(found.mime)) return found.mime as ContentType;
  if ((found === undefined || found.mime === 'application/xml') && looksLikeXml(bytes)) return 'application/xml';
  throw new ReadingFailure(
    'file.unsupported_type',
    `The bytes are ${found === undefined ? 'of no known type' : found.mime}. Send a PDF, PNG, JPEG, TIFF, WebP or XML invoice, signed (.p7m) or not.`,
  );
}

const pictures: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/tiff', 'image/webp']);

/** Mail gateways put lines before a PDF's first one; readers allow it within the first kilobyte. */
export function pdfBegins(bytes: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  const at = head.indexOf('%PDF-');
  return at === 0 || (at > 0 && !/<[\w?!]/.test(head.slice(0, at)));
}
