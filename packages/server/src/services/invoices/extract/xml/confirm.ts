import { Decimal } from 'decimal.js';
import { isValidIBAN } from 'ibantools';
import type { BankAccountRecord, InvoiceRecord, LineRecord, PartyRecord, Seen, TaxRecord } from '../extraction.ts';
import { isVatNumber } from './vat-number.ts';

/** Marks as verified what arithmetic or a check digit confirms; nothing else is changed. */
export function confirmRecord(record: InvoiceRecord): InvoiceRecord {
  const { totals, payment } = record;
  const gross = agrees(sum([totals.net, totals.tax]), totals.gross);
  const due = agrees(sum([totals.gross, totals.rounding ?? ZERO, minus(totals.prepaid ?? ZERO)]), totals.payable);
  const taxSum = record.taxes.length > 0 && agrees(sum(record.taxes.map((tax) => tax.taxAmount)), totals.tax);
  const lines = record.lineItems.map(confirmLine);
  const bases = record.taxes.length > 0 && agrees(sum(record.taxes.map((tax) => tax.taxableAmount)), totals.net);
  return {
    ...record,
    seller: confirmParty(record.seller),
    buyer: confirmParty(record.buyer),
    lineItems: lines,
    taxes: record.taxes.map(confirmTax),
    totals: {
      ...totals,
      net: confirm(totals.net, gross || bases),
      tax: confirm(totals.tax, gross || taxSum),
      gross: confirm(totals.gross, gross),
      prepaid: confirm(totals.prepaid, due),
      rounding: confirm(totals.rounding, due),
      payable: confirm(totals.payable, due),
    },
    payment: { ...payment, iban: confirm(payment.iban, payment.iban !== null && isValidIBAN(payment.iban.value)) },
  };
}

function confirmLine(line: LineRecord): LineRecord {
  const { quantity, unitPrice, discountAmount, netAmount } = line;
  if (quantity === null || unitPrice === null || netAmount === null) return line;
  const product = new Decimal(quantity.value).times(unitPrice.value).minus(discountAmount?.value ?? 0);
  const holds = within(product, netAmount.value);
  return {
    ...line,
    quantity: confirm(quantity, holds),
    unitPrice: confirm(unitPrice, holds),
    discountAmount: confirm(discountAmount, holds),
    netAmount: confirm(netAmount, holds),
  };
}

function confirmTax(tax: TaxRecord): TaxRecord {
  const { rate, taxableAmount, taxAmount } = tax;
  if (rate === null || taxableAmount === null || taxAmount === null) return tax;
  const holds = within(new Decimal(taxableAmount.value).times(rate.value).div(100), taxAmount.value);
  return {
    ...tax,
    rate: confirm(rate, holds),
    taxableAmount: confirm(taxableAmount, holds),
    taxAmount: confirm(taxAmount, holds),
  };
}

function confirmParty(party: PartyRecord): PartyRecord {
  return {
    ...party,
    vatCode: confirm(party.vatCode, party.vatCode !== null && isVatNumber(party.vatCode.value)),
    bankAccounts: party.bankAccounts.map(confirmAccount),
  };
}

function confirmAccount(account: BankAccountRecord): BankAccountRecord {
  return { ...account, iban: confirm(account.iban, account.iban !== null && isValidIBAN(account.iban.value)) };
}

function confirm<T>(seen: Seen<T>, holds: boolean): Seen<T> {
  return seen === null || !holds ? seen : { ...seen, verified: true };
}

const ZERO: Seen = { value: '0', page: null, box: null, source: 'xml', confidence: 1, verified: false };

function minus(amount: Seen): Seen {
  return amount === null ? null : { ...amount, value: new Decimal(amount.value).negated().toFixed() };
}

/** `null` where a part is missing: then nothing is confirmed. */
function sum(amounts: readonly Seen[]): Decimal | null {
  let total = new Decimal(0);
  for (const amount of amounts) {
    if (amount === null) return null;
    total = total.plus(amount.value);
  }
  return total;
}

function agrees(expected: Decimal | null, actual: Seen): boolean {
  return expected !== null && actual !== null && expected.equals(actual.value);
}

/** An amount is right when it is the exact product rounded to the digits that the amount has. */
function within(exact: Decimal, amount: string): boolean {
  const given = new Decimal(amount);
  const digits = (amount.split('.')[1] ?? '').length;
  return exact.minus(given).abs().lessThanOrEqualTo(new Decimal(10).pow(-digits).div(2));
}
