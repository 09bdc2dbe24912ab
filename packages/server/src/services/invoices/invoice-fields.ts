import type { Address, BankAccount } from './contacts-repository.ts';
import {
  type Box,
  type DocumentType,
  type Extraction,
  isReading,
  type PaymentMethod,
  type Reading,
  type TaxCategory,
} from './extract/extraction.ts';

/** What a document says, as callers see and change it. Amounts are decimal texts. */
export interface InvoiceFields {
  readonly documentType: DocumentType;
  readonly invoiceNumber: string | null;
  readonly series: string | null;
  readonly orderNumber: string | null;
  readonly contractNumber: string | null;
  readonly originalInvoiceNumber: string | null;
  readonly issueDate: string | null;
  readonly supplyDate: string | null;
  readonly dueDate: string | null;
  readonly currency: string | null;
  readonly exchangeRate: string | null;
  readonly language: string | null;
  readonly seller: Party;
  readonly buyer: Party;
  readonly lineItems: readonly LineItem[];
  readonly taxes: readonly TaxLine[];
  readonly totals: Totals;
  readonly payment: Payment;
  readonly accounting: Accounting;
  readonly notes: string | null;
}

export interface Party {
  readonly name: string | null;
  readonly companyCode: string | null;
  readonly vatCode: string | null;
  readonly taxCode: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: Address | null;
  readonly bankAccounts: readonly BankAccount[];
}

export interface LineItem {
  readonly index: number;
  readonly code: string | null;
  readonly ean: string | null;
  readonly description: string | null;
  readonly quantity: string | null;
  readonly unit: string | null;
  readonly unitCode: string | null;
  readonly unitPrice: string | null;
  readonly discountPercent: string | null;
  readonly discountAmount: string | null;
  readonly netAmount: string | null;
  readonly taxRate: string | null;
  readonly taxCategory: TaxCategory | null;
  readonly taxAmount: string | null;
  readonly grossAmount: string | null;
  readonly accounting: Accounting | null;
  readonly page: number | null;
}

export interface TaxLine {
  readonly category: TaxCategory | null;
  readonly rate: string | null;
  readonly taxableAmount: string | null;
  readonly taxAmount: string | null;
  readonly exemptionReason: string | null;
  readonly label: string | null;
}

export interface Totals {
  readonly net: string | null;
  readonly discount: string | null;
  readonly charges: string | null;
  readonly tax: string | null;
  readonly rounding: string | null;
  readonly gross: string | null;
  readonly prepaid: string | null;
  readonly payable: string | null;
}

export interface Payment {
  readonly method: PaymentMethod | null;
  readonly iban: string | null;
  readonly accountNumber: string | null;
  readonly bic: string | null;
  readonly bankName: string | null;
  readonly reference: string | null;
  readonly termsText: string | null;
  readonly termsDays: number | null;
  readonly paidAt: string | null;
  readonly isPaid: boolean | null;
}

export interface Accounting {
  readonly debitAccount: string | null;
  readonly creditAccount: string | null;
  readonly vatCode: string | null;
  readonly costCenter: string | null;
  readonly division: string | null;
  readonly project: string | null;
  readonly category: string | null;
  readonly ruleId: string | null;
  readonly assignedBy: 'rule' | 'user' | 'api' | null;
}

export const noAccounting: Accounting = {
  debitAccount: null,
  creditAccount: null,
  vatCode: null,
  costCenter: null,
  division: null,
  project: null,
  category: null,
  ruleId: null,
  assignedBy: null,
};

/** Where a value was seen, and how sure that is; by its path in the invoice, such as `totals.gross`. */
export interface Evidence {
  readonly page: number | null;
  readonly box: Box | null;
  readonly source: Reading['source'];
  readonly confidence: number;
  readonly verified: boolean;
}

export interface Confidence {
  readonly overall: number;
  readonly fields: Readonly<Record<string, number>>;
}

export interface ReadInvoice {
  readonly fields: InvoiceFields;
  readonly evidence: Readonly<Record<string, Evidence>>;
  readonly confidence: Confidence;
}

/** The invoice of what was read: the values apart from where they were seen. */
export function invoiceOf(read: Extract<Extraction, { type: 'read' }>): ReadInvoice {
  const evidence: Record<string, Evidence> = {};
  const plain = strip(read.record, '', evidence);
  const values = plain as unknown as Omit<
    InvoiceFields,
    'series' | 'language' | 'accounting' | 'documentType' | 'lineItems'
  > & {
    documentType: DocumentType | null;
    lineItems: readonly Omit<LineItem, 'index' | 'accounting'>[];
  };
  const sure = Object.values(evidence).map(({ confidence }) => confidence);
  const mean = sure.length === 0 ? 0 : sure.reduce((sum, value) => sum + value, 0) / sure.length;
  return {
    fields: {
      ...values,
      documentType: values.documentType ?? 'other',
      series: seriesOf(values.invoiceNumber),
      language: read.document.language,
      lineItems: values.lineItems.map((line, index) => ({ index: index + 1, ...line, accounting: null })),
      accounting: noAccounting,
    },
    evidence,
    confidence: {
      overall: rounded(mean),
      fields: Object.fromEntries(Object.entries(evidence).map(([path, { confidence }]) => [path, rounded(confidence)])),
    },
  };
}

/** The letters that a number begins with, where more follows: `SF` of `SF-2026-001`. */
function seriesOf(invoiceNumber: string | null): string | null {
  return /^(\p{L}{1,10})(?=[\s./-]*\d|-[0-9A-F]+$)/u.exec(invoiceNumber ?? '')?.[1] ?? null;
}

function strip(value: unknown, path: string, evidence: Record<string, Evidence>): unknown {
  if (Array.isArray(value)) return value.map((item, index) => strip(item, `${path}[${index}]`, evidence));
  if (typeof value !== 'object' || value === null) return value;
  if (isReading(value)) {
    const { value: bare, ...seen } = value;
    evidence[path] = seen;
    return bare;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, strip(item, path === '' ? name : `${path}.${name}`, evidence)]),
  );
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
