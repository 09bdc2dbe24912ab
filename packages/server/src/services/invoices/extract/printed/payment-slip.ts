import type { Seen } from '../extraction.ts';
import type { Row } from '../page/rows.ts';
import { plain } from './lexicon.ts';
import { confirmed, type PrintedDocument, readingOf } from './printed-document.ts';
import { wordsOfText } from './read-parties.ts';

/** The lower part of a Swiss invoice, to be torn off and paid with. */
export interface PaymentSlip {
  /** It says everything again, in places of its own. */
  readonly rows: ReadonlySet<Row>;
  readonly reference: Seen;
}

/** The titles of its two halves, in the four languages in which it is printed. */
const titles: readonly (readonly [string, string])[] = [
  ['empfangsschein', 'zahlteil'],
  ['recepisse', 'section paiement'],
  ['ricevuta', 'sezione pagamento'],
  ['receipt', 'payment part'],
];

export function findPaymentSlip(document: PrintedDocument): PaymentSlip {
  const head = document.rows.find(({ cells }) =>
    titles.some((pair) => pair.every((title) => cells.some((cell) => plain(cell.text) === title))),
  );
  if (head === undefined) return { rows: new Set(), reference: null };
  const rows = document.rows.filter((row) => row.page === head.page && row.y >= head.y);
  return { rows: new Set(rows), reference: referenceIn(rows, document) };
}

/** A reference is known by its check digits. */
function referenceIn(rows: readonly Row[], document: PrintedDocument): Seen {
  for (const cell of rows.flatMap(({ cells }) => cells)) {
    const printed = /(?<!\d)\d{2}(?: \d{5}){5}(?!\d)|\bRF\d\d(?: ?[A-Z0-9]{1,4}){1,6}/.exec(cell.text)?.[0];
    const text = printed?.replaceAll(' ', '');
    if (printed === undefined || text === undefined || !(holdsByTen(text) || holdsBy97(text))) continue;
    return confirmed(readingOf(text, wordsOfText(cell.words, printed), cell.page, document, 0.95));
  }
  return null;
}

/** Modulo 10, recursive: the carry of all digits but the last makes the last. */
function holdsByTen(text: string): boolean {
  if (!/^\d{27}$/.test(text)) return false;
  const table = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
  const carry = [...text.slice(0, -1)].reduce((before, digit) => table[(before + Number(digit)) % 10] ?? 0, 0);
  return (10 - carry) % 10 === Number(text.at(-1));
}

/** ISO 11649: as an IBAN. */
function holdsBy97(text: string): boolean {
  if (!text.startsWith('RF')) return false;
  const digits = [...(text.slice(4) + text.slice(0, 4))].map((each) => Number.parseInt(each, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}
