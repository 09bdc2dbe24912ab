import type { Decimal } from 'decimal.js';
import { COUNTRIES } from './codes/countries.ts';
import { CREDIT_NOTE_TYPES } from './codes/short-lists.ts';
import type { AllowanceOrCharge, Period, SemanticInvoice, Syntax } from './model.ts';
import { cents, Exact, sumOf } from './number.ts';
import {
  ALLOWANCES,
  BREAKDOWN,
  type Breach,
  CHARGES,
  type Comparison,
  each,
  equals,
  LINE_ALLOWANCES,
  LINE_CHARGES,
  LINES,
  type Rule,
  rule,
  whole,
  written,
} from './rule.ts';

const hasReason = (part: AllowanceOrCharge) => part.reason !== null || part.reasonCode !== null;
const hasADate = (period: Period | null) => period === null || period.start !== null || period.end !== null;
const arithmetic = { layer: 'arithmetic' } as const;

/** BR-CO: what binds several terms together, sums among them. */
export const CONDITIONS: readonly Rule[] = [
  whole(
    'BR-CO-03',
    'supplyDate',
    'The day on which VAT falls due is stated as a date or as a code, not as both (BT-7, BT-8).',
    (i) => i.taxPointDate === null || i.taxPointCode === null,
  ),
  each(
    'BR-CO-04',
    LINES,
    '.taxCategory',
    'Each line has a VAT category (BT-151).',
    (line) => line.tax?.category != null,
  ),
  rule(
    'BR-CO-09',
    'A VAT identifier begins with the code of its country (BT-31, BT-48, BT-63).',
    { layer: 'codes' },
    (invoice) => [
      ...prefixed(invoice.seller?.vatId, 'seller.vatCode'),
      ...prefixed(invoice.taxRepresentative?.vatId, 'seller'),
      ...prefixed(invoice.buyer?.vatId, 'buyer.vatCode'),
    ],
  ),
  equals(
    'BR-CO-10',
    'totals.net',
    'The sum of the line amounts (BT-106) is the sum of the net amounts of the lines (BT-131).',
    // The lines of ZUGFeRD 1 BASIC have no amounts.
    ({ syntax, totals, lines }) =>
      syntax === 'zugferd-1' && lines.every((line) => line.net === null)
        ? null
        : compare(totals.lines?.value, cents(sumOf(lines.map((line) => line.net?.value)))),
    { lines: true },
  ),
  reductions(
    'BR-CO-11',
    'totals.discount',
    'The total of allowances (BT-107) is the sum of the allowances (BT-92).',
    (i) => [i.totals.allowances?.value, i.allowances],
  ),
  reductions('BR-CO-12', 'totals.charges', 'The total of charges (BT-108) is the sum of the charges (BT-99).', (i) => [
    i.totals.charges?.value,
    i.charges,
  ]),
  equals(
    'BR-CO-13',
    'totals.net',
    'The total without VAT (BT-109) is the sum of the lines (BT-106) less allowances (BT-107) plus charges (BT-108).',
    ({ totals }) =>
      totals.lines === null
        ? null
        : compare(
            totals.net?.value,
            cents(totals.lines.value.minus(totals.allowances?.value ?? 0).plus(totals.charges?.value ?? 0)),
          ),
    { lines: true },
  ),
  equals(
    'BR-CO-14',
    'totals.tax',
    'The total of VAT (BT-110) is the sum of the VAT of the breakdown (BT-117).',
    ({ totals, breakdown }) =>
      breakdown.length === 0 ? null : compare(totals.tax?.value, cents(sumOf(breakdown.map((tax) => tax.tax?.value)))),
  ),
  rule(
    'BR-CO-15',
    'The total with VAT (BT-112) is the total without VAT (BT-109) plus the VAT (BT-110), which is stated once in the currency of the invoice.',
    arithmetic,
    totalWithVat,
  ),
  equals(
    'BR-CO-16',
    'totals.payable',
    'The amount due (BT-115) is the total with VAT (BT-112) less what is paid (BT-113) plus the rounding (BT-114).',
    ({ totals }) =>
      totals.gross === null
        ? null
        : compare(
            totals.payable?.value,
            cents(totals.gross.value.minus(totals.prepaid?.value ?? 0).plus(totals.rounding?.value ?? 0)),
          ),
  ),
  rule(
    'BR-CO-17',
    'The VAT of each part of the breakdown (BT-117) is its taxable amount (BT-116) times its rate (BT-119), to within one unit of the currency.',
    arithmetic,
    (invoice) =>
      BREAKDOWN.members(invoice).flatMap(([tax, place], index) => {
        if (tax.taxable === null || tax.tax === null) return [];
        const exact = tax.taxable.value.times(tax.rate?.value ?? 0).div(100);
        const expected = cents(exact.abs()).times(exact.isNegative() ? -1 : 1);
        return near(tax.tax.value, expected, invoice.syntax)
          ? []
          : [{ place: `${place(index)}.taxAmount`, expected: written(expected), actual: written(tax.tax.value) }];
      }),
  ),
  whole('BR-CO-18', 'taxes', 'The invoice has a VAT breakdown (BG-23).', (i) => i.breakdown.length > 0),
  whole('BR-CO-19', 'supplyDate', 'An invoicing period has a start or an end (BT-73, BT-74).', (i) =>
    hasADate(i.period),
  ),
  each('BR-CO-20', LINES, '', "A line's period has a start or an end (BT-134, BT-135).", (line) =>
    hasADate(line.period),
  ),
  each(
    'BR-CO-21',
    ALLOWANCES,
    '',
    'An allowance of the document has a reason, in words or as a code (BT-97, BT-98).',
    hasReason,
  ),
  each(
    'BR-CO-22',
    CHARGES,
    '',
    'A charge of the document has a reason, in words or as a code (BT-104, BT-105).',
    hasReason,
  ),
  each(
    'BR-CO-23',
    LINE_ALLOWANCES,
    '',
    'An allowance of a line has a reason, in words or as a code (BT-139, BT-140).',
    hasReason,
  ),
  each(
    'BR-CO-24',
    LINE_CHARGES,
    '',
    'A charge of a line has a reason, in words or as a code (BT-144, BT-145).',
    hasReason,
  ),
  whole(
    'BR-CO-25',
    'dueDate',
    'If something is due (BT-115), it is said when: by a date (BT-9) or by terms (BT-20).',
    (i) =>
      i.root === 'credit_note' ||
      CREDIT_NOTE_TYPES.has(i.typeCode ?? '') ||
      !(i.totals.payable?.value.greaterThan(0) ?? false) ||
      i.dueDate !== null ||
      i.paymentTerms !== null,
    // The standard has it, the artefacts have dropped it since.
    { severity: 'warning' },
  ),
  whole(
    'BR-CO-26',
    'seller',
    'The seller can be identified: by an identifier (BT-29), a registration (BT-30) or a VAT identifier (BT-31).',
    ({ seller }) =>
      seller === null || seller.identifiers.length > 0 || seller.legalId !== null || seller.vatId !== null,
  ),
];

function compare(actual: Decimal | null | undefined, expected: Decimal | null): Comparison | null {
  return actual == null || expected === null ? null : { actual, expected };
}

/** Less than one unit apart, as the artefacts allow for taxes that were reckoned line by line; in CII a whole one. */
export function near(actual: Decimal, expected: Decimal, syntax: Syntax = 'ubl'): boolean {
  const apart = actual.minus(expected).abs();
  return syntax === 'ubl' ? apart.lessThan(1) : apart.lessThanOrEqualTo(1);
}

function prefixed(vatId: string | null | undefined, place: string): Breach[] {
  if (vatId == null) return [];
  const prefix = vatId.slice(0, 2);
  return COUNTRIES.has(prefix) || prefix === 'EL' || prefix === 'XI' ? [] : [{ place, actual: prefix }];
}

/** A total may be left out only where there is nothing to sum. */
function reductions(
  id: string,
  place: string,
  says: string,
  parts: (invoice: SemanticInvoice) => readonly [Decimal | undefined, readonly AllowanceOrCharge[]],
): Rule {
  return rule(id, says, arithmetic, (invoice) => {
    const [stated, list] = parts(invoice);
    if (stated === undefined && list.length === 0) return [];
    const expected = cents(sumOf(list.map((part) => part.amount?.value)));
    if (stated?.equals(expected) === true) return [];
    return [{ place, expected: written(expected), ...(stated === undefined ? {} : { actual: written(stated) }) }];
  });
}

function totalWithVat({ totals, syntax }: SemanticInvoice): Breach[] {
  if (totals.net === null || totals.gross === null) return [];
  const place = 'totals.gross';
  const actual = written(totals.gross.value);
  // A CII without VAT may leave the total of VAT out; UBL has no such leave.
  if (syntax !== 'ubl' && totals.gross.value.equals(totals.net.value)) return [];
  if (totals.taxTotals !== 1) return [{ place: 'totals.tax', expected: '1', actual: String(totals.taxTotals) }];
  const expected = cents(totals.net.value.plus(totals.tax?.value ?? new Exact(0)));
  return totals.gross.value.equals(expected) ? [] : [{ place, expected: written(expected), actual }];
}
