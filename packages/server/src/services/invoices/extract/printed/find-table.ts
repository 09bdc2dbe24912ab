import { Decimal } from 'decimal.js';
import type { Word } from '../page/page-text.ts';
import { boxAround, type Cell, cellOf, type Row, rightOf } from '../page/rows.ts';
import { plainOf, textOf } from './find-labels.ts';
import { inferColumns } from './infer-columns.ts';
import { plain } from './lexicon.ts';
import { numberOf, type PrintedDocument } from './printed-document.ts';
import type { Column, Total } from './words/language-words.ts';

export interface TableColumn {
  readonly kind: Column;
  readonly x: number;
  readonly right: number;
  readonly text: string;
}

export interface TableRow {
  readonly row: Row;
  readonly cells: ReadonlyMap<TableColumn, Cell>;
}

/** The items of the invoice: its columns, and its rows over all pages. */
export interface ItemTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** Rows of the document that belong to the table, its headers included. */
  readonly taken: ReadonlySet<Row>;
}

/** Finds the header with the most columns, or columns that calculate where there is none, and follows its columns down to the totals and over the pages. */
export function findItemTable(document: PrintedDocument): ItemTable | null {
  const wide = document.rows.flatMap((_, index) => headerAt(document, index) ?? []);
  const inferred = wide.length === 0 ? unheaded(document) : null;
  const headers = wide.length === 0 && inferred === null ? narrowHeaders(document) : wide;
  const first = headers.reduce<Header | null>(
    (best, each) => (best === null || each.score > best.score ? each : best),
    null,
  );
  const begin = first ?? inferred;
  if (begin === null) return null;
  const again = new Map(
    headers.filter((each) => first !== null && sameHeader(each, first)).map((each) => [each.from, each]),
  );
  const repeated = repeatedRows(document);
  const taken = new Set<Row>();
  const rows: TableRow[] = [];
  let columns = begin.columns;
  let page = begin.page;
  let open = true;
  let bottom = 0;
  for (let index = begin.from; index < document.rows.length; index++) {
    const row = document.rows[index];
    if (row === undefined) break;
    const header = again.get(index);
    if (header !== undefined) {
      for (let each = header.from; each <= header.to; each++) taken.add(document.rows[each] as Row);
      bottom = Math.max(...document.rows.slice(header.from, header.to + 1).map(rowBottom));
      columns = header.columns;
      page = row.page;
      open = true;
      index = header.to;
      continue;
    }
    if (row.page !== page) {
      page = row.page;
      // What stands above the first item of a page without a header is the head of the page.
      open = false;
      bottom = 0;
    }
    const total = totalAt(row, document) ?? (besideAt(row, document) > 0 ? 'total' : undefined);
    if (total === 'carried') {
      taken.add(row);
      continue;
    }
    if (repeated.has(row)) continue;
    if (rows.length > 0 && headsSums(row, document)) break;
    const cells = assign(row, columns, document);
    const main = isMain(cells, document);
    if (total !== undefined && !(main && hasQuantityAndPrice(cells, document))) {
      if (rows.length === 0) continue;
      // What is taken off an item, or put on it, stands between it and the next.
      const close = open && row.y - bottom < row.height * 1.6;
      const adjusts = (total === 'discount' || total === 'charges') && main && close;
      if (!adjusts || !laterItem(document, index, columns)) break;
    }
    if (!main && (!open || (bottom > 0 && row.y - bottom > row.height * 2.4))) {
      if (rows.length > 0 && open && row.y - bottom > row.height * 2.4 && !laterItem(document, index, columns)) break;
      continue;
    }
    open = true;
    bottom = rowBottom(row);
    taken.add(row);
    rows.push({ row, cells });
  }
  if (begin.columns.length === 2) dropSums(rows, taken, document);
  return rows.length === 0 ? null : { columns: begin.columns, rows, taken };
}

/** Headers of tables of words and amounts alone, which count where the page has no others. */
function narrowHeaders(document: PrintedDocument): Header[] {
  return document.rows.flatMap((row, index) => {
    const header = row.cells.length === 2 ? headerOf(document, [row], index, 2) : null;
    return header?.columns.length === 2 ? [header] : [];
  });
}

/** Where an item is no more than words and an amount, a sum looks like one: it is what those before it add up to. */
function dropSums(rows: TableRow[], taken: Set<Row>, document: PrintedDocument): void {
  let sum = new Decimal(0);
  for (const [index, { cells }] of rows.entries()) {
    const amount = [...cells].find(([column]) => amountKinds.has(column.kind))?.[1];
    const value = amount === undefined ? undefined : numberOf(amount.text, document)?.value;
    if (value === undefined) continue;
    if (index > 0 && value.eq(sum)) {
      for (const { row } of rows.splice(index)) taken.delete(row);
      return;
    }
    sum = sum.plus(value);
  }
}

/** The first rows of a table without a header may not calculate, and have their numbers in its columns all the same. */
function unheaded(document: PrintedDocument): ReturnType<typeof inferColumns> {
  const found = inferColumns(document);
  if (found === null) return null;
  let { from } = found;
  for (let index = from - 1; index >= 0 && from - index <= 5; index--) {
    const row = document.rows[index];
    if (row === undefined || row.page !== found.page) break;
    const cells = assign(row, found.columns, document);
    if (isMain(cells, document) && hasQuantityAndPrice(cells, document)) from = index;
  }
  return { ...found, from };
}

/** Whether a row opens an item: it has an amount and something to make it of. */
export function isMain(cells: ReadonlyMap<TableColumn, Cell>, document: PrintedDocument): boolean {
  let numbers = 0;
  let amounts = 0;
  let others = 0;
  for (const [column, cell] of cells) {
    const number = numberOf(cell.text, document);
    if (number !== null && numeric.has(column.kind)) numbers += 1;
    if (number !== null && amountKinds.has(column.kind)) amounts += 1;
    if (column.kind === 'description' || column.kind === 'code' || column.kind === 'position') others += 1;
  }
  return amounts > 0 && (numbers > 1 || others > 0);
}

const numeric: ReadonlySet<Column> = new Set<Column>([
  'quantity',
  'unitPrice',
  'grossPrice',
  'discount',
  'taxRate',
  'taxAmount',
  'amount',
  'netAmount',
  'grossAmount',
]);
const amountKinds: ReadonlySet<Column> = new Set<Column>(['amount', 'netAmount', 'grossAmount']);

function hasQuantityAndPrice(cells: ReadonlyMap<TableColumn, Cell>, document: PrintedDocument): boolean {
  const kinds = new Set(
    [...cells].filter(([, cell]) => numberOf(firstNumber(cell.text), document) !== null).map(([column]) => column.kind),
  );
  return kinds.has('quantity') && (kinds.has('unitPrice') || kinds.has('grossPrice'));
}

function firstNumber(text: string): string {
  return /^\S*\d\S*/.exec(text)?.[0] ?? text;
}

function laterItem(document: PrintedDocument, from: number, columns: readonly TableColumn[]): boolean {
  for (const row of document.rows.slice(from + 1, from + 40)) {
    const total = totalAt(row, document);
    if (total !== undefined && total !== 'discount' && total !== 'charges' && total !== 'carried') return false;
    if (hasQuantityAndPrice(assign(row, columns, document), document)) return true;
  }
  return false;
}

/** Whether a row heads a table of sums or taxes, and not of items. */
function headsSums(row: Row, document: PrintedDocument): boolean {
  return sumColumnsIn(row, document) !== null;
}

export interface SumColumn {
  readonly cell: Cell;
  readonly total: Total | undefined;
  readonly column: Column | undefined;
}

/** The columns of a header of sums, where a row is one. */
export function sumColumnsIn(row: Row, document: PrintedDocument): SumColumn[] | null {
  if (/\d[.,]\d\d\b/.test(row.text) || !/\p{L}{2}/u.test(row.text)) return null;
  const found: SumColumn[] = [];
  let known = 0;
  let all = 0;
  for (const cell of row.cells) {
    all += cell.words.length;
    for (let from = 0; from < cell.words.length; ) {
      let to = Math.min(cell.words.length, from + 6);
      for (; to > from; to--) {
        const phrase = plain(textOf(cell.words.slice(from, to)).replace(/[([].*?[)\]]|€|£|\$|\bEUR\b/g, ''));
        const [total, column] = [document.lexicon.total(phrase), document.lexicon.column(phrase)];
        if (total === undefined && column === undefined) continue;
        found.push({ cell: cellOf(cell.words.slice(from, to), row.page), total, column });
        known += to - from;
        break;
      }
      from = to > from ? to : from + 1;
    }
  }
  if (found.length < 2 || known < all * 0.6) return null;
  const taxed = found.some((each) => each.total === 'tax' || each.column === 'taxAmount' || each.column === 'taxRate');
  const items = found.some(
    (each) => each.column === 'description' || each.column === 'quantity' || each.column === 'unitPrice',
  );
  return taxed && !items ? found : null;
}

/** What a row of totals says, if its first words say so and an amount follows. */
export function totalAt(row: Row, document: PrintedDocument): Total | undefined {
  const amount = row.cells.some(
    (cell) => numberOf(cell.words.at(-1)?.text ?? '', document) !== null || /\d[.,]\d\d\b/.test(cell.text),
  );
  if (!amount) return carriedWithout(row, document);
  for (const cell of row.cells) {
    const words = cell.words.filter((word) => !/^[+=–—-]$/.test(word.text));
    for (let to = Math.min(words.length, 7); to > 0; to--) {
      const total = document.lexicon.total(plainOf(words.slice(0, to)));
      if (total !== undefined) return total;
    }
    if (/^[\d.,]+\s*%/.test(cell.text)) {
      const after = plain(cell.text.replace(/^[\d.,]+\s*%/, ''));
      if (document.lexicon.total(after.split(' ')[0] ?? '') === 'tax') return 'tax';
    }
    if (numberOf(cell.text, document) === null) return undefined;
  }
  return undefined;
}

/**
 * Where in a row another table's line begins that says a sum: totals often stand at the right of the taxes. `-1` where
 * none does.
 */
export function besideAt(row: Row, document: PrintedDocument): number {
  return row.cells.findIndex((cell, at) => {
    const next = row.cells[at + 1];
    if (at === 0 || next === undefined || numberOf(next.text, document) === null) return false;
    if (!/^\p{L}/u.test(cell.text)) return false;
    const phrase = plain(cell.text.replace(/[([].*?[)\]]|€|£|\$|[\d.,]+\s*%/g, ''));
    return phrase !== '' && document.lexicon.total(phrase) !== undefined;
  });
}

function carriedWithout(row: Row, document: PrintedDocument): Total | undefined {
  const total = document.lexicon.total(plain(row.cells[0]?.text ?? ''));
  return total === 'carried' ? total : undefined;
}

interface Header {
  readonly from: number;
  readonly to: number;
  readonly page: number;
  readonly columns: readonly TableColumn[];
  readonly score: number;
}

/** A header may stand on several lines. */
function headerAt(document: PrintedDocument, index: number): Header | null {
  const rows: Row[] = [];
  let best: Header | null = null;
  for (const row of document.rows.slice(index, index + mostHeaderLines)) {
    const last = rows.at(-1);
    if (last !== undefined) {
      const close = row.page === last.page && row.y - rowBottom(last) < last.height * 0.9;
      if (!close || /\d[.,]\d\d\b/.test(row.text)) break;
    }
    rows.push(row);
    const header = headerOf(document, rows, index);
    if (header !== null && (best === null || header.score >= best.score)) best = header;
  }
  return best;
}

const mostHeaderLines = 4;

function headerOf(document: PrintedDocument, rows: readonly Row[], from: number, least = 3): Header | null {
  if (rows.some((row) => /\d[.,]\d\d\b/.test(row.text))) return null;
  const groups = stacked(rows);
  const columns: TableColumn[] = [];
  let known = 0;
  let all = 0;
  for (const cell of groups) {
    all += cell.words.length;
    const found = columnsIn(cell, document);
    known += found.reduce((sum, each) => sum + each.count, 0);
    columns.push(...found.map(({ count: _, ...column }) => column));
  }
  const kinds = new Set(columns.map((column) => column.kind));
  const anchored = kinds.has('description') || kinds.has('code') || kinds.has('position');
  const priced = ['amount', 'netAmount', 'grossAmount'].some((kind) => kinds.has(kind as Column));
  if (!kinds.has('description')) {
    // Where no column says that it describes, the code or a general word such as `Reference` does.
    const instead = columns.findIndex((column) => column.kind === 'code' || column.kind === 'other');
    const column = columns[instead];
    if (column !== undefined) columns[instead] = { ...column, kind: 'description' };
  }
  if (kinds.size < least || !anchored || !priced || known < all * 0.6) return null;
  columns.sort((a, b) => a.x - b.x);
  const items =
    Number(kinds.has('quantity')) +
    Number(kinds.has('unitPrice') || kinds.has('grossPrice')) +
    Number(kinds.has('description'));
  return {
    from,
    to: from + rows.length - 1,
    page: rows[0]?.page ?? 0,
    columns: withoutDoubles(columns),
    score: kinds.size + items + known / all,
  };
}

/** The same words can head two columns, such as a net and a gross `Amount`: the later one stays what it can be. */
function withoutDoubles(columns: readonly TableColumn[]): TableColumn[] {
  return columns.map((column, index) => {
    const earlier = columns.slice(0, index).some((each) => each.kind === column.kind);
    const later = columns.slice(index + 1).some((each) => each.kind === column.kind);
    if (
      column.kind === 'taxRate' &&
      later &&
      /%|satz|rate|taux|aliquota|tipo|tarifas/i.test(columns[index + 1]?.text ?? '')
    )
      return { ...column, kind: 'other' as const };
    if (column.kind === 'taxRate' && earlier) return { ...column, kind: 'taxAmount' as const };
    if (column.kind === 'amount' && earlier) return { ...column, kind: 'grossAmount' as const };
    if (column.kind === 'description' && later && plain(column.text) === 'item')
      return { ...column, kind: 'position' as const };
    // `Units` heads how many, or, beside a column that says how many, what they are.
    const counts = /^(units?|unidades|uds?|vnt|un)$/.test(plain(column.text));
    if (column.kind === 'quantity' && counts && (earlier || later)) return { ...column, kind: 'unit' as const };
    if (column.kind === 'position' && earlier) return { ...column, kind: 'other' as const };
    return column;
  });
}

/** The words of a header's lines, those that stand over each other as one cell. */
function stacked(rows: readonly Row[]): Cell[] {
  const cells: { words: Word[]; x: number; right: number }[] = [];
  for (const row of rows) {
    for (const cell of row.cells) {
      const over = cells.find((each) => each.x < rightOf(cell) - 1 && each.right > cell.x + 1);
      if (over === undefined) {
        cells.push({ words: [...cell.words], x: cell.x, right: rightOf(cell) });
      } else {
        over.words.push(...cell.words);
        over.x = Math.min(over.x, cell.x);
        over.right = Math.max(over.right, rightOf(cell));
      }
    }
  }
  return cells.map((cell) => cellOf(cell.words, rows[0]?.page ?? 0));
}

function columnsIn(cell: Cell, document: PrintedDocument): (TableColumn & { count: number })[] {
  const found: (TableColumn & { count: number })[] = [];
  for (let from = 0; from < cell.words.length; ) {
    let to = Math.min(cell.words.length, from + 5);
    let kind: Column | undefined;
    for (; to > from; to--) {
      const text = textOf(cell.words.slice(from, to));
      kind =
        document.lexicon.column(plain(text)) ??
        document.lexicon.column(plain(text.replace(/[([].*?[)\]]|€|£|\$/g, '')));
      if (kind !== undefined) break;
    }
    if (kind !== undefined) {
      const box = boxAround(cell.words.slice(from, to));
      found.push({ kind, x: box.x, right: rightOf(box), text: textOf(cell.words.slice(from, to)), count: to - from });
    }
    from = kind === undefined ? from + 1 : to;
  }
  // One word too many, such as a currency, belongs to its neighbour and not to a column of its own.
  return found.length === 1 && found[0] !== undefined ? [{ ...found[0], x: cell.x, right: rightOf(cell) }] : found;
}

function sameHeader(a: Header, b: Header): boolean {
  return (
    a.columns.length === b.columns.length && a.columns.every((column, index) => column.kind === b.columns[index]?.kind)
  );
}

/** Heads and feet of pages: what stands at one height of several pages, page numbers aside. */
function repeatedRows(document: PrintedDocument): ReadonlySet<Row> {
  const seen = new Map<string, Row[]>();
  for (const row of document.rows) {
    const key = `${Math.round(row.y / 3)} ${row.text.replace(/\d+/g, '#')}`;
    seen.set(key, [...(seen.get(key) ?? []), row]);
  }
  const repeated = new Set<Row>();
  for (const rows of seen.values()) {
    const pages = new Set(rows.map((row) => row.page));
    if (pages.size > 1 && rows.every((row) => !/\d[.,]\d\d\b/.test(row.text)))
      for (const row of rows) repeated.add(row);
  }
  return repeated;
}

/** Puts the words of a row under the headers that they stand nearest to. */
function assign(row: Row, columns: readonly TableColumn[], document: PrintedDocument): ReadonlyMap<TableColumn, Cell> {
  const words = new Map<TableColumn, Word[]>();
  for (const cell of row.cells) {
    for (const part of partsOf(cell, columns, document)) {
      const column = nearest(part, columns, document);
      if (column === undefined) continue;
      words.set(column, [...(words.get(column) ?? []), ...part.words]);
    }
  }
  return new Map([...words].map(([column, list]) => [column, cellOf(list, row.page)]));
}

/** A cell that reaches under several headers is several cells. */
function partsOf(cell: Cell, columns: readonly TableColumn[], document: PrintedDocument): Cell[] {
  const under = columns.filter((column) => cell.x < column.right && rightOf(cell) > column.x);
  if (under.length < 2 || cell.words.length < 2) return [cell];
  const parts: Word[][] = [];
  let last: TableColumn | undefined;
  for (const word of cell.words) {
    const single = cellOf([word], cell.page);
    const column = under.find((each) => word.x < each.right && rightOf(word) > each.x && fits(single, each, document));
    const part = parts.at(-1);
    const isNew =
      column !== undefined &&
      column !== last &&
      (last === undefined || last.kind === 'position' || !isText(column) || isNumeric(word.text));
    if (part === undefined || isNew) parts.push([word]);
    else part.push(word);
    if (column !== undefined) last = column;
  }
  return parts.map((part) => cellOf(part, cell.page));
}

function isText(column: TableColumn): boolean {
  return column.kind === 'description' || column.kind === 'code' || column.kind === 'other';
}

function isNumeric(text: string): boolean {
  return /^[-+(€$£]?\d/.test(text);
}

function fits(cell: Cell, column: TableColumn, document: PrintedDocument): boolean {
  if (!numeric.has(column.kind)) return true;
  return (
    numberOf(cell.text, document) !== null || /^[-+(]?\d/.test(cell.text) || /^(€|EUR|%|[A-Z]{1,3})$/.test(cell.text)
  );
}

function nearest(cell: Cell, columns: readonly TableColumn[], document: PrintedDocument): TableColumn | undefined {
  let best: TableColumn | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, column] of columns.entries()) {
    if (!fits(cell, column, document)) continue;
    const distance = distanceTo(cell, column, columns[index + 1]);
    if (distance < least) {
      least = distance;
      best = column;
    }
  }
  return least < 60 ? best : undefined;
}

function distanceTo(cell: Cell, column: TableColumn, next: TableColumn | undefined): number {
  const overlap = Math.min(rightOf(cell), column.right) - Math.max(cell.x, column.x);
  const aligned = Math.min(
    Math.abs(cell.x - column.x),
    Math.abs(rightOf(cell) - column.right),
    Math.abs(cell.x + cell.width / 2 - (column.x + column.right) / 2),
  );
  const within = isText(column) && cell.x >= column.x - 3 && cell.x < (next?.x ?? Number.POSITIVE_INFINITY) - 6;
  if (within && !isNumeric(cell.text)) return Math.min(aligned, 2);
  return aligned - (overlap > 0 ? 12 : 0);
}

function rowBottom(row: Row): number {
  return row.y + row.height;
}
