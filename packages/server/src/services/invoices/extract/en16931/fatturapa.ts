import type { Decimal } from 'decimal.js';
import type { Line, SemanticInvoice, TaxBreakdown } from './model.ts';
import { Exact, sumOf } from './number.ts';
import { lineAmount } from './peppol.ts';
import { BREAKDOWN, each, LINES, type Rule, rule, whole, written } from './rule.ts';

const arithmetic = { layer: 'arithmetic' } as const;
const isZero = (rate: Decimal | undefined) => rate?.isZero() === true;
/** FatturaPA has a nature, read as a category, just where it has no VAT. */
const hasNature = (category: string | null | undefined) => category !== 'S';

/** What the Italian exchange system refuses invoices for, under its own numbers, as far as the document alone shows it. */
export const FATTURAPA: readonly Rule[] = [
  each(
    'SDI-00400',
    LINES,
    '.taxCategory',
    'A line without VAT says of what nature it is (Natura).',
    (line) => !isZero(line.tax?.rate?.value) || hasNature(line.tax?.category),
  ),
  each(
    'SDI-00401',
    LINES,
    '.taxCategory',
    'A line with VAT has no nature (Natura).',
    (line) => isZero(line.tax?.rate?.value) || !hasNature(line.tax?.category),
  ),
  whole(
    'SDI-00417',
    'buyer.vatCode',
    'The buyer has a VAT number or a fiscal code (IdFiscaleIVA, CodiceFiscale).',
    ({ buyer }) => buyer === null || buyer.vatId !== null || buyer.taxId !== null,
  ),
  rule('SDI-00419', 'Every rate of the lines stands in the summary (DatiRiepilogo).', {}, ({ lines, breakdown }) =>
    lines.flatMap((line, index) => {
      const rate = line.tax?.rate?.value;
      const summed = rate === undefined || breakdown.some((tax) => tax.rate?.value.equals(rate) === true);
      return summed ? [] : [{ place: `lineItems[${index}].taxRate`, actual: written(rate) }];
    }),
  ),
  rule(
    'SDI-00421',
    'The tax of a summary (Imposta) is its taxable amount times its rate, to within a cent.',
    arithmetic,
    ({ breakdown }) =>
      breakdown.flatMap((tax, index) => {
        if (tax.taxable === null || tax.tax === null || tax.rate === null) return [];
        return apart(
          tax.tax.value,
          tax.taxable.value.times(tax.rate.value).div(100),
          '0.01',
          `taxes[${index}].taxAmount`,
        );
      }),
  ),
  // A warning, since the examples that Italy's own documentation gives break it.
  rule(
    'SDI-00422',
    'The taxable amount of a summary (ImponibileImporto) is the sum of its lines and charges, to within one euro.',
    { ...arithmetic, severity: 'warning' },
    (invoice) =>
      invoice.breakdown.flatMap((tax, index) => {
        // One rate may have several summaries, by nature and by when the tax falls due: then their sum counts, once.
        const same = invoice.breakdown.filter((other) => rateOf(other) === rateOf(tax));
        if (tax.taxable === null || same[0] !== tax) return [];
        return apart(
          sumOf(same.map((other) => other.taxable?.value)),
          soldAt(invoice, tax),
          '1',
          `taxes[${index}].taxableAmount`,
        );
      }),
  ),
  rule(
    'SDI-00423',
    'The total of a line (PrezzoTotale) is its unit price, less and plus what is taken off and put on, times its quantity, to within a cent.',
    arithmetic,
    ({ lines }) =>
      lines.flatMap((line, index) => {
        const expected = lineAmount(line.quantity === null ? { ...line, quantity: ONE } : line);
        return expected === null || line.net === null
          ? []
          : apart(line.net.value, expected, '0.01', `lineItems[${index}].netAmount`);
      }),
  ),
  each('SDI-00424', LINES, '.taxRate', 'A rate is in percent, not in parts of one (AliquotaIVA).', (line) =>
    isPercent(line.tax?.rate?.value),
  ),
  whole(
    'SDI-00425',
    'invoiceNumber',
    'The number has a digit (Numero).',
    ({ number }) => number === null || /\d/.test(number),
  ),
  each(
    'SDI-00429',
    BREAKDOWN,
    '.category',
    'A summary without VAT says of what nature it is (Natura).',
    (tax) => !isZero(tax.rate?.value) || hasNature(tax.category),
  ),
  each(
    'SDI-00430',
    BREAKDOWN,
    '.category',
    'A summary with VAT has no nature (Natura).',
    (tax) => isZero(tax.rate?.value) || !hasNature(tax.category),
  ),
];

const ONE = { text: '1', value: new Exact(1) };

function apart(actual: Decimal, expected: Decimal, tolerance: string, place: string) {
  if (actual.minus(expected).abs().lessThanOrEqualTo(tolerance)) return [];
  return [{ place, expected: written(expected.toDecimalPlaces(8)), actual: written(actual) }];
}

function isPercent(rate: Decimal | undefined): boolean {
  return rate === undefined || rate.isZero() || rate.greaterThanOrEqualTo(1);
}

function rateOf(part: TaxBreakdown | { readonly tax: Line['tax'] }): string | undefined {
  const rate = 'taxable' in part ? part.rate : part.tax?.rate;
  return rate?.value.toFixed();
}

function soldAt(invoice: SemanticInvoice, tax: TaxBreakdown): Decimal {
  const at = <T extends { readonly tax: Line['tax'] }>(parts: readonly T[]) =>
    parts.filter((part) => rateOf(part) === rateOf(tax));
  return sumOf([
    ...at(invoice.lines).map((line) => line.net?.value),
    ...at(invoice.charges).map((part) => part.amount?.value),
  ]);
}
