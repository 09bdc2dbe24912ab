import type {
  InvoiceRecord,
  LineRecord,
  PartyRecord,
  Reading,
  ReadingHints,
  Seen,
  TaxCategory,
  TaxRecord,
} from '../extraction.ts';
import type { PageText } from '../page/page-text.ts';
import { ReadingFailure } from '../reading-failure.ts';
import { findLabels } from './find-labels.ts';
import { findItemTable, type ItemTable } from './find-table.ts';
import { type Language, languageCodes, languages, plain } from './lexicon.ts';
import { currencyOf } from './numbers.ts';
import { findPaymentSlip } from './payment-slip.ts';
import { confirmed, type PrintedDocument, readingOf, readLayout } from './printed-document.ts';
import { readHeader } from './read-header.ts';
import { type PrintedLine, readLines } from './read-lines.ts';
import { readParties } from './read-parties.ts';
import { readPayment } from './read-payment.ts';
import { findTotals } from './read-totals.ts';
import { type SettledTotals, settleTotals } from './settle-totals.ts';

/** Reads an invoice from what is printed on its pages. What is not printed stays `null`. */
export function readPrinted(
  pages: readonly PageText[],
  hints: ReadingHints,
): { record: InvoiceRecord; language: Language | null } {
  const document = readLayout(pages, hints);
  if (document.rows.length === 0) throw new ReadingFailure('extract.no_text');
  const labels = findLabels(document);
  const slip = findPaymentSlip(document);
  const table = findItemTable(document);
  const taken = new Set([...(table?.taken ?? []), ...slip.rows]);
  const hits = labels.filter((hit) => !taken.has(hit.row));
  const currency = currencyIn(document, hits);
  const digits = currency?.value === 'JPY' ? 0 : 2;
  const lines = readLines(table, document, digits);
  const { totals: found, taxes } = findTotals(document, taken);
  const settled = settleTotals(found, taxes, lines, document, digits);
  const header = readHeader(document, hits, taken, hints);
  const { payment, accounts } = readPayment(document, labels, table?.taken ?? new Set());
  const parties = readParties(document, hits, taken);
  const exemption = exemptionIn(document);
  const taxRecords = settled.taxes.map((tax) => categorised(tax, exemption));
  const record: InvoiceRecord = {
    ...header,
    currency,
    seller: withAccounts(parties.seller, accounts),
    buyer: { ...parties.buyer, bankAccounts: [] },
    lineItems: lines.map((line) => finishLine(line, settled, taxRecords, exemption)),
    taxes: taxRecords,
    totals: settled.totals,
    payment: { ...payment, reference: slip.reference ?? payment.reference },
    notes: null,
  };
  if (!looksLikeInvoice(record, table, document)) throw new ReadingFailure('extract.not_an_invoice');
  return { record, language: document.languageCertain ? document.language : null };
}

function withAccounts(
  party: Omit<PartyRecord, 'bankAccounts'>,
  bankAccounts: PartyRecord['bankAccounts'],
): PartyRecord {
  return { ...party, bankAccounts };
}

/** A letter can speak of money; an invoice has amounts that are summed up, a number and a date. */
function looksLikeInvoice(record: InvoiceRecord, table: ItemTable | null, document: PrintedDocument): boolean {
  const { totals } = record;
  const signs = [
    record.documentType !== null,
    record.invoiceNumber !== null,
    record.issueDate !== null,
    totals.gross !== null || totals.payable !== null || totals.net !== null,
    table !== null,
    document.rows.some((row) => row.cells.some((cell) => document.lexicon.total(plain(cell.text)) === 'tax')) ||
      totals.tax !== null,
  ];
  return signs.filter(Boolean).length >= 3 && (signs[3] === true || table !== null);
}

/** The currency beside the amounts, or behind its label; by far the most frequent one counts. */
function currencyIn(document: PrintedDocument, hits: ReturnType<typeof findLabels>): Seen {
  for (const hit of hits) {
    if (hit.label !== 'currency') continue;
    for (const cell of hit.values) {
      const word = cell.words[0];
      const code = currencyOf(word?.text.replace(/[.,;()]/g, ''));
      if (word !== undefined && code !== null) return readingOf(code, [word], cell.page, document, 0.98);
    }
  }
  const counts = new Map<string, { count: number; reading: Reading }>();
  for (const row of document.rows) {
    for (const cell of row.cells) {
      for (const [index, word] of cell.words.entries()) {
        const bare = word.text.replace(/^[([]+|[)\],:;]+$/g, '');
        const sign = /^([€£$¥])[\d(-]|[\d-]([€£$¥])$/.exec(bare);
        const code = currencyOf(sign?.[1] ?? sign?.[2] ?? bare);
        if (code === null || (/^Fr\.?$|^Euros?$/i.test(bare) && index === 0)) continue;
        const before = counts.get(code);
        counts.set(code, {
          count: (before?.count ?? 0) + 1,
          reading: before?.reading ?? readingOf(code, [word], cell.page, document, 0.9),
        });
      }
    }
  }
  const [best] = [...counts.values()].sort((a, b) => b.count - a.count);
  if (best !== undefined) return best.reading;
  return null;
}

interface Exemption {
  readonly category: TaxCategory;
  readonly reason: Reading;
}

/** The sentence by which no tax is charged. */
function exemptionIn(document: PrintedDocument): Exemption | null {
  const order = [document.language, ...languageCodes.filter((code) => code !== document.language)];
  const cells = document.rows.flatMap((row) => row.cells.map((cell) => ({ cell, said: ` ${plain(cell.text)} ` })));
  for (const category of ['AE', 'K', 'G', 'O', 'E'] as const) {
    for (const code of order) {
      const phrases = (languages[code].exemptions[category] ?? '')
        .split('|')
        .filter((phrase) => phrase.length > 6 || (phrase !== '' && code === document.language))
        .map((phrase) => ` ${plain(phrase)} `);
      const found = cells.find(({ said }) => phrases.some((phrase) => said.includes(phrase)));
      if (found !== undefined) {
        const { text, words, page } = found.cell;
        return { category, reason: readingOf(text, words, page, document, 0.8) };
      }
    }
  }
  return null;
}

/** A rate above nothing is the standard category; a rate of nothing has its reason printed beside it, or stays open. */
function categorised(tax: TaxRecord, exemption: Exemption | null): TaxRecord {
  const rate = tax.rate;
  if (rate === null) return tax;
  if (Number(rate.value) > 0) return { ...tax, category: { ...rate, value: 'S', verified: false } };
  if (exemption === null) return tax;
  return { ...tax, category: { ...exemption.reason, value: exemption.category }, exemptionReason: exemption.reason };
}

function finishLine(
  line: PrintedLine,
  settled: SettledTotals,
  taxes: readonly TaxRecord[],
  exemption: Exemption | null,
): LineRecord {
  const { record } = line;
  const only = taxes.length === 1 ? taxes[0]?.rate : null;
  const rate =
    record.taxRate ??
    (only === null || only === undefined
      ? null
      : { ...only, confidence: Math.min(only.confidence, 0.7), verified: false });
  const category: Seen<TaxCategory> =
    rate === null
      ? null
      : Number(rate.value) > 0
        ? { ...rate, value: 'S', verified: false }
        : exemption === null
          ? null
          : { ...exemption.reason, value: exemption.category };
  // A sum does not tell in which rows its parts stand: a row whose own numbers disagree confirms nothing.
  const sure = <T>(reading: Seen<T>): Seen<T> =>
    reading !== null && settled.linesConfirmed && line.agrees !== false ? confirmed(reading) : reading;
  const net = sure(record.netAmount);
  if (!settled.linesGross || net === null) return { ...record, netAmount: net, taxRate: rate, taxCategory: category };
  return {
    ...record,
    grossAmount: record.grossAmount ?? net,
    netAmount: null,
    taxRate: rate,
    taxCategory: category,
    unitPrice: null,
  };
}
