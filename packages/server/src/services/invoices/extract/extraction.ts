/**
 * What reading a document yields: the record of one invoice with where each value was seen, what the rules found, or
 * why nothing could be read. Plain data throughout, because it travels out of the process that reads.
 *
 * Amounts, quantities, prices and percentages are decimal texts with a point, such as `"163.00"`: amounts have the
 * minor digits of their currency, rates two, quantities and unit prices up to six without trailing zeros. Dates are
 * `YYYY-MM-DD`. Texts are trimmed and in NFC.
 */

export type Extraction =
  | {
      readonly type: 'read';
      readonly record: InvoiceRecord;
      readonly findings: readonly Finding[];
      readonly document: DocumentFacts;
    }
  | { readonly type: 'failed'; readonly code: FailureCode; readonly message: string };

/** Why a document cannot be read, each with when it is given. A job that fails carries the code. */
export const failureCodes = {
  'file.empty': 'the file has no bytes',
  'file.unsupported_type': 'the bytes are no PDF, PNG, JPEG, TIFF, WebP or XML invoice, nor a signed envelope of one',
  'file.corrupt': 'the file is truncated or damaged beyond reading',
  'file.encrypted': 'the file needs a password',
  'file.too_large': 'the file has more bytes than are read',
  'file.too_many_pages': 'the document has more pages than are read',
  'file.too_many_pixels': 'a picture has more pixels than are read',
  'file.too_complex': 'the file unpacks to more bytes, objects, attachments or elements than are read',
  'file.hostile': 'the XML declares a document type or entities, which are not expanded',
  'extract.no_text': 'nothing legible is on the pages',
  'extract.not_an_invoice': 'what is on the pages is no invoice',
  'extract.timeout': 'reading took longer than it may',
  'extract.out_of_memory': 'reading took more memory than it may',
  'ocr.timeout': 'recognising the text of the pages took longer than it may',
  'internal.error': 'the reader failed; a bug',
} as const;

export type FailureCode = keyof typeof failureCodes;

/** What the caller says of the document beforehand; evidence on the page outweighs it. */
export interface ReadingHints {
  /** BCP 47, such as `de`. */
  readonly language?: string;
  /** ISO 4217, for documents that print none. */
  readonly currency?: string;
  /** ISO 3166-1 alpha-2 of the seller. */
  readonly country?: string;
  readonly documentType?: DocumentType;
}

/** How much of a document is read before it is given up. */
export interface ReadingBounds {
  readonly maxBytes: number;
  readonly maxPages: number;
  /** Width times height of one picture or rendered page. */
  readonly maxPixels: number;
  /** What streams and attachments may unpack to, in all. */
  readonly maxUnpackedBytes: number;
  /** Objects of a PDF, elements of an XML document. */
  readonly maxObjects: number;
  readonly timeoutMs: number;
  /** Of the thread that reads. */
  readonly maxMemoryMb: number;
}

export const defaultBounds: ReadingBounds = {
  maxBytes: 20 * 1024 * 1024,
  maxPages: 50,
  maxPixels: 100_000_000,
  maxUnpackedBytes: 100 * 1024 * 1024,
  maxObjects: 250_000,
  timeoutMs: 120_000,
  maxMemoryMb: 512,
};

/** What a document is, besides what it says. */
export interface DocumentFacts {
  readonly contentType: string;
  readonly pageCount: number;
  /** The structured form that was read, such as `cii`, `ubl`, `fatturapa` or `zugferd-1`; `null` for a printed page. */
  readonly syntax: 'cii' | 'ubl' | 'fatturapa' | 'zugferd-1' | null;
  /** What the document says of its own rules, such as `urn:cen.eu:en16931:2017`. */
  readonly profile: string | null;
  /** BCP 47. */
  readonly language: string | null;
}

/** A place on a page: points from its upper left corner, after its rotation has been applied. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One value with where it was seen. */
export interface Reading<T = string> {
  readonly value: T;
  /** From 1; `null` in XML. */
  readonly page: number | null;
  readonly box: Box | null;
  readonly source: 'xml' | 'text' | 'ocr';
  /** From 0 to 1. */
  readonly confidence: number;
  /** Whether arithmetic or a check digit confirms it. */
  readonly verified: boolean;
}

/** Tells a reading from the other parts of a record. */
export function isReading(part: object): part is Reading<unknown> {
  return 'value' in part && 'source' in part && 'verified' in part;
}

/** A value, or `null` where the document does not say it: nothing is made up. */
export type Seen<T = string> = Reading<T> | null;

export type DocumentType = 'invoice' | 'credit_note' | 'debit_note' | 'prepayment' | 'proforma' | 'receipt' | 'other';

/** EN 16931: standard, zero, exempt, reverse charge, intra-community, export, outside scope, Canary Islands, Ceuta. */
export type TaxCategory = 'S' | 'Z' | 'E' | 'AE' | 'K' | 'G' | 'O' | 'L' | 'M';

/** The invoice as the document says it. */
export interface InvoiceRecord {
  readonly documentType: Seen<DocumentType>;
  readonly invoiceNumber: Seen;
  readonly orderNumber: Seen;
  readonly contractNumber: Seen;
  /** The invoice that a credit note corrects. */
  readonly originalInvoiceNumber: Seen;
  readonly issueDate: Seen;
  readonly supplyDate: Seen;
  readonly dueDate: Seen;
  readonly currency: Seen;
  readonly exchangeRate: Seen;
  readonly seller: PartyRecord;
  readonly buyer: PartyRecord;
  readonly lineItems: readonly LineRecord[];
  /** One for each rate and category. */
  readonly taxes: readonly TaxRecord[];
  readonly totals: TotalsRecord;
  readonly payment: PaymentRecord;
  readonly notes: Seen;
}

export interface PartyRecord {
  readonly name: Seen;
  /** Registration number. */
  readonly companyCode: Seen;
  /** With the country's letters, upper case, without spaces. */
  readonly vatCode: Seen;
  /** A national tax number that is no VAT number. */
  readonly taxCode: Seen;
  readonly email: Seen;
  readonly phone: Seen;
  readonly address: AddressRecord | null;
  readonly bankAccounts: readonly BankAccountRecord[];
}

export interface AddressRecord {
  readonly line1: Seen;
  readonly line2: Seen;
  readonly city: Seen;
  readonly postalCode: Seen;
  readonly region: Seen;
  /** ISO 3166-1 alpha-2. */
  readonly country: Seen;
  /** As printed, its lines joined by commas. */
  readonly raw: Seen;
}

export interface BankAccountRecord {
  /** Without spaces. */
  readonly iban: Seen;
  readonly accountNumber: Seen;
  readonly bic: Seen;
  readonly bankName: Seen;
  readonly currency: Seen;
}

export interface LineRecord {
  /** Where the line begins, from 1; `null` in XML. */
  readonly page: number | null;
  /** The seller's code of the item. */
  readonly code: Seen;
  /** GTIN. */
  readonly ean: Seen;
  readonly description: Seen;
  readonly quantity: Seen;
  /** As printed. */
  readonly unit: Seen;
  /** UN/ECE Recommendation 20, where it is known. */
  readonly unitCode: Seen;
  /** For one unit, without tax. */
  readonly unitPrice: Seen;
  readonly discountPercent: Seen;
  readonly discountAmount: Seen;
  readonly netAmount: Seen;
  readonly taxRate: Seen;
  readonly taxCategory: Seen<TaxCategory>;
  readonly taxAmount: Seen;
  readonly grossAmount: Seen;
}

export interface TaxRecord {
  readonly category: Seen<TaxCategory>;
  readonly rate: Seen;
  readonly taxableAmount: Seen;
  readonly taxAmount: Seen;
  readonly exemptionReason: Seen;
  /** As printed. */
  readonly label: Seen;
}

export interface TotalsRecord {
  /** Without tax, after discounts and charges of the document. */
  readonly net: Seen;
  readonly discount: Seen;
  readonly charges: Seen;
  readonly tax: Seen;
  readonly rounding: Seen;
  readonly gross: Seen;
  readonly prepaid: Seen;
  readonly payable: Seen;
}

export interface PaymentRecord {
  readonly method: Seen<PaymentMethod>;
  readonly iban: Seen;
  readonly accountNumber: Seen;
  readonly bic: Seen;
  readonly bankName: Seen;
  readonly reference: Seen;
  readonly termsText: Seen;
  readonly termsDays: Seen<number>;
  readonly paidAt: Seen;
  readonly isPaid: Seen<boolean>;
}

export type PaymentMethod = 'bank_transfer' | 'card' | 'cash' | 'direct_debit' | 'other';

/** What a rule found. Findings never end the reading. */
export interface Finding {
  /** Such as `BR-CO-10`. */
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'error';
  /** The field by its path in the record, such as `totals.net` or `lineItems[2].taxRate`. */
  readonly place: string;
  readonly message: string;
  /** What would have satisfied the rule, and what stands there, where the rule compares. */
  readonly expected?: string;
  readonly actual?: string;
}
