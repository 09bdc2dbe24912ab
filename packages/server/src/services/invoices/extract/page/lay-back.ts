import type { Box, InvoiceRecord } from '../extraction.ts';
import { mapReadings } from './map-readings.ts';
import type { Lie, PageText } from './page-text.ts';

/** Gives values the places where they stand on the pages as they were sent: text is recognised on pages that were put upright. */
export function layBack(record: InvoiceRecord, pages: readonly PageText[]): InvoiceRecord {
  if (pages.every(({ lie }) => lie === undefined)) return record;
  return mapReadings(record, (reading) => {
    const page = pages.find(({ number }) => number === reading.page);
    return page?.lie === undefined || reading.box === null
      ? reading
      : { ...reading, box: boxAsSent(reading.box, page, page.lie) };
  });
}

/** The smallest upright box around a box of an upright page, once that page lies again as it was sent. */
export function boxAsSent(box: Box, page: { readonly width: number; readonly height: number }, lie: Lie): Box {
  const [sin, cos] = [Math.sin((lie.slant * Math.PI) / 180), Math.cos((lie.slant * Math.PI) / 180)];
  const [width, height] = lie.quarters % 2 === 0 ? [page.width, page.height] : [page.height, page.width];
  const corners = [box.x, box.x + box.width].flatMap((x) =>
    [box.y, box.y + box.height].map((y) => {
      // About the middle of the page, a turn of the whole and a turn of a point are the same.
      const [across, down] = [x - page.width / 2, y - page.height / 2];
      let [u, v] = [cos * across - sin * down, sin * across + cos * down];
      for (let turn = 0; turn < lie.quarters; turn++) [u, v] = [v, -u];
      return { x: u + width / 2, y: v + height / 2 };
    }),
  );
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: tenth(left), y: tenth(top), width: tenth(Math.max(...xs) - left), height: tenth(Math.max(...ys) - top) };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
