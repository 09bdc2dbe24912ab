import { isValidIBAN } from 'ibantools';
import type { PaymentInstruction, SemanticInvoice } from './model.ts';
import { ALLOWANCES, BREAKDOWN, CHARGES, each, equals, group, LINES, type Rule, whole } from './rule.ts';

const TRANSFERS = ['30', '58'];
const CARDS = ['48', '54', '55'];
const DEBITS = ['59'];
/** Only direct debits of SEPA are held to their account. */
const payments = group('payment', (invoice) => invoice.payment);
const warning = { severity: 'warning' } as const;
const info = { severity: 'info' } as const;

const demands = (id: string, means: readonly string[], says: string, holds: (payment: PaymentInstruction) => boolean) =>
  each(id, payments, '', says, (payment) => !means.includes(payment.means ?? '') || holds(payment));

/** BR-DE: what XRechnung demands on top of EN 16931. */
export const GERMAN: readonly Rule[] = [
  whole('BR-DE-1', 'payment', 'The invoice says how to pay (BG-16).', (i) => i.payment.length > 0),
  whole('BR-DE-2', 'seller', 'The seller names a contact (BG-6).', (i) => i.seller?.contact != null),
  whole(
    'BR-DE-3',
    'seller.address.city',
    "The seller's address has a city (BT-37).",
    (i) => i.seller?.address == null || i.seller.address.city !== null,
  ),
  whole(
    'BR-DE-4',
    'seller.address.postalCode',
    "The seller's address has a post code (BT-38).",
    (i) => i.seller?.address == null || i.seller.address.postalCode !== null,
  ),
  whole(
    'BR-DE-5',
    'seller',
    "The seller's contact has a name (BT-41).",
    (i) => i.seller?.contact == null || i.seller.contact.name !== null,
  ),
  whole(
    'BR-DE-6',
    'seller.phone',
    "The seller's contact has a telephone (BT-42).",
    (i) => i.seller?.contact == null || i.seller.contact.phone !== null,
  ),
  whole(
    'BR-DE-7',
    'seller.email',
    "The seller's contact has an e-mail address (BT-43).",
    (i) => i.seller?.contact == null || i.seller.contact.email !== null,
  ),
  whole(
    'BR-DE-8',
    'buyer.address.city',
    "The buyer's address has a city (BT-52).",
    (i) => i.buyer?.address == null || i.buyer.address.city !== null,
  ),
  whole(
    'BR-DE-9',
    'buyer.address.postalCode',
    "The buyer's address has a post code (BT-53).",
    (i) => i.buyer?.address == null || i.buyer.address.postalCode !== null,
  ),
  whole(
    'BR-DE-10',
    'supplyDate',
    'The address of delivery has a city (BT-77).',
    (i) => i.delivery?.address == null || i.delivery.address.city !== null,
  ),
  whole(
    'BR-DE-11',
    'supplyDate',
    'The address of delivery has a post code (BT-78).',
    (i) => i.delivery?.address == null || i.delivery.address.postalCode !== null,
  ),
  each(
    'BR-DE-14',
    BREAKDOWN,
    '.rate',
    'Each part of the VAT breakdown has a rate (BT-119).',
    (tax) => tax.rate !== null,
  ),
  whole(
    'BR-DE-15',
    'orderNumber',
    'The invoice has a buyer reference, the Leitweg-ID (BT-10).',
    (i) => i.buyerReference !== null,
  ),
  whole(
    'BR-DE-16',
    'seller.vatCode',
    'Where VAT is in question, the seller has a VAT or tax identifier, or a tax representative (BT-31, BT-32, BG-11).',
    (i) => !isTaxed(i) || i.seller?.vatId != null || i.seller?.taxId != null || i.taxRepresentative !== null,
  ),
  whole(
    'BR-DE-17',
    'documentType',
    'The type of the document is 326, 380, 381, 384, 389, 875, 876 or 877 (BT-3).',
    (i) => i.typeCode === null || ['326', '380', '384', '389', '381', '875', '876', '877'].includes(i.typeCode),
    warning,
  ),
  whole(
    'BR-DE-18',
    'payment.termsText',
    'Lines about cash discount have the form #SKONTO#TAGE=n#PROZENT=n.nn# and end with a line break (BT-20).',
    (i) => skontoIsFormed(i.paymentTerms),
  ),
  each(
    'BR-DE-19',
    payments,
    '.iban',
    'The account of a SEPA transfer is an IBAN (BT-84).',
    (payment) => payment.means !== '58' || payment.transfers.every((transfer) => isIban(transfer.account)),
    warning,
  ),
  each(
    'BR-DE-20',
    payments,
    '',
    'The account of a SEPA direct debit is an IBAN (BT-91).',
    (payment) => payment.means !== '59' || payment.directDebit === null || isIban(payment.directDebit.debitedAccount),
    warning,
  ),
  whole(
    'BR-DE-21',
    'document.profile',
    'The specification named is that of XRechnung 3.0 (BT-24).',
    (i) => /#compliant#urn:xeinkauf\.de:kosit:xrechnung_3\.0(#|$)/.test(i.specification ?? ''),
    warning,
  ),
  whole('BR-DE-22', 'notes', 'Attached files have different names (BT-125).', (i) => {
    const names = i.supportingDocuments.flatMap((document) => document.attachment?.fileName ?? []);
    return new Set(names).size === names.length;
  }),
  demands(
    'BR-DE-23-a',
    TRANSFERS,
    'A credit transfer comes with its account (BG-17).',
    (payment) => payment.transfers.length > 0,
  ),
  demands(
    'BR-DE-23-b',
    TRANSFERS,
    'A credit transfer comes without a card or a direct debit (BG-18, BG-19).',
    (payment) => payment.card === null && payment.directDebit === null,
  ),
  demands('BR-DE-24-a', CARDS, 'A payment by card comes with the card (BG-18).', (payment) => payment.card !== null),
  demands(
    'BR-DE-24-b',
    CARDS,
    'A payment by card comes without a transfer or a direct debit (BG-17, BG-19).',
    (payment) => payment.transfers.length === 0 && payment.directDebit === null,
  ),
  demands(
    'BR-DE-25-a',
    DEBITS,
    'A direct debit comes with its mandate (BG-19).',
    (payment) => payment.directDebit !== null,
  ),
  demands(
    'BR-DE-25-b',
    DEBITS,
    'A direct debit comes without a transfer or a card (BG-17, BG-18).',
    (payment) => payment.transfers.length === 0 && payment.card === null,
  ),
  whole(
    'BR-DE-26',
    'originalInvoiceNumber',
    'A corrected invoice names the invoice that it corrects (BG-3).',
    (i) => i.typeCode !== '384' || i.preceding.length > 0,
    warning,
  ),
  whole(
    'BR-DE-27',
    'seller.phone',
    'A telephone number has at least three digits (BT-42).',
    (i) => i.seller?.contact?.phone == null || (i.seller.contact.phone.match(/\d/g) ?? []).length >= 3,
    warning,
  ),
  whole(
    'BR-DE-28',
    'seller.email',
    'An e-mail address has one @ with something on both sides (BT-43).',
    (i) => i.seller?.contact?.email == null || /^[^@\s]+@([^@.\s]+\.)+[^@.\s]+$/.test(i.seller.contact.email),
    warning,
  ),
  whole('BR-DE-30', 'payment', "A direct debit comes with the creditor's identifier (BT-90).", (i) =>
    i.payment.every((payment) => payment.directDebit === null || payment.directDebit.creditor !== null),
  ),
  whole('BR-DE-31', 'payment', 'A direct debit comes with the account that is debited (BT-91).', (i) =>
    i.payment.every((payment) => payment.directDebit === null || payment.directDebit.debitedAccount !== null),
  ),
  whole(
    'BR-DE-TMP-32',
    'supplyDate',
    'The invoice says when was delivered: for itself (BT-72, BG-14) or for each line (BG-26).',
    (i) =>
      i.delivery?.date != null ||
      i.period !== null ||
      (i.lines.length > 0 && i.lines.every((line) => line.period !== null)),
    info,
  ),
  whole(
    'BR-TMP-2',
    'notes',
    'The location of a supporting document is an absolute URL (BT-124).',
    (i) =>
      i.supportingDocuments.every(
        (document) => document.location === null || /^[a-z][a-z0-9+.-]+:./i.test(document.location),
      ),
    warning,
  ),
];

/** BR-DEX: what XRechnung's extension puts in the place of a rule of the standard. */
export const GERMAN_EXTENSION: readonly Rule[] = [
  equals(
    'BR-DEX-09',
    'totals.payable',
    'The amount due (BT-115) is the total with VAT (BT-112) less what is paid (BT-113) plus the rounding (BT-114) and what third parties are owed.',
    ({ totals }) => {
      if (totals.gross === null || totals.payable === null) return null;
      const due = totals.gross.value.minus(totals.prepaid?.value ?? 0).plus(totals.rounding?.value ?? 0);
      return { actual: totals.payable.value, expected: due.plus(totals.thirdParty?.value ?? 0) };
    },
  ),
];

/** The categories that are about VAT at all. */
const TAXED = ['S', 'Z', 'E', 'AE', 'K', 'G', 'L', 'M'];

function isTaxed(invoice: SemanticInvoice): boolean {
  return [LINES, ALLOWANCES, CHARGES].some((list) =>
    list.members(invoice).some(([member]) => TAXED.includes(member.tax?.category ?? '')),
  );
}

function isIban(account: string | null): boolean {
  return account !== null && isValidIBAN(account.replace(/\s+/g, '').toUpperCase());
}

const SKONTO = /^#SKONTO#TAGE=\d+#PROZENT=\d+\.\d{2}(#BASISBETRAG=-?\d+\.\d{2})?#$/;

/** Terms come trimmed, so the line break that ends them is not demanded here. */
function skontoIsFormed(terms: string | null): boolean {
  const lines = (terms ?? '').split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line.startsWith('#')).every((line) => SKONTO.test(line));
}
