import { Decimal } from 'decimal.js';
import type { LineRecord, Reading, Seen } from '../extraction.ts';
import type { Word } from '../page/page-text.ts';
import { bottomOf, type Cell } from '../page/rows.ts';
import { type ItemTable, isMain, type TableRow } from './find-table.ts';
import { plain } from './lexicon.ts';
import { mendedRate, mendProduct } from './mend-recognised.ts';
import type { PrintedNumber } from './numbers.ts';
import { confirmed, numberOf, type PrintedDocument, readingOf } from './printed-document.ts';
import { likelyUnitCode, unitCodeOf } from './units.ts';
import type { Column } from './words/language-words.ts';

/** One line with the numbers that the checks calculate with. */
export interface PrintedLine {
  readonly record: LineRecord;
  readonly net: Decimal | null;
  readonly gross: Decimal | null;
  readonly rate: Decimal | null;
  /** Whether quantity × price makes the amount; `null` where print leaves it open, which recognition never does. */
  readonly agrees: boolean | null;
}

export function readLines(table: ItemTable | null, document: PrintedDocument, digits: number): PrintedLine[] {
  if (table === null) return [];
  return itemsOf(table, document).map((rows) => readLine(rows, document, digits));
}

/** An item is its row of numbers with the rows of text that belong to it. */
function itemsOf(table: ItemTable, document: PrintedDocument): TableRow[][] {
  const items: TableRow[][] = [];
  let waiting: TableRow[] = [];
  for (const [index, row] of table.rows.entries()) {
    if (isMain(row.cells, document)) {
      items.push([...waiting, row]);
      waiting = [];
      continue;
    }
    const item = items.at(-1);
    const before = table.rows[index - 1];
    const next = table.rows.slice(index + 1).find((each) => isMain(each.cells, document));
    if (item === undefined || nearerToNext(row, before, next, table.rows[index + 1])) waiting.push(row);
    else if (waiting.length > 0) waiting.push(row);
    else item.push(row);
  }
  if (waiting.length > 0) items.at(-1)?.push(...waiting);
  return items;
}

/** Text stands nearer to the row that it belongs to, where the table leaves more space between its items. */
function nearerToNext(
  row: TableRow,
  before: TableRow | undefined,
  main: TableRow | undefined,
  after: TableRow | undefined,
): boolean {
  if (before === undefined || main === undefined || after === undefined) return before === undefined;
  if (before.row.page !== row.row.page)
    return after.row.page === row.row.page && row.row.page === main.row.page && !hasPosition(main);
  if (after.row.page !== row.row.page) return false;
  const above = row.row.y - bottomOf(before.row);
  const below = after.row.y - bottomOf(row.row);
  return above > below + row.row.height * 0.5;
}

function hasPosition(row: TableRow): boolean {
  return [...row.cells.keys()].some((column) => column.kind === 'position');
}

interface Found {
  readonly number: PrintedNumber;
  readonly reading: (value: string) => Reading;
  /** Not what was recognised but what it must have been. */
  readonly inferred?: true;
}

function readLine(rows: readonly TableRow[], document: PrintedDocument, digits: number): PrintedLine {
  const main = rows.find((row) => isMain(row.cells, document)) ?? rows[0];
  const page = rows[0]?.row.page ?? 1;
  const cell = (kind: Column): Cell | undefined => {
    for (const [column, found] of main?.cells ?? []) if (column.kind === kind) return found;
    return undefined;
  };
  const number = (kind: Column): Found | null => {
    const found = cell(kind);
    return found === undefined ? null : numberIn(found, document);
  };
  const discount = discountOf(main, document);
  const { quantity, price, net } = mended(
    { quantity: number('quantity'), price: number('unitPrice'), net: number('netAmount') ?? number('amount') },
    discount,
    digits,
  );
  const gross = number('grossAmount');
  const rate = rateOf(number('taxRate'));
  const tax = number('taxAmount');
  const details = detailsOf(rows, main, document, page);
  const checked = checkLine(quantity, price, discount, net, digits);
  const seen = (found: Found | null, write: (number: PrintedNumber) => string, sure: boolean): Seen => {
    if (found === null) return null;
    const reading = found.reading(write(found.number));
    return sure ? confirmed(reading) : reading;
  };
  const unit = unitOf(cell('unit'), cell('quantity'), document);
  const open = document.source === 'text' && (quantity === null || price === null || net === null);
  return {
    agrees: open ? null : checked,
    net: net?.number.value ?? null,
    gross: gross?.number.value ?? null,
    rate: rate?.number.value ?? null,
    record: {
      page,
      code: details.code ?? codeOf(cell('code'), document),
      ean: details.ean ?? eanOf(cell('ean'), document),
      description: details.description,
      quantity: seen(quantity, plainNumber, checked),
      unit,
      unitCode: unit === null ? null : unitCode(unit),
      unitPrice: seen(price, plainNumber, checked),
      discountPercent: discount?.percent === undefined ? null : seen(discount.percent, rateText, checked),
      discountAmount:
        discount?.amount === undefined
          ? null
          : seen(discount.amount, (each) => each.value.abs().toFixed(digits), checked),
      netAmount: seen(net, (each) => each.value.toFixed(digits), checked),
      taxRate: seen(rate, rateText, false),
      taxCategory: null,
      taxAmount: seen(tax, (each) => each.value.toFixed(digits), false),
      grossAmount: seen(gross, (each) => each.value.toFixed(digits), false),
    },
  };
}

interface Factors {
  readonly quantity: Found | null;
  readonly price: Found | null;
  readonly net: Found | null;
}

/** Recognition confuses digits; print does not, so printed numbers that do not agree stay as they are. */
function mended(line: Factors, discount: { percent?: Found; amount?: Found } | null, digits: number): Factors {
  const { quantity, price, net } = line;
  if (quantity === null || price === null || net === null || net.reading('').source !== 'ocr') return line;
  if (discount?.amount !== undefined) return line;
  const mend = mendProduct(
    {
      quantity: quantity.number.value,
      price: price.number.value,
      net: net.number.value,
      discount: (discount?.percent?.number.value.abs() ?? new Decimal(0)).div(100),
    },
    digits,
  );
  if (mend === null) return line;
  const of = line[mend.part];
  // A bill may be wrong by itself: what was recognised most surely is not the number to doubt.
  const least = Math.min(...[quantity, price, net].map((found) => found.reading('').confidence));
  return of === null || of.reading('').confidence > least || least >= certain
    ? line
    : { ...line, [mend.part]: inferred(of, mend.value) };
}

/** Of a number whose characters were all recognised clearly. */
const certain = 0.85;

function rateOf(rate: Found | null): Found | null {
  const value = rate === null ? null : mendedRate(rate.number.value);
  if (rate === null || value === null) return null;
  return value.equals(rate.number.value) ? rate : inferred(rate, value);
}

/** What arithmetic makes of a number is never held to be confirmed by the same arithmetic. */
function inferred(found: Found, value: Decimal): Found {
  return {
    number: { ...found.number, value },
    reading: (text) => ({ ...found.reading(text), confidence: 0.5 }),
    inferred: true,
  };
}

/** Quantity × price − discount = net: three printed numbers that agree to the cent confirm each other. */
function checkLine(
  quantity: Found | null,
  price: Found | null,
  discount: { percent?: Found; amount?: Found } | null,
  net: Found | null,
  digits: number,
): boolean {
  if (quantity === null || price === null || net === null || net.number.value.isZero()) return false;
  if (quantity.inferred || price.inferred || net.inferred) return false;
  const full = quantity.number.value.times(price.number.value);
  const off =
    discount?.amount?.number.value.abs() ??
    (discount?.percent === undefined
      ? new Decimal(0)
      : full.times(discount.percent.number.value.abs()).div(100).toDecimalPlaces(digits));
  const expected = full.minus(off.times(full.isNegative() ? -1 : 1));
  return expected.minus(net.number.value).abs().lte(new Decimal(10).pow(-digits).times(0.51));
}

function discountOf(main: TableRow | undefined, document: PrintedDocument): { percent?: Found; amount?: Found } | null {
  const result: { percent?: Found; amount?: Found } = {};
  for (const [column, cell] of main?.cells ?? []) {
    if (column.kind !== 'discount') continue;
    const found = numberIn(cell, document);
    if (found === null || found.number.value.isZero()) continue;
    if (found.number.percent || /%|pct|proc/i.test(column.text)) result.percent = found;
    else if (/betrag|amount|montant|importo|importe|suma|€|eur/i.test(column.text) || found.number.decimals === 2)
      result.amount = found;
    else result.percent = found;
  }
  return result.percent === undefined && result.amount === undefined ? null : result;
}

/** The number of a cell that may have a unit, a currency or a letter behind it. */
function numberIn(cell: Cell, document: PrintedDocument): Found | null {
  for (let to = cell.words.length; to > 0; to--) {
    for (let from = 0; from < to; from++) {
      const words = cell.words.slice(from, to);
      if (from > 0 && !/^(€|£|\$|[A-Z]{3})$/.test(cell.words[from - 1]?.text ?? '')) continue;
      const number = numberOf(words.map((word) => word.text).join(' '), document);
      if (number !== null) return { number, reading: (value) => readingOf(value, words, cell.page, document, 0.9) };
    }
  }
  const glued = /^(\d[\d.,]*)(\p{L}+\.?)$/u.exec(cell.text);
  const number = glued === null ? null : numberOf(glued[1] ?? '', document);
  return number === null
    ? null
    : { number, reading: (value) => readingOf(value, cell.words, cell.page, document, 0.8) };
}

function plainNumber(number: PrintedNumber): string {
  return number.value.toDecimalPlaces(6).toFixed();
}

function rateText(number: PrintedNumber): string {
  return number.value.abs().toFixed(2);
}

function unitOf(unit: Cell | undefined, quantity: Cell | undefined, document: PrintedDocument): Seen {
  if (unit !== undefined && !/^\d/.test(unit.text)) return readingOf(unit.text, unit.words, unit.page, document, 0.9);
  if (quantity === undefined) return null;
  const behind = quantity.words.slice(1).filter((word) => !/\d/.test(word.text));
  if (behind.length > 0)
    return readingOf(behind.map((word) => word.text).join(' '), behind, quantity.page, document, 0.85);
  const glued = /^\d[\d.,]*(\p{L}+\.?)$/u.exec(quantity.text)?.[1];
  return glued === undefined ? null : readingOf(glued, quantity.words, quantity.page, document, 0.8);
}

function unitCode(unit: Reading): Seen {
  const code = unitCodeOf(unit.value);
  if (code !== null) return { ...unit, value: code };
  const likely = unit.source === 'ocr' ? likelyUnitCode(unit.value) : null;
  return likely === null ? null : { ...unit, value: likely, confidence: 0.5 };
}

function codeOf(cell: Cell | undefined, document: PrintedDocument): Seen {
  return cell === undefined ? null : readingOf(cell.text, cell.words, cell.page, document, 0.9);
}

function eanOf(cell: Cell | undefined, document: PrintedDocument): Seen {
  if (cell === undefined) return null;
  const digits = cell.text.replace(/\s/g, '');
  if (!/^\d{8}$|^\d{12,14}$/.test(digits)) return null;
  const reading = readingOf(digits, cell.words, cell.page, document, 0.9);
  return eanHolds(digits) ? confirmed(reading) : reading;
}

/** The last digit makes the sum of the others, weighted 3 and 1 from the right, a multiple of ten. */
function eanHolds(digits: string): boolean {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** `Art. no.: A-12`: a label of a column, then one word with a digit. */
function labelledCode(
  cell: Cell,
  document: PrintedDocument,
): { kind: 'code' | 'ean'; word: Word; value: string } | null {
  for (let count = Math.min(4, cell.words.length - 1); count > 0; count--) {
    const kind = document.lexicon.column(
      plain(
        cell.words
          .slice(0, count)
          .map((word) => word.text)
          .join(' '),
      ),
    );
    const rest = cell.words.slice(count).filter((word) => word.text !== ':');
    const [word] = rest;
    if ((kind !== 'code' && kind !== 'ean') || rest.length !== 1 || word === undefined) continue;
    if (/^[\p{L}\d./_-]*\d[\p{L}\d./_-]*$/u.test(word.text)) return { kind, word, value: word.text };
  }
  const glued = /^(.+?)[:.](\S*\d\S*)$/.exec(cell.text);
  const kind = glued === null ? undefined : document.lexicon.column(plain(glued[1] ?? ''));
  const word = cell.words.at(-1);
  return (kind === 'code' || kind === 'ean') && word !== undefined ? { kind, word, value: glued?.[2] ?? '' } : null;
}

/** Codes that stand under the name of an item, each behind its label, and the name itself. */
function detailsOf(
  rows: readonly TableRow[],
  main: TableRow | undefined,
  document: PrintedDocument,
  page: number,
): { description: Seen; code: Seen; ean: Seen } {
  let code: Seen = null;
  let ean: Seen = null;
  const words: Word[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.cells) {
      const labelled = row === main ? null : labelledCode(cell, document);
      if (labelled !== null) {
        const reading = readingOf(labelled.value, [labelled.word], cell.page, document, 0.9);
        if (labelled.kind === 'code') code ??= reading;
        else if (/^\d{8,14}$/.test(labelled.value)) ean ??= eanHolds(labelled.value) ? confirmed(reading) : reading;
        continue;
      }
      if (row !== main && column.kind !== 'description' && !(column.kind === 'code' && !hasCode(main))) {
        if (column.kind === 'position' || column.kind === 'quantity' || column.kind === 'unit') continue;
      }
      if (column.kind !== 'description' && (row === main || column.kind !== 'code')) continue;
      words.push(...cell.words);
    }
  }
  const text = words
    .map((word) => word.text)
    .join(' ')
    .replace(/(\p{Ll})- (\p{Ll})/gu, '$1$2');
  return {
    description: words.length === 0 || plain(text) === '' ? null : readingOf(text, words, page, document, 0.9),
    code,
    ean,
  };
}

function hasCode(main: TableRow | undefined): boolean {
  return [...(main?.cells.keys() ?? [])].some((column) => column.kind === 'code');
}
