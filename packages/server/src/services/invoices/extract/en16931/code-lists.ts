import { CHARGE_REASONS } from './codes/charge-reasons.ts';
import { COUNTRIES } from './codes/countries.ts';
import { CURRENCIES } from './codes/currencies.ts';
import { ELECTRONIC_ADDRESSES } from './codes/electronic-addresses.ts';
import { EXEMPTIONS } from './codes/exemptions.ts';
import { IDENTIFIER_SCHEMES } from './codes/identifier-schemes.ts';
import { ITEM_CLASSIFICATIONS } from './codes/item-classifications.ts';
import { NOTE_SUBJECTS } from './codes/note-subjects.ts';
import { PAYMENT_MEANS } from './codes/payment-means.ts';
import { REFERENCES } from './codes/references.ts';
import {
  ALLOWANCE_REASONS,
  CII_TAX_POINT_EVENTS,
  CREDIT_NOTE_TYPES,
  INVOICE_TYPES,
  MIME_TYPES,
  TAX_POINT_EVENTS,
  VAT_CATEGORIES,
} from './codes/short-lists.ts';
import { UNITS } from './codes/units.ts';
import type { Amount, Identifier, SemanticInvoice } from './model.ts';
import { type Rule, rule } from './rule.ts';

/** BR-CL: which codes are codes. What is absent is not looked at here. */
export const CODE_LISTS: readonly Rule[] = [
  rule(
    'BR-CL-01',
    'The type of the document (BT-3) is of UNTDID 1001, as far as it means invoices.',
    { layer: 'codes' },
    (invoice) =>
      invoice.typeCode === null || typesOf(invoice).some((list) => list.has(invoice.typeCode ?? ''))
        ? []
        : [{ place: 'documentType', actual: invoice.typeCode }],
  ),
  listed('BR-CL-03', 'A currency of an amount is of ISO 4217.', CURRENCIES, (invoice) =>
    amountsOf(invoice).map(([amount, place]) => [amount?.currency, place]),
  ),
  listed('BR-CL-04', 'The currency of the invoice (BT-5) is of ISO 4217.', CURRENCIES, (i) => [
    [i.currency, 'currency'],
  ]),
  listed('BR-CL-05', 'The VAT accounting currency (BT-6) is of ISO 4217.', CURRENCIES, (i) => [
    [i.taxCurrency, 'currency'],
  ]),
  rule(
    'BR-CL-06',
    'The code of the day on which VAT falls due (BT-8) is of UNTDID 2005, in CII of UNTDID 2475.',
    { layer: 'codes' },
    (invoice) => {
      const list = invoice.syntax === 'ubl' ? TAX_POINT_EVENTS : CII_TAX_POINT_EVENTS;
      return invoice.taxPointCode === null || list.has(invoice.taxPointCode)
        ? []
        : [{ place: 'supplyDate', actual: invoice.taxPointCode }];
    },
  ),
  listed('BR-CL-07', 'The scheme of an invoiced object (BT-18, BT-128) is of UNTDID 1153.', REFERENCES, (i) => [
    [i.invoicedObject?.scheme, 'orderNumber'],
    ...i.lines.map((line, index) => [line.invoicedObject?.scheme, `lineItems[${index}]`] as const),
  ]),
  listed('BR-CL-08', 'The subject of a note (BT-21) is of UNTDID 4451.', NOTE_SUBJECTS, (i) =>
    i.notes.map((note) => [note.subject, 'notes']),
  ),
  listed('BR-CL-10', 'The scheme of a party identifier is of ISO 6523.', IDENTIFIER_SCHEMES, (i) => [
    ...schemes(i.seller?.identifiers, 'seller'),
    ...schemes(i.buyer?.identifiers, 'buyer'),
    [i.payee?.identifier?.scheme, 'payment'],
  ]),
  listed('BR-CL-11', 'The scheme of a registration is of ISO 6523.', IDENTIFIER_SCHEMES, (i) => [
    [i.seller?.legalId?.scheme, 'seller.companyCode'],
    [i.buyer?.legalId?.scheme, 'buyer.companyCode'],
    [i.payee?.legalId?.scheme, 'payment'],
  ]),
  listed('BR-CL-13', "The scheme of an item's classification (BT-158) is of UNTDID 7143.", ITEM_CLASSIFICATIONS, (i) =>
    i.lines.flatMap((line, index) => schemes(line.item.classifications, `lineItems[${index}]`)),
  ),
  listed('BR-CL-14', 'A country is of ISO 3166-1.', COUNTRIES, (i) => [
    [i.seller?.address?.country, 'seller.address.country'],
    [i.buyer?.address?.country, 'buyer.address.country'],
    [i.taxRepresentative?.address?.country, 'seller'],
    [i.delivery?.address?.country, 'supplyDate'],
  ]),
  listed('BR-CL-15', 'The country an item comes from (BT-159) is of ISO 3166-1.', COUNTRIES, (i) =>
    i.lines.map((line, index) => [line.item.origin, `lineItems[${index}]`]),
  ),
  listed('BR-CL-16', 'The means of payment (BT-81) is of UNTDID 4461.', PAYMENT_MEANS, (i) =>
    i.payment.map((payment) => [payment.means, 'payment.method']),
  ),
  listed(
    'BR-CL-17',
    'A VAT category of the document (BT-95, BT-102, BT-118) is of UNTDID 5305.',
    VAT_CATEGORIES,
    (i) => [
      ...i.breakdown.map((tax, index) => [tax.category, `taxes[${index}].category`] as const),
      ...i.allowances.map((part) => [part.tax?.category, 'totals.discount'] as const),
      ...i.charges.map((part) => [part.tax?.category, 'totals.charges'] as const),
    ],
  ),
  listed('BR-CL-18', 'The VAT category of a line (BT-151) is of UNTDID 5305.', VAT_CATEGORIES, (i) =>
    i.lines.map((line, index) => [line.tax?.category, `lineItems[${index}].taxCategory`]),
  ),
  listed('BR-CL-19', 'The reason of an allowance (BT-98, BT-140) is of UNTDID 5189.', ALLOWANCE_REASONS, (i) => [
    ...i.allowances.map((part) => [part.reasonCode, 'totals.discount'] as const),
    ...i.lines.flatMap((line, index) =>
      line.allowances.map((part) => [part.reasonCode, `lineItems[${index}].discountAmount`] as const),
    ),
  ]),
  listed('BR-CL-20', 'The reason of a charge (BT-105, BT-145) is of UNTDID 7161.', CHARGE_REASONS, (i) => [
    ...i.charges.map((part) => [part.reasonCode, 'totals.charges'] as const),
    ...i.lines.flatMap((line, index) =>
      line.charges.map((part) => [part.reasonCode, `lineItems[${index}].discountAmount`] as const),
    ),
  ]),
  listed('BR-CL-21', "The scheme of an item's standard identifier (BT-157) is of ISO 6523.", IDENTIFIER_SCHEMES, (i) =>
    i.lines.map((line, index) => [line.item.standardId?.scheme, `lineItems[${index}].ean`]),
  ),
  listed('BR-CL-22', 'The code of an exemption (BT-121) is of the list VATEX.', EXEMPTIONS, (i) =>
    i.breakdown.map((tax, index) => [tax.exemptionCode?.toUpperCase(), `taxes[${index}].exemptionReason`]),
  ),
  listed('BR-CL-23', 'A unit (BT-130, BT-150) is of UN/ECE Recommendation 20 or 21.', UNITS, (i) =>
    i.lines.flatMap((line, index) => [
      [line.unit, `lineItems[${index}].unitCode`] as const,
      [line.price.baseUnit, `lineItems[${index}].unitCode`] as const,
    ]),
  ),
  listed('BR-CL-24', 'The type of an attached document (BT-125) is one that may be attached.', MIME_TYPES, (i) =>
    i.supportingDocuments.map((document) => [document.attachment?.mime, 'notes']),
  ),
  listed(
    'BR-CL-25',
    'The scheme of an electronic address (BT-34, BT-49) is of the list EAS.',
    ELECTRONIC_ADDRESSES,
    (i) => [
      [i.seller?.electronicAddress?.scheme, 'seller'],
      [i.buyer?.electronicAddress?.scheme, 'buyer'],
    ],
  ),
  listed('BR-CL-26', 'The scheme of a place of delivery (BT-71) is of ISO 6523.', IDENTIFIER_SCHEMES, (i) => [
    [i.delivery?.location?.scheme, 'supplyDate'],
  ]),
];

type Coded = readonly [code: string | null | undefined, place: string];

function listed(
  id: string,
  says: string,
  list: ReadonlySet<string>,
  coded: (invoice: SemanticInvoice) => readonly Coded[],
): Rule {
  return rule(id, says, { layer: 'codes' }, (invoice) =>
    coded(invoice).flatMap(([code, place]) =>
      code == null || list.has(code) ? [] : [{ place, actual: code.slice(0, 100) }],
    ),
  );
}

function schemes(identifiers: readonly Identifier[] | undefined, place: string): Coded[] {
  return (identifiers ?? []).map((identifier) => [identifier.scheme, place]);
}

/** In UBL the root decides which codes are right; CII has one root for both. */
function typesOf({ syntax, root }: SemanticInvoice): ReadonlySet<string>[] {
  if (syntax !== 'ubl') return [INVOICE_TYPES, CREDIT_NOTE_TYPES];
  return root === 'credit_note' ? [CREDIT_NOTE_TYPES] : [INVOICE_TYPES];
}

function amountsOf(invoice: SemanticInvoice): (readonly [Amount | null, string])[] {
  const { totals } = invoice;
  return [
    [totals.lines, 'totals.net'],
    [totals.allowances, 'totals.discount'],
    [totals.charges, 'totals.charges'],
    [totals.net, 'totals.net'],
    [totals.tax, 'totals.tax'],
    [totals.taxInTaxCurrency, 'totals.tax'],
    [totals.gross, 'totals.gross'],
    [totals.prepaid, 'totals.prepaid'],
    [totals.rounding, 'totals.rounding'],
    [totals.payable, 'totals.payable'],
    ...invoice.allowances.map((part) => [part.amount, 'totals.discount'] as const),
    ...invoice.charges.map((part) => [part.amount, 'totals.charges'] as const),
    ...invoice.breakdown.flatMap((tax, index) => [
      [tax.taxable, `taxes[${index}].taxableAmount`] as const,
      [tax.tax, `taxes[${index}].taxAmount`] as const,
    ]),
    ...invoice.lines.flatMap((line, index) => [
      [line.net, `lineItems[${index}].netAmount`] as const,
      [line.price.net, `lineItems[${index}].unitPrice`] as const,
    ]),
  ];
}
