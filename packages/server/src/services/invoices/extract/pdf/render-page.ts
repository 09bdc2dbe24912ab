import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { ReadingBounds } from '../extraction.ts';
import { greyOf, type Picture } from '../image/picture.ts';
import { dotsPerInch, mostPixels } from '../image/straighten.ts';
import { openPage } from './open-pdf.ts';

/** Renders a page as grey. A page of huge dimensions is rendered smaller, never larger than is read. */
export async function renderPage(
  pdf: PDFDocumentProxy,
  number: number,
  bounds: ReadingBounds,
  resolution = dotsPerInch,
): Promise<Picture> {
  const page = await openPage(pdf, number);
  const points = page.getViewport({ scale: 1 });
  const wanted = resolution / 72;
  const most = Math.sqrt(Math.min(bounds.maxPixels, mostPixels) / Math.max(1, points.width * points.height));
  const scale = Math.min(wanted, most);
  const viewport = page.getViewport({ scale });
  const [width, height] = [Math.max(1, Math.floor(viewport.width)), Math.max(1, Math.floor(viewport.height))];
  // The canvas must be of pdfjs' own copy of the library: paths of one copy cannot be drawn on canvases of another.
  const factory = pdf.canvasFactory as {
    create(width: number, height: number): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D };
  };
  const { canvas, context } = factory.create(width, height);
  await page.render({ canvas, canvasContext: context, viewport, background: 'white' }).promise;
  const { data } = context.getImageData(0, 0, width, height);
  page.cleanup();
  return { width, height, grey: greyOf(data, width, height), pointsPerPixel: 1 / scale };
}
