import type { Mode } from '../../core/service.ts';
import type { InvoiceWithFile } from './invoices-repository.ts';

const twoYears = 2;

/** An invoice as callers see it, whole (specification 2.6). */
export function viewInvoice(mode: Mode, row: InvoiceWithFile) {
  const { fields } = row;
  return {
    id: row.id,
    mode,
    clientId: row.client_id,
    jobId: row.job_id,
    status: row.status,
    reviewStatus: row.review_status,
    documentType: fields.documentType,
    direction: row.direction,
    source: row.source,
    sourceFile: row.source_file,
    file: viewFile(row),
    externalId: row.external_id,
    invoiceNumber: fields.invoiceNumber,
    series: fields.series,
    orderNumber: fields.orderNumber,
    contractNumber: fields.contractNumber,
    originalInvoiceNumber: fields.originalInvoiceNumber,
    issueDate: fields.issueDate,
    supplyDate: fields.supplyDate,
    dueDate: fields.dueDate,
    currency: fields.currency,
    exchangeRate: fields.exchangeRate,
    language: fields.language,
    seller: fields.seller,
    buyer: fields.buyer,
    sellerContactId: row.seller_contact_id,
    buyerContactId: row.buyer_contact_id,
    lineItems: fields.lineItems,
    taxes: fields.taxes,
    totals: fields.totals,
    payment: fields.payment,
    accounting: fields.accounting,
    notes: fields.notes,
    tags: row.tags,
    metadata: row.metadata,
    confidence: row.confidence,
    evidence: row.evidence,
    validation: { status: row.validation, issues: row.issues },
    duplicateOf: row.duplicate_of,
    creditsCharged: row.credits_charged,
    error: row.error,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    processedAt: row.processed_at?.toISOString() ?? null,
    version: row.version,
  };
}

export type InvoiceView = ReturnType<typeof viewInvoice>;

export const expansions = ['lineItems', 'confidence', 'validation', 'evidence'] as const;

/** The same as a list shows it: what is long only when it is asked for. */
export function summarise(view: InvoiceView, expand: ReadonlySet<string>) {
  const { lineItems, evidence, ...kept } = view;
  return {
    ...kept,
    ...(expand.has('lineItems') ? { lineItems } : {}),
    ...(expand.has('evidence') ? { evidence } : {}),
    confidence: expand.has('confidence') ? view.confidence : { overall: view.confidence.overall },
    validation: expand.has('validation') ? view.validation : { status: view.validation.status },
  };
}

/** How long a file is kept. */
function availableUntil(uploadedAt: Date): Date {
  const until = new Date(uploadedAt);
  until.setUTCFullYear(until.getUTCFullYear() + twoYears);
  return until;
}

function viewFile(row: InvoiceWithFile) {
  if (row.file_uploaded_at === null) return null;
  return {
    contentType: row.file_content_type,
    sizeBytes: row.file_size_bytes,
    pageCount: row.file_page_count,
    sha256: row.file_sha256?.toString('hex') ?? null,
    availableUntil: availableUntil(row.file_uploaded_at).toISOString(),
  };
}
