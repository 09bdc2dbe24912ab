import type { Word } from '../page/page-text.ts';
import { bottomOf, type Cell, cellOf, type Row, rightOf } from '../page/rows.ts';
import { longestPhrase, plain } from './lexicon.ts';
import type { PrintedDocument } from './printed-document.ts';
import type { Label, Title } from './words/language-words.ts';

/** A label on the page, with what may be its value. */
export interface LabelHit {
  readonly label: Label;
  readonly row: Row;
  readonly cell: Cell;
  readonly words: readonly Word[];
  /** What may be its value: behind it, in the next cell, below it; best first. */
  readonly values: readonly Cell[];
  /** In the middle of a sentence, which may speak of something else. */
  readonly loose: boolean;
}

/** Titles come as labels do, but open the document. */
export interface TitleHit {
  readonly title: Title;
  readonly row: Row;
  readonly words: readonly Word[];
  readonly after: readonly Word[];
}

/** These end a sentence's grip on a word: labels that stand anywhere in a line, as in the foot of a letter. */
const anywhere: ReadonlySet<Label> = new Set<Label>([
  'vatCode',
  'buyerVatCode',
  'iban',
  'bic',
  'taxCode',
  'email',
  'phone',
  'companyCode',
  'otherContact',
  'accountNumber',
  'issueDate',
  'dueDate',
  'supplyDate',
  'orderNumber',
]);

interface Mark {
  readonly label: Label;
  readonly from: number;
  readonly to: number;
  readonly loose: boolean;
}

export function findLabels(document: PrintedDocument): LabelHit[] {
  const marked = document.rows.map((row) => row.cells.map((cell) => marksIn(cell, document)));
  return document.rows.flatMap((row, rowIndex) =>
    row.cells.flatMap((cell, cellIndex) =>
      (marked[rowIndex]?.[cellIndex] ?? []).map((mark, index, marks): LabelHit => {
        const words = cell.words.slice(mark.from, mark.to);
        const behind = cell.words.slice(mark.to, marks[index + 1]?.from ?? cell.words.length);
        const rest = withoutLead(behind);
        const values: Cell[] = rest.length > 0 ? [cellOf(rest, row.page)] : [];
        const next = row.cells[cellIndex + 1];
        const nextMarked = marked[rowIndex]?.[cellIndex + 1]?.[0]?.from === 0;
        if (rest.length === 0 && index === marks.length - 1 && next !== undefined && !nextMarked) {
          const words = withoutLead(next.words.slice(0, marked[rowIndex]?.[cellIndex + 1]?.[0]?.from));
          if (words.length > 0) values.push(cellOf(words, row.page));
        }
        if (rest.length === 0) {
          const below = cellBelow(document, rowIndex, cell, words, (r, c) => marked[r]?.[c]?.[0]?.from === 0);
          if (below !== undefined) values.push(below);
        }
        return { label: mark.label, row, cell, words, values, loose: mark.loose };
      }),
    ),
  );
}

export function findTitles(document: PrintedDocument): TitleHit[] {
  return document.rows.flatMap((row) =>
    row.cells.flatMap((cell) => {
      for (let to = Math.min(cell.words.length, longestPhrase); to > 0; to--) {
        const title = document.lexicon.title(plainOf(cell.words.slice(0, to)));
        if (title !== undefined) return [{ title, row, words: cell.words.slice(0, to), after: cell.words.slice(to) }];
      }
      return [];
    }),
  );
}

export function textOf(words: readonly Word[]): string {
  return words.map((word) => word.text).join(' ');
}

/** Their text, as phrases of the lexicon are written. */
export function plainOf(words: readonly Word[]): string {
  return words
    .map((word) => plain(word.text))
    .filter((text) => text !== '')
    .join(' ');
}

function marksIn(cell: Cell, document: PrintedDocument): Mark[] {
  const marks: Mark[] = [];
  for (let from = 0; from < cell.words.length; ) {
    const mark = markAt(cell, from, document);
    if (mark !== undefined) marks.push(mark);
    from = mark?.to ?? from + 1;
  }
  return marks;
}

function markAt(cell: Cell, from: number, document: PrintedDocument): Mark | undefined {
  const most = Math.min(cell.words.length, from + longestPhrase);
  for (let to = most; to > from; to--) {
    const words = cell.words.slice(from, to);
    const colonInside = words.slice(0, -1).some((word) => word.text.endsWith(':'));
    if (colonInside) continue;
    const phrase = plainOf(words);
    const label = document.lexicon.label(phrase) ?? eitherWay(words, document);
    if (label === undefined) continue;
    const before = cell.words[from - 1]?.text;
    const last = words.at(-1)?.text ?? '';
    const opens = before === undefined || /^[|·•–—/;,-]$|[|·•;,)]$/.test(before);
    const named = label === 'invoiceNumber' && phrase.length > 9;
    const firm = opens || last.endsWith(':') || anywhere.has(label);
    if (firm || named) return { label, from, to, loose: !firm };
  }
  return undefined;
}

/** `Käufer/Leistungsempfänger`: two names of one thing. */
function eitherWay(words: readonly Word[], document: PrintedDocument): Label | undefined {
  if (!words.some((word) => word.text.includes('/'))) return undefined;
  const [first, ...others] = textOf(words)
    .split('/')
    .map((part) => document.lexicon.label(plain(part)));
  return others.every((other) => other === first) ? first : undefined;
}

/** A colon or a hash of its own belongs to the label. */
function withoutLead(words: readonly Word[]): readonly Word[] {
  const first = words.findIndex((word) => !/^[:#.°=–—-]+$/.test(word.text));
  return first < 0 ? [] : words.slice(first);
}

function cellBelow(
  document: PrintedDocument,
  rowIndex: number,
  cell: Cell,
  label: readonly Word[],
  isLabel: (row: number, cell: number) => boolean,
): Cell | undefined {
  const left = label[0]?.x ?? cell.x;
  for (let index = rowIndex + 1; index < document.rows.length; index++) {
    const row = document.rows[index];
    if (row === undefined || row.page !== cell.page || row.y - bottomOf(cell) > cell.height * 1.6) return undefined;
    const position = row.cells.findIndex(
      (each) => Math.abs(each.x - left) < cell.height * 0.6 || (each.x < rightOf(cell) && rightOf(each) > left),
    );
    const found = row.cells[position];
    if (found !== undefined) return isLabel(index, position) ? undefined : found;
  }
  return undefined;
}
