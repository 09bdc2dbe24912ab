import { expect, it } from 'vitest';
import type { PageText, Word } from '../page/page-text.ts';
import { readPrinted } from './read-printed.ts';

type Line = readonly [label: string, amount: string, sure?: number];

/** A page as recognition sees one: each line a label at the left and an amount at the right, made out more or less surely. */
function scan(lines: readonly Line[]): PageText {
  const word = (text: string, x: number, y: number, confidence: number): Word => ({
    ...{ text, x, y, confidence },
    width: text.length * 6,
    height: 10,
  });
  const words = lines.flatMap(([label, amount, sure = 0.95], at) => [
    ...label
      .split(' ')
      .map((text, index, all) =>
        word(text, 50 + all.slice(0, index).join(' ').length * 6 + index * 2, at * 16 + 50, 0.95),
      ),
    word(amount, 545 - amount.length * 6, at * 16 + 50, sure),
  ]);
  return { number: 1, width: 595, height: 842, source: 'ocr', words };
}

const head: readonly Line[] = [
  ['Rechnung Nr.', '4711'],
  ['Rechnungsdatum', '03.06.2024'],
];

it.each<[string, readonly Line[], object]>([
  [
    'a tax that was hardly made out and contradicts the other sums is no fact',
    [
      ['Summe netto', '100,00'],
      ['Umsatzsteuer', '79,00', 0.02],
      ['Gesamtbetrag', '119,00'],
    ],
    { net: '100.00', tax: null, gross: '119.00' },
  ],
  [
    'a tax that was made out surely stays what is printed, though it contradicts',
    [
      ['Summe netto', '100,00'],
      ['Umsatzsteuer', '18,00'],
      ['Gesamtbetrag', '119,00'],
    ],
    { net: '100.00', tax: '18.00', gross: '119.00' },
  ],
  [
    'a tax that was hardly made out and agrees is confirmed by that',
    [
      ['Summe netto', '100,00'],
      ['Umsatzsteuer', '19,00', 0.02],
      ['Gesamtbetrag', '119,00'],
    ],
    { net: '100.00', tax: '19.00', gross: '119.00' },
  ],
  [
    'of a gross sum that contradicts it is the gross sum that goes',
    [
      ['Summe netto', '100,00'],
      ['Umsatzsteuer', '19,00'],
      ['Gesamtbetrag', '719,00', 0.1],
    ],
    { net: '100.00', tax: '19.00', gross: null },
  ],
  [
    'alone, a sum that was hardly made out contradicts nothing',
    [['Gesamtbetrag', '119,00', 0.1]],
    { net: null, tax: null, gross: '119.00' },
  ],
])('%s', (_, lines, expected) => {
  const { totals } = readPrinted([scan([...head, ...lines])], {}).record;
  const values = Object.fromEntries(Object.entries(totals).map(([name, seen]) => [name, seen?.value ?? null]));
  expect(values).toMatchObject(expected);
});
