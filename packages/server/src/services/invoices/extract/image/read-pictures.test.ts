import { crc32, deflateSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
import UTIF from 'utif2';
import { describe, expect, it } from 'vitest';
import { detectContentType } from '../content-type.ts';
import { defaultBounds } from '../extraction.ts';
import type { Picture } from './picture.ts';
import { readPictures } from './read-pictures.ts';

/*
 * One picture in many forms: white, five times as wide as three high, with a black bar a tenth from the left and a sixth from
 * the top, four tenths long and a sixth high.
 */

const [width, height] = [400, 240];

async function read(bytes: Uint8Array): Promise<Picture[]> {
  return readPictures(bytes, await detectContentType(bytes), defaultBounds);
}

/** How dark it is at a share of the width and height. */
function at(picture: Picture | undefined, x: number, y: number): number | undefined {
  if (picture === undefined) return undefined;
  return picture.grey[Math.floor(y * picture.height) * picture.width + Math.floor(x * picture.width)];
}

function expectBar(picture: Picture | undefined): void {
  for (const [x, y] of [
    [0.15, 0.25],
    [0.45, 0.25],
  ] as const)
    expect(at(picture, x, y)).toBeLessThan(40);
  for (const [x, y] of [
    [0.05, 0.25],
    [0.6, 0.25],
    [0.3, 0.6],
    [0.3, 0.08],
  ] as const)
    expect(at(picture, x, y)).toBeGreaterThan(215);
}

function drawn(background: string | null) {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  if (background !== null) {
    context.fillStyle = background;
    context.fillRect(0, 0, width, height);
  }
  context.fillStyle = 'black';
  context.fillRect(40, 40, 160, 40);
  return canvas;
}

function rgba(): Uint8Array {
  return new Uint8Array(drawn('white').getContext('2d').getImageData(0, 0, width, height).data);
}

/** Puts the way a camera was held into a JPEG. */
function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}

function png16(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 16;
  const rows = Buffer.alloc((1 + width * 2) * height, 0xff);
  for (let y = 0; y < height; y++) {
    rows[y * (1 + width * 2)] = 0;
    if (y >= 40 && y < 80) rows.fill(0, y * (1 + width * 2) + 1 + 80, y * (1 + width * 2) + 1 + 400);
  }
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The picture as a TIFF without compression, with these numbers for tags. */
function tiff(tags: Readonly<Record<number, number>>): Uint8Array {
  const grey = Buffer.alloc(width * height, 255);
  for (let y = 40; y < 80; y++) grey.fill(0, y * width + 40, y * width + 200);
  const all = Object.entries({
    256: width,
    257: height,
    258: 8,
    259: 1,
    262: 1,
    273: 0,
    277: 1,
    278: height,
    279: grey.length,
    ...tags,
  }).map(([tag, value]) => [Number(tag), value] as const);
  const start = 8 + 2 + all.length * 12 + 4;
  const bytes = Buffer.alloc(start + 16);
  bytes.write('II', 0, 'latin1');
  bytes.writeUInt16LE(42, 2);
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(all.length, 8);
  for (const [index, [tag, value]] of all.entries()) {
    const entry = 10 + index * 12;
    const fraction = tag === 282 || tag === 283;
    bytes.writeUInt16LE(tag, entry);
    bytes.writeUInt16LE(fraction ? 5 : 4, entry + 2);
    bytes.writeUInt32LE(1, entry + 4);
    const offset = start + (tag - 282) * 8;
    if (fraction) {
      bytes.writeUInt32LE(value, offset);
      bytes.writeUInt32LE(1, offset + 4);
    }
    bytes.writeUInt32LE(tag === 273 ? bytes.length : fraction ? offset : value, entry + 8);
  }
  return Buffer.concat([bytes, grey]);
}

/** Made by other programs: one bit a pixel in the compression of fax machines, and four inks. */
const fax =
  'SUkqAFoAAAAmoGgL/////////////yDZIb//////////////////////////x/////////////////////////////////////////////////////gAgAgADwAAAQMAAQAAAJABAAABAQMAAQAAAPAAAAACAQMAAQAAAAEAAAADAQMAAQAAAAQAAAAGAQMAAQAAAAEAAAARAQQAAQAAAAgAAAASAQMAAQAAAAEAAAAVAQMAAQAAAAEAAAAWAQMAAQAAAAABAAAXAQQAAQAAAFEAAAAaAQUAAQAAABQBAAAbAQUAAQAAABwBAAAcAQMAAQAAAAEAAAAoAQMAAQAAAAIAAABTAQMAAQAAAAEAAAAAAAAAMzPLAAAAAQAzM8sAAAABAA==';
const inks =
  '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/8AAFAgAMABQBEMRAE0RAFkRAEsRAP/EABcAAQEBAQAAAAAAAAAAAAAAAAAHBAj/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AKcpynKcAAAAAAAAAAAAAMIjbmIAAABuFkdOgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA//9k=';

describe('a picture', () => {
  it.each([
    ['as PNG', () => drawn('white').toBuffer('image/png')],
    ['as PNG on nothing, which is white', () => drawn(null).toBuffer('image/png')],
    ['as PNG of 16 bits', png16],
    ['as JPEG', () => drawn('white').toBuffer('image/jpeg', 90)],
    ['as JPEG of four inks', () => Buffer.from(inks, 'base64')],
    ['as WebP', () => drawn('white').toBuffer('image/webp', 90)],
    ['as TIFF', () => new Uint8Array(UTIF.encodeImage(rgba(), width, height))],
    ['as TIFF of one bit, as fax machines compress it', () => Buffer.from(fax, 'base64')],
    ['as plain TIFF', () => tiff({})],
  ])('%s is read', async (_, make) => {
    const pages = await read(make());
    expect(pages).toHaveLength(1);
    expect((pages[0]?.width ?? 0) / (pages[0]?.height ?? 1)).toBeCloseTo(5 / 3, 5);
    expectBar(pages[0]);
  });

  it.each([
    ['JPEG', (way: number) => withOrientation(drawn('white').toBuffer('image/jpeg', 90), way)],
    ['TIFF', (way: number) => tiff({ 274: way })],
  ])('that says how it was held is turned: %s', async (_, make) => {
    const [onHead] = await read(make(3));
    expect([onHead?.width, onHead?.height]).toEqual([width, height]);
    expect(at(onHead, 0.7, 0.75)).toBeLessThan(40);
    expect(at(onHead, 0.3, 0.25)).toBeGreaterThan(215);
    const [right] = await read(make(6));
    expect([right?.width, right?.height]).toEqual([height, width]);
    expect(at(right, 0.75, 0.3)).toBeLessThan(40);
    const [left] = await read(make(8));
    expect(at(left, 0.25, 0.7)).toBeLessThan(40);
  });

  it('of pixels that are twice as high as wide, as a fax is, gets its shape back', async () => {
    const [page] = await read(tiff({ 282: 204, 283: 102 }));
    expect([page?.width, page?.height]).toEqual([width, height * 2]);
    expectBar(page);
  });

  it('of several pages is as many pages', async () => {
    const frame = (value: number) => {
      const raw = new Uint8Array(width * height * 4).fill(255);
      for (let index = 0; index < raw.length; index += 4) raw.fill(value, index, index + 3);
      return UTIF.encodeImage(raw, width, height);
    };
    expect(await read(joined([frame(0), frame(120), frame(240)].map((each) => new Uint8Array(each))))).toHaveLength(3);
  });

  it('in a form that nobody prints or scans in is refused with its code', async () => {
    const heic = Buffer.concat([
      Buffer.from('00000018', 'hex'),
      Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1'),
      Buffer.alloc(300),
    ]);
    const gif = Buffer.concat([Buffer.from('GIF89a', 'latin1'), Buffer.alloc(300)]);
    const bmp = Buffer.concat([Buffer.from('BM', 'latin1'), Buffer.alloc(300)]);
    for (const bytes of [heic, gif, bmp])
      await expect(detectContentType(bytes)).rejects.toMatchObject({ code: 'file.unsupported_type' });
  });
});

/** One TIFF after the other: the directory of each names the next. */
function joined(files: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(UTIF.encode(files.map((file) => UTIF.decode(Buffer.from(file))[0] as UTIF.IFD)));
}
