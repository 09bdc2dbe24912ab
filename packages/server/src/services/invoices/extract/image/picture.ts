import type { Lie } from '../page/page-text.ts';

/** A page as shades of grey, 0 for black, from the upper left corner. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
  /** Points of the page that one pixel is wide. */
  readonly pointsPerPixel: number;
  /** What was done to it since it was unpacked. */
  readonly lie?: Lie;
}

/** Grey by brightness; what is transparent is white. */
export function greyOf(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): Uint8Array {
  const grey = new Uint8Array(width * height);
  for (let index = 0, at = 0; index < grey.length; index++, at += 4) {
    const light = ((rgba[at] ?? 0) * 77 + (rgba[at + 1] ?? 0) * 151 + (rgba[at + 2] ?? 0) * 28) >> 8;
    const alpha = rgba[at + 3] ?? 255;
    grey[index] = alpha === 255 ? light : 255 - (((255 - light) * alpha) >> 8);
  }
  return grey;
}
