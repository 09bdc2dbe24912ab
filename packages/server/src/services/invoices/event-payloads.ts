import { Type } from 'typebox';
import type { EventPayload } from '../../core/service.ts';
import type { contract } from './contract.ts';
import { idOf, nullable, timestamp, words } from './fields.ts';
import { makeFixture } from './fixture.ts';
import { invoiceOf, noAccounting } from './invoice-fields.ts';
import { invoiceSchema } from './invoice-schema.ts';
import { viewInvoice } from './invoice-view.ts';

const invoiceData = Type.Object({ invoice: invoiceSchema });

const madeUpData = Type.Object({
  invoice: Type.Object(
    {
      id: idOf('inv', 'Names no invoice.'),
      mode: words(['live', 'test'], 'The mode it was made up in.'),
      clientId: nullable(Type.String(), 'Whom it is about.'),
      synthetic: Type.Literal(true, { description: 'There is no such invoice.' }),
    },
    { title: 'MadeUpInvoice', description: 'What an event says that was made up without an invoice.' },
  ),
});

const jobData = Type.Object({
  job: Type.Object(
    {
      id: idOf('job', 'Names the job.'),
      status: Type.Literal('failed', { description: 'How it ended.' }),
      sourceFile: Type.String({ description: 'As the file was called.' }),
      createdAt: timestamp('When it was queued.'),
      error: Type.Object(
        {
          code: Type.String({ description: 'What failed.' }),
          message: Type.String({ description: 'As a sentence.' }),
          retryable: Type.Boolean({ description: 'Whether the same document may work later.' }),
        },
        { description: 'Why it failed.' },
      ),
    },
    { title: 'FailedJob', description: 'A job that made no invoice.' },
  ),
});

const invoice = Type.Union([invoiceData, madeUpData]);

/** What events say: the invoice as the API shows it, or the job where there is none. */
export const eventPayloads = {
  'invoice.processed': { schema: invoice, subjectOf, sample: { invoice: sampleInvoice({}) } },
  'invoice.failed': {
    schema: Type.Union([invoiceData, madeUpData, jobData]),
    subjectOf,
    sample: {
      job: {
        id: 'job_test_4mTq8XzR2vKcWp6NdLs1Yb',
        status: 'failed',
        sourceFile: 'holiday.pdf',
        createdAt: '2026-01-20T08:00:00.000Z',
        error: {
          code: 'extract.not_an_invoice',
          message: 'What is on the pages is no invoice.',
          retryable: false,
        },
      },
    },
  },
  'invoice.updated': {
    schema: invoice,
    subjectOf,
    sample: { invoice: sampleInvoice({ review_status: 'confirmed', version: 2 }) },
  },
  'invoice.deleted': { schema: invoice, subjectOf, sample: { invoice: sampleInvoice({}) } },
} as const satisfies Readonly<Record<keyof typeof contract.webhooks.events, EventPayload>>;

function subjectOf(payload: { readonly invoice?: unknown }): string | null {
  const { clientId } = (payload.invoice ?? {}) as { readonly clientId?: unknown };
  return typeof clientId === 'string' ? clientId : null;
}

/** The canned invoice of test mode, as it is after it was read. */
function sampleInvoice(changes: { readonly review_status?: 'confirmed'; readonly version?: number }) {
  const sha256 = 'c0ffee11'.repeat(8);
  const extraction = makeFixture({
    scenario: 'success',
    sha256,
    pageCount: 1,
    hints: {},
    client: { name: 'Baltic Timber UAB', company_code: '301234567', vat_code: 'LT100001234567' },
  });
  if (extraction.type === 'failed') throw new Error(`the canned invoice cannot be read: ${extraction.message}`);
  const { fields, evidence, confidence } = invoiceOf(extraction);
  const at = new Date('2026-01-20T08:00:00Z');
  return viewInvoice('test', {
    id: 'inv_test_7KdWm2ZtB9qLx4NvRc8PsJ',
    client_id: 'cl_test_8JcPq0VfE2mXyR4sT1uKwZ',
    job_id: 'job_test_4mTq8XzR2vKcWp6NdLs1Yb',
    file_id: null,
    status: 'processed',
    review_status: 'needs_review',
    direction: 'purchase',
    source: 'api',
    source_file: 'invoice.pdf',
    external_id: null,
    seller_contact_id: null,
    buyer_contact_id: null,
    tags: [],
    metadata: {},
    fields: { ...fields, accounting: noAccounting },
    confidence,
    evidence,
    issues: [],
    validation: 'passed',
    duplicate_key: null,
    duplicate_of: null,
    credits_charged: 0,
    error: null,
    scenario: null,
    version: 1,
    created_at: at,
    updated_at: at,
    processed_at: at,
    file_content_type: 'application/pdf',
    file_size_bytes: 48_213,
    file_page_count: 1,
    file_sha256: Buffer.from(sha256, 'hex'),
    file_uploaded_at: at,
    ...changes,
  });
}
