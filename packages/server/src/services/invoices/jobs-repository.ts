import { type Db, fragment, sql } from '../../core/service.ts';
import type { Hints } from './hints.ts';
import type { Scenario } from './scenarios.ts';

export interface JobError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** What an upload says besides its file. */
export interface Given {
  readonly sellerContactId?: string | null;
  readonly buyerContactId?: string | null;
  readonly externalId?: string | null;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** The SHA-256 of the message that it came with. */
  readonly message?: string;
}

export interface JobRow {
  readonly id: string;
  readonly kind: 'ingest' | 'reprocess';
  readonly status: 'processing' | 'completed' | 'failed';
  readonly stage: string;
  readonly client_id: string;
  readonly invoice_id: string | null;
  readonly file_id: string;
  readonly source_file: string;
  readonly source: 'api' | 'dashboard' | 'email' | 'scraper';
  readonly hints: Hints;
  readonly given: Given;
  readonly scenario: Scenario | null;
  readonly attempt: number;
  readonly credits_charged: number;
  readonly credits_reserved: number;
  readonly error: JobError | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly lease_token: number;
}

const columns = fragment`
  id, kind, status, stage, client_id, invoice_id, file_id, source_file, source, hints, given, scenario, attempt,
  credits_charged, credits_reserved, error, created_at, started_at, finished_at, lease_token`;

const find = sql`select ${columns} from invoices_jobs where id = $1 and ($2::text is null or client_id = $2)`;
const insert = sql`
  insert into invoices_jobs (id, kind, status, stage, client_id, invoice_id, file_id, source_file, source, hints, given,
    scenario, credits_reserved, created_at, due_at)
  values ($1, $2, 'processing', 'queued', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;
const ofMessage = sql`
  select id, source_file from invoices_jobs where client_id = $1 and source = 'email' and given ->> 'message' = $2 order by id`;
const countOpen = sql`select count(*)::int as depth from invoices_jobs where status = 'processing'`;
// Uploads that arrive together count one after the other, so that a full queue is never overrun.
const holdQueue = sql`select pg_advisory_xact_lock(hashtext('invoices queue'), hashtext($1))`;
const lockHeld = sql`
  select ${columns} from invoices_jobs where id = $1 and lease_token = $2 and status = 'processing' for update`;
const finish = sql`
  update invoices_jobs set status = $2, stage = 'done', invoice_id = $3, error = $4, credits_charged = $5,
    credits_reserved = 0, finished_at = $6, due_at = null, lease_until = null
  where id = $1`;
const claim = sql`select workspace_id as "workspaceId", id, token from invoices_claim_jobs($1, $2, $3)`;
const list = sql`
  select ${columns} from invoices_jobs
  where ($1::text is null or client_id = $1) and ($2::text is null or status = $2) and ($3::text is null or source = $3)
    and ($4::text is null or invoice_id = $4) and ($5::timestamptz is null or created_at >= $5)
    and ($6::timestamptz is null or created_at < $6)
    and ($7::timestamptz is null or (created_at, id) < ($7, $8::text))
  order by created_at desc, id desc limit $9`;

export const findJob = (db: Db, id: string, clientId: string | null) => db.row<JobRow>(find, [id, clientId]);

export interface NewJob {
  readonly id: string;
  readonly kind: JobRow['kind'];
  readonly clientId: string;
  readonly invoiceId: string | null;
  readonly fileId: string;
  readonly sourceFile: string;
  readonly source: JobRow['source'];
  readonly hints: Hints;
  readonly given: Given;
  readonly scenario: Scenario | null;
  readonly creditsReserved: number;
  readonly createdAt: Date;
  readonly dueAt: Date;
}

export const insertJob = (db: Db, job: NewJob) =>
  db.run(insert, [
    job.id,
    job.kind,
    job.clientId,
    job.invoiceId,
    job.fileId,
    job.sourceFile,
    job.source,
    JSON.stringify(job.hints),
    JSON.stringify(job.given),
    job.scenario,
    job.creditsReserved,
    job.createdAt,
    job.dueAt,
  ]);

export const listJobsOfMessage = (db: Db, clientId: string, message: string) =>
  db.rows<{ id: string; source_file: string }>(ofMessage, [clientId, message]);

export const countWaiting = async (db: Db) => (await db.row<{ depth: number }>(countOpen))?.depth ?? 0;

/**
 * Whoever adds jobs holds the queue before any row: a reset holds it before it deletes, and in another order each would
 * wait for the other.
 */
export const lockQueue = (db: Db, workspaceId: string) => db.run(holdQueue, [workspaceId]);

/** The job, if whoever asks still holds it. */
export const lockHeldJob = (db: Db, id: string, token: number) => db.row<JobRow>(lockHeld, [id, token]);

export const finishJob = (
  db: Db,
  id: string,
  end: { status: 'completed' | 'failed'; invoiceId: string | null; error: JobError | null; credits: number; at: Date },
) =>
  db.run(finish, [
    id,
    end.status,
    end.invoiceId,
    end.error === null ? null : JSON.stringify(end.error),
    end.credits,
    end.at,
  ]);

export const claimJobs = (db: Db, now: Date, leaseUntil: Date, room: number) =>
  db.rows<{ workspaceId: string; id: string; token: number }>(claim, [now, leaseUntil, room]);

export const listJobRows = (
  db: Db,
  q: {
    clientId: string | null;
    status: string | null;
    source: string | null;
    invoiceId: string | null;
    from: Date | null;
    to: Date | null;
  },
  after: { at: Date; id: string } | null,
  limit: number,
) =>
  db.rows<JobRow>(list, [
    q.clientId,
    q.status,
    q.source,
    q.invoiceId,
    q.from,
    q.to,
    after?.at ?? null,
    after?.id ?? null,
    limit,
  ]);
