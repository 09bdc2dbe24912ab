import { Type } from 'typebox';
import {
  ifMatchHeader,
  ifMatchInput,
  isMeant,
  RawBody,
  rawOutput,
  versionHeaders,
  WithHeaders,
} from '../../core/service.ts';
import { readAccount, reserveCredit } from './account.ts';
import { apiOperation } from './api.ts';
import { changesBetween, note } from './audit-trail.ts';
import { filteredClient, requireClient } from './client-context.ts';
import { type Ctx, error } from './contract.ts';
import { clientFilter, clientHeader, clientHeaders, idOf, listOf, nullable, timestamp, words } from './fields.ts';
import { findFile, markRemoved } from './files-repository.ts';
import { readHints, refuseScenario } from './hints.ts';
import { enqueue, refuseFullQueue } from './ingest.ts';
import { filterInput, questionOf } from './invoice-filters.ts';
import { invoiceSchema, invoiceStatuses, listedInvoiceSchema } from './invoice-schema.ts';
import { expansions, summarise, viewInvoice } from './invoice-view.ts';
import {
  countInvoices,
  findInvoice,
  type InvoiceWithFile,
  listInvoiceRows,
  lockInvoice,
  removeInvoice,
  saveInvoice,
  sorts,
} from './invoices-repository.ts';
import { lockQueue } from './jobs-repository.ts';
import { pageInput, readPlace, writePage } from './page.ts';
import { patched, patchInput, readPatch } from './patch-invoice.ts';
import { learnRule } from './rules-repository.ts';
import { emitInvoice } from './settle-job.ts';
import { requireContacts } from './upload.ts';

export const contextErrors = [
  'client.context_required',
  'client.not_found',
  'client.not_in_team',
  'client.scope_mismatch',
  'validation.client_mode_mismatch',
  'plan.api_access_disabled',
] as const;

const inPath = { ...clientHeader, id: Type.String({ description: 'The invoice.' }) };

export const listInvoices = apiOperation({
  id: 'invoices.list',
  summary: 'List invoices of a client',
  useWhen: 'to find invoices by number, party, date, amount or status; one by its id is `invoices.get`',
  tag: 'Invoices',
  method: 'GET',
  path: '/invoices',
  scope: 'invoice:read',
  headers: clientHeaders,
  input: Type.Object({
    ...clientHeader,
    ...clientFilter,
    ...pageInput,
    ...filterInput,
    sort: Type.Unsafe<(typeof sorts)[number]>(
      Type.Union(
        sorts.map((sort) => Type.Literal(sort)),
        { default: '-createdAt', description: 'The order; a minus is falling.' },
      ),
    ),
    expand: Type.Optional(
      Type.String({ maxLength: 100, description: `What is long: ${expansions.join(', ')}, separated by commas.` }),
    ),
    includeTotal: Type.Boolean({ default: false, description: 'Counts all that match, up to 10,000.' }),
  }),
  output: Type.Object({
    ...listOf(listedInvoiceSchema).properties,
    total: Type.Optional(Type.Integer({ description: 'With `includeTotal`: how many match.' })),
  }),
  errors: ['pagination.invalid_cursor', ...contextErrors],
  run: async (ctx, { limit, cursor, sort, expand, includeTotal, 'X-Client-Id': header, clientId, ...filters }) => {
    const client = await requireClient(ctx, filteredClient(ctx, { 'X-Client-Id': header, clientId }));
    const question = questionOf(client.id, filters);
    const list = ['invoices', client.id, sort, filters];
    const rows = await listInvoiceRows(ctx.db, sort, question, readPlace(ctx, list, cursor), limit + 1);
    const shown = new Set(readExpand(expand));
    const page = writePage(ctx, list, rows, limit, {
      view: (row) => summarise(viewInvoice(ctx.mode, row), shown),
      place: (row) => ({ at: row.place, id: row.id }),
    });
    return includeTotal ? { ...page, total: await countInvoices(ctx.db, question) } : page;
  },
});

export const getInvoice = apiOperation({
  id: 'invoices.get',
  summary: 'Read an invoice',
  tag: 'Invoices',
  method: 'GET',
  path: '/invoices/:id',
  scope: 'invoice:read',
  headers: clientHeaders,
  input: Type.Object(inPath),
  output: invoiceSchema,
  errors: ['invoice.not_found', ...contextErrors],
  run: async (ctx, input) => withVersion(viewInvoice(ctx.mode, await found(ctx, input))),
});

export const getInvoiceStatus = apiOperation({
  id: 'invoices.status',
  summary: 'Read the status of an invoice',
  useWhen: 'to wait for an invoice that is still read; it is lighter than the whole invoice',
  tag: 'Invoices',
  method: 'GET',
  path: '/invoices/:id/status',
  scope: 'invoice:read',
  headers: clientHeaders,
  input: Type.Object(inPath),
  output: Type.Object({
    id: idOf('inv', 'The invoice.'),
    status: words(invoiceStatuses, 'Whether it was read.'),
    updatedAt: timestamp('When it was last changed.'),
  }),
  errors: ['invoice.not_found', ...contextErrors],
  run: async (ctx, input) => {
    const { id, status, updated_at } = await found(ctx, input);
    return { id, status, updatedAt: updated_at.toISOString() };
  },
});

export const getInvoiceFile = apiOperation({
  id: 'invoices.file',
  summary: 'Download the file of an invoice',
  tag: 'Invoices',
  method: 'GET',
  path: '/invoices/:id/file',
  scope: 'invoice:read',
  headers: clientHeaders,
  input: Type.Object(inPath),
  output: rawOutput('application/octet-stream'),
  errors: ['invoice.not_found', 'invoice.file_expired', ...contextErrors],
  run: async (ctx, input) => {
    const row = await found(ctx, input);
    const bytes = row.file_id === null || row.file_sha256 === null ? null : await ctx.files.get(row.file_id);
    if (bytes === null) throw expired();
    return new RawBody(row.file_content_type ?? 'application/octet-stream', bytes, {
      etag: `"${row.file_sha256?.toString('hex') ?? ''}"`,
      'content-disposition': attachment(row.source_file),
      // What a caller uploaded is nothing for a browser to run.
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
      vary: 'Authorization',
    });
  },
});

export const patchInvoice = apiOperation({
  id: 'invoices.patch',
  summary: 'Correct an invoice',
  description: 'Changes what was read, by the rules of JSON merge patch. Endpoints hear `invoice.updated`.',
  useWhen: 'when a value was read wrongly; the change is checked like what was read',
  tag: 'Invoices',
  method: 'PATCH',
  path: '/invoices/:id',
  scope: 'invoice:write',
  headers: { ...clientHeaders, ...ifMatchHeader },
  input: Type.Object({ ...inPath, ...ifMatchInput, ...patchInput }),
  output: invoiceSchema,
  writes: true,
  errors: ['invoice.not_found', 'invoice.processing', 'invoice.version_conflict', ...contextErrors],
  run: async (ctx, { id, 'X-Client-Id': header, 'If-Match': version, ...body }) => {
    const patch = readPatch(body);
    const before = await locked(ctx, { id, 'X-Client-Id': header });
    refuseStale(before, version);
    refuseProcessing(before);
    const { sellerContactId, buyerContactId } = patch;
    await requireContacts(ctx, before.client_id, { sellerContactId, buyerContactId });
    const after = await patched(ctx, before, patch);
    await saveInvoice(ctx.db, after);
    const view = await emitInvoice(ctx, 'invoice.updated', id, before.client_id);
    const changes = changesBetween(viewInvoice(ctx.mode, before), view);
    note(ctx, { action: 'invoice.update', resource: { type: 'invoice', id }, clientId: before.client_id, changes });
    return withVersion(view);
  },
});

export const deleteInvoice = apiOperation({
  id: 'invoices.delete',
  summary: 'Delete an invoice with its file',
  tag: 'Invoices',
  method: 'DELETE',
  path: '/invoices/:id',
  scope: 'invoice:write',
  headers: clientHeaders,
  input: Type.Object(inPath),
  output: Type.Undefined(),
  status: 204,
  writes: true,
  errors: ['invoice.not_found', 'invoice.processing', ...contextErrors],
  run: async (ctx, input) => {
    const row = await locked(ctx, input);
    refuseProcessing(row);
    if (row.file_id !== null) {
      await markRemoved(ctx.db, row.file_id, new Date(ctx.now()));
      ctx.files.removeAfterCommit(row.file_id);
    }
    await removeInvoice(ctx.db, row.id);
    ctx.emit('invoice.deleted', { invoice: viewInvoice(ctx.mode, row) }, row.client_id);
    note(ctx, { action: 'invoice.delete', resource: { type: 'invoice', id: row.id }, clientId: row.client_id });
    return undefined;
  },
});

const freeAgainMs = 30 * 86_400_000;

export const reprocessInvoice = apiOperation({
  id: 'invoices.reprocess',
  summary: 'Read the file of an invoice again',
  description: 'What was read before is kept until it succeeds. Free within 30 days of the upload.',
  useWhen:
    'when a document shall be read anew, with other hints or after a mend of the reader; corrections by hand are lost',
  tag: 'Invoices',
  method: 'POST',
  path: '/invoices/:id/reprocess',
  scope: 'invoice:write',
  headers: clientHeaders,
  input: Type.Object({
    ...inPath,
    hints: Type.Optional(
      nullable(Type.Record(Type.String(), Type.Unknown()), 'What you know of the document; replaces earlier hints.'),
    ),
  }),
  output: Type.Object({
    jobId: idOf('job', 'Read it until it is completed or failed.'),
    status: Type.Literal('processing', { description: 'What it is now.' }),
  }),
  status: 202,
  writes: true,
  idempotent: true,
  errors: [
    'invoice.not_found',
    'invoice.processing',
    'invoice.file_expired',
    'validation.test_scenario_in_live_mode',
    'queue.depth_exceeded',
    'quota.credits_exhausted',
    ...contextErrors,
  ],
  run: async (ctx, { hints: sent, ...input }) => {
    const hints = readHints({ hints: sent ?? undefined });
    refuseScenario(hints, ctx.mode);
    await lockQueue(ctx.db, ctx.workspaceId);
    const row = await locked(ctx, input);
    refuseProcessing(row);
    const file = row.file_id === null ? undefined : await findFile(ctx.db, row.file_id);
    if (file === undefined || file.removed_at !== null || row.file_id === null) throw expired();
    await refuseFullQueue(ctx, await readAccount(ctx));
    const free = ctx.mode === 'test' || ctx.now() - file.uploaded_at.getTime() < freeAgainMs;
    if (!free) await reserveCredit(ctx);
    const jobId = ctx.newId('job');
    const scripted = row.scenario === 'reprocess_failed' ? ('failed' as const) : row.scenario;
    await enqueue(ctx, {
      id: jobId,
      kind: 'reprocess',
      clientId: row.client_id,
      invoiceId: row.id,
      fileId: row.file_id,
      sourceFile: row.source_file,
      source: row.source,
      hints,
      given: {},
      scenario: ctx.mode === 'test' ? (hints.testScenario ?? scripted ?? 'success') : null,
      creditsReserved: free ? 0 : 1,
    });
    await saveInvoice(ctx.db, {
      ...row,
      status: 'processing',
      version: row.version + 1,
      updated_at: new Date(ctx.now()),
    });
    note(ctx, { action: 'invoice.reprocess', resource: { type: 'invoice', id: row.id }, clientId: row.client_id });
    return { jobId, status: 'processing' as const };
  },
});

export const confirmInvoice = apiOperation({
  id: 'invoices.confirm',
  summary: 'Confirm an invoice',
  description:
    'Says that somebody has looked at it. In live mode, how it was accounted for is remembered for its seller.',
  useWhen: 'when somebody has looked at an invoice and it is right',
  tag: 'Invoices',
  method: 'POST',
  path: '/invoices/:id/confirm',
  scope: 'invoice:write',
  headers: clientHeaders,
  input: Type.Object(inPath),
  output: invoiceSchema,
  writes: true,
  idempotent: true,
  errors: ['invoice.not_found', 'invoice.processing', ...contextErrors],
  run: async (ctx, input) => {
    const row = await locked(ctx, input);
    refuseProcessing(row);
    const at = new Date(ctx.now());
    await saveInvoice(ctx.db, { ...row, review_status: 'confirmed', version: row.version + 1, updated_at: at });
    const { documentType, accounting } = row.fields;
    if (ctx.mode === 'live' && row.seller_contact_id !== null && accounting.assignedBy !== null) {
      const rule = { id: ctx.newId('rule'), clientId: row.client_id, sellerContactId: row.seller_contact_id };
      await learnRule(ctx.db, { ...rule, documentType, accounting, at });
    }
    const view = await emitInvoice(ctx, 'invoice.updated', row.id, row.client_id);
    note(ctx, { action: 'invoice.confirm', resource: { type: 'invoice', id: row.id }, clientId: row.client_id });
    return withVersion(view);
  },
});

interface InvoiceInput {
  readonly id: string;
  readonly 'X-Client-Id'?: string | undefined;
}

/** The invoice of a path, as far as the client of the request has it. */
export async function found(ctx: Ctx, { id, 'X-Client-Id': header }: InvoiceInput): Promise<InvoiceWithFile> {
  const client = await requireClient(ctx, { 'X-Client-Id': header });
  const row = await findInvoice(ctx.db, id, client.id);
  if (row === undefined) throw noInvoice();
  return row;
}

async function locked(ctx: Ctx, { id, 'X-Client-Id': header }: InvoiceInput): Promise<InvoiceWithFile> {
  const client = await requireClient(ctx, { 'X-Client-Id': header });
  const row = await lockInvoice(ctx.db, id, client.id);
  if (row === undefined) throw noInvoice();
  return row;
}

/** One sentence whatever the reason: of another client, mode or team, or nobody's. */
function noInvoice() {
  return error('invoice.not_found', 'No invoice with this ID is visible to this key.');
}

function expired() {
  return error('invoice.file_expired', 'The uploaded file is no longer kept; upload the document again.');
}

function refuseProcessing({ status }: InvoiceWithFile): void {
  if (status !== 'processing') return;
  throw error('invoice.processing', 'The invoice is being read again just now; try again when it is over.');
}

function refuseStale({ version }: InvoiceWithFile, ifMatch: string | undefined): void {
  if (isMeant(ifMatch, `v${version}`)) return;
  throw error('invoice.version_conflict', `The invoice is at version ${version} by now; read it again.`, {
    extra: { version },
  });
}

function withVersion<View extends { readonly version: number }>(view: View): WithHeaders {
  return new WithHeaders(view, versionHeaders(`v${view.version}`));
}

/** A file name that no header and no browser can misread. */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}

function readExpand(expand: string | undefined): string[] {
  const parts = (expand ?? '').split(',').filter((part) => part !== '');
  const unknown = parts.find((part) => !expansions.some((known) => known === part));
  if (unknown === undefined) return parts;
  throw error(
    'validation.invalid_query',
    `"expand" knows ${expansions.join(', ')}; "${unknown.slice(0, 40)}" is none.`,
    {
      param: 'expand',
      extra: { allowed: expansions },
    },
  );
}
