import { stringify } from 'csv-stringify/sync';
import { Type } from 'typebox';
import { RawBody, rawOutput, spreadsheetCells } from '../../core/service.ts';
import { apiOperation } from './api.ts';
import { note } from './audit-trail.ts';
import { filteredClient, requireClient } from './client-context.ts';
import { error } from './contract.ts';
import { clientFilter, clientHeader, clientHeaders } from './fields.ts';
import { filterInput, questionOf } from './invoice-filters.ts';
import { type InvoiceView, viewInvoice } from './invoice-view.ts';
import { attachment, contextErrors, found } from './invoices.ts';
import { listInvoiceRows } from './invoices-repository.ts';
import { writeUbl } from './write-ubl.ts';
import { writeXlsx } from './write-xlsx.ts';

const formats = ['json', 'csv', 'xlsx', 'ubl'] as const;
type Format = (typeof formats)[number];

const maxExported = 1_000;
const formatInput = {
  format: Type.String({ default: 'json', maxLength: 40, description: `One of ${formats.join(', ')}.` }),
};
const output = rawOutput('application/octet-stream');

export const exportInvoice = apiOperation({
  id: 'invoices.export',
  summary: 'Download an invoice',
  tag: 'Invoices',
  method: 'GET',
  path: '/invoices/:id/export',
  scope: 'invoice:export',
  headers: clientHeaders,
  input: Type.Object({ ...clientHeader, ...formatInput, id: Type.String({ description: 'The invoice.' }) }),
  output,
  errors: [
    'invoice.not_found',
    'invoice.not_ready_for_export',
    'invoice.not_exportable',
    'export.unsupported_format',
    ...contextErrors,
  ],
  run: async (ctx, { format, ...input }) => {
    const wanted = readFormat(format);
    const row = await found(ctx, input);
    if (row.status === 'processing') {
      throw error('invoice.not_ready_for_export', 'The invoice is being read again; export it when that is over.');
    }
    if (row.status === 'failed') {
      throw error('invoice.not_exportable', 'The invoice could not be read the last time; correct or reprocess it.');
    }
    note(ctx, { action: 'invoice.export', resource: { type: 'invoice', id: row.id }, clientId: row.client_id });
    return await written(wanted, viewInvoice(ctx.mode, row), row.id, {});
  },
});

export const exportInvoices = apiOperation({
  id: 'invoices.export_many',
  summary: 'Download many invoices',
  description: 'Up to 1,000; those that are not read are left out and counted in `X-Skipped-Count`.',
  tag: 'Invoices',
  method: 'GET',
  path: '/invoices/export',
  scope: 'invoice:export',
  headers: clientHeaders,
  input: Type.Object({ ...clientHeader, ...clientFilter, ...formatInput, ...filterInput }),
  output,
  errors: ['export.unsupported_format', 'export.too_large', ...contextErrors],
  run: async (ctx, { format, 'X-Client-Id': header, clientId, ...filters }) => {
    const wanted = readFormat(format);
    const client = await requireClient(ctx, filteredClient(ctx, { 'X-Client-Id': header, clientId }));
    const rows = await listInvoiceRows(ctx.db, 'createdAt', questionOf(client.id, filters), null, maxExported + 1);
    if (rows.length > maxExported) {
      throw error('export.too_large', `More than ${maxExported} invoices match; narrow the filters.`, {
        extra: { limit: maxExported },
      });
    }
    const ready = rows.filter(({ status }) => status === 'processed');
    note(ctx, { action: 'invoice.export', resource: { type: 'client', id: client.id }, clientId: client.id });
    const views = ready.map((row) => viewInvoice(ctx.mode, row));
    return await written(wanted, views, 'invoices', { 'x-skipped-count': String(rows.length - ready.length) });
  },
});

function readFormat(format: string): Format {
  const known = formats.find((one) => one === format);
  if (known !== undefined) return known;
  throw error(
    'export.unsupported_format',
    `There is no export as "${format.slice(0, 40)}"; there are ${formats.join(', ')}.`,
    {
      param: 'format',
      extra: { allowed: formats },
    },
  );
}

async function written(
  format: Format,
  exported: InvoiceView | readonly InvoiceView[],
  name: string,
  headers: Readonly<Record<string, string>>,
) {
  const { type, content } = await contentOf(format, exported);
  const extension = format === 'ubl' ? 'xml' : format;
  return new RawBody(type, content, {
    ...headers,
    'content-disposition': attachment(`${name}.${extension}`),
    'cache-control': 'private, no-store',
    vary: 'Authorization',
  });
}

async function contentOf(
  format: Format,
  exported: InvoiceView | readonly InvoiceView[],
): Promise<{ type: string; content: string | Uint8Array }> {
  const views = [exported].flat();
  switch (format) {
    case 'json':
      return {
        type: 'application/json; charset=utf-8',
        content: JSON.stringify(Array.isArray(exported) ? { items: views } : exported),
      };
    case 'csv':
      return { type: 'text/csv; charset=utf-8', content: csvOf(views) };
    case 'xlsx':
      return {
        type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        content: await writeXlsx(rowsOf(views)),
      };
    case 'ubl':
      return { type: 'application/xml; charset=utf-8', content: writeUbl(views) };
  }
}

const columns = [
  'id',
  'mode',
  'documentType',
  'invoiceNumber',
  'issueDate',
  'dueDate',
  'currency',
  'sellerName',
  'sellerVatCode',
  'buyerName',
  'buyerVatCode',
  'net',
  'tax',
  'gross',
  'debitAccount',
  'creditAccount',
  'line',
  'description',
  'quantity',
  'unitPrice',
  'lineNet',
  'taxRate',
] as const;

/** One row for each line item, or for an invoice without any. */
function rowsOf(views: readonly InvoiceView[]): Record<(typeof columns)[number], string | number | null>[] {
  return views.flatMap((view) => {
    const head = {
      id: view.id,
      mode: view.mode,
      documentType: view.documentType,
      invoiceNumber: view.invoiceNumber,
      issueDate: view.issueDate,
      dueDate: view.dueDate,
      currency: view.currency,
      sellerName: view.seller.name,
      sellerVatCode: view.seller.vatCode,
      buyerName: view.buyer.name,
      buyerVatCode: view.buyer.vatCode,
      net: view.totals.net,
      tax: view.totals.tax,
      gross: view.totals.gross,
      debitAccount: view.accounting.debitAccount,
      creditAccount: view.accounting.creditAccount,
    };
    const lines = view.lineItems.length === 0 ? [null] : view.lineItems;
    return lines.map((line) => ({
      ...head,
      line: line?.index ?? null,
      description: line?.description ?? null,
      quantity: line?.quantity ?? null,
      unitPrice: line?.unitPrice ?? null,
      lineNet: line?.netAmount ?? null,
      taxRate: line?.taxRate ?? null,
    }));
  });
}

function csvOf(views: readonly InvoiceView[]): string {
  // The head stands above no rows too.
  return stringify(rowsOf(views), {
    header: true,
    columns: [...columns],
    cast: { string: plainCell },
    quoted_match: spreadsheetCells.quoted_match,
  });
}

/** A cell that a spreadsheet would take for a formula gets a mark before it; a number stays one. */
function plainCell(value: string): string {
  return /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(value) && !/^-?\d+(?:\.\d+)?$/.test(value) ? `'${value}` : value;
}
