import { type Outcome, refuse } from './failure.ts';

/**
 * The characters of an XML document: by its byte order mark, else by the shape of its first bytes, else by its
 * declaration, else UTF-8. A byte that the encoding does not know is a refusal, never a replacement character, since a
 * replaced character would be a changed invoice.
 */
export function decodeXml(bytes: Uint8Array): Outcome<{ text: string; encoding: string }> {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return refuse('file.corrupt', 'UTF-32 is not read. Send the document as UTF-8.');
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return { ok: true, text, encoding };
  } catch (error) {
    if (error instanceof RangeError) {
      return refuse('file.corrupt', `The declared encoding "${encoding}" is not known. Send UTF-8.`);
    }
    return refuse('file.corrupt', `The document is not valid ${encoding}. Mend its encoding or declaration.`);
  }
}

/** Whether bytes begin like an XML document in any encoding that is read. */
export function looksLikeXml(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 512);
  const encoding = encodingOf(head);
  if (encoding === undefined) return true;
  try {
    return /^\uFEFF?\s*<[?!A-Za-z_]/.test(new TextDecoder(encoding).decode(head));
  } catch {
    return /^\s*<\?xml/.test(new TextDecoder('latin1').decode(head));
  }
}

function encodingOf(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    return undefined;
  }
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0x3c && b === 0 && c !== 0) return 'utf-16le';
  if (a === 0 && b === 0x3c && c === 0 && d !== 0) return 'utf-16be';
  if ((a === 0x3c && b === 0 && c === 0) || (a === 0 && b === 0 && c === 0 && d === 0x3c)) return undefined;
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']/.exec(
    new TextDecoder('latin1').decode(bytes.subarray(0, 256)),
  )?.[1];
  // Programs that hold text as UTF-16 declare it and then write UTF-8: such a document has no zero bytes.
  if (declared === undefined || /^(utf-?16|ucs-?2|iso-10646-ucs-2|unicode)/i.test(declared)) return 'utf-8';
  return declared.toLowerCase();
}
