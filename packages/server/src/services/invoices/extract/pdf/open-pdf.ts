import { fileURLToPath } from 'node:url';
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { ReadingBounds } from '../extraction.ts';
import { ReadingFailure } from '../reading-failure.ts';
import { checkPdf } from './check-pdf.ts';

/** Opens a PDF that keeps within the bounds, calls `use` with it, and lets it go. */
export async function withPdf<T>(
  bytes: Uint8Array,
  bounds: ReadingBounds,
  use: (pdf: PDFDocumentProxy) => Promise<T>,
): Promise<T> {
  checkPdf(bytes, bounds);
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = pdfjs.getDocument({
    // pdfjs takes the buffer for its own and detaches it.
    data: bytes.slice(),
    verbosity: pdfjs.VerbosityLevel.ERRORS,
    useSystemFonts: false,
    disableFontFace: true,
    enableXfa: false,
    maxImageSize: bounds.maxPixels,
    standardFontDataUrl: folder('standard_fonts'),
    cMapUrl: folder('cmaps'),
    wasmUrl: folder('wasm'),
    iccUrl: folder('iccs'),
  });
  try {
    const pdf = await task.promise.catch((error: unknown) => {
      throw refusalOf(error);
    });
    const { info } = await pdf.getMetadata().catch(() => ({ info: {} }));
    if ((info as { EncryptFilterName?: string | null }).EncryptFilterName) throw encrypted();
    if (pdf.numPages > bounds.maxPages) {
      throw new ReadingFailure(
        'file.too_many_pages',
        `The document has ${pdf.numPages} pages; at most ${bounds.maxPages} are read.`,
      );
    }
    return await use(pdf).catch((error: unknown) => {
      throw isOfPdfjs(error) ? refusalOf(error) : error;
    });
  } finally {
    await task.destroy().catch(() => undefined);
  }
}

/** A page of an opened PDF; the tree of pages is walked only now, and may turn out to be broken or circular. */
export async function openPage(pdf: PDFDocumentProxy, number: number): Promise<PDFPageProxy> {
  return await pdf.getPage(number).catch((error: unknown) => {
    throw refusalOf(error);
  });
}

/** What pdfjs says of a file that it cannot interpret, whichever of its questions was asked; all else is a bug of ours. */
function isOfPdfjs(error: unknown): boolean {
  return error instanceof Error && pdfjsErrors.has(error.name);
}

const pdfjsErrors: ReadonlySet<string> = new Set([
  'FormatError',
  'InvalidPDFException',
  'PasswordException',
  'ResponseException',
  'UnknownErrorException',
]);

function folder(name: string): string {
  return fileURLToPath(new URL(`${name}/`, import.meta.resolve('pdfjs-dist/package.json')));
}

function refusalOf(error: unknown): ReadingFailure {
  if (error instanceof ReadingFailure) return error;
  if (error instanceof Error && error.name === 'PasswordException') return encrypted();
  return new ReadingFailure('file.corrupt', 'The PDF is truncated or damaged beyond reading. Send it again.', {
    cause: error,
  });
}

/** A PDF that only its owner's password protects is refused too: what its streams unpack to cannot be checked before. */
function encrypted(): ReadingFailure {
  return new ReadingFailure('file.encrypted', 'The PDF is encrypted. Send it without a password.');
}
