import { Decimal } from 'decimal.js';
import type { InvoiceRecord, Reading } from '../extraction.ts';
import { mapReadings } from './map-readings.ts';
import type { PageText, Word } from './page-text.ts';
import { boxAround, rowsOf } from './rows.ts';

/**
 * Gives the values of XML the places where the pages print them. A value that stands on no page, or on several places
 * that nothing tells apart, keeps no place: a wrong box would be worse than none.
 */
export function placeOnPages(record: InvoiceRecord, pages: readonly PageText[]): InvoiceRecord {
  const places = indexOf(pages);
  return mapReadings(record, placed);

  function placed(reading: Reading<unknown>): Reading<unknown> {
    if (reading.page !== null || typeof reading.value !== 'string') return reading;
    for (const key of keysOf(reading.value)) {
      const found = places.get(key);
      if (found?.length !== 1 || found[0] === undefined) continue;
      return { ...reading, page: found[0].page, box: rounded(boxAround(found[0].words)) };
    }
    return reading;
  }
}

interface Place {
  readonly page: number;
  readonly words: readonly Word[];
}

/** The ways in which a value may be printed, each squeezed to its letters and digits. */
function keysOf(value: string): string[] {
  if (/^\d{4}-\d\d-\d\d$/.test(value)) {
    const [year = '', month = '', day = ''] = value.split('-');
    return [
      `${day}${month}${year}`,
      `${year}${month}${day}`,
      `${Number(day)}${Number(month)}${year}`,
      `${day}${month}${year.slice(2)}`,
    ].map((key) => `n${key}`);
  }
  if (/^-?\d+(\.\d+)?$/.test(value)) {
    const number = new Decimal(value);
    const printed = [number.toFixed(2), number.toFixed(), number.toFixed(3), number.toFixed(4)];
    return printed.map((each) => `n${each.replace(/\D/g, '')}`).filter((key) => key.length > 3);
  }
  const key = squeezed(value);
  return key.length < 3 ? [] : [`t${key}`];
}

/** Every run of up to eight words of a line, by its letters and digits. */
function indexOf(pages: readonly PageText[]): Map<string, Place[]> {
  const index = new Map<string, Place[]>();
  const add = (key: string, place: Place) => {
    const before = index.get(key);
    if (before === undefined) index.set(key, [place]);
    else before.push(place);
  };
  for (const page of pages) {
    for (const row of rowsOf(page)) {
      const words = row.cells.flatMap((cell) => cell.words);
      for (let from = 0; from < words.length; from++) {
        for (let to = from + 1; to <= Math.min(words.length, from + 8); to++) {
          const run = words.slice(from, to);
          const text = run.map((word) => word.text).join('');
          add(`t${squeezed(text)}`, { page: page.number, words: run });
          if (/^[-\d.,/'’ ]+$/.test(text) && to - from < 4)
            add(`n${text.replace(/\D/g, '')}`, { page: page.number, words: run });
        }
      }
    }
  }
  return index;
}

function squeezed(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function rounded(box: { x: number; y: number; width: number; height: number }) {
  const round = (value: number) => Math.round(value * 10) / 10;
  return { x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) };
}
