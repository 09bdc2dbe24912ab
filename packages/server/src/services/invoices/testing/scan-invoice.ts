import { createCanvas } from '@napi-rs/canvas';
import PDFDocument from 'pdfkit';
import UTIF from 'utif2';
import { defaultBounds } from '../extract/extraction.ts';
import type { Picture } from '../extract/image/picture.ts';
import { turned } from '../extract/image/straighten.ts';
import { withPdf } from '../extract/pdf/open-pdf.ts';
import { renderPage } from '../extract/pdf/render-page.ts';
import { createChance } from './chance.ts';

/** What many office scanners are set to. */
const dotsPerInch = 220;

export interface ScanOptions {
  readonly seed: number;
  /** How often the page was turned by a quarter before it was laid on the glass. */
  readonly quarters?: number;
  /** In degrees. */
  readonly slant?: number;
  /** How far a pixel strays from its grey, of 255. */
  readonly noise?: number;
  readonly format: 'pdf' | 'png' | 'jpeg' | 'tiff';
}

/** Scans the pages of a printed PDF: as a picture they have no text. PNG and JPEG hold the first page. */
export async function scanInvoice(pdf: Uint8Array, options: ScanOptions): Promise<Uint8Array> {
  const pages = await withPdf(pdf, defaultBounds, async (document) => {
    const rendered: Picture[] = [];
    for (let number = 1; number <= document.numPages; number++)
      rendered.push(await renderPage(document, number, defaultBounds, dotsPerInch));
    return rendered;
  });
  const scans = pages.map((page, index) => scanned(page, options, index));
  if (options.format === 'tiff') return tiffOf(scans);
  const first = scans[0];
  if (first === undefined) throw new Error('a PDF without pages was scanned');
  if (options.format === 'png') return new Uint8Array(canvasOf(first).toBuffer('image/png'));
  if (options.format === 'jpeg') return new Uint8Array(canvasOf(first).toBuffer('image/jpeg', 85));
  return await pdfOf(scans);
}

function scanned(page: Picture, options: ScanOptions, index: number): Picture {
  const chance = createChance(options.seed * 31 + index);
  const flat = slanted(page, options.slant ?? 0);
  const noise = options.noise ?? 0;
  const grey = flat.grey.map((value) =>
    Math.max(0, Math.min(255, value + (chance.next() + chance.next() - 1) * noise * 2)),
  );
  return turned({ ...flat, grey }, options.quarters ?? 0);
}

function slanted(page: Picture, degrees: number): Picture {
  if (degrees === 0) return page;
  const source = canvasOf(page);
  const canvas = createCanvas(page.width, page.height);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, page.width, page.height);
  context.translate(page.width / 2, page.height / 2);
  context.rotate((degrees * Math.PI) / 180);
  context.drawImage(source, -page.width / 2, -page.height / 2);
  const { data } = context.getImageData(0, 0, page.width, page.height);
  return { ...page, grey: page.grey.map((_, index) => data[index * 4] ?? 255) };
}

function canvasOf({ width, height, grey }: Picture) {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  for (const [index, value] of grey.entries()) image.data.set([value, value, value, 255], index * 4);
  context.putImageData(image, 0, 0);
  return canvas;
}

async function pdfOf(scans: readonly Picture[]): Promise<Uint8Array> {
  const pdf = new PDFDocument({ autoFirstPage: false, info: { CreationDate: new Date(0) } });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve) => pdf.on('end', resolve));
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const scan of scans) {
    const [width, height] = [scan.width * scan.pointsPerPixel, scan.height * scan.pointsPerPixel];
    pdf.addPage({ size: [width, height], margin: 0 });
    pdf.image(canvasOf(scan).toBuffer('image/jpeg', 85), 0, 0, { width, height });
  }
  pdf.end();
  await done;
  return new Uint8Array(Buffer.concat(chunks));
}

function tiffOf(scans: readonly Picture[]): Uint8Array {
  const [first] = scans;
  if (first === undefined) throw new Error('nothing was scanned');
  const rgba = new Uint8Array(first.width * first.height * 4).fill(255);
  for (const [index, value] of first.grey.entries()) rgba.fill(value, index * 4, index * 4 + 3);
  return new Uint8Array(UTIF.encodeImage(rgba, first.width, first.height));
}
