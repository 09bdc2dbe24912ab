import type { Decimal } from 'decimal.js';
import type { Address, CreditTransfer, Line, Party, SemanticInvoice } from '../en16931/model.ts';
import { type Numeric, sumOf } from '../en16931/number.ts';
import type {
  AddressRecord,
  BankAccountRecord,
  InvoiceRecord,
  LineRecord,
  PartyRecord,
  PaymentRecord,
  Reading,
  Seen,
  TaxCategory,
} from '../extraction.ts';
import { documentTypeOf, paymentMethodOf } from './codes.ts';
import { confirmRecord } from './confirm.ts';
import { minorDigitsOf } from './minor-digits.ts';

/**
 * The record of an invoice, from its terms alone: what syntax it came in leaves no trace, so that one invoice in several
 * syntaxes is one record.
 */
export function toRecord(invoice: SemanticInvoice): InvoiceRecord {
  const money = moneyOf(invoice.currency);
  const { totals } = invoice;
  const documentType = documentTypeOf(invoice.typeCode, invoice.root);
  const corrects = documentType !== 'invoice' || invoice.typeCode === '384';
  return confirmRecord({
    documentType: seen(documentType),
    invoiceNumber: text(invoice.number),
    orderNumber: text(invoice.orderReference),
    contractNumber: text(invoice.contractReference),
    originalInvoiceNumber: corrects ? text(invoice.preceding[0]?.number) : null,
    issueDate: seen(invoice.issueDate?.value),
    supplyDate: seen(invoice.delivery?.date?.value ?? invoice.period?.end?.value),
    dueDate: seen(invoice.dueDate?.value),
    currency: text(invoice.currency),
    exchangeRate: plain(invoice.exchangeRate?.value),
    seller: partyOf(invoice.seller, invoice.payee === null ? accountsOf(invoice) : []),
    buyer: partyOf(invoice.buyer, debitedOf(invoice)),
    lineItems: invoice.lines.map((line) => lineOf(line, money)),
    taxes: invoice.breakdown.map((tax) => ({
      category: category(tax.category),
      rate: rate(tax.rate),
      taxableAmount: money(tax.taxable),
      taxAmount: money(tax.tax),
      exemptionReason: text(tax.exemptionReason ?? tax.exemptionCode),
      label: null,
    })),
    totals: {
      net: money(totals.net),
      discount: money(totals.allowances),
      charges: money(totals.charges),
      tax: money(totals.tax),
      rounding: money(totals.rounding),
      gross: money(totals.gross),
      prepaid: money(totals.prepaid),
      payable: money(totals.payable),
    },
    payment: paymentOf(invoice),
    notes: text(clip(invoice.notes.flatMap((note) => note.text ?? []).join('\n'), 2000)),
  });
}

function seen<T>(value: T | null | undefined): Seen<T> {
  if (value === null || value === undefined) return null;
  return { value, page: null, box: null, source: 'xml', confidence: 1, verified: false } satisfies Reading<T>;
}

function text(value: string | null | undefined): Seen {
  const tidy = value?.normalize('NFC').trim();
  return seen(tidy === undefined || tidy === '' ? null : tidy);
}

type Money = (amount: Numeric | null | undefined) => Seen;

/** With the digits of the currency; digits beyond them are kept where they say something. */
function moneyOf(currency: string | null): Money {
  const digits = minorDigitsOf(currency);
  return (amount) => seen(amount == null ? null : amount.value.toFixed(Math.max(digits, amount.value.decimalPlaces())));
}

function rate(percent: Numeric | null | undefined): Seen {
  return seen(percent == null ? null : percent.value.toFixed(Math.max(2, percent.value.decimalPlaces())));
}

/** Up to six decimals, without zeros at the end. */
function plain(value: Decimal | null | undefined): Seen {
  return seen(value?.toDecimalPlaces(6).toFixed());
}

const CATEGORIES: ReadonlySet<string> = new Set<TaxCategory>(['S', 'Z', 'E', 'AE', 'K', 'G', 'O', 'L', 'M']);

function category(code: string | null | undefined): Seen<TaxCategory> {
  return seen(code != null && isCategory(code) ? code : null);
}

function isCategory(code: string): code is TaxCategory {
  return CATEGORIES.has(code);
}

function partyOf(party: Party | null, bankAccounts: readonly BankAccountRecord[]): PartyRecord {
  return {
    name: text(party?.name ?? party?.tradingName),
    companyCode: text(party?.legalId?.value),
    vatCode: text(party?.vatId?.replace(/[\s.-]+/g, '').toUpperCase()),
    taxCode: text(party?.taxId),
    email: text(party?.contact?.email),
    phone: text(party?.contact?.phone),
    address: addressOf(party?.address ?? null),
    bankAccounts,
  };
}

function addressOf(address: Address | null): AddressRecord | null {
  if (address === null) return null;
  const { line1, line2, line3, city, postalCode, region, country } = address;
  const place = [postalCode, city].filter((part) => part !== null).join(' ');
  const raw = [line1, line2, line3, place, region, country].filter((part) => part !== null && part !== '');
  if (raw.length === 0) return null;
  return {
    line1: text(line1),
    line2: text([line2, line3].filter((part) => part !== null).join(', ')),
    city: text(city),
    postalCode: text(postalCode),
    region: text(region),
    country: text(country?.toUpperCase()),
    raw: text(raw.join(', ')),
  };
}

function accountsOf(invoice: SemanticInvoice): BankAccountRecord[] {
  const all = invoice.payment.flatMap((each) => each.transfers).filter((each) => each.account !== null);
  const first = all.filter((each, index) => all.findIndex((other) => other.account === each.account) === index);
  return first.map(accountOf);
}

function accountOf(transfer: CreditTransfer): BankAccountRecord {
  const { iban, accountNumber } = splitAccount(transfer.account);
  return {
    iban: seen(iban),
    accountNumber: text(accountNumber),
    bic: text(transfer.bic?.replace(/\s+/g, '').toUpperCase()),
    bankName: text(transfer.bankName),
    currency: null,
  };
}

function debitedOf(invoice: SemanticInvoice): BankAccountRecord[] {
  const debited = invoice.payment.map((each) => each.directDebit?.debitedAccount).find((each) => each != null);
  return debited == null ? [] : [accountOf({ account: debited, name: null, bic: null, bankName: null })];
}

function splitAccount(account: string | null): { iban: string | null; accountNumber: string | null } {
  const compact = account?.replace(/\s+/g, '').toUpperCase() ?? null;
  if (compact === null || compact === '') return { iban: null, accountNumber: null };
  const isIban = /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(compact);
  return isIban ? { iban: compact, accountNumber: null } : { iban: null, accountNumber: account };
}

/** GTINs are identifiers under the scheme 0160, and under 0088 where their authors mean the number of EAN. */
const GTIN_SCHEMES = ['0160', '0088'];

function lineOf(line: Line, money: Money): LineRecord {
  const { item, price } = line;
  const per = price.baseQuantity;
  const unitPrice =
    price.net === null || per === null || per.value.isZero() ? price.net?.value : price.net.value.div(per.value);
  const reductions = [...line.allowances, ...line.charges];
  const discount = sumOf(line.allowances.map((each) => each.amount?.value)).minus(
    sumOf(line.charges.map((each) => each.amount?.value)),
  );
  const onlyOne = line.allowances.length === 1 && line.charges.length === 0 ? line.allowances[0] : undefined;
  const ean = GTIN_SCHEMES.includes(item.standardId?.scheme ?? '') ? item.standardId?.value : null;
  const words = [item.name, item.description === item.name ? null : item.description].filter((part) => part !== null);
  return {
    page: null,
    code: text(item.sellerId),
    ean: text(ean),
    description: text(clip(words.join('\n') || (line.note ?? ''), 1000)),
    quantity: plain(line.quantity?.value),
    unit: text(line.unitText),
    unitCode: text(line.unit),
    unitPrice: plain(unitPrice),
    discountPercent: rate(onlyOne?.percent),
    discountAmount: reductions.length === 0 ? null : money({ text: '', value: discount }),
    netAmount: money(line.net),
    taxRate: rate(line.tax?.rate),
    taxCategory: category(line.tax?.category),
    taxAmount: line.gross == null || line.net === null ? null : money(between(line.gross, line.net)),
    grossAmount: money(line.gross),
  };
}

function between(gross: Numeric, net: Numeric): Numeric {
  const value = gross.value.minus(net.value);
  return { text: value.toFixed(), value };
}

function paymentOf(invoice: SemanticInvoice): PaymentRecord {
  const transfer = invoice.payment.flatMap((each) => each.transfers).find((each) => each.account !== null);
  const { iban, accountNumber } = splitAccount(transfer?.account ?? null);
  const { payable, prepaid } = invoice.totals;
  const isPaid = payable?.value.isZero() === true && prepaid?.value.isPositive() === true && !prepaid.value.isZero();
  return {
    method: seen(paymentMethodOf(invoice.payment.find((each) => each.means !== null)?.means ?? null)),
    iban: seen(iban),
    accountNumber: text(accountNumber),
    bic: text(transfer?.bic?.replace(/\s+/g, '').toUpperCase()),
    bankName: text(transfer?.bankName),
    reference: text(invoice.remittance),
    termsText: text(clip(invoice.paymentTerms ?? '', 1000)),
    termsDays: null,
    paidAt: null,
    isPaid: isPaid ? seen(true) : null,
  };
}

/** By characters, not by halves of them. */
function clip(value: string, most: number): string {
  return value.length <= most ? value : [...value].slice(0, most).join('');
}
