import { describe, expect, it } from 'vitest';
import type { Picture } from './picture.ts';
import { straightened } from './straighten.ts';

/** A page of A4 with rows of black dashes, which sink to the right by so much. */
function page(dotsPerInch: number, degrees: number): Picture {
  const [width, height] = [Math.round((dotsPerInch * 595) / 72), Math.round((dotsPerInch * 842) / 72)];
  const grey = new Uint8Array(width * height).fill(250);
  const pixel = dotsPerInch / 72;
  for (let x = Math.round(60 * pixel); x < 535 * pixel; x++) {
    if (Math.floor(x / pixel / 6) % 3 === 0) continue;
    for (let row = 60; row < 780; row += 14) {
      for (let y = 0; y < 7 * pixel; y++) {
        const at = Math.round(row * pixel + y + (x - width / 2) * Math.tan((degrees * Math.PI) / 180));
        grey[at * width + x] = 20;
      }
    }
  }
  return { width, height, grey, pointsPerPixel: 72 / dotsPerInch };
}

/** The dark part of a line of pixels, in points from the upper left corner. */
function inkOfRow({ width, grey, pointsPerPixel }: Picture, y: number): [number, number] {
  const row = grey.subarray(Math.round(y / pointsPerPixel) * width).subarray(0, width);
  return [
    row.findIndex((value) => value < 128) * pointsPerPixel,
    row.findLastIndex((value) => value < 128) * pointsPerPixel,
  ];
}

describe('a page', () => {
  it.each([
    [75, 150],
    [150, 300],
    [220, 300],
    [300, 300],
  ])('of %i dots per inch is recognised at %i, and everything keeps its place on it', (dots, recognised) => {
    const before = page(dots, 0);
    const after = straightened(before);
    expect(72 / after.pointsPerPixel).toBeCloseTo(recognised, 5);
    expect(after.width * after.pointsPerPixel).toBeCloseTo(before.width * before.pointsPerPixel, 0);
    const [left, right] = inkOfRow(before, 203);
    const [leftAfter, rightAfter] = inkOfRow(after, 203);
    expect(Math.abs(left - leftAfter)).toBeLessThan(1.5);
    expect(Math.abs(right - rightAfter)).toBeLessThan(1.5);
  });

  it.each([2, -1.3, 0.5])('that lies at a slant of %d degrees is put straight', (degrees) => {
    const after = straightened(page(150, degrees));
    expect(after.lie?.slant).toBeCloseTo(degrees, 1);
    // In the middle of a row of dashes there is ink from one end to the other, and between two rows there is none.
    const [left, right] = inkOfRow(after, 60 + 14 * 26 + 3.5);
    expect(right - left).toBeGreaterThan(460);
    expect(inkOfRow(after, 60 + 14 * 26 + 10.5)).toEqual([-after.pointsPerPixel, -after.pointsPerPixel]);
  });
});
