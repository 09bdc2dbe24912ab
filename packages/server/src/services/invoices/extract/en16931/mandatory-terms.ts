import type { AllowanceOrCharge, Amount, Period } from './model.ts';
import {
  ALLOWANCES,
  BREAKDOWN,
  CHARGES,
  each,
  group,
  LINE_ALLOWANCES,
  LINE_CHARGES,
  LINES,
  type Rule,
  whole,
} from './rule.ts';

const hasReason = (part: AllowanceOrCharge) => part.reason !== null || part.reasonCode !== null;
const inOrder = (period: Period | null) =>
  period?.start?.value == null || period.end?.value == null || period.end.value >= period.start.value;
const notNegative = (amount: Amount | null) => amount === null || amount.value.greaterThanOrEqualTo(0);
const isTransfer = (means: string | null) => means === '30' || means === '58';

const payments = group('payment', (invoice) => invoice.payment);
const documents = group('notes', (invoice) => invoice.supportingDocuments);
const attributes = {
  ...LINES,
  members: (invoice: Parameters<typeof LINES.members>[0]) =>
    invoice.lines.flatMap((line, index) =>
      line.item.attributes.map((attribute) => [attribute, () => `lineItems[${index}].description`] as const),
    ),
};

/** BR-1 to BR-65: which terms an invoice must have, and those that come with others. */
export const MANDATORY_TERMS: readonly Rule[] = [
  whole(
    'BR-01',
    'document.profile',
    'The specification that the invoice follows is named (BT-24).',
    (i) => i.specification !== null,
  ),
  whole('BR-02', 'invoiceNumber', 'The invoice has a number (BT-1).', (i) => i.number !== null),
  whole('BR-03', 'issueDate', 'The invoice has an issue date (BT-2).', (i) => i.issueDate !== null),
  whole('BR-04', 'documentType', 'The invoice has a type code (BT-3).', (i) => i.typeCode !== null),
  whole('BR-05', 'currency', 'The invoice has a currency (BT-5).', (i) => i.currency !== null),
  whole('BR-06', 'seller.name', 'The seller has a name (BT-27).', (i) => i.seller?.name != null),
  whole('BR-07', 'buyer.name', 'The buyer has a name (BT-44).', (i) => i.buyer?.name != null),
  whole('BR-08', 'seller.address', 'The seller has a postal address (BG-5).', (i) => i.seller?.address != null),
  whole(
    'BR-09',
    'seller.address.country',
    "The seller's address has a country (BT-40).",
    (i) => i.seller?.address == null || i.seller.address.country !== null,
  ),
  whole('BR-10', 'buyer.address', 'The buyer has a postal address (BG-8).', (i) => i.buyer?.address != null),
  whole(
    'BR-11',
    'buyer.address.country',
    "The buyer's address has a country (BT-55).",
    (i) => i.buyer?.address == null || i.buyer.address.country !== null,
  ),
  whole('BR-12', 'totals.net', 'The sum of the line amounts is stated (BT-106).', (i) => i.totals.lines !== null),
  whole('BR-13', 'totals.net', 'The total without VAT is stated (BT-109).', (i) => i.totals.net !== null),
  whole('BR-14', 'totals.gross', 'The total with VAT is stated (BT-112).', (i) => i.totals.gross !== null),
  whole('BR-15', 'totals.payable', 'The amount due is stated (BT-115).', (i) => i.totals.payable !== null),
  whole('BR-16', 'lineItems', 'The invoice has at least one line (BG-25).', (i) => i.lines.length > 0, { lines: true }),
  whole('BR-17', 'payment', 'A payee has a name, and is not the seller (BT-59).', ({ payee, seller }) => {
    if (payee === null) return true;
    const sameId =
      payee.identifier !== null && seller?.identifiers.some((own) => own.value === payee.identifier?.value) === true;
    return payee.name !== null && payee.name !== (seller?.tradingName ?? null) && !sameId;
  }),
  whole(
    'BR-18',
    'seller',
    "A seller's tax representative has a name (BT-62).",
    (i) => i.taxRepresentative === null || i.taxRepresentative.name !== null,
  ),
  whole(
    'BR-19',
    'seller',
    "A seller's tax representative has a postal address (BG-12).",
    (i) => i.taxRepresentative === null || i.taxRepresentative.address !== null,
  ),
  whole(
    'BR-20',
    'seller',
    "The tax representative's address has a country (BT-69).",
    (i) => i.taxRepresentative?.address == null || i.taxRepresentative.address.country !== null,
  ),
  each('BR-21', LINES, '', 'Each line has an identifier (BT-126).', (line) => line.id !== null),
  each('BR-22', LINES, '.quantity', 'Each line has a quantity (BT-129).', (line) => line.quantity !== null),
  each(
    'BR-23',
    LINES,
    '.unitCode',
    'Each quantity has a unit (BT-130).',
    (line) => line.quantity === null || line.unit !== null,
  ),
  each('BR-24', LINES, '.netAmount', 'Each line has a net amount (BT-131).', (line) => line.net !== null),
  each('BR-25', LINES, '.description', 'Each line names its item (BT-153).', (line) => line.item.name !== null),
  each('BR-26', LINES, '.unitPrice', 'Each line has a net price (BT-146).', (line) => line.price.net !== null),
  each('BR-27', LINES, '.unitPrice', 'A net price is not negative (BT-146).', (line) => notNegative(line.price.net)),
  each('BR-28', LINES, '.unitPrice', 'A gross price is not negative (BT-148).', (line) =>
    notNegative(line.price.gross),
  ),
  whole('BR-29', 'supplyDate', 'The invoicing period does not end before it starts (BT-73, BT-74).', (i) =>
    inOrder(i.period),
  ),
  each('BR-30', LINES, '', "A line's period does not end before it starts (BT-134, BT-135).", (line) =>
    inOrder(line.period),
  ),
  each(
    'BR-31',
    ALLOWANCES,
    '',
    'Each allowance of the document has an amount (BT-92).',
    (part) => part.amount !== null,
  ),
  each(
    'BR-32',
    ALLOWANCES,
    '',
    'Each allowance of the document has a VAT category (BT-95).',
    (part) => part.tax?.category != null,
  ),
  each('BR-33', ALLOWANCES, '', 'Each allowance of the document has a reason (BT-97 or BT-98).', hasReason),
  each('BR-36', CHARGES, '', 'Each charge of the document has an amount (BT-99).', (part) => part.amount !== null),
  each(
    'BR-37',
    CHARGES,
    '',
    'Each charge of the document has a VAT category (BT-102).',
    (part) => part.tax?.category != null,
  ),
  each('BR-38', CHARGES, '', 'Each charge of the document has a reason (BT-104 or BT-105).', hasReason),
  each(
    'BR-41',
    LINE_ALLOWANCES,
    '',
    'Each allowance of a line has an amount (BT-136).',
    (part) => part.amount !== null,
  ),
  each('BR-42', LINE_ALLOWANCES, '', 'Each allowance of a line has a reason (BT-139 or BT-140).', hasReason),
  each('BR-43', LINE_CHARGES, '', 'Each charge of a line has an amount (BT-141).', (part) => part.amount !== null),
  each('BR-44', LINE_CHARGES, '', 'Each charge of a line has a reason (BT-144 or BT-145).', hasReason),
  each(
    'BR-45',
    BREAKDOWN,
    '.taxableAmount',
    'Each part of the VAT breakdown has a taxable amount (BT-116).',
    (tax) => tax.taxable !== null,
  ),
  each(
    'BR-46',
    BREAKDOWN,
    '.taxAmount',
    'Each part of the VAT breakdown has a tax amount (BT-117).',
    (tax) => tax.tax !== null,
  ),
  each(
    'BR-47',
    BREAKDOWN,
    '.category',
    'Each part of the VAT breakdown has a category (BT-118).',
    (tax) => tax.category !== null,
  ),
  each(
    'BR-48',
    BREAKDOWN,
    '.rate',
    'Each part of the VAT breakdown has a rate, unless it is outside the scope of VAT (BT-119).',
    (tax) => tax.rate !== null || tax.category === 'O',
  ),
  each(
    'BR-49',
    payments,
    '.method',
    'Payment instructions have a means of payment (BT-81).',
    (payment) => payment.means !== null,
  ),
  each(
    'BR-50',
    payments,
    '.iban',
    'An account for credit transfers has an identifier (BT-84).',
    (payment) => !isTransfer(payment.means) || payment.transfers.every((transfer) => transfer.account !== null),
  ),
  each(
    'BR-51',
    payments,
    '',
    'Of a card, at most the first six and last four digits are shown (BT-87).',
    (payment) => (payment.card?.number ?? '').length <= 10,
    { severity: 'warning' },
  ),
  each(
    'BR-52',
    documents,
    '',
    'A supporting document has a reference (BT-122).',
    (document) => document.reference !== null,
  ),
  whole(
    'BR-53',
    'totals.tax',
    'The VAT total is stated in the VAT accounting currency too (BT-111), if there is one (BT-6).',
    (i) => i.taxCurrency === null || i.totals.taxInTaxCurrency !== null,
  ),
  each(
    'BR-54',
    attributes,
    '',
    'An attribute of an item has a name and a value (BT-160, BT-161).',
    (attribute) => attribute.name !== null && attribute.value !== null,
  ),
  each(
    'BR-55',
    group('originalInvoiceNumber', (invoice) => invoice.preceding),
    '',
    'A reference to an earlier invoice has its number (BT-25).',
    (earlier) => earlier.number !== null,
  ),
  whole(
    'BR-56',
    'seller',
    "A seller's tax representative has a VAT identifier (BT-63).",
    (i) => i.taxRepresentative === null || i.taxRepresentative.vatId !== null,
  ),
  whole(
    'BR-57',
    'supplyDate',
    'The address of delivery has a country (BT-80).',
    (i) => i.delivery?.address == null || i.delivery.address.country !== null,
  ),
  each(
    'BR-61',
    payments,
    '.iban',
    'A credit transfer names the account to pay to (BT-84).',
    (payment) => !isTransfer(payment.means) || payment.transfers.some((transfer) => transfer.account !== null),
  ),
  whole(
    'BR-62',
    'seller',
    "The seller's electronic address has a scheme (BT-34).",
    (i) => i.seller?.electronicAddress?.scheme !== null,
  ),
  whole(
    'BR-63',
    'buyer',
    "The buyer's electronic address has a scheme (BT-49).",
    (i) => i.buyer?.electronicAddress?.scheme !== null,
  ),
  each(
    'BR-64',
    LINES,
    '.ean',
    "An item's standard identifier has a scheme (BT-157).",
    (line) => line.item.standardId?.scheme !== null,
  ),
  each('BR-65', LINES, '', "An item's classification has a scheme (BT-158).", (line) =>
    line.item.classifications.every((code) => code.scheme !== null),
  ),
];
