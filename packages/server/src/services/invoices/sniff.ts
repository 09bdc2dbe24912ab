import { error } from './contract.ts';
import { pdfBegins } from './extract/content-type.ts';
import { looksSigned } from './extract/xml/signed.ts';

export interface SniffedFile {
  readonly contentType: string;
  readonly pageCount: number | null;
}

/**
 * What a file is, by its bytes and never by its name, with what can be said of it without reading it: its reader, which
 * works apart with limits of its own, finds out the rest.
 *
 * @throws `file.empty`, `file.unsupported_type`, `file.corrupt`, `file.encrypted` or `file.too_many_pages`
 */
export function sniff(bytes: Buffer, maxPages: number): SniffedFile {
  if (bytes.length === 0)
    throw error('file.empty', 'The file has no bytes; send the document itself.', { param: 'file' });
  const contentType = typeOf(bytes);
  if (contentType === null) {
    throw error(
      'file.unsupported_type',
      isHeif(bytes)
        ? 'HEIC pictures are not read; send it as JPEG, as phones do when they are set to "most compatible".'
        : 'This is no PDF, PNG, JPEG, TIFF, WebP, XML or signed (.p7m) file; what counts are its bytes, not its name.',
      { param: 'file' },
    );
  }
  return { contentType, pageCount: contentType === 'application/pdf' ? checkPdf(bytes, maxPages) : null };
}

function typeOf(bytes: Buffer): string | null {
  // Asked first: what is signed may itself be a PDF that begins within the first kilobyte.
  if (looksSigned(bytes)) return 'application/pkcs7-mime';
  if (pdfBegins(bytes)) return 'application/pdf';
  const head = bytes.subarray(0, 16).toString('latin1');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('II*\0') || head.startsWith('MM\0*')) return 'image/tiff';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'image/webp';
  return isXml(bytes) ? 'application/xml' : null;
}

/** What phones take pictures in, by the brand in its first box. */
function isHeif(bytes: Buffer): boolean {
  return /^ftyp(hei|hev|mif1|msf1|avif)/.test(bytes.toString('latin1', 4, 12));
}

/** A document that begins with markup, in any of the encodings in which invoices come. */
function isXml(bytes: Buffer): boolean {
  const wide = bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0 || bytes[1] === 0;
  const text = bytes
    .subarray(0, 1_024)
    .toString('latin1')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '');
  const plain = (wide ? text.replaceAll('\0', '') : text).trimStart();
  return (
    /^<(?:\?xml[\s?]|!--|!DOCTYPE|[A-Za-z_][\w.-]*[\s:>/])/.test(plain) && !/^<(?:!doctype\s+html|html)\b/i.test(plain)
  );
}

/** What a PDF says of itself in the open. Pages in compressed objects are counted by the reader. */
function checkPdf(bytes: Buffer, maxPages: number): number | null {
  const text = bytes.toString('latin1');
  if (!/startxref|%%EOF|\bendobj\b/.test(text)) {
    throw error('file.corrupt', 'The PDF is cut off: it has no end; send all of it.', { param: 'file' });
  }
  if (
    /\/Encrypt\s+\d+\s+\d+\s+R/.test(text.slice(-65_536)) ||
    /\/Encrypt\s+\d+\s+\d+\s+R/.test(text.slice(0, 65_536))
  ) {
    throw error('file.encrypted', 'The PDF is encrypted; send it without a password.', { param: 'file' });
  }
  const pages = text.match(/\/Type\s*\/Page(?![A-Za-z])/g)?.length ?? 0;
  if (pages > maxPages) {
    throw error('file.too_many_pages', `The PDF has ${pages} pages; at most ${maxPages} are read.`, {
      param: 'file',
      extra: { limit: maxPages },
    });
  }
  return pages === 0 ? null : pages;
}
