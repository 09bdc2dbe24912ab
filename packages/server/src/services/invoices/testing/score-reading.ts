import { Decimal } from 'decimal.js';
import type { InvoiceRecord, Seen } from '../extract/extraction.ts';
import type { InvoiceTruth } from './invoice-truth.ts';

export interface Score {
  readonly fields: {
    readonly name: string;
    readonly right: boolean;
    readonly expected: string | null;
    readonly actual: string | null;
  }[];
  readonly lines: { readonly right: boolean; readonly expected: string; readonly actual: string }[];
  /** Values marked as verified that are wrong. */
  readonly wronglyVerified: readonly string[];
}

/** Compares what was read with what was printed. */
export function scoreReading(truth: InvoiceTruth, record: InvoiceRecord): Score {
  const fields: Score['fields'] = [];
  const wronglyVerified: string[] = [];
  const judge = (name: string, expected: string | null, seen: Seen | Seen<string & {}>, count = true) => {
    const right = same(expected, seen?.value ?? null);
    if (count && (expected !== null || seen !== null))
      fields.push({ name, right, expected, actual: seen?.value ?? null });
    if (seen?.verified === true && !right) wronglyVerified.push(`${name}: ${seen.value} instead of ${expected}`);
  };
  judge('documentType', truth.documentType, record.documentType);
  judge('invoiceNumber', truth.number, record.invoiceNumber);
  judge('issueDate', truth.issueDate, record.issueDate);
  judge('supplyDate', truth.deliveryDate, record.supplyDate);
  judge('dueDate', truth.dueDate, record.dueDate);
  judge('currency', truth.currency, record.currency);
  judge('orderNumber', truth.orderNumber, record.orderNumber);
  judge('contractNumber', truth.contractNumber, record.contractNumber);
  judge('originalInvoiceNumber', truth.originalInvoiceNumber, record.originalInvoiceNumber);
  for (const role of ['seller', 'buyer'] as const) {
    const [party, seen] = [truth[role], record[role]];
    judge(`${role}.name`, party.name, seen.name);
    judge(`${role}.vatCode`, party.vatCode, seen.vatCode);
    judge(`${role}.companyCode`, party.companyCode, seen.companyCode);
    judge(`${role}.address.line1`, party.street, seen.address?.line1 ?? null);
    judge(`${role}.address.city`, party.city, seen.address?.city ?? null);
    judge(`${role}.address.postalCode`, party.postalCode, seen.address?.postalCode ?? null);
  }
  judge('seller.email', truth.seller.email, record.seller.email);
  judge('seller.phone', truth.seller.phone, record.seller.phone);
  judge('payment.iban', truth.payment.iban, record.payment.iban);
  judge('payment.bic', truth.payment.bic, record.payment.bic);
  const { totals } = truth;
  judge('totals.net', totals.net, record.totals.net);
  judge('totals.tax', totals.tax, record.totals.tax);
  judge('totals.gross', totals.gross, record.totals.gross);
  judge('totals.prepaid', totals.prepaid, record.totals.prepaid);
  judge('totals.payable', totals.prepaid === null ? null : totals.payable, record.totals.payable);
  judge('totals.discount', totals.discount, record.totals.discount);
  judge('totals.charges', totals.charges, record.totals.charges);
  const lines: Score['lines'] = truth.lines.map((line, index) => {
    const seen = record.lineItems[index];
    const pairs: [string, string | null, Seen][] = [
      ['description', line.name, seen?.description ?? null],
      ['quantity', line.quantity, seen?.quantity ?? null],
      ['unitPrice', line.unitPrice, seen?.unitPrice ?? null],
      ['netAmount', line.netAmount, seen?.netAmount ?? null],
      ['taxRate', line.taxRate, seen?.taxRate ?? null],
      ['discountPercent', line.discountPercent, seen?.discountPercent ?? null],
      ['code', line.code, seen?.code ?? null],
      ['ean', line.ean, seen?.ean ?? null],
      ['unit', line.unit, seen?.unit ?? null],
    ];
    for (const [name, expected, reading] of pairs) {
      if (reading?.verified === true && !same(expected, reading.value))
        wronglyVerified.push(`lineItems[${index}].${name}: ${reading.value} instead of ${expected}`);
    }
    const wrong = pairs.filter(([, expected, reading]) => !same(expected, reading?.value ?? null));
    return {
      right: wrong.length === 0,
      expected: wrong.map(([name, expected]) => `${name}=${expected}`).join(' '),
      actual: wrong.map(([name, , reading]) => `${name}=${reading?.value ?? null}`).join(' '),
    };
  });
  for (const extra of record.lineItems.slice(truth.lines.length)) {
    lines.push({ right: false, expected: 'no line', actual: `${extra.description?.value} ${extra.netAmount?.value}` });
    if (extra.netAmount?.verified) wronglyVerified.push(`lineItems: ${extra.netAmount.value} is no line`);
  }
  for (const tax of truth.taxes) {
    const seen = record.taxes.find((each) => each.rate !== null && Number(each.rate.value) === Number(tax.rate));
    judge(`taxes[${tax.rate}].taxAmount`, tax.taxAmount, seen?.taxAmount ?? null, false);
    judge(`taxes[${tax.rate}].taxableAmount`, tax.taxableAmount, seen?.taxableAmount ?? null, false);
  }
  return { fields, lines, wronglyVerified };
}

function same(expected: string | null, actual: string | null): boolean {
  if (expected === null || actual === null) return expected === actual;
  if (expected === actual) return true;
  if (/^-?\d+(\.\d+)?$/.test(expected) && /^-?\d+(\.\d+)?$/.test(actual)) {
    return !/^0\d/.test(expected) && new Decimal(expected).eq(actual);
  }
  return false;
}
