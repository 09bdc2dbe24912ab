import type { Decimal } from 'decimal.js';
import type { AllowanceOrCharge, Line, SemanticInvoice } from './model.ts';
import { Exact, sumOf } from './number.ts';
import {
  ALLOWANCES,
  BREAKDOWN,
  CHARGES,
  each,
  LINE_ALLOWANCES,
  LINE_CHARGES,
  LINES,
  type Rule,
  rule,
  whole,
  written,
} from './rule.ts';

const PROCESS = /^urn:fdc:peppol\.eu:2017:poacc:billing:(\d{2}):1\.0$/;
const SPECIFICATION = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0';
const EXEMPTION_RULES: Readonly<Record<string, string>> = {
  G: 'P0104',
  O: 'P0105',
  IC: 'P0106',
  AE: 'P0107',
  D: 'P0108',
  F: 'P0109',
  I: 'P0110',
  J: 'P0111',
};
const arithmetic = { layer: 'arithmetic' } as const;

/** What may be billed: fewer kinds of documents than EN 16931 knows. */
const INVOICE_TYPES = new Set(
  '71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877'.split(' '),
);
const CREDIT_NOTE_TYPES = new Set('81 83 381 396 532'.split(' '));

/** In UBL the root says whether a document is an invoice; CII has one root for both. */
function typed(id: string, root: 'invoice' | 'credit_note', codes: ReadonlySet<string>): Rule {
  const what = root === 'invoice' ? 'an invoice' : 'a credit note';
  return whole(id, 'documentType', `The type of ${what} is one that is billed by this process (BT-3).`, (i) => {
    const billed = i.process !== null && PROCESS.exec(i.process)?.[1] === '01';
    return !billed || i.syntax !== 'ubl' || i.root !== root || i.typeCode === null || codes.has(i.typeCode);
  });
}

/** PEPPOL-EN16931: what BIS Billing 3.0 demands on top of EN 16931. */
export const PEPPOL: readonly Rule[] = [
  whole('PEPPOL-EN16931-R001', 'document.profile', 'The business process is named (BT-23).', (i) => i.process !== null),
  whole(
    'PEPPOL-EN16931-R002',
    'notes',
    'The document has one note at most, unless both parties are German (BG-1).',
    (i) => i.notes.length <= 1 || isGerman(i),
  ),
  whole(
    'PEPPOL-EN16931-R003',
    'orderNumber',
    'The invoice has a buyer reference or an order reference (BT-10, BT-13).',
    (i) => i.buyerReference !== null || i.orderReference !== null,
  ),
  whole(
    'PEPPOL-EN16931-R004',
    'document.profile',
    `The specification named is ${SPECIFICATION} (BT-24).`,
    (i) => i.specification?.startsWith(SPECIFICATION) === true,
  ),
  whole(
    'PEPPOL-EN16931-R005',
    'currency',
    'The VAT accounting currency is another than that of the invoice (BT-5, BT-6).',
    (i) => i.taxCurrency === null || i.taxCurrency !== i.currency,
  ),
  whole(
    'PEPPOL-EN16931-R007',
    'document.profile',
    'The business process has the form urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0 (BT-23).',
    (i) => i.process === null || PROCESS.test(i.process),
  ),
  typed('PEPPOL-EN16931-P0100', 'invoice', INVOICE_TYPES),
  typed('PEPPOL-EN16931-P0101', 'credit_note', CREDIT_NOTE_TYPES),
  whole(
    'PEPPOL-EN16931-R010',
    'buyer',
    'The buyer has an electronic address (BT-49).',
    (i) => i.buyer?.electronicAddress != null,
  ),
  whole(
    'PEPPOL-EN16931-R020',
    'seller',
    'The seller has an electronic address (BT-34).',
    (i) => i.seller?.electronicAddress != null,
  ),
  ...reductions(
    'PEPPOL-EN16931-R040',
    'An allowance or charge is its base times its percentage.',
    (part) => productHolds(part),
    arithmetic,
  ),
  ...reductions(
    'PEPPOL-EN16931-R041',
    'An allowance or charge with a percentage has its base.',
    (part) => part.percent === null || part.base !== null,
  ),
  ...reductions(
    'PEPPOL-EN16931-R042',
    'An allowance or charge with a base has its percentage.',
    (part) => part.base === null || part.percent !== null,
  ),
  each(
    'PEPPOL-EN16931-R046',
    LINES,
    '.unitPrice',
    'A net price is the gross price less the discount (BT-146, BT-147, BT-148).',
    (line) => priceHolds(line),
    arithmetic,
  ),
  whole(
    'PEPPOL-EN16931-R055',
    'totals.tax',
    'The VAT has the same sign in both currencies (BT-110, BT-111).',
    ({ totals }) =>
      totals.tax === null ||
      totals.taxInTaxCurrency === null ||
      totals.tax.value.times(totals.taxInTaxCurrency.value).greaterThanOrEqualTo(0),
  ),
  whole('PEPPOL-EN16931-R061', 'payment', 'A direct debit names its mandate (BT-89).', (i) =>
    i.payment.every((payment) => payment.directDebit === null || payment.directDebit.mandate !== null),
  ),
  each(
    'PEPPOL-EN16931-R110',
    LINES,
    '',
    "A line's period starts within that of the invoice (BT-134, BT-73).",
    (line, i) => !before(line.period?.start?.value, i.period?.start?.value),
  ),
  each(
    'PEPPOL-EN16931-R111',
    LINES,
    '',
    "A line's period ends within that of the invoice (BT-135, BT-74).",
    (line, i) => !before(i.period?.end?.value, line.period?.end?.value),
  ),
  rule(
    'PEPPOL-EN16931-R120',
    'The net amount of a line (BT-131) is its quantity (BT-129) times the net price of one (BT-146, BT-149) plus its charges less its allowances.',
    { layer: 'arithmetic', lines: true },
    (invoice) =>
      invoice.lines.flatMap((line, index) => {
        const expected = lineAmount(line);
        if (expected === null || line.net === null || line.net.value.minus(expected).abs().lessThanOrEqualTo('0.02'))
          return [];
        return [
          {
            place: `lineItems[${index}].netAmount`,
            expected: written(expected.toDecimalPlaces(4)),
            actual: written(line.net.value),
          },
        ];
      }),
  ),
  each(
    'PEPPOL-EN16931-R121',
    LINES,
    '.unitPrice',
    'The quantity that a price is for is above zero (BT-149).',
    (line) => line.price.baseQuantity === null || line.price.baseQuantity.value.greaterThan(0),
  ),
  each(
    'PEPPOL-EN16931-R130',
    LINES,
    '.unitCode',
    'A price is for the unit of the quantity (BT-130, BT-150).',
    (line) => line.price.baseUnit === null || line.unit === null || line.price.baseUnit === line.unit,
  ),
  whole(
    'PEPPOL-EN16931-P0112',
    'documentType',
    'Partial and corrected invoices (326, 384) are for German parties alone (BT-3).',
    (i) => !['326', '384'].includes(i.typeCode ?? '') || isGerman(i),
  ),
  ...Object.entries({ G: ['G'], O: ['O'], K: ['IC'], AE: ['AE'], E: ['D', 'F', 'I', 'J'] }).flatMap(
    ([category, reasons]) =>
      reasons.map((reason) =>
        each(
          `PEPPOL-EN16931-${EXEMPTION_RULES[reason]}`,
          BREAKDOWN,
          '.category',
          `The reason VATEX-EU-${reason} (BT-121) goes with the category ${category} (BT-118).`,
          (tax) => tax.exemptionCode?.toUpperCase() !== `VATEX-EU-${reason}` || tax.category === category,
          { layer: 'codes' },
        ),
      ),
  ),
];

/** R051 is of the currency attributes, which say nothing in CII. */
export const PEPPOL_CURRENCY: Rule = rule(
  'PEPPOL-EN16931-R051',
  'All amounts are in the currency of the invoice (BT-5), but the VAT in the accounting currency (BT-111).',
  { layer: 'codes' },
  ({ currency, totals, lines, breakdown }) => {
    const wrong = (amount: { readonly currency: string | null } | null) =>
      amount?.currency != null && amount.currency !== currency;
    return [
      ...(Object.values(totals).some(
        (total) => typeof total === 'object' && total !== totals.taxInTaxCurrency && wrong(total),
      )
        ? [{ place: 'totals' }]
        : []),
      ...breakdown.flatMap((tax, index) =>
        wrong(tax.taxable) || wrong(tax.tax) ? [{ place: `taxes[${index}]` }] : [],
      ),
      ...lines.flatMap((line, index) =>
        wrong(line.net) || wrong(line.price.net) ? [{ place: `lineItems[${index}]` }] : [],
      ),
    ];
  },
);

function reductions(id: string, says: string, holds: (part: AllowanceOrCharge) => boolean, options = {}): Rule[] {
  return [ALLOWANCES, CHARGES, LINE_ALLOWANCES, LINE_CHARGES].map((list) => each(id, list, '', says, holds, options));
}

function productHolds({ amount, base, percent }: AllowanceOrCharge): boolean {
  if (amount === null || base === null || percent === null) return true;
  return amount.value.minus(base.value.times(percent.value).div(100)).abs().lessThanOrEqualTo('0.02');
}

function priceHolds({ price }: Line): boolean {
  if (price.gross === null || price.net === null) return true;
  return price.net.value.equals(price.gross.value.minus(price.discount?.value ?? 0));
}

export function lineAmount({ quantity, price, allowances, charges }: Line): Decimal | null {
  if (quantity === null || price.net === null) return null;
  const base = price.baseQuantity?.value ?? new Exact(1);
  if (base.isZero()) return null;
  return quantity.value
    .times(price.net.value)
    .div(base)
    .minus(sumOf(allowances.map((part) => part.amount?.value)))
    .plus(sumOf(charges.map((part) => part.amount?.value)));
}

function before(date: string | null | undefined, other: string | null | undefined): boolean {
  return date != null && other != null && date < other;
}

function isGerman({ seller, buyer }: SemanticInvoice): boolean {
  return seller?.address?.country === 'DE' && buyer?.address?.country === 'DE';
}
