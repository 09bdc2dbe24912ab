import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { detectContentType } from './content-type.ts';
import { defaultBounds, type Extraction, type Finding, type ReadingBounds, type ReadingHints } from './extraction.ts';
import { readPictures } from './image/read-pictures.ts';
import { recognisePages } from './image/recognise-pages.ts';
import { layBack } from './page/lay-back.ts';
import type { PageText } from './page/page-text.ts';
import { placeOnPages } from './page/place-on-pages.ts';
import { openPage, withPdf } from './pdf/open-pdf.ts';
import { readPageWords } from './pdf/page-words.ts';
import { renderPage } from './pdf/render-page.ts';
import { readPrinted } from './printed/read-printed.ts';
import { failed, ReadingFailure } from './reading-failure.ts';
import { attachedInvoice } from './xml/attached.ts';
import { readXml } from './xml/read-xml.ts';
import { unwrapSigned } from './xml/signed.ts';

/**
 * Reads one document in this thread: its XML where it has some, and else what is printed. Never throws. Use
 * `createDocumentReaders` for what strangers send, which bounds time and memory as well.
 */
export async function readDocument(
  bytes: Uint8Array,
  hints: ReadingHints = {},
  bounds: ReadingBounds = defaultBounds,
  onStage: (stage: 'ocr') => void = () => undefined,
): Promise<Extraction> {
  try {
    if (bytes.length > bounds.maxBytes) {
      throw new ReadingFailure(
        'file.too_large',
        `The file has ${bytes.length} bytes; at most ${bounds.maxBytes} are read.`,
      );
    }
    const contentType = await detectContentType(bytes);
    if (contentType === 'application/pkcs7-mime') {
      const content = unwrapSigned(bytes);
      if (!content.ok) return failed(content.failure.code, content.failure.message);
      return await readDocument(content.bytes, hints, bounds, onStage);
    }
    if (contentType === 'application/xml') return readXml(bytes, { bounds });
    if (contentType === 'application/pdf') {
      return await withPdf(bytes, bounds, (pdf) => readPdf(pdf, hints, bounds, onStage));
    }
    onStage('ocr');
    const pictures = await readPictures(bytes, contentType, bounds);
    return printed(await recognisePages(pictures, hints), contentType, hints);
  } catch (error) {
    if (error instanceof ReadingFailure) return failed(error.code, error.message);
    const what = error instanceof Error ? error.message : String(error);
    return failed('internal.error', `The reader failed: ${what}`);
  }
}

async function readPdf(
  pdf: PDFDocumentProxy,
  hints: ReadingHints,
  bounds: ReadingBounds,
  onStage: (stage: 'ocr') => void,
): Promise<Extraction> {
  const xml = await attachedXml(pdf);
  const read = xml === null ? null : readXml(xml, { bounds, contentType: 'application/pdf', pageCount: pdf.numPages });
  if (read?.type === 'failed' && decisive.has(read.code)) return read;
  if (read?.type === 'read') {
    const pages = await pageTexts(pdf, Math.min(pdf.numPages, pagesToPlaceOn));
    return {
      ...read,
      record: placeOnPages(read.record, pages),
      document: { ...read.document, contentType: 'application/pdf' },
    };
  }
  const pages = await pageTexts(pdf, pdf.numPages);
  const blank = pages.filter((page) => countLetters(page) < fewestLetters);
  const texts = blank.length === pages.length ? await recognised(pdf, pages, hints, bounds, onStage) : pages;
  const extraction = printed(texts, 'application/pdf', hints);
  if (read === null || extraction.type === 'failed') return extraction;
  return { ...extraction, findings: [unreadable(read.message), ...extraction.findings] };
}

/** XML that is built to do harm ends the reading; XML that is merely broken leaves the printed page to be read. */
const decisive: ReadonlySet<string> = new Set(['file.hostile', 'file.too_complex', 'file.too_large']);

/** Where the XML holds the values, pages only say where they stand, and each costs 10 ms: the first says nearly all. */
const pagesToPlaceOn = 1;

/** Below this a page is a picture with perhaps a stamp of the scanner on it. */
const fewestLetters = 12;

function unreadable(message: string): Finding {
  return {
    rule: 'HYBRID-XML',
    severity: 'warning',
    place: '',
    message: `The XML inside the PDF could not be read, so the printed pages were. ${message}`,
  };
}

async function attachedXml(pdf: PDFDocumentProxy): Promise<Uint8Array | null> {
  // A tree of names that is broken hides files that no reader could list; the pages are still there to be read.
  const attachments = await pdf.getAttachments().catch(() => null);
  if (attachments === null) return null;
  const none = new Uint8Array();
  const named = new Map([...attachments].map(([id, { filename }]) => [id, { filename, content: none }]));
  const invoice = attachedInvoice(named);
  const id = [...named].find(([, file]) => file === invoice)?.[0];
  if (id === undefined) return null;
  const content = await pdf.getAttachmentContent(id).catch(() => null);
  return content instanceof Uint8Array ? content : null;
}

async function pageTexts(pdf: PDFDocumentProxy, count: number): Promise<PageText[]> {
  const pages: PageText[] = [];
  for (let number = 1; number <= count; number++) {
    const page = await openPage(pdf, number);
    pages.push(await readPageWords(page));
    page.cleanup();
  }
  return pages;
}

async function recognised(
  pdf: PDFDocumentProxy,
  pages: readonly PageText[],
  hints: ReadingHints,
  bounds: ReadingBounds,
  onStage: (stage: 'ocr') => void,
): Promise<PageText[]> {
  onStage('ocr');
  const pictures = async function* () {
    for (const page of pages) yield await renderPage(pdf, page.number, bounds);
  };
  return await recognisePages(pictures(), hints);
}

function printed(pages: readonly PageText[], contentType: string, hints: ReadingHints): Extraction {
  const { record, language } = readPrinted(pages, hints);
  return {
    type: 'read',
    record: layBack(record, pages),
    findings: [],
    document: { contentType, pageCount: pages.length, syntax: null, profile: null, language },
  };
}

function countLetters(page: PageText): number {
  return page.words.reduce((sum, word) => sum + word.text.length, 0);
}
