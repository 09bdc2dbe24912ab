import { captureCredit, releaseCredit } from './account.ts';
import { type ClientRow, findClient } from './clients-repository.ts';
import type { Ctx } from './contract.ts';
import { duplicateKeyOf } from './duplicate-key.ts';
import type { Extraction } from './extract/extraction.ts';
import { findFile, storeFileFacts, wasPaidBefore } from './files-repository.ts';
import { invoiceOf, noAccounting } from './invoice-fields.ts';
import { viewInvoice } from './invoice-view.ts';
import {
  findDuplicateOf,
  findInvoice,
  findLastOf,
  type InvoiceRow,
  lockInvoice,
  saveInvoice,
} from './invoices-repository.ts';
import { finishJob, type Given, type JobError, type JobRow, lockHeldJob } from './jobs-repository.ts';
import { resolveContacts } from './resolve-contacts.ts';
import { findRule } from './rules-repository.ts';
import { issuesOf, statusOf, validate } from './validate.ts';

/**
 * Writes down what became of a job, in one transaction: its invoice, its end, the credit and the event. Whoever no longer
 * holds the job settles nothing, so that a job ends once however often it was begun.
 */
export async function settleJob(
  ctx: Ctx,
  held: { readonly id: string; readonly token: number },
  extraction: Extraction,
): Promise<void> {
  const job = await lockHeldJob(ctx.db, held.id, held.token);
  if (job === undefined) return;
  if (extraction.type === 'failed') {
    await fail(ctx, job, {
      code: extraction.code,
      message: extraction.message,
      retryable: retryable.has(extraction.code),
    });
    return;
  }
  const client = await findClient(ctx.db, job.client_id);
  if (client === undefined) return;
  await succeed(ctx, job, client, extraction);
}

const retryable = new Set<string>(['ocr.provider_error', 'ocr.timeout', 'extract.timeout', 'internal.error']);

async function succeed(
  ctx: Ctx,
  job: JobRow,
  client: ClientRow,
  extraction: Extract<Extraction, { type: 'read' }>,
): Promise<void> {
  const now = new Date(ctx.now());
  const { fields: read, evidence, confidence } = invoiceOf(extraction);
  const fields = { ...read, currency: read.currency ?? job.hints.currency ?? client.default_currency };
  const before = job.invoice_id === null ? undefined : await lockInvoice(ctx.db, job.invoice_id, job.client_id);
  if (job.kind === 'reprocess' && before === undefined) {
    await fail(ctx, job, { code: 'internal.error', message: 'The invoice was deleted meanwhile.', retryable: false });
    return;
  }
  const id = before?.id ?? ctx.newId('inv');
  const who = { id: client.id, name: client.name, companyCode: client.company_code, vatCode: client.vat_code };
  const given: Given = before === undefined ? job.given : givenBy(before);
  const source = ctx.mode === 'test' ? 'fixture' : 'extracted';
  const resolved = await resolveContacts(ctx, fields, who, given, source);
  const file = await findFile(ctx.db, job.file_id);
  const { document } = extraction;
  if (file !== undefined) await storeFileFacts(ctx.db, file.id, document.pageCount, contentTypeOf(ctx, file, document));
  const key = duplicateKeyOf(fields);
  const duplicateOf =
    job.scenario === 'duplicate'
      ? await findLastOf(ctx.db, client.id, id)
      : await findDuplicateOf(ctx.db, {
          clientId: client.id,
          id,
          key,
          sha256: file?.sha256 ?? null,
          before: before?.created_at ?? now,
        });
  const issues = [
    ...validate(fields, { now: ctx.now(), confidence, client: who, duplicateOf, checksCodes: ctx.mode === 'live' }),
    ...issuesOf(extraction.findings),
  ];
  const accounting = before?.fields.accounting ?? noAccounting;
  const isDue = async () =>
    job.kind === 'reprocess' || file === undefined || !(await wasPaidBefore(ctx.db, client.id, file.sha256, file.id));
  const credits = job.credits_reserved > 0 ? await captureCredit(ctx, isDue) : 0;
  const row: InvoiceRow = {
    id,
    client_id: client.id,
    job_id: before?.job_id ?? job.id,
    file_id: job.file_id,
    status: 'processed',
    review_status: 'needs_review',
    direction: job.hints.direction ?? resolved.direction,
    source: before?.source ?? job.source,
    source_file: job.source_file,
    external_id: before?.external_id ?? given.externalId ?? null,
    seller_contact_id: resolved.sellerContactId,
    buyer_contact_id: resolved.buyerContactId,
    tags: before?.tags ?? given.tags ?? [],
    metadata: before?.metadata ?? given.metadata ?? {},
    fields: { ...fields, accounting: await accountingOf(ctx, accounting, client.id, resolved.sellerContactId, fields) },
    confidence,
    evidence,
    issues,
    validation: statusOf(issues),
    duplicate_key: key,
    duplicate_of: duplicateOf,
    credits_charged: (before?.credits_charged ?? 0) + credits,
    error: null,
    scenario: before?.scenario ?? job.scenario,
    version: (before?.version ?? 0) + 1,
    created_at: before?.created_at ?? now,
    updated_at: now,
    processed_at: now,
  };
  await saveInvoice(ctx.db, row);
  await finishJob(ctx.db, job.id, {
    status: 'completed',
    invoiceId: id,
    error: null,
    credits,
    at: now,
  });
  await emitInvoice(ctx, 'invoice.processed', id, client.id);
}

/** Ends a job without a new invoice: a document that was read before keeps what was read then. */
async function fail(ctx: Ctx, job: JobRow, why: JobError): Promise<void> {
  const now = new Date(ctx.now());
  if (job.credits_reserved > 0) await releaseCredit(ctx);
  await finishJob(ctx.db, job.id, { status: 'failed', invoiceId: job.invoice_id, error: why, credits: 0, at: now });
  const invoice = job.invoice_id === null ? undefined : await lockInvoice(ctx.db, job.invoice_id, job.client_id);
  if (invoice === undefined) {
    ctx.emit('invoice.failed', { job: summaryOf(job, why) }, job.client_id);
    return;
  }
  const { code, message } = why;
  await saveInvoice(ctx.db, {
    ...invoice,
    status: 'failed',
    error: { code, message },
    version: invoice.version + 1,
    updated_at: now,
  });
  await emitInvoice(ctx, 'invoice.failed', invoice.id, job.client_id);
}

/** Tells listeners of an invoice as it now stands. */
export async function emitInvoice(
  ctx: Ctx,
  event: 'invoice.processed' | 'invoice.failed' | 'invoice.updated',
  id: string,
  clientId: string,
) {
  const row = await findInvoice(ctx.db, id, clientId);
  if (row === undefined) throw new Error(`the invoice ${id} was stored a moment ago and is gone`);
  const view = viewInvoice(ctx.mode, row);
  ctx.emit(event, { invoice: view }, clientId);
  return view;
}

/** What an event says of a job that made no invoice. */
function summaryOf(job: JobRow, why: JobError) {
  return {
    id: job.id,
    status: 'failed',
    sourceFile: job.source_file,
    createdAt: job.created_at.toISOString(),
    error: why,
  };
}

function givenBy(row: InvoiceRow) {
  return { sellerContactId: row.seller_contact_id, buyerContactId: row.buyer_contact_id };
}

/** A fixture says nothing of the file that was uploaded. */
function contentTypeOf(ctx: Ctx, file: { content_type: string }, read: { contentType: string }): string {
  return ctx.mode === 'test' ? file.content_type : read.contentType;
}

/** What a rule knows of this seller; never over what a person or a program has set. */
async function accountingOf(
  ctx: Ctx,
  present: InvoiceRow['fields']['accounting'],
  clientId: string,
  sellerContactId: string | null,
  { documentType }: InvoiceRow['fields'],
) {
  if (present.assignedBy === 'user' || present.assignedBy === 'api' || sellerContactId === null) return present;
  const rule = await findRule(ctx.db, { clientId, sellerContactId, documentType });
  return rule === undefined ? present : { ...rule.accounting, ruleId: rule.id, assignedBy: 'rule' as const };
}
