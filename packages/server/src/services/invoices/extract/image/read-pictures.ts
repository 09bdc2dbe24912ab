import { createCanvas, loadImage } from '@napi-rs/canvas';
import UTIF from 'utif2';
import type { ContentType } from '../content-type.ts';
import type { ReadingBounds } from '../extraction.ts';
import { ReadingFailure } from '../reading-failure.ts';
import { greyOf, type Picture } from './picture.ts';
import { pictureSize } from './picture-size.ts';
import { mostPixels, turned } from './straighten.ts';

/** What a page is taken to be wide: an A4 page, in points. */
const pageWidth = 595;

/** The pages of a picture file, each within the bounds before it is unpacked. */
export async function readPictures(bytes: Uint8Array, type: ContentType, bounds: ReadingBounds): Promise<Picture[]> {
  if (type === 'image/tiff') return readTiff(bytes, bounds);
  const size = pictureSize(bytes, type);
  if (size === null) throw corrupt();
  checkPixels(size.width, size.height, bounds);
  const image = await loadImage(Buffer.from(bytes)).catch((error: unknown) => {
    throw corrupt(error);
  });
  if (!(image.width > 0 && image.height > 0)) throw corrupt();
  const scale = Math.min(1, Math.sqrt(mostPixels / (image.width * image.height)));
  const [width, height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return [pictureOf(greyOf(data, width, height), width, height)];
}

function readTiff(bytes: Uint8Array, bounds: ReadingBounds): Picture[] {
  const file = Buffer.from(bytes);
  checkDirectories(file, bounds);
  const pages = attempt(() => UTIF.decode(file)).filter((page) => page.t256 !== undefined && page.t257 !== undefined);
  if (pages.length === 0) throw corrupt();
  if (pages.length > bounds.maxPages) {
    throw new ReadingFailure(
      'file.too_many_pages',
      `The file has ${pages.length} pages; at most ${bounds.maxPages} are read.`,
    );
  }
  let all = 0;
  for (const page of pages) {
    const [width, height] = [Number((page.t256 as number[])[0]), Number((page.t257 as number[])[0])];
    checkPixels(width, height, bounds);
    all += width * height * 4;
    if (all > bounds.maxUnpackedBytes * 4) throw new ReadingFailure('file.too_complex');
  }
  return pages.map((page) => {
    attempt(() => UTIF.decodeImage(file, page));
    if (!(page.width > 0 && page.height > 0)) throw corrupt();
    const rgba = attempt(() => UTIF.toRGBA8(page));
    const picture = upright(page, evened(page, greyOf(rgba, page.width, page.height)));
    // Frames are let go one by one: a scanner's file has many.
    (page as { data?: Uint8Array }).data = new Uint8Array();
    return picture;
  });
}

/** Tags of TIFF: how wide and high a pixel is told to be, and how the page lies. */
interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly t274?: unknown;
  readonly t282?: unknown;
  readonly t283?: unknown;
}

/** Fax machines make pixels that are higher than wide; scanners make more of them than recognition gains from. */
function evened(page: TiffPage, grey: Uint8Array): Picture {
  const [across, down] = [firstOf(page.t282), firstOf(page.t283)];
  const ratio = across > 0 && down > 0 && across / down < 4 && down / across < 4 ? across / down : 1;
  const [width, height] = ratio >= 1 ? [page.width, page.height * ratio] : [page.width / ratio, page.height];
  const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
  return resampled(
    pictureOf(grey, page.width, page.height),
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
}

/** Each new pixel is the mean of the old ones that it covers, or the one that it lies in. */
function resampled(picture: Picture, width: number, height: number): Picture {
  if (width === picture.width && height === picture.height) return picture;
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = covered(y, height, picture.height);
    for (let x = 0; x < width; x++) {
      const [left, right] = covered(x, width, picture.width);
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) sum += picture.grey[row * picture.width + column] ?? 255;
      }
      grey[y * width + x] = sum / ((bottom - top) * (right - left));
    }
  }
  return pictureOf(grey, width, height);
}

function covered(at: number, size: number, of: number): [number, number] {
  const from = Math.floor((at * of) / size);
  return [from, Math.max(from + 1, Math.floor(((at + 1) * of) / size))];
}

const quarters: Readonly<Record<number, number>> = { 3: 2, 6: 1, 8: 3 };

function upright(page: TiffPage, picture: Picture): Picture {
  // Whoever shows the file turns it as its tag says: so it is a page as it was sent.
  const { lie: _, ...asSent } = turned(picture, quarters[firstOf(page.t274)] ?? 0);
  return asSent;
}

function firstOf(tag: unknown): number {
  const first = (tag as ArrayLike<number | readonly [number, number]> | undefined)?.[0] ?? 0;
  return typeof first === 'number' ? first : first[0] / first[1];
}

/** Follows the chain of directories, one a page: a chain that bites its tail would be followed for ever. */
function checkDirectories(file: Buffer, bounds: ReadingBounds): void {
  const little = file.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (little ? file.readUInt16LE(at) : file.readUInt16BE(at));
  const long = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const seen = new Set<number>();
  attempt(() => {
    for (let at = long(4); at !== 0; at = long(at + 2 + short(at) * 12)) {
      if (seen.has(at)) throw new Error('The directories are circular.');
      seen.add(at);
      if (seen.size > bounds.maxPages) return;
    }
  });
  if (seen.size > bounds.maxPages) {
    throw new ReadingFailure(
      'file.too_many_pages',
      `The file has more pages than the ${bounds.maxPages} that are read.`,
    );
  }
}

function checkPixels(width: number, height: number, bounds: ReadingBounds): void {
  if (!(width > 0 && height > 0)) throw corrupt();
  if (width * height > bounds.maxPixels) {
    throw new ReadingFailure(
      'file.too_many_pixels',
      `A picture has ${width} × ${height} pixels; at most ${bounds.maxPixels} are read.`,
    );
  }
}

function pictureOf(grey: Uint8Array, width: number, height: number): Picture {
  return { width, height, grey, pointsPerPixel: pageWidth / Math.min(width, height) };
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw corrupt(error);
  }
}

function corrupt(cause?: unknown): ReadingFailure {
  return new ReadingFailure('file.corrupt', 'The picture is truncated or damaged beyond reading. Send it again.', {
    cause,
  });
}
