import type { Decimal } from 'decimal.js';
import { type Cell, type Row, rightOf } from '../page/rows.ts';
import type { TableColumn } from './find-table.ts';
import { numberOf, type PrintedDocument } from './printed-document.ts';
import type { Column } from './words/language-words.ts';

/**
 * The columns of a table that nobody headed, by what its rows calculate: where two numbers of a row make a third and
 * words stand beside them, that is an item. One such row may be chance, so two must agree on where their columns are, or
 * the amount of the only one must come again further down, as the sum that it is.
 */
export function inferColumns(
  document: PrintedDocument,
): { from: number; page: number; columns: readonly TableColumn[] } | null {
  const items = document.rows.flatMap((row, index) => {
    const item = itemIn(row, document);
    return item === null ? [] : [{ ...item, index }];
  });
  for (const first of items) {
    const alike = items.filter((each) => each.index >= first.index && sharesColumns(first, each));
    const again = document.rows
      .slice(first.index + 1)
      .some((row) => row.cells.some((cell) => numberIn(cell, document)?.value.equals(first.amount) === true));
    if (alike.length < 2 && !again) continue;
    // A column that most rows leave empty, such as a discount, is seen in the fullest of them.
    const fullest = alike.reduce((best, each) => (each.columns.length > best.columns.length ? each : best));
    const columns = fullest.columns.map((column) => widened(column, alike));
    return { from: first.index, page: document.rows[first.index]?.page ?? 1, columns };
  }
  return null;
}

interface Item {
  readonly columns: readonly TableColumn[];
  readonly amount: Decimal;
}

interface NumberCell {
  readonly cell: Cell;
  readonly value: Decimal;
  readonly decimals: number;
  readonly percent: boolean;
}

function itemIn(row: Row, document: PrintedDocument): Item | null {
  const numbers = row.cells.flatMap((cell): NumberCell[] => {
    const number = numberIn(cell, document);
    return number === null ? [] : [{ ...number, cell }];
  });
  const description = row.cells
    .filter((cell) => numberIn(cell, document) === null && /\p{L}{3}/u.test(cell.text))
    .sort((a, b) => b.width - a.width)[0];
  if (description === undefined) return null;
  const product = productIn(numbers);
  if (product === null) return null;
  const kinds = new Map<Cell, Column>([
    [description, 'description'],
    [product.quantity.cell, 'quantity'],
    [product.price.cell, 'unitPrice'],
    [product.amount.cell, 'amount'],
  ]);
  if (product.discount !== null) kinds.set(product.discount.cell, 'discount');
  for (const number of numbers) {
    if (kinds.has(number.cell)) continue;
    if (number.percent && number.value.lte(30)) kinds.set(number.cell, 'taxRate');
    else if (number.cell === row.cells[0] && number.decimals === 0 && number.value.lte(999))
      kinds.set(number.cell, 'position');
  }
  for (const [at, cell] of row.cells.entries()) {
    if (kinds.has(cell)) continue;
    const short = cell.words.length === 1;
    if (short && cell.x < description.x && /\d/.test(cell.text)) kinds.set(cell, 'code');
    else if (short && row.cells[at - 1] === product.quantity.cell && !/\d/.test(cell.text)) kinds.set(cell, 'unit');
  }
  const columns = row.cells.flatMap((cell): TableColumn[] => {
    const kind = kinds.get(cell);
    const text = kind === 'discount' ? '%' : '';
    return kind === undefined ? [] : [{ kind, x: cell.x, right: rightOf(cell), text }];
  });
  return { columns, amount: product.amount.value };
}

/** Quantity, price and amount from left to right, with a discount in per cent between them where there is one. */
function productIn(numbers: readonly NumberCell[]) {
  for (let last = numbers.length - 1; last >= 2; last--) {
    const amount = numbers[last] as NumberCell;
    if (amount.percent || amount.decimals !== 2 || amount.value.isZero()) continue;
    for (let second = last - 1; second >= 1; second--) {
      for (let first = second - 1; first >= 0; first--) {
        const [quantity, price] = [numbers[first] as NumberCell, numbers[second] as NumberCell];
        if (quantity.percent || price.percent || price.decimals < 2) continue;
        const full = quantity.value.times(price.value);
        if (full.minus(amount.value).abs().lt(0.006)) return { quantity, price, amount, discount: null };
        for (const discount of numbers.slice(second + 1, last)) {
          const off = full.times(discount.value.abs()).div(100);
          if (!discount.value.isZero() && full.minus(off).minus(amount.value).abs().lt(0.006))
            return { quantity, price, amount, discount };
        }
      }
    }
  }
  return null;
}

/** The number of a cell, with its unit behind it or without. */
function numberIn(cell: Cell, document: PrintedDocument) {
  const whole = numberOf(cell.text, document);
  if (whole !== null) return whole;
  const [first, ...others] = cell.words;
  if (first === undefined || others.length > 2 || others.some((word) => /\d/.test(word.text))) return null;
  return others.map((word) => word.text).join(' ').length > 12 ? null : numberOf(first.text, document);
}

/** Numbers stand over each other by their right edges, words by their left ones. */
function sharesColumns(a: Item, b: Item): boolean {
  return a.columns
    .filter(({ kind }) => kind === 'amount' || kind === 'unitPrice' || kind === 'description')
    .every((column) => b.columns.some((other) => isOver(column, other)));
}

function isOver(a: TableColumn, b: TableColumn): boolean {
  if (a.kind !== b.kind) return false;
  return Math.abs(a.x - b.x) < 6 || Math.abs(a.right - b.right) < 6;
}

function widened(column: TableColumn, items: readonly Item[]): TableColumn {
  const same = items.flatMap((item) => item.columns.filter((other) => isOver(column, other)));
  return {
    ...column,
    x: Math.min(...same.map((each) => each.x)),
    right: Math.max(...same.map((each) => each.right)),
  };
}
