import type { DocumentType, InvoiceRecord, ReadingHints, Seen } from '../extraction.ts';
import type { Word } from '../page/page-text.ts';
import { type Cell, cellOf, type Row } from '../page/rows.ts';
import { findDate } from './dates.ts';
import { findTitles, type LabelHit, plainOf, type TitleHit, textOf } from './find-labels.ts';
import { languages, plain } from './lexicon.ts';
import { currencyCodes } from './numbers.ts';
import { numberOf, type PrintedDocument, readingOf } from './printed-document.ts';
import { wordsOfText } from './read-parties.ts';
import type { Label } from './words/language-words.ts';

export type HeaderFields = Pick<
  InvoiceRecord,
  | 'documentType'
  | 'invoiceNumber'
  | 'orderNumber'
  | 'contractNumber'
  | 'originalInvoiceNumber'
  | 'issueDate'
  | 'supplyDate'
  | 'dueDate'
  | 'exchangeRate'
>;

export function readHeader(
  document: PrintedDocument,
  hits: readonly LabelHit[],
  taken: ReadonlySet<Row>,
  hints: ReadingHints,
): HeaderFields {
  const free = hits.filter((hit) => !taken.has(hit.row));
  const firm = free.filter((hit) => !hit.loose);
  const titles = findTitles(document).filter((hit) => !taken.has(hit.row));
  const title = mainTitle(titles, document);
  const id = (label: Label): Seen => first(free, label, (cell) => identifierIn(cell, document));
  const date = (label: Label): Seen => first(free, label, (cell) => dateIn(cell, document));
  const original = id('originalInvoiceNumber');
  const number =
    bySpecific(firm, 'invoiceNumber', (cell) => identifierIn(cell, document), original?.value) ??
    numberOfTitle(titles, document) ??
    bySpecific(free, 'invoiceNumber', (cell) => identifierIn(cell, document), original?.value);
  return {
    documentType: typeOf(title, document, hints),
    invoiceNumber: number,
    orderNumber: id('orderNumber'),
    contractNumber: id('contractNumber'),
    originalInvoiceNumber: original,
    issueDate:
      date('issueDate') ??
      dateOfTitle(titles, document) ??
      dateBehindNumber(free, document) ??
      loneDate(document, taken),
    supplyDate: date('supplyDate'),
    dueDate: date('dueDate') ?? dateInTerms(document),
    exchangeRate: first(free, 'exchangeRate', (cell) => rateIn(cell, document)),
  };
}

function first(hits: readonly LabelHit[], label: Label, read: (cell: Cell) => Seen): Seen {
  for (const hit of hits) {
    if (hit.label !== label) continue;
    for (const value of hit.values) {
      const seen = read(value);
      if (seen !== null) return seen;
    }
  }
  return null;
}

/** The longest label says most: `Invoice number` outweighs an `Invoice` somewhere above it. */
function bySpecific(
  hits: readonly LabelHit[],
  label: Label,
  read: (cell: Cell) => Seen,
  not: string | undefined,
): Seen {
  const order = [...hits].filter((hit) => hit.label === label).sort((a, b) => weight(b) - weight(a));
  for (const hit of order) {
    for (const value of hit.values) {
      const seen = read(value);
      if (seen !== null && seen.value !== not) return seen;
    }
  }
  return null;
}

function weight(hit: LabelHit): number {
  const words = plainOf(hit.words).split(' ');
  return words.join('').length > 8 || words.length > 1 ? 2 : 1;
}

/** A number of a document: it has a digit, and is no date and no amount. */
function identifierIn(cell: Cell, document: PrintedDocument): Seen {
  const words = cell.words;
  const firstWord = words[0]?.text ?? '';
  if (findDate(textOf(words), document.order, document.language)?.at === 0 && !/[A-Za-z]/.test(firstWord)) {
    const whole = /^\d{1,2}[./]\d{1,2}[./]\d{2,4}$|^\d{4}-\d\d-\d\d$/.test(firstWord);
    if (whole || words.length > 1) return null;
  }
  const lead = /^(?:nr|no|n°|nº|num|numero|núm|numéro)\.?:?$/i.test(firstWord) ? 1 : 0;
  const one = words[lead];
  if (one === undefined) return null;
  const clean = one.text.replace(/^[#:(]+|[,;:).]+$/g, '').replace(/^(?:n°|nº|nr\.)(?=\S)/i, '');
  if (/\d/.test(clean) && /^[\p{L}\d][\p{L}\d./_#-]*$/u.test(clean) && clean.length >= 2 && !/%/.test(one.text)) {
    if (isMoney(clean, words[lead + 1]?.text, document)) return null;
    // A long number is often printed in groups.
    const group: Word[] = [one];
    for (const word of words.slice(lead + 1))
      if (/^\d{2,}$/.test(word.text) && /^\d+$/.test(clean) && !/[,;]$/.test(group.at(-1)?.text ?? ''))
        group.push(word);
      else break;
    if (group.length > 1) return readingOf(textOf(group), group, cell.page, document, 0.75);
    return readingOf(clean, [one], cell.page, document, 0.9);
  }
  const two = words[lead + 1]?.text.replace(/^(?:nr|no)\.$/i, '') || words[lead + 2]?.text;
  if (/^[A-Z]{1,5}$/.test(clean) && two !== undefined && /^\d[\w./-]*$/.test(two)) {
    const both = words.slice(lead, lead + 3).filter((word) => word === one || word.text === two);
    return readingOf(`${clean} ${two}`, both, cell.page, document, 0.8);
  }
  return null;
}

function isMoney(text: string, next: string | undefined, document: PrintedDocument): boolean {
  const number = numberOf(text, document);
  return (
    number !== null &&
    (number.decimals === 2 || (next !== undefined && (currencyCodes.has(next) || /^[€£$]$/.test(next))))
  );
}

function dateIn(cell: Cell, document: PrintedDocument): Seen {
  const found = findDate(cell.text, document.order, document.language);
  // A date deep in a sentence belongs to the sentence.
  if (found === null || found.at > 14) return null;
  const words = wordsOfText(cell.words, cell.text.slice(found.at, found.at + found.length));
  return readingOf(found.iso, words, cell.page, document, found.ambiguous ? 0.75 : 0.95);
}

function rateIn(cell: Cell, document: PrintedDocument): Seen {
  for (const word of cell.words) {
    const number = numberOf(word.text, document);
    if (number !== null && number.decimals >= 3)
      return readingOf(number.value.toFixed(), [word], cell.page, document, 0.8);
  }
  return null;
}

/** The first title from above; a longer one beats a shorter one of the same line. */
function mainTitle(titles: readonly TitleHit[], document: PrintedDocument): TitleHit | undefined {
  const alone = titles.filter(
    (hit) => hit.after.length === 0 || /\d/.test(textOf(hit.after)) || /^[A-Z]/.test(hit.words[0]?.text ?? ''),
  );
  const height = (hit: TitleHit) => Math.max(...hit.words.map((word) => word.height));
  const strong = [...alone].filter((hit) => hit.row.page === document.pages[0]?.number);
  return (
    strong.reduce<TitleHit | undefined>(
      (best, hit) => (best === undefined || height(hit) > height(best) * 1.1 ? hit : best),
      undefined,
    ) ?? titles[0]
  );
}

function typeOf(title: TitleHit | undefined, document: PrintedDocument, hints: ReadingHints): Seen<DocumentType> {
  if (title === undefined) return null;
  const reading = readingOf<DocumentType>(title.title, title.words, title.row.page, document, 0.9);
  return hints.documentType === title.title ? { ...reading, confidence: 0.95 } : reading;
}

function numberOfTitle(titles: readonly TitleHit[], document: PrintedDocument): Seen {
  for (const hit of titles) {
    const behind = [...hit.after, ...continued(hit, document)];
    const after = dropBetween(behind, 'number', document);
    const seen = after.length === 0 ? null : identifierIn(cellOf(after, hit.row.page), document);
    if (seen !== null) return seen;
    const said = numberSaid(behind, document);
    const later = said.length === 0 ? null : identifierIn(cellOf(said, hit.row.page), document);
    if (later !== null) return later;
    const next = hit.row.cells.find(
      (cell) => cell.x > (hit.words.at(-1)?.x ?? 0) && !cell.words.includes(hit.words[0] as Word),
    );
    const beside = next === undefined || hit.after.length > 0 ? null : identifierIn(next, document);
    if (beside !== null) return beside;
  }
  return null;
}

/** `Gutschrift für Warenrückgabe Nr. 4711`: the number stands behind the word that announces it. */
function numberSaid(words: readonly Word[], document: PrintedDocument): readonly Word[] {
  const known = new Set(languages[document.language].between.number.split('|'));
  const at = words.findIndex((word) => known.has(plain(word.text)) || /^(?:n°|nº|#)$/i.test(word.text));
  return at < 0 ? [] : words.slice(at + 1);
}

/** A title that is too long for its line goes on in the next, in the same letters. */
function continued(hit: Pick<TitleHit, 'row' | 'words' | 'after'>, document: PrintedDocument): readonly Word[] {
  const first = hit.words[0];
  const next = document.rows[document.rows.indexOf(hit.row) + 1];
  const cell = next?.cells[0];
  if (first === undefined || next === undefined || cell === undefined || next.page !== hit.row.page) return [];
  const close = next.y - hit.row.y < first.height * 1.6;
  const alike = Math.abs(cell.height - first.height) < first.height * 0.1 && Math.abs(cell.x - first.x) < first.height;
  return hit.after.length > 1 && close && alike && first.height > 11 ? cell.words : [];
}

/** `Invoice 4711 of 5 June 2024` */
function dateOfTitle(titles: readonly TitleHit[], document: PrintedDocument): Seen {
  for (const hit of titles) {
    const behind = [...hit.after, ...continued(hit, document)];
    const text = textOf(behind);
    const found = findDate(text, document.order, document.language);
    if (found === null || found.at > 60) continue;
    const words = wordsOfText(behind, text.slice(found.at, found.at + found.length));
    return readingOf(found.iso, words, hit.row.page, document, 0.85);
  }
  return null;
}

/** `Köln, den 4. August 2025`: the only date of the first page's head that stands by itself. */
function loneDate(document: PrintedDocument, taken: ReadonlySet<Row>): Seen {
  const [page] = document.pages;
  const found = document.rows.flatMap((row) => {
    if (page === undefined || row.page !== page.number || taken.has(row) || row.y > page.height * 0.5) return [];
    return row.cells.flatMap((cell) => {
      const date = findDate(cell.text, document.order, document.language);
      if (date === null) return [];
      const rest = `${cell.text.slice(0, date.at)}${cell.text.slice(date.at + date.length)}`.trim();
      const placed = /^(?:\p{Lu}[\p{L} .-]{1,30},)?\s*(?:den|le|il|li|a|the)?\.?$/u.test(rest);
      return placed ? [{ cell, date }] : [];
    });
  });
  const [only] = found;
  if (only === undefined || found.length > 1) return null;
  const words = wordsOfText(only.cell.words, only.cell.text.slice(only.date.at, only.date.at + only.date.length));
  return readingOf(only.date.iso, words, only.cell.page, document, 0.7);
}

/** `Nr. 4711 vom 5.6.2024` */
function dateBehindNumber(hits: readonly LabelHit[], document: PrintedDocument): Seen {
  for (const hit of hits) {
    const value = hit.values[0];
    if (hit.label !== 'invoiceNumber' || value === undefined) continue;
    const behind = [...value.words, ...continued({ row: hit.row, words: hit.words, after: value.words }, document)];
    const found = findDate(textOf(behind), document.order, document.language);
    if (found === null || found.at > 30) continue;
    const words = wordsOfText(behind, textOf(behind).slice(found.at, found.at + found.length));
    return readingOf(found.iso, words, hit.row.page, document, 0.8);
  }
  return null;
}

function dropBetween(words: readonly Word[], kind: 'number' | 'date', document: PrintedDocument): readonly Word[] {
  const known = new Set([...languages[document.language].between[kind].split('|'), '']);
  let from = 0;
  while (from < words.length && (known.has(plain(words[from]?.text ?? '')) || /^[:#-]$/.test(words[from]?.text ?? '')))
    from += 1;
  return words.slice(from);
}

/** `Zahlbar bis 05.06.2024 ohne Abzug`: a date in a line that speaks of paying. */
function dateInTerms(document: PrintedDocument): Seen {
  for (const row of document.rows) {
    for (const cell of row.cells) {
      const match = dueWords.exec(cell.text);
      if (match === null) continue;
      const found = findDate(cell.text.slice(match.index), document.order, document.language);
      if (found === null || found.at > match[0].length + 20) continue;
      const text = cell.text.slice(match.index + found.at, match.index + found.at + found.length);
      return readingOf(found.iso, wordsOfText(cell.words, text), cell.page, document, 0.8);
    }
  }
  return null;
}

const dueWords =
  /zahlbar bis|fällig (?:am|bis)|bis (?:zum|spätestens)|due (?:on|by|date)|pay(?:able|ment)? (?:due )?(?:by|before)|payable (?:le|avant|jusqu)|échéance|à (?:payer|régler) (?:avant|pour|le)|entro il|scadenza|pagar antes|vence|vencimiento|apmokėti iki|sumokėti iki|mokėti iki/i;
