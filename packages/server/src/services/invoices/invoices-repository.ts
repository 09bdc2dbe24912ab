import { type Db, type Fragment, fragment, type Sql, sql } from '../../core/service.ts';
import type { Confidence, Evidence, InvoiceFields } from './invoice-fields.ts';
import type { JobRow } from './jobs-repository.ts';
import type { Scenario } from './scenarios.ts';
import type { Issue } from './validate.ts';

export interface InvoiceRow {
  readonly id: string;
  readonly client_id: string;
  readonly job_id: string;
  readonly file_id: string | null;
  readonly status: 'processing' | 'processed' | 'failed';
  readonly review_status: 'needs_review' | 'confirmed';
  readonly direction: 'purchase' | 'sale' | 'unknown';
  readonly source: JobRow['source'];
  readonly source_file: string;
  readonly external_id: string | null;
  readonly seller_contact_id: string | null;
  readonly buyer_contact_id: string | null;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly fields: InvoiceFields;
  readonly confidence: Confidence;
  readonly evidence: Readonly<Record<string, Evidence>>;
  readonly issues: readonly Issue[];
  readonly validation: 'passed' | 'warnings' | 'failed';
  readonly duplicate_key: string | null;
  readonly duplicate_of: string | null;
  readonly credits_charged: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly scenario: Scenario | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly processed_at: Date | null;
}

/** With its file, which goes before it does. */
export interface InvoiceWithFile extends InvoiceRow {
  readonly file_content_type: string | null;
  readonly file_size_bytes: number | null;
  readonly file_page_count: number | null;
  readonly file_sha256: Buffer | null;
  readonly file_uploaded_at: Date | null;
}

const columns = fragment`
  i.id, i.client_id, i.job_id, i.file_id, i.status, i.review_status, i.direction, i.source, i.source_file, i.external_id,
  i.seller_contact_id, i.buyer_contact_id, i.tags, i.metadata, i.fields, i.confidence, i.evidence, i.issues, i.validation,
  i.duplicate_key, i.duplicate_of, i.credits_charged, i.error, i.scenario, i.version, i.created_at, i.updated_at,
  i.processed_at, f.content_type as file_content_type, f.size_bytes as file_size_bytes, f.page_count as file_page_count,
  f.sha256 as file_sha256, f.uploaded_at as file_uploaded_at`;
const withFile = fragment`
  invoices_invoices i left join invoices_files f
    on f.workspace_id = i.workspace_id and f.id = i.file_id and f.removed_at is null`;

const find = sql`select ${columns} from ${withFile} where i.id = $1 and i.client_id = $2`;
const lock = sql`select ${columns} from ${withFile} where i.id = $1 and i.client_id = $2 for update of i`;
const save = sql`
  insert into invoices_invoices (id, client_id, job_id, file_id, status, review_status, document_type, direction, source,
    source_file, external_id, invoice_number, issue_date, due_date, currency, gross, seller_name, buyer_name,
    seller_contact_id, buyer_contact_id, tags, metadata, fields, confidence, evidence, issues, validation, duplicate_key,
    duplicate_of, credits_charged, error, scenario, version, created_at, updated_at, processed_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36)
  on conflict (workspace_id, id) do update set file_id = excluded.file_id, status = excluded.status,
    review_status = excluded.review_status, document_type = excluded.document_type, direction = excluded.direction,
    external_id = excluded.external_id, invoice_number = excluded.invoice_number, issue_date = excluded.issue_date,
    due_date = excluded.due_date, currency = excluded.currency, gross = excluded.gross,
    seller_name = excluded.seller_name, buyer_name = excluded.buyer_name,
    seller_contact_id = excluded.seller_contact_id, buyer_contact_id = excluded.buyer_contact_id, tags = excluded.tags,
    metadata = excluded.metadata, fields = excluded.fields, confidence = excluded.confidence,
    evidence = excluded.evidence, issues = excluded.issues, validation = excluded.validation,
    duplicate_key = excluded.duplicate_key, duplicate_of = excluded.duplicate_of,
    credits_charged = excluded.credits_charged, error = excluded.error, version = excluded.version,
    updated_at = excluded.updated_at, processed_at = excluded.processed_at`;
const remove = sql`delete from invoices_invoices where id = $1`;
// Found by who sent it, its number and its amount, or by the same bytes; the earliest one is the original.
const findDuplicate = sql`
  select i.id from invoices_invoices i left join invoices_files f on f.workspace_id = i.workspace_id and f.id = i.file_id
  where i.client_id = $1 and i.id <> $2 and i.created_at <= $5 and i.status <> 'failed'
    and (i.duplicate_key = $3 or f.sha256 = $4)
  order by i.created_at, i.id limit 1`;
const lastOf = sql`
  select id from invoices_invoices where client_id = $1 and id <> $2 and status = 'processed'
  order by created_at desc, id desc limit 1`;

export const findInvoice = (db: Db, id: string, clientId: string) => db.row<InvoiceWithFile>(find, [id, clientId]);

export const lockInvoice = (db: Db, id: string, clientId: string) => db.row<InvoiceWithFile>(lock, [id, clientId]);

/** Stores an invoice as it now stands, new or changed. */
export const saveInvoice = (db: Db, row: InvoiceRow) =>
  db.run(save, [
    row.id,
    row.client_id,
    row.job_id,
    row.file_id,
    row.status,
    row.review_status,
    row.fields.documentType,
    row.direction,
    row.source,
    row.source_file,
    row.external_id,
    row.fields.invoiceNumber,
    row.fields.issueDate,
    row.fields.dueDate,
    row.fields.currency,
    row.fields.totals.gross,
    row.fields.seller.name,
    row.fields.buyer.name,
    row.seller_contact_id,
    row.buyer_contact_id,
    row.tags,
    JSON.stringify(row.metadata),
    JSON.stringify(row.fields),
    JSON.stringify(row.confidence),
    JSON.stringify(row.evidence),
    JSON.stringify(row.issues),
    row.validation,
    row.duplicate_key,
    row.duplicate_of,
    row.credits_charged,
    row.error === null ? null : JSON.stringify(row.error),
    row.scenario,
    row.version,
    row.created_at,
    row.updated_at,
    row.processed_at,
  ]);

export const removeInvoice = (db: Db, id: string) => db.run(remove, [id]);

export const findDuplicateOf = async (
  db: Db,
  q: { clientId: string; id: string; key: string | null; sha256: Buffer | null; before: Date },
) => (await db.row<{ id: string }>(findDuplicate, [q.clientId, q.id, q.key, q.sha256, q.before]))?.id ?? null;

export const findLastOf = async (db: Db, clientId: string, id: string) =>
  (await db.row<{ id: string }>(lastOf, [clientId, id]))?.id ?? null;

/** What is asked of a list; `null` asks nothing. */
export interface InvoiceQuestion {
  readonly clientId: string;
  readonly status: string | null;
  readonly reviewStatus: string | null;
  readonly documentType: string | null;
  readonly direction: string | null;
  readonly issueFrom: string | null;
  readonly issueTo: string | null;
  readonly dueFrom: string | null;
  readonly dueTo: string | null;
  readonly createdFrom: Date | null;
  readonly createdTo: Date | null;
  readonly updatedFrom: Date | null;
  readonly updatedTo: Date | null;
  readonly sellerContactId: string | null;
  readonly buyerContactId: string | null;
  readonly invoiceNumber: string | null;
  readonly externalId: string | null;
  readonly currency: string | null;
  readonly grossMin: string | null;
  readonly grossMax: string | null;
  readonly tag: string | null;
  readonly hasIssues: boolean | null;
  readonly q: string | null;
}

const matches = fragment`
  i.client_id = $1 and ($2::text is null or i.status = $2) and ($3::text is null or i.review_status = $3)
  and ($4::text is null or i.document_type = $4) and ($5::text is null or i.direction = $5)
  and ($6::date is null or i.issue_date >= $6) and ($7::date is null or i.issue_date <= $7)
  and ($8::date is null or i.due_date >= $8) and ($9::date is null or i.due_date <= $9)
  and ($10::timestamptz is null or i.created_at >= $10) and ($11::timestamptz is null or i.created_at < $11)
  and ($12::timestamptz is null or i.updated_at >= $12) and ($13::timestamptz is null or i.updated_at < $13)
  and ($14::text is null or i.seller_contact_id = $14) and ($15::text is null or i.buyer_contact_id = $15)
  and ($16::text is null or i.invoice_number = $16) and ($17::text is null or i.external_id = $17)
  and ($18::text is null or i.currency = $18) and ($19::numeric is null or i.gross >= $19)
  and ($20::numeric is null or i.gross <= $20) and ($21::text is null or i.tags @> array[$21])
  and ($22::boolean is null or $22 = (jsonb_array_length(i.issues) > 0))
  and ($23::text is null or i.invoice_number ilike '%' || $23 || '%' or i.seller_name ilike '%' || $23 || '%'
    or i.buyer_name ilike '%' || $23 || '%')`;

const issueDate = fragment`coalesce(i.issue_date, '0001-01-01'::date)::timestamp`;
const created = fragment`i.created_at`;
const updated = fragment`i.updated_at`;
const rising = { sign: fragment`>`, order: fragment`asc` };
const falling = { sign: fragment`<`, order: fragment`desc` };

function listBy(column: Fragment, type: Fragment, { sign, order }: typeof rising): Sql {
  return sql`
    select ${columns}, ${column}::text as place from ${withFile}
    where ${matches} and ($24::text is null or (${column}, i.id) ${sign} ($24::${type}, $25::text))
    order by ${column} ${order}, i.id ${order} limit $26`;
}

const instant = fragment`timestamptz`;
const day = fragment`timestamp`;
const lists = {
  createdAt: listBy(created, instant, rising),
  '-createdAt': listBy(created, instant, falling),
  updatedAt: listBy(updated, instant, rising),
  '-updatedAt': listBy(updated, instant, falling),
  issueDate: listBy(issueDate, day, rising),
  '-issueDate': listBy(issueDate, day, falling),
} as const satisfies Record<string, Sql>;

export const sorts = Object.keys(lists) as (keyof typeof lists)[];

const count = sql`
  select count(*)::int as total from (select 1 from invoices_invoices i where ${matches} limit 10000) counted`;

const valuesOf = (q: InvoiceQuestion): unknown[] => [
  q.clientId,
  q.status,
  q.reviewStatus,
  q.documentType,
  q.direction,
  q.issueFrom,
  q.issueTo,
  q.dueFrom,
  q.dueTo,
  q.createdFrom,
  q.createdTo,
  q.updatedFrom,
  q.updatedTo,
  q.sellerContactId,
  q.buyerContactId,
  q.invoiceNumber,
  q.externalId,
  q.currency,
  q.grossMin,
  q.grossMax,
  q.tag,
  q.hasIssues,
  q.q,
];

export const listInvoiceRows = (
  db: Db,
  sort: keyof typeof lists,
  q: InvoiceQuestion,
  after: { at: string; id: string } | null,
  limit: number,
) =>
  db.rows<InvoiceWithFile & { place: string }>(lists[sort], [
    ...valuesOf(q),
    after?.at ?? null,
    after?.id ?? null,
    limit,
  ]);

export const countInvoices = async (db: Db, q: InvoiceQuestion) =>
  (await db.row<{ total: number }>(count, valuesOf(q)))?.total ?? 0;
