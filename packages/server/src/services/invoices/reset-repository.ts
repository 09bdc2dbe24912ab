import { type Db, sql } from '../../core/service.ts';
import { lockQueue } from './jobs-repository.ts';

/** What a reset is to clear. */
export interface ResetScope {
  readonly kinds: ReadonlySet<string>;
  readonly clientId: string | null;
  readonly keepWebhooks: boolean;
}

export interface Counts {
  readonly invoices: number;
  readonly jobs: number;
  readonly contacts: number;
  readonly clients: number;
  readonly events: number;
  readonly deliveries: number;
  readonly files: number;
  readonly webhooks: number;
  readonly idempotencyKeys: number;
}

export interface ResetRow {
  readonly id: string;
  readonly status: 'running' | 'completed';
  readonly dry_run: boolean;
  readonly deleted: Counts;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

// Held until the reset commits. Whoever uploads holds the queue's lock: it is wholly before or wholly after.
const lock = sql`select pg_try_advisory_xact_lock(hashtext('invoices reset'), hashtext($1)) as held`;
const insert = sql`
  insert into invoices_resets (id, status, dry_run, deleted, started_at, finished_at) values ($1, $2, $3, $4, $5, $6)`;
const find = sql`
  select id, status, dry_run, deleted, started_at, finished_at from invoices_resets where id = $1`;

// A client that goes takes along what belongs to it; $1 is the only client, $2 to $6 say which kinds go.
const count = sql`
  select
    (select count(*)::int from invoices_invoices where ($1::text is null or client_id = $1) and ($2::boolean or $5::boolean)) as invoices,
    (select count(*)::int from invoices_jobs where ($1::text is null or client_id = $1) and ($3::boolean or $5::boolean)) as jobs,
    (select count(*)::int from invoices_contacts where ($1::text is null or client_id = $1) and ($4::boolean or ($5::boolean and client_id is not null))) as contacts,
    (select count(*)::int from invoices_clients where ($1::text is null or id = $1) and $5::boolean) as clients,
    (select count(*)::int from invoices_files where ($1::text is null or client_id = $1) and ($6::boolean or $5::boolean)) as files,
    (select count(*)::int from effects where service = 'invoices' and $7::boolean and ($1::text is null or subject = $1)) as events,
    (select count(*)::int from deliveries where service = 'invoices' and kind = 'webhook' and $7::boolean and $1::text is null) as deliveries,
    (select count(*)::int from targets where service = 'invoices' and kind = 'webhook' and not $8::boolean and $1::text is null) as webhooks,
    (select count(*)::int from idempotency_keys where service = 'invoices' and status is not null and $9::boolean and $1::text is null) as "idempotencyKeys"`;

const clearInvoices = sql`delete from invoices_invoices where $1::text is null or client_id = $1`;
const clearJobs = sql`delete from invoices_jobs where $1::text is null or client_id = $1`;
const clearContacts = sql`delete from invoices_contacts where $1::text is null or client_id = $1`;
const clearClients = sql`delete from invoices_clients where $1::text is null or id = $1`;
const clearFiles = sql`delete from invoices_files where $1::text is null or client_id = $1 returning id`;
const clearAttempts = sql`
  delete from attempts a using deliveries d
  where d.workspace_id = a.workspace_id and d.id = a.delivery_id and d.service = 'invoices' and d.kind = 'webhook'`;
const clearDeliveries = sql`delete from deliveries where service = 'invoices' and kind = 'webhook'`;
const clearEvents = sql`select invoices_clear_events($1)`;
const clearIdempotency = sql`delete from idempotency_keys where service = 'invoices' and status is not null`;

export async function lockReset(db: Db, workspaceId: string): Promise<boolean> {
  const row = await db.row<{ held: boolean }>(lock, [workspaceId]);
  if (row?.held !== true) return false;
  await lockQueue(db, workspaceId);
  return true;
}

export async function countRows(db: Db, { kinds, clientId, keepWebhooks }: ResetScope): Promise<Counts> {
  const row = await db.row<Counts>(count, [
    clientId,
    kinds.has('invoices'),
    kinds.has('jobs'),
    kinds.has('contacts'),
    kinds.has('clients'),
    kinds.has('files'),
    kinds.has('events'),
    keepWebhooks,
    kinds.has('idempotency'),
  ]);
  if (row === undefined) throw new Error('counting answers one row');
  return row;
}

/** Clears rows, and answers the files whose bytes are to go with them. */
export async function clearRows(db: Db, { kinds, clientId }: ResetScope): Promise<string[]> {
  const clients = kinds.has('clients');
  if (kinds.has('jobs') || clients) await db.run(clearJobs, [clientId]);
  if (kinds.has('invoices') || clients) await db.run(clearInvoices, [clientId]);
  if (kinds.has('contacts')) await db.run(clearContacts, [clientId]);
  const files =
    kinds.has('files') || clients ? (await db.rows<{ id: string }>(clearFiles, [clientId])).map(({ id }) => id) : [];
  if (clients) await db.run(clearClients, [clientId]);
  if (kinds.has('events')) await db.run(clearEvents, [clientId]);
  if (clientId === null && kinds.has('events')) {
    await db.run(clearAttempts);
    await db.run(clearDeliveries);
  }
  if (clientId === null && kinds.has('idempotency')) await db.run(clearIdempotency);
  return files;
}

export const insertReset = (db: Db, row: ResetRow) =>
  db.run(insert, [row.id, row.status, row.dry_run, JSON.stringify(row.deleted), row.started_at, row.finished_at]);

export const findReset = (db: Db, id: string) => db.row<ResetRow>(find, [id]);
