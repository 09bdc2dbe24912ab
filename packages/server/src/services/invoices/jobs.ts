import { Type } from 'typebox';
import { WithHeaders } from '../../core/service.ts';
import { apiOperation } from './api.ts';
import { filteredClient, findContext } from './client-context.ts';
import { type Ctx, error } from './contract.ts';
import {
  clientFilter,
  clientHeader,
  clientHeaders,
  idOf,
  listOf,
  nullable,
  readInstant,
  refFilter,
  seen,
  timestamp,
  words,
} from './fields.ts';
import { findJob, type JobRow, listJobRows } from './jobs-repository.ts';
import { pageInput, readPlace, writePage } from './page.ts';

const statuses = ['processing', 'completed', 'failed'] as const;
const sources = ['api', 'dashboard', 'email', 'scraper'] as const;

const jobSchema = Type.Object(
  {
    id: idOf('job', 'Names the job.'),
    mode: words(['live', 'test'], 'The mode it belongs to.'),
    kind: words(['ingest', 'reprocess'], 'A new document, or one that is read again.'),
    status: words(statuses, 'It ends as completed or failed.'),
    stage: seen('How far it is.'),
    clientId: idOf('cl', 'Whose document it is.'),
    invoiceId: nullable(Type.String(), 'The invoice that it made, once it is completed.'),
    sourceFile: Type.String({ description: 'As the file was called.' }),
    source: words(sources, 'How it came in.'),
    hints: Type.Record(Type.String(), Type.String(), { description: 'As they were accepted.' }),
    attempt: Type.Integer({ description: 'How often it was begun.' }),
    creditsCharged: Type.Integer({ description: 'Always 0 in test mode.' }),
    error: nullable(
      Type.Object({
        code: Type.String({ description: 'What failed.' }),
        message: Type.String({ description: 'As a sentence.' }),
        retryable: Type.Boolean({ description: 'Whether the same document may work later.' }),
      }),
      'Why it failed.',
    ),
    createdAt: timestamp('When it was queued.'),
    startedAt: seen('When it was begun.'),
    finishedAt: seen('When it was over.'),
  },
  { title: 'Job', description: 'The reading of one uploaded document.' },
);

const contextErrors = [
  'client.not_found',
  'client.not_in_team',
  'client.scope_mismatch',
  'validation.client_mode_mismatch',
  'plan.api_access_disabled',
] as const;

export const getJob = apiOperation({
  id: 'invoices.jobs.get',
  summary: 'Read a job',
  useWhen: 'to learn why a document could not be read; what was read of it is an invoice',
  tag: 'Jobs',
  method: 'GET',
  path: '/jobs/:id',
  scope: 'invoice:read',
  headers: clientHeaders,
  input: Type.Object({ ...clientHeader, id: Type.String({ description: 'The job.' }) }),
  output: jobSchema,
  errors: ['job.not_found', ...contextErrors],
  run: async (ctx, { id, 'X-Client-Id': header }) => {
    const client = await findContext(ctx, { 'X-Client-Id': header });
    const row = await findJob(ctx.db, id, client?.id ?? null);
    if (row === undefined) throw error('job.not_found', `No job "${id.slice(0, 60)}" is visible to this key.`);
    return new WithHeaders(viewJob(ctx, row), row.status === 'processing' ? { 'retry-after': '2' } : {});
  },
});

export const listJobs = apiOperation({
  id: 'invoices.jobs.list',
  summary: 'List jobs, newest first',
  tag: 'Jobs',
  method: 'GET',
  path: '/jobs',
  scope: 'invoice:read',
  headers: clientHeaders,
  input: Type.Object({
    ...clientHeader,
    ...clientFilter,
    ...pageInput,
    status: Type.Optional(words(statuses, 'Only jobs of this status.')),
    source: Type.Optional(words(sources, 'Only what came in this way.')),
    invoiceId: refFilter('inv', 'Only jobs of this invoice.'),
    createdFrom: Type.Optional(Type.String({ description: 'Only what was queued since.' })),
    createdTo: Type.Optional(Type.String({ description: 'Only what was queued before.' })),
  }),
  output: listOf(jobSchema),
  errors: ['pagination.invalid_cursor', ...contextErrors],
  run: async (ctx, { limit, cursor, 'X-Client-Id': header, clientId, ...filters }) => {
    const client = await findContext(ctx, filteredClient(ctx, { 'X-Client-Id': header, clientId }));
    const list = ['jobs', client?.id ?? null, filters];
    const after = readPlace(ctx, list, cursor);
    const rows = await listJobRows(
      ctx.db,
      {
        clientId: client?.id ?? null,
        status: (filters.status as string | undefined) ?? null,
        source: (filters.source as string | undefined) ?? null,
        invoiceId: filters.invoiceId ?? null,
        from: readInstant('createdFrom', filters.createdFrom),
        to: readInstant('createdTo', filters.createdTo),
      },
      after === null ? null : { at: new Date(after.at), id: after.id },
      limit + 1,
    );
    return writePage(ctx, list, rows, limit, {
      view: (row) => viewJob(ctx, row),
      place: (row) => ({ at: row.created_at.toISOString(), id: row.id }),
    });
  },
});

function viewJob(ctx: Pick<Ctx, 'mode'>, row: JobRow) {
  return {
    id: row.id,
    mode: ctx.mode,
    kind: row.kind,
    status: row.status,
    stage: row.stage,
    clientId: row.client_id,
    invoiceId: row.invoice_id,
    sourceFile: row.source_file,
    source: row.source,
    hints: row.hints,
    attempt: row.attempt,
    creditsCharged: row.credits_charged,
    error: row.error,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
