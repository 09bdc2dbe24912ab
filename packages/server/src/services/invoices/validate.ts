import { Decimal } from 'decimal.js';
import { isValidIBAN } from 'ibantools';
import { stdnum } from 'stdnum';
import { nameKey } from './contacts-repository.ts';
import type { Finding } from './extract/extraction.ts';
import type { Confidence, InvoiceFields, Party } from './invoice-fields.ts';

/** Something about an invoice that somebody should look at. */
export interface Issue {
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly path: string;
  readonly message: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

export interface ValidationContext {
  readonly now: number;
  readonly confidence: Confidence;
  readonly client: { readonly name: string; readonly companyCode: string | null; readonly vatCode: string | null };
  readonly duplicateOf: string | null;
  /** Whether numbers are real ones with check digits: those of test fixtures are made up. */
  readonly checksCodes: boolean;
}

/** Holds an invoice against arithmetic and itself (specification 2.6.3). Says what is odd; changes nothing. */
export function validate(fields: InvoiceFields, context: ValidationContext): Issue[] {
  return [
    ...missing(fields),
    ...totals(fields),
    ...lines(fields),
    ...dates(fields, context.now),
    ...(context.checksCodes ? codes(fields) : []),
    ...ibans(fields),
    ...client(fields, context.client),
    ...(context.duplicateOf === null
      ? []
      : [issue('document.duplicate', 'warning', 'duplicateOf', `The invoice ${context.duplicateOf} is the same one.`)]),
    ...unsure(context.confidence),
  ];
}

/** What the reader's own rules found, beside ours. */
export function issuesOf(findings: readonly Finding[]): Issue[] {
  return findings.map(({ rule, severity, place, message, expected, actual }) => ({
    code: rule,
    severity,
    path: place,
    message,
    expected: expected ?? null,
    actual: actual ?? null,
  }));
}

/** The one word for all issues of an invoice. */
export function statusOf(issues: readonly Issue[]): 'passed' | 'warnings' | 'failed' {
  if (issues.some(({ severity }) => severity === 'error')) return 'failed';
  return issues.some(({ severity }) => severity === 'warning') ? 'warnings' : 'passed';
}

function issue(
  code: string,
  severity: Issue['severity'],
  path: string,
  message: string,
  expected: Decimal | string | null = null,
  actual: Decimal | string | null = null,
): Issue {
  const text = (value: Decimal | string | null) => (value instanceof Decimal ? value.toFixed(2) : value);
  return { code, severity, path, message, expected: text(expected), actual: text(actual) };
}

const required = [
  ['invoiceNumber', (fields: InvoiceFields) => fields.invoiceNumber],
  ['issueDate', (fields: InvoiceFields) => fields.issueDate],
  ['currency', (fields: InvoiceFields) => fields.currency],
  ['totals.gross', (fields: InvoiceFields) => fields.totals.gross],
] as const;

function missing(fields: InvoiceFields): Issue[] {
  return required
    .filter(([, read]) => read(fields) === null)
    .map(([path]) => issue('field.missing', 'error', path, `"${path}" could not be read.`));
}

function totals({ totals: sums, lineItems, taxes }: InvoiceFields): Issue[] {
  const found: Issue[] = [];
  const net = number(sums.net);
  const tax = number(sums.tax);
  const gross = number(sums.gross);
  const lineNets = lineItems.map(({ netAmount }) => number(netAmount));
  if (net !== null && lineNets.length > 0 && lineNets.every((value) => value !== null)) {
    const expected = total(lineNets)
      .minus(number(sums.discount) ?? 0)
      .plus(number(sums.charges) ?? 0);
    const tolerance = new Decimal('0.01').times(Math.max(1, lineItems.length / 2));
    if (expected.minus(net).abs().gt(tolerance)) {
      found.push(
        issue('totals.net_mismatch', 'warning', 'totals.net', 'The lines do not add up to it.', expected, net),
      );
    }
  }
  const taxAmounts = taxes.map(({ taxAmount }) => number(taxAmount));
  if (tax !== null && taxAmounts.length > 0 && taxAmounts.every((value) => value !== null)) {
    const expected = total(taxAmounts);
    if (expected.minus(tax).abs().gt('0.02')) {
      found.push(
        issue('totals.tax_mismatch', 'warning', 'totals.tax', 'The taxes by rate do not add up to it.', expected, tax),
      );
    }
  }
  if (net !== null && tax !== null && gross !== null) {
    const expected = net.plus(tax).plus(number(sums.rounding) ?? 0);
    if (expected.minus(gross).abs().gt('0.02')) {
      found.push(
        issue('totals.gross_mismatch', 'error', 'totals.gross', 'Net and tax do not add up to it.', expected, gross),
      );
    }
  }
  return found;
}

function lines({ lineItems }: InvoiceFields): Issue[] {
  return lineItems.flatMap((line, index) => {
    const quantity = number(line.quantity);
    const price = number(line.unitPrice);
    const net = number(line.netAmount);
    if (quantity === null || price === null || net === null) return [];
    const full = quantity.times(price);
    const percent = number(line.discountPercent);
    const discount = number(line.discountAmount) ?? (percent === null ? new Decimal(0) : full.times(percent).div(100));
    const expected = full.minus(discount);
    if (expected.minus(net).abs().lte('0.02')) return [];
    const path = `lineItems[${index}].netAmount`;
    return [issue('line.amount_mismatch', 'warning', path, 'Quantity and price do not make it.', expected, net)];
  });
}

function dates({ issueDate, dueDate }: InvoiceFields, now: number): Issue[] {
  const found: Issue[] = [];
  if (issueDate !== null && dueDate !== null && dueDate < issueDate) {
    found.push(issue('date.due_before_issue', 'warning', 'dueDate', 'It is before the date of the invoice.'));
  }
  const tomorrow = new Date(now + 86_400_000).toISOString().slice(0, 10);
  if (issueDate !== null && issueDate > tomorrow) {
    found.push(issue('date.in_future', 'warning', 'issueDate', 'It lies in the future.', null, issueDate));
  }
  return found;
}

function codes(fields: InvoiceFields): Issue[] {
  return (['seller', 'buyer'] as const).flatMap((side) => {
    const { vatCode } = fields[side];
    if (vatCode === null || isVatNumber(vatCode) !== false) return [];
    return [issue('vat.checksum_invalid', 'warning', `${side}.vatCode`, 'Its check digits are wrong.', null, vatCode)];
  });
}

/** Whether a VAT number holds by the rules of its country; `null` where nobody knows them. */
function isVatNumber(vatCode: string): boolean | null {
  const country = vatCode.slice(0, 2) === 'EL' ? 'GR' : vatCode.slice(0, 2);
  const rules = Object.hasOwn(stdnum, country) ? stdnum[country] : undefined;
  const kinds = Object.entries(rules ?? {}).filter(([name]) =>
    /^(?:vat|uid|btw|tva|pvm|iva|nif|cif|alv|nip|mva|moms|ust|dph)$/i.test(name),
  );
  if (kinds.length === 0) return null;
  return kinds.some(
    ([, validator]) => validator.validate(vatCode).isValid || validator.validate(vatCode.slice(2)).isValid,
  );
}

function ibans(fields: InvoiceFields): Issue[] {
  const accounts = [
    ['payment.iban', fields.payment.iban] as const,
    ...fields.seller.bankAccounts.map(({ iban }, index) => [`seller.bankAccounts[${index}].iban`, iban] as const),
  ];
  return accounts.flatMap(([path, iban]) =>
    iban === null || isValidIBAN(iban)
      ? []
      : [issue('iban.checksum_invalid', 'warning', path, 'Its check digits are wrong.', null, iban)],
  );
}

function client({ seller, buyer }: InvoiceFields, who: ValidationContext['client']): Issue[] {
  if (resembles(seller, who) || resembles(buyer, who)) return [];
  return [issue('party.client_not_found_on_document', 'warning', 'buyer', 'Neither party is the client.')];
}

/** Whether a party of a document is a client. */
export function resembles(party: Party, who: ValidationContext['client']): boolean {
  if (party.companyCode !== null && who.companyCode !== null) return party.companyCode === who.companyCode;
  if (party.vatCode !== null && who.vatCode !== null) return party.vatCode === who.vatCode;
  return party.name !== null && nameKey(party.name) === nameKey(who.name);
}

const headerFields = ['invoiceNumber', 'issueDate', 'dueDate', 'currency', 'seller.name', 'buyer.name', 'totals.gross'];

function unsure({ fields }: Confidence): Issue[] {
  return headerFields.flatMap((path) => {
    const sure = fields[path];
    if (sure === undefined || sure >= 0.6) return [];
    return [issue('confidence.low', 'info', path, 'It is hard to read; have a look.', null, String(sure))];
  });
}

function number(text: string | null): Decimal | null {
  return text === null ? null : new Decimal(text);
}

function total(values: readonly (Decimal | null)[]): Decimal {
  return values.reduce<Decimal>((sum, value) => sum.plus(value ?? 0), new Decimal(0));
}
