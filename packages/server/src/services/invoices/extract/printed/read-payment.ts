import { isValidBIC, isValidIBAN } from 'ibantools';
import type { BankAccountRecord, PaymentMethod, PaymentRecord, Reading, Seen } from '../extraction.ts';
import type { Word } from '../page/page-text.ts';
import type { Cell, Row } from '../page/rows.ts';
import { findDate } from './dates.ts';
import { type LabelHit, plainOf, textOf } from './find-labels.ts';
import { byLanguage, languageCodes, languages, plain } from './lexicon.ts';
import { mendedByCheck } from './mend-recognised.ts';
import { confirmed, type PrintedDocument, readingOf } from './printed-document.ts';
import { wordsOfText } from './read-parties.ts';
import type { Label } from './words/language-words.ts';

export function readPayment(
  document: PrintedDocument,
  hits: readonly LabelHit[],
  taken: ReadonlySet<Row>,
): { payment: PaymentRecord; accounts: BankAccountRecord[] } {
  const rows = document.rows.filter((row) => !taken.has(row));
  const free = hits.filter((hit) => !taken.has(hit.row));
  const ibans = distinct(rows.flatMap((row) => row.cells.flatMap((cell) => ibansIn(cell, document))));
  const iban = ibans.find((each) => !debited(each, hits)) ?? labelled(free, 'iban', (cell) => ibanLike(cell, document));
  const bic = labelled(free, 'bic', (cell) => bicIn(cell, document)) ?? bicBeside(rows, iban, document);
  const bankName = labelled(free, 'bankName', (cell) => nameIn(cell, document));
  const accountNumber = labelled(free, 'accountNumber', (cell) => accountIn(cell, document));
  const terms = termsIn(rows, document);
  const account: BankAccountRecord | null =
    iban === null && accountNumber === null ? null : { iban, accountNumber, bic, bankName, currency: null };
  const others = ibans
    .filter((each) => each !== iban && !debited(each, hits))
    .map((each): BankAccountRecord => ({ iban: each, accountNumber: null, bic: null, bankName: null, currency: null }));
  return {
    accounts: account === null ? [] : [account, ...others],
    payment: {
      method: methodIn(rows, free, document),
      iban,
      accountNumber,
      bic,
      bankName,
      reference: labelled(free, 'reference', (cell) => referenceIn(cell, document)),
      termsText:
        terms.text ??
        labelled(free, 'terms', (cell) =>
          /\d|\p{L}{4}/u.test(cell.text) ? readingOf(cell.text, cell.words, cell.page, document, 0.75) : null,
        ),
      termsDays: terms.days,
      ...paidIn(rows, document),
    },
  };
}

function labelled(hits: readonly LabelHit[], label: Label, read: (cell: Cell) => Seen): Seen {
  for (const hit of hits) {
    if (hit.label !== label) continue;
    for (const value of hit.values) {
      const seen = read(value);
      if (seen !== null) return seen;
    }
  }
  return null;
}

/** IBANs are printed in groups: words are joined until the check digits hold. */
function ibansIn(cell: Cell, document: PrintedDocument): Reading[] {
  const found: Reading[] = [];
  for (let from = 0; from < cell.words.length; from++) {
    const start = (cell.words[from]?.text ?? '').replace(/^IBAN:?/i, '');
    if (!/^[A-Z]{2}\d{2}/.test(start)) continue;
    let text = '';
    for (let to = from; to < Math.min(cell.words.length, from + 10) && text.length < 36; to++) {
      text += (to === from ? start : (cell.words[to]?.text ?? '')).replace(/[.,;:)]+$/, '');
      if (!isValidIBAN(text)) continue;
      found.push(confirmed(readingOf(text, cell.words.slice(from, to + 1), cell.page, document, 0.99)));
      break;
    }
  }
  return found;
}

/** The account that a direct debit takes from is the buyer's, and not one to pay to. */
function debited(iban: Reading, hits: readonly LabelHit[]): boolean {
  return hits.some(
    (hit) =>
      hit.label === 'otherNumber' &&
      /iban/i.test(textOf(hit.words)) &&
      hit.values.some((value) => value.text.replace(/\s/g, '').includes(iban.value)),
  );
}

/** What stands behind the word IBAN, though its check digits do not hold. */
function ibanLike(cell: Cell, document: PrintedDocument): Seen {
  const match = /^[:\s]*([A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8})(?![A-Z0-9])/.exec(cell.text);
  const text = match?.[1]?.replace(/ /g, '') ?? '';
  if (text.length < 14 || text.length > 34 || (text.match(/\d/g)?.length ?? 0) < 10) return null;
  const meant = document.source === 'ocr' ? mendedByCheck(text, (each) => isValidIBAN(each)) : null;
  return readingOf(meant ?? text, wordsOfText(cell.words, match?.[1] ?? ''), cell.page, document, 0.5);
}

function distinct(readings: readonly Reading[]): Reading[] {
  return readings.filter((each, index) => readings.findIndex((other) => other.value === each.value) === index);
}

function bicIn(cell: Cell, document: PrintedDocument): Seen {
  for (const word of cell.words.slice(0, 2)) {
    const text = word.text.replace(/[.,;:)(]+/g, '');
    if (/^[A-Z0-9]{8}$|^[A-Z0-9]{11}$/.test(text) && isValidBIC(text))
      return readingOf(text, [word], cell.page, document, 0.9);
  }
  return null;
}

function bicBeside(rows: readonly Row[], iban: Seen, document: PrintedDocument): Seen {
  const row =
    iban === null
      ? undefined
      : rows.find((each) => each.page === iban.page && Math.abs(each.y - (iban.box?.y ?? 0)) < each.height);
  for (const cell of row?.cells ?? []) {
    for (const word of cell.words) {
      const text = word.text.replace(/[.,;:)(]+/g, '');
      if (/^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(text) && isValidBIC(text))
        return readingOf(text, [word], cell.page, document, 0.7);
    }
  }
  return null;
}

function nameIn(cell: Cell, document: PrintedDocument): Seen {
  const end = cell.words.findIndex((word) => /^(IBAN|BIC|SWIFT|[·|•,;-])/i.test(word.text));
  const words = (end < 0 ? cell.words : cell.words.slice(0, end)).slice(0, 6);
  const text = textOf(words).replace(/[,;]$/, '');
  return /\p{L}{3}/u.test(text) && !/\d{4}/.test(text) ? readingOf(text, words, cell.page, document, 0.8) : null;
}

function accountIn(cell: Cell, document: PrintedDocument): Seen {
  const word = cell.words[0];
  const text = word?.text.replace(/[.,;:]+$/, '') ?? '';
  return word !== undefined && /^\d{5,14}$/.test(text) ? readingOf(text, [word], cell.page, document, 0.75) : null;
}

function referenceIn(cell: Cell, document: PrintedDocument): Seen {
  const word = cell.words.find((each) => /\d/.test(each.text)) ?? cell.words[0];
  if (word === undefined) return null;
  const text = word.text.replace(/[.,;:]+$/, '');
  return /\d{2}/.test(text) ? readingOf(text, [word], cell.page, document, 0.8) : null;
}

/** A line that says in how many days is to be paid. */
function termsIn(rows: readonly Row[], document: PrintedDocument): { text: Seen; days: Seen<number> } {
  const order = [document.language, ...languageCodes.filter((code) => code !== document.language)];
  for (const row of rows) {
    for (const cell of row.cells) {
      const said = ` ${plain(cell.text)} `;
      if (!/\d/.test(said)) continue;
      for (const code of order.slice(0, document.languageCertain ? 1 : undefined)) {
        for (const pattern of termPatterns[code]) {
          const match = pattern.exec(said);
          const days = Number(match?.[1]);
          if (match === null || days > 180 || findDate(cell.text, document.order, document.language)?.at === 0)
            continue;
          const label = cell.words.findIndex((word) => word.text.endsWith(':'));
          const from =
            label >= 0 && label < 4 && document.lexicon.label(plainOf(cell.words.slice(0, label + 1))) === 'terms'
              ? label + 1
              : 0;
          const words = cell.words.slice(from);
          return {
            text: readingOf(textOf(words), words, cell.page, document, 0.8),
            days: readingOf(days, wordsOfText(cell.words, match[1] ?? ''), cell.page, document, 0.85),
          };
        }
      }
    }
  }
  return { text: null, days: null };
}

const termPatterns = byLanguage((code) =>
  languages[code].terms
    .split('|')
    .filter((phrase) => phrase.replace('#', '').trim().length > 2)
    .sort((a, b) => b.length - a.length)
    .map((phrase) => new RegExp(` ${phrase.replace('#', '(\\d{1,3})')} `)),
);

function methodIn(rows: readonly Row[], hits: readonly LabelHit[], document: PrintedDocument): Seen<PaymentMethod> {
  const said = hits
    .filter((hit) => hit.label === 'method' || hit.label === 'terms')
    .flatMap((hit) => hit.values.slice(0, 1));
  for (const [cell, sure] of [
    ...said.map((cell) => [cell, 0.9] as const),
    ...rows.flatMap((row) => row.cells.map((cell) => [cell, 0.65] as const)),
  ]) {
    const text = ` ${plain(cell.text)} `;
    for (const [method, phrases] of methodsOf(document)) {
      if (sure < 0.9 && (method === 'card' || method === 'cash')) continue;
      if (phrases.some((phrase) => text.includes(` ${phrase} `)))
        return readingOf(method, cell.words, cell.page, document, sure);
    }
  }
  return null;
}

function methodsOf(document: PrintedDocument): [PaymentMethod, string[]][] {
  return Object.entries(languages[document.language].methods).map(([method, phrases]) => [
    method as PaymentMethod,
    phrases.split('|').map(plain),
  ]);
}

function paidIn(rows: readonly Row[], document: PrintedDocument): { paidAt: Seen; isPaid: Seen<boolean> } {
  const phrases = languages[document.language].paid.split('|').map(plain);
  for (const row of rows) {
    for (const cell of row.cells) {
      const text = plain(cell.text);
      const phrase = phrases.find(
        (each) => text === each || (text.startsWith(`${each} `) && text.length < each.length + 16),
      );
      if (phrase === undefined) continue;
      const found = findDate(cell.text, document.order, document.language);
      const words: readonly Word[] = cell.words;
      if (found === null && text !== phrase) continue;
      return {
        isPaid: readingOf(true, words, cell.page, document, 0.7),
        paidAt: found === null ? null : readingOf(found.iso, words, cell.page, document, 0.7),
      };
    }
  }
  return { paidAt: null, isPaid: null };
}
