export interface Client {
  readonly id: string;
  readonly name: string;
  readonly companyCode: string | null;
  readonly vatCode: string | null;
  readonly country: string | null;
  readonly email: string | null;
  readonly externalId: string | null;
  readonly defaultCurrency: string | null;
  readonly ingest: { readonly mailbox: string | null };
  readonly status: 'active' | 'archived';
  readonly createdAt: string;
}

export interface Contact {
  readonly id: string;
  readonly name: string;
  readonly kind: 'company' | 'person';
  readonly roles: readonly ('seller' | 'buyer')[];
  readonly clientId: string | null;
  readonly companyCode: string | null;
  readonly vatCode: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly source: string;
  readonly createdAt: string;
}

export interface Job {
  readonly id: string;
  readonly kind: 'ingest' | 'reprocess';
  readonly status: 'processing' | 'completed' | 'failed';
  readonly stage: string | null;
  readonly clientId: string;
  readonly invoiceId: string | null;
  readonly sourceFile: string;
  readonly source: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** Points from the upper left corner of the page. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Evidence {
  readonly page: number | null;
  readonly box: Box | null;
  readonly source: 'xml' | 'text' | 'ocr';
  readonly confidence: number;
  readonly verified: boolean;
}

export interface Issue {
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly path: string;
  readonly message: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

export type Row = Readonly<Record<string, unknown>>;

/** An invoice as a list shows it. */
export interface ListedInvoice {
  readonly id: string;
  readonly clientId: string;
  readonly status: 'processing' | 'processed' | 'failed';
  readonly reviewStatus: 'needs_review' | 'confirmed';
  readonly documentType: string;
  readonly sourceFile: string;
  readonly invoiceNumber: string | null;
  readonly issueDate: string | null;
  readonly currency: string | null;
  readonly seller: Row & { readonly name: string | null };
  readonly totals: Row & { readonly gross: string | null };
  readonly confidence: { readonly overall: number };
  readonly validation: { readonly status: 'passed' | 'warnings' | 'failed' };
  readonly createdAt: string;
}

/** An invoice with all that was read of it. */
export interface Invoice extends ListedInvoice {
  readonly direction: string;
  readonly file: { readonly contentType: string | null; readonly pageCount: number | null } | null;
  readonly lineItems: readonly Row[];
  readonly taxes: readonly Row[];
  readonly evidence: Readonly<Record<string, Evidence>>;
  readonly confidence: { readonly overall: number; readonly fields: Readonly<Record<string, number>> };
  readonly validation: { readonly status: 'passed' | 'warnings' | 'failed'; readonly issues: readonly Issue[] };
  readonly duplicateOf: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly updatedAt: string;
  readonly version: number;
}
