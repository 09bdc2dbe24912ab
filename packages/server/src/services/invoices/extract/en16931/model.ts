import type { Numeric } from './number.ts';

/**
 * One invoice in the terms of EN 16931-1, whatever syntax it came in. A term that the document leaves out or leaves
 * empty is `null`; a group that it leaves out is `null` or has no members. Numbers keep their writing beside their
 * value, since some rules are about the writing.
 */
export interface SemanticInvoice {
  readonly syntax: Syntax;
  /** Whether the document says by its root that it is a credit note. */
  readonly root: 'invoice' | 'credit_note';
  /** BT-23 */
  readonly process: string | null;
  /** BT-24 */
  readonly specification: string | null;
  /** BT-1 */
  readonly number: string | null;
  /** BT-2 */
  readonly issueDate: DateTerm | null;
  /** BT-3 */
  readonly typeCode: string | null;
  /** BT-5 */
  readonly currency: string | null;
  /** BT-6 */
  readonly taxCurrency: string | null;
  /** BT-7 */
  readonly taxPointDate: DateTerm | null;
  /** BT-8 */
  readonly taxPointCode: string | null;
  /** BT-9 */
  readonly dueDate: DateTerm | null;
  /** BT-10 */
  readonly buyerReference: string | null;
  /** BT-11 */
  readonly projectReference: string | null;
  /** BT-12 */
  readonly contractReference: string | null;
  /** BT-13 */
  readonly orderReference: string | null;
  /** BT-14 */
  readonly salesOrderReference: string | null;
  /** BT-15 */
  readonly receivingAdvice: string | null;
  /** BT-16 */
  readonly despatchAdvice: string | null;
  /** BT-17 */
  readonly tender: string | null;
  /** BT-18 */
  readonly invoicedObject: Identifier | null;
  /** BT-19 */
  readonly buyerAccounting: string | null;
  /** BT-20 */
  readonly paymentTerms: string | null;
  /** BG-1 */
  readonly notes: readonly Note[];
  /** BG-3 */
  readonly preceding: readonly Preceding[];
  /** BG-4 */
  readonly seller: Party | null;
  /** BG-7 */
  readonly buyer: Party | null;
  /** BG-10 */
  readonly payee: Payee | null;
  /** BG-11 */
  readonly taxRepresentative: TaxRepresentative | null;
  /** BG-13 */
  readonly delivery: Delivery | null;
  /** BG-14 */
  readonly period: Period | null;
  /** BG-16, once for each payment means that the document states. */
  readonly payment: readonly PaymentInstruction[];
  /** BT-83 */
  readonly remittance: string | null;
  /** BG-20 */
  readonly allowances: readonly AllowanceOrCharge[];
  /** BG-21 */
  readonly charges: readonly AllowanceOrCharge[];
  /** BG-22 */
  readonly totals: Totals;
  /** BG-23 */
  readonly breakdown: readonly TaxBreakdown[];
  /** BG-24 */
  readonly supportingDocuments: readonly SupportingDocument[];
  /** BG-25 */
  readonly lines: readonly Line[];
  /** How many of one unit of the invoice's currency make one of the tax currency, where the syntax has a place for it. */
  readonly exchangeRate: Numeric | null;
}

export type Syntax = 'ubl' | 'cii' | 'zugferd-1' | 'fatturapa';

export interface DateTerm {
  readonly text: string;
  /** `YYYY-MM-DD`, or `null` where the text is no date of the calendar. */
  readonly value: string | null;
}

export interface Identifier {
  readonly value: string;
  readonly scheme: string | null;
}

export interface Note {
  /** BT-21 */
  readonly subject: string | null;
  /** BT-22 */
  readonly text: string | null;
}

export interface Preceding {
  /** BT-25 */
  readonly number: string | null;
  /** BT-26 */
  readonly date: DateTerm | null;
}

/** BG-4 or BG-7. */
export interface Party {
  /** BT-27, BT-44 */
  readonly name: string | null;
  /** BT-28, BT-45 */
  readonly tradingName: string | null;
  /** BT-29, BT-46; the creditor identifier BT-90 is not among them */
  readonly identifiers: readonly Identifier[];
  /** BT-30, BT-47 */
  readonly legalId: Identifier | null;
  /** BT-31, BT-48 */
  readonly vatId: string | null;
  /** BT-32 */
  readonly taxId: string | null;
  /** BT-33 */
  readonly legalForm: string | null;
  /** BT-34, BT-49 */
  readonly electronicAddress: Identifier | null;
  /** BG-5, BG-8 */
  readonly address: Address | null;
  /** BG-6, BG-9 */
  readonly contact: Contact | null;
}

export interface Address {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly line3: string | null;
  readonly city: string | null;
  readonly postalCode: string | null;
  readonly region: string | null;
  readonly country: string | null;
}

export interface Contact {
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
}

export interface Payee {
  /** BT-59 */
  readonly name: string | null;
  /** BT-60 */
  readonly identifier: Identifier | null;
  /** BT-61 */
  readonly legalId: Identifier | null;
}

export interface TaxRepresentative {
  /** BT-62 */
  readonly name: string | null;
  /** BT-63 */
  readonly vatId: string | null;
  /** BG-12 */
  readonly address: Address | null;
}

export interface Delivery {
  /** BT-70 */
  readonly name: string | null;
  /** BT-71 */
  readonly location: Identifier | null;
  /** BT-72 */
  readonly date: DateTerm | null;
  /** BG-15 */
  readonly address: Address | null;
}

/** BG-14 or BG-26. */
export interface Period {
  readonly start: DateTerm | null;
  readonly end: DateTerm | null;
}

export interface PaymentInstruction {
  /** BT-81 */
  readonly means: string | null;
  /** BT-82 */
  readonly meansText: string | null;
  /** BG-17 */
  readonly transfers: readonly CreditTransfer[];
  /** BG-18 */
  readonly card: { readonly number: string | null; readonly holder: string | null } | null;
  /** BG-19 */
  readonly directDebit: DirectDebit | null;
}

export interface CreditTransfer {
  /** BT-84 */
  readonly account: string | null;
  /** BT-85 */
  readonly name: string | null;
  /** BT-86 */
  readonly bic: string | null;
  readonly bankName: string | null;
}

export interface DirectDebit {
  /** BT-89 */
  readonly mandate: string | null;
  /** BT-90 */
  readonly creditor: string | null;
  /** BT-91 */
  readonly debitedAccount: string | null;
}

/** BG-20, BG-21, BG-27 or BG-28. */
export interface AllowanceOrCharge {
  readonly amount: Amount | null;
  readonly base: Amount | null;
  readonly percent: Numeric | null;
  readonly reason: string | null;
  readonly reasonCode: string | null;
  /** `null` on lines, which have their own. */
  readonly tax: TaxCategoryTerm | null;
}

export interface Amount extends Numeric {
  readonly currency: string | null;
}

export interface TaxCategoryTerm {
  /** Whether the document says that the tax is VAT; another tax is no term of EN 16931. */
  readonly vat: boolean;
  readonly category: string | null;
  readonly rate: Numeric | null;
}

export interface Totals {
  /** BT-106 */
  readonly lines: Amount | null;
  /** BT-107 */
  readonly allowances: Amount | null;
  /** BT-108 */
  readonly charges: Amount | null;
  /** BT-109 */
  readonly net: Amount | null;
  /** BT-110 */
  readonly tax: Amount | null;
  /** BT-111 */
  readonly taxInTaxCurrency: Amount | null;
  /** BT-112 */
  readonly gross: Amount | null;
  /** BT-113 */
  readonly prepaid: Amount | null;
  /** BT-114 */
  readonly rounding: Amount | null;
  /** BT-115 */
  readonly payable: Amount | null;
  /** What third parties are owed beside the seller, BT-DEX-002 of XRechnung's extension. */
  readonly thirdParty: Numeric | null;
  /** How many totals of tax in the invoice's currency the document states. */
  readonly taxTotals: number;
}

export interface TaxBreakdown {
  readonly vat: boolean;
  /** BT-116 */
  readonly taxable: Amount | null;
  /** BT-117 */
  readonly tax: Amount | null;
  /** BT-118 */
  readonly category: string | null;
  /** BT-119 */
  readonly rate: Numeric | null;
  /** BT-120 */
  readonly exemptionReason: string | null;
  /** BT-121 */
  readonly exemptionCode: string | null;
}

export interface SupportingDocument {
  /** BT-122 */
  readonly reference: string | null;
  /** BT-123 */
  readonly description: string | null;
  /** BT-124 */
  readonly location: string | null;
  /** BT-125 */
  readonly attachment: { readonly mime: string | null; readonly fileName: string | null } | null;
}

export interface Line {
  /** BT-126 */
  readonly id: string | null;
  /** BT-127 */
  readonly note: string | null;
  /** BT-128 */
  readonly invoicedObject: Identifier | null;
  /** BT-129 */
  readonly quantity: Numeric | null;
  /** BT-130 */
  readonly unit: string | null;
  /** The unit in words, where a syntax has no codes for it. */
  readonly unitText: string | null;
  /** BT-131 */
  readonly net: Amount | null;
  /** With its VAT, where a syntax states a line so. */
  readonly gross?: Amount | null;
  /** BT-132 */
  readonly orderLine: string | null;
  /** BT-133 */
  readonly buyerAccounting: string | null;
  /** BG-26 */
  readonly period: Period | null;
  /** BG-27 */
  readonly allowances: readonly AllowanceOrCharge[];
  /** BG-28 */
  readonly charges: readonly AllowanceOrCharge[];
  /** BG-29 */
  readonly price: Price;
  /** BG-30, `null` where the line says nothing of VAT */
  readonly tax: TaxCategoryTerm | null;
  /** BG-31 */
  readonly item: Item;
}

export interface Price {
  /** BT-146 */
  readonly net: Amount | null;
  /** BT-147 */
  readonly discount: Amount | null;
  /** BT-148 */
  readonly gross: Amount | null;
  /** BT-149 */
  readonly baseQuantity: Numeric | null;
  /** BT-150 */
  readonly baseUnit: string | null;
}

export interface Item {
  /** BT-153 */
  readonly name: string | null;
  /** BT-154 */
  readonly description: string | null;
  /** BT-155 */
  readonly sellerId: string | null;
  /** BT-156 */
  readonly buyerId: string | null;
  /** BT-157 */
  readonly standardId: Identifier | null;
  /** BT-158 */
  readonly classifications: readonly Identifier[];
  /** BT-159 */
  readonly origin: string | null;
  /** BG-32 */
  readonly attributes: readonly { readonly name: string | null; readonly value: string | null }[];
}
