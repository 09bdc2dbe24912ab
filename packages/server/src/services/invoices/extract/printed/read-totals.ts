import type { Decimal } from 'decimal.js';
import type { Word } from '../page/page-text.ts';
import { bottomOf, boxAround, type Cell, type Row, rightOf } from '../page/rows.ts';
import { isKnownWord, isWithheld } from './compose.ts';
import { textOf } from './find-labels.ts';
import { besideAt, sumColumnsIn, totalAt } from './find-table.ts';
import { longestPhrase, plain } from './lexicon.ts';
import { numberOf, type PrintedDocument } from './printed-document.ts';
import type { Column, Total } from './words/language-words.ts';

/** An amount beside what it is said to be. */
export interface TotalHit {
  readonly kind: Total;
  readonly amount: Decimal;
  readonly words: readonly Word[];
  readonly page: number;
  readonly label: string;
  readonly currency: string | null;
}

/** A line of tax: its rate, its amount, and what it is a share of where that is printed. */
export interface TaxHit {
  readonly rate: Decimal | null;
  readonly base: Amount | null;
  readonly tax: Amount | null;
  readonly rateWords: readonly Word[];
  readonly page: number;
  readonly label: string;
  /** Another amount of the row could be the base as well. */
  readonly vague?: boolean;
}

export interface Amount {
  readonly value: Decimal;
  readonly words: readonly Word[];
}

export function findTotals(
  document: PrintedDocument,
  taken: ReadonlySet<Row>,
): { totals: TotalHit[]; taxes: TaxHit[] } {
  const free = document.rows.filter((row) => !taken.has(row));
  const split = free.map((row) => {
    const at = besideAt(row, document);
    return at < 0 ? [row] : [partOf(row, 0, at), partOf(row, at, row.cells.length)];
  });
  const [left, right] = [split.flatMap(([first]) => first ?? []), split.flatMap(([, second]) => second ?? [])];
  const [a, b] = [totalsOf(left, document), totalsOf(right, document)];
  return { totals: [...a.totals, ...b.totals], taxes: [...a.taxes, ...b.taxes] };
}

function partOf(row: Row, from: number, to: number): Row {
  const cells = row.cells.slice(from, to);
  return { ...row, ...boxAround(cells), cells, text: cells.map((cell) => cell.text).join('  ') };
}

function totalsOf(rows: readonly Row[], document: PrintedDocument): { totals: TotalHit[]; taxes: TaxHit[] } {
  const totals: TotalHit[] = [];
  const taxes: TaxHit[] = [];
  const taken = new Set<Row>();
  for (const [index, row] of rows.entries()) {
    if (taken.has(row)) continue;
    const grid = gridAt(rows, index, document, taken);
    if (grid !== null) {
      totals.push(...grid.totals);
      taxes.push(...grid.taxes);
      for (const each of grid.rows) taken.add(each);
      continue;
    }
    for (const part of partsOf(row, document)) {
      const tax = taxIn(part, document);
      if (tax !== null) taxes.push(tax);
      const total = tax === null || tax.rate === null ? totalIn(part, document) : null;
      if (total !== null) totals.push(total);
    }
  }
  return { totals, taxes };
}

/** A row can say two things side by side: each begins with words and ends with numbers. */
function partsOf(row: Row, document: PrintedDocument): Cell[][] {
  const parts: Cell[][] = [];
  for (const cell of row.cells) {
    const part = parts.at(-1);
    const ended = part?.some((each) => isAmount(each, document)) === true;
    const opens =
      opensTotal(cell, document) &&
      !(part !== undefined && isAdjustment(part, document) && /^[\d.,]+\s*%/.test(cell.text));
    if (part === undefined || (ended && opens)) parts.push([cell]);
    else part.push(cell);
  }
  return parts;
}

/** What is taken off or put on says in its own line at which rate it is taxed. */
function isAdjustment(part: readonly Cell[], document: PrintedDocument): boolean {
  const kind = part[0] === undefined ? undefined : labelOf(part[0], document)?.kind;
  return kind === 'discount' || kind === 'charges';
}

function opensTotal(cell: Cell, document: PrintedDocument): boolean {
  return (
    totalAt({ ...cell, cells: [cell, { ...cell, text: '0,00', words: cell.words }] } as unknown as Row, document) !==
    undefined
  );
}

function isAmount(cell: Cell, document: PrintedDocument): boolean {
  return numbersIn([cell], document).length > 0;
}

interface NumberHit {
  readonly value: Decimal;
  readonly decimals: number;
  readonly percent: boolean;
  readonly currency: string | null;
  readonly words: readonly Word[];
}

/** The numbers of some cells from left to right, the longest spelling of each first: `1 234,56 EUR` is one. */
function numbersIn(cells: readonly Cell[], document: PrintedDocument): NumberHit[] {
  const hits: NumberHit[] = [];
  for (const cell of cells) {
    for (let from = 0; from < cell.words.length; ) {
      let to = Math.min(cell.words.length, from + 5);
      for (; to > from; to--) {
        const words = cell.words.slice(from, to);
        const text = textOf(words).replace(/^[(:=]+\s*(?=\d)|[):;]+$/g, '');
        const number = numberOf(text, document);
        if (number === null) continue;
        hits.push({ ...number, words });
        break;
      }
      from = to > from ? to : from + 1;
    }
  }
  return hits.flatMap((hit, index) => (hits[index - 1]?.words.includes(hit.words[0] as Word) ? [] : [hit]));
}

function looksLikeMoney(hit: NumberHit): boolean {
  return !hit.percent && (hit.decimals === 2 || hit.currency !== null || hit.decimals === 0);
}

function totalIn(part: readonly Cell[], document: PrintedDocument): TotalHit | null {
  const first = part[0];
  if (first === undefined) return null;
  const label = labelOf(first, document);
  if (label === null) return null;
  const numbers = numbersIn(part, document).filter(looksLikeMoney);
  const amount = numbers.at(-1);
  if (
    amount === undefined ||
    (amount.decimals === 0 && amount.currency === null && !document.rows.some((row) => /¥|JPY/.test(row.text)))
  )
    return null;
  // In running text a number says nothing of the words at the line's beginning.
  const between = textOf(first.words.slice(label.count)).replace(textOf(amount.words), '');
  if (between.split(/\s+/).filter((word) => /^\p{L}{3,}$/u.test(word)).length > 4) return null;
  return {
    kind: label.kind,
    amount: amount.value,
    words: amount.words,
    page: first.page,
    label: textOf(first.words.filter((word) => !amount.words.includes(word))),
    currency: amount.currency,
  };
}

function labelOf(cell: Cell, document: PrintedDocument): { kind: Total; count: number } | null {
  const lead = cell.words.findIndex((word) => !/^[+=–—-]$/.test(word.text));
  const words = cell.words.slice(Math.max(0, lead));
  if (words.some((word) => isWithheld(plain(word.text)))) return null;
  for (let to = Math.min(words.length, longestPhrase); to > 0; to--) {
    const phrase = plain(textOf(words.slice(0, to)).replace(/[([].*?[)\]]|€|£|\$/g, ''));
    const kind = document.lexicon.total(phrase);
    if (kind === undefined) continue;
    // `Total labour` sums up some of the lines; `Total`, `Total EUR` and `Total due` all of them.
    const next = plain(words[to]?.text ?? '');
    const isPart = kind === 'total' && /^\p{L}{4,}$/u.test(next) && !isKnownWord(next);
    return { kind: isPart ? 'lines' : kind, count: to + Math.max(0, lead) };
  }
  return null;
}

/** `19 % MwSt. auf 100,00   19,00`, in any order. */
function taxIn(part: readonly Cell[], document: PrintedDocument): TaxHit | null {
  const first = part[0];
  if (first === undefined) return null;
  const words = part.flatMap((cell) => cell.words);
  if (isAdjustment(part, document)) return null;
  const numbers = numbersIn(part, document);
  const percent = numbers.find((hit) => hit.percent) ?? percentBehind(words, document);
  if (percent === undefined || percent.value.gt(40)) return null;
  const saysTax =
    words.slice(0, 8).some((word) => document.lexicon.total(plain(word.text)) === 'tax') ||
    labelOf(first, document)?.kind === 'tax';
  if (!saysTax) return null;
  const amounts = numbers.filter(
    (hit) => hit !== percent && !hit.percent && looksLikeMoney(hit) && !percent.words.includes(hit.words[0] as Word),
  );
  const tax = amounts.at(-1);
  if (tax === undefined || (tax.decimals === 0 && tax.currency === null && !tax.value.isZero())) return null;
  const base = amounts.slice(0, -1).find((hit) => isShare(hit.value, percent.value, tax.value));
  return {
    rate: percent.value.abs(),
    base: base === undefined ? null : { value: base.value, words: base.words },
    tax: { value: tax.value, words: tax.words },
    rateWords: percent.words,
    page: first.page,
    label: first.text,
  };
}

function percentBehind(words: readonly Word[], document: PrintedDocument): NumberHit | undefined {
  for (const word of words) {
    const match = /^[(@]?(\d{1,2}(?:[.,]\d{1,2})?)\s*%[):,]?$/.exec(word.text);
    const number = match === null ? null : numberOf(match[1] ?? '', document);
    if (number !== null) return { ...number, percent: true, words: [word] };
  }
  return undefined;
}

export function isShare(base: Decimal, rate: Decimal, tax: Decimal): boolean {
  return base.times(rate).div(100).minus(tax).abs().lte(0.0151);
}

/** A header of sums with their amounts in the rows below it: totals side by side, or one row for each rate of tax. */
function gridAt(
  all: readonly Row[],
  index: number,
  document: PrintedDocument,
  taken: ReadonlySet<Row>,
): { totals: TotalHit[]; taxes: TaxHit[]; rows: Row[] } | null {
  const head = all[index];
  const known = head === undefined ? null : sumColumnsIn(head, document);
  if (head === undefined || known === null) return null;
  const totals: TotalHit[] = [];
  const taxes: TaxHit[] = [];
  const rows: Row[] = [head];
  let bottom = bottomOf(head);
  for (const row of all.slice(index + 1, index + 12)) {
    if (row.page !== head.page || taken.has(row) || row.y - bottom > row.height * 2) break;
    const values = row.cells.flatMap((cell) => {
      const number = numbersIn([cell], document).at(-1);
      return number === undefined ? [] : [{ number, under: columnOver(cell, known) }];
    });
    // The name of a tax may be longer than its line.
    if (values.length === 0 && totalAt(row, document) === undefined && row.cells.length < 3) {
      bottom = bottomOf(row);
      continue;
    }
    if (values.length < 2) break;
    const at = (...kinds: readonly (Total | Column | undefined)[]) =>
      values.find(
        ({ number, under }) =>
          !number.percent && under !== undefined && (kinds.includes(under.column) || kinds.includes(under.total)),
      )?.number;
    const percent =
      values.find(({ number }) => number.percent)?.number ??
      values.find(({ under }) => under?.column === 'taxRate' || /%/.test(under?.cell.text ?? ''))?.number;
    const opens = totalAt(row, document);
    const last = values.at(-1)?.number;
    if ((opens === 'discount' || opens === 'charges') && last !== undefined && looksLikeMoney(last)) {
      const label = row.cells[0]?.text ?? '';
      totals.push({
        kind: opens,
        amount: last.value,
        words: last.words,
        page: row.page,
        label,
        currency: last.currency,
      });
      rows.push(row);
      bottom = bottomOf(row);
      continue;
    }
    if (percent?.value.lte(40)) {
      const amounts = values
        .filter(({ number }) => number !== percent && looksLikeMoney(number))
        .map(({ number }) => number);
      const pairs = amounts
        .flatMap((base) => amounts.map((tax) => ({ base, tax })))
        .filter(
          ({ base, tax }) =>
            base !== tax &&
            isShare(base.value, percent.value, tax.value) &&
            !base.value.isZero() &&
            (percent.value.isZero() ? tax.value.isZero() : true),
        );
      const headed = at('netAmount', 'net');
      const pair = pairs.find(({ base }) => base === headed) ?? pairs.at(-1);
      const base = pair?.base ?? at('netAmount', 'net');
      const tax = pair?.tax ?? at('taxAmount', 'tax');
      if (base !== undefined || tax !== undefined) {
        taxes.push({
          rate: percent.value,
          base: base ?? null,
          tax: tax ?? null,
          rateWords: percent.words,
          page: row.page,
          label: row.cells[0]?.text ?? '',
          vague: pairs.some(({ base: other }) => base !== undefined && !other.value.eq(base.value)),
        });
        rows.push(row);
        bottom = bottomOf(row);
        continue;
      }
    }
    if (opens !== undefined && opens !== 'total' && opens !== 'lines') break;
    for (const { number, under } of values) {
      const kind = under?.total ?? totalOfColumn(under?.column);
      if (kind === undefined || !looksLikeMoney(number) || number.percent) continue;
      totals.push({
        kind,
        amount: number.value,
        words: number.words,
        page: row.page,
        label: under?.cell.text ?? '',
        currency: number.currency,
      });
    }
    rows.push(row);
    bottom = bottomOf(row);
    if (taxes.length === 0 && totals.every(({ kind }) => kind !== 'discount' && kind !== 'charges')) break;
  }
  return rows.length < 2 ? null : { totals, taxes, rows };
}

function totalOfColumn(column: Column | undefined): Total | undefined {
  if (column === 'netAmount') return 'net';
  if (column === 'taxAmount') return 'tax';
  if (column === 'grossAmount') return 'gross';
  return undefined;
}

function columnOver<T extends { cell: Cell }>(cell: Cell, columns: readonly T[]): T | undefined {
  let best: T | undefined;
  let least = 45;
  for (const column of columns) {
    const distance = Math.min(
      Math.abs(cell.x - column.cell.x),
      Math.abs(rightOf(cell) - rightOf(column.cell)),
      Math.abs(cell.x + cell.width / 2 - column.cell.x - column.cell.width / 2),
    );
    if (distance < least) {
      least = distance;
      best = column;
    }
  }
  return best;
}
