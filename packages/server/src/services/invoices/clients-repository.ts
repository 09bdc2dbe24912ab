import { type Db, fragment, sql } from '../../core/service.ts';

export interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly company_code: string | null;
  readonly vat_code: string | null;
  readonly country: string | null;
  readonly email: string | null;
  readonly external_id: string | null;
  readonly default_currency: string | null;
  readonly status: 'active' | 'archived';
  readonly metadata: Readonly<Record<string, string>>;
  /** What its inbound address begins with, after the mode. */
  readonly mailbox: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const columns = fragment`
  id, name, company_code, vat_code, country, email, external_id, default_currency, status, metadata, mailbox,
  created_at, updated_at`;

const find = sql`select ${columns} from invoices_clients where id = $1`;
// Against being archived or deleted by somebody else, not against being read and written to.
const hold = sql`select ${columns} from invoices_clients where id = $1 for share`;
const lock = sql`select ${columns} from invoices_clients where id = $1 for update`;
const elsewhere = sql`select invoices_client_is_elsewhere($1) as found`;
const twin = sql`select id from invoices_clients where external_id = $1 and id <> $2`;
// Two requests for one external id wait for each other here, so that the second one is told of the first.
const holdTwins = sql`select pg_advisory_xact_lock(hashtext('invoices ' || $1), hashtext($2 || $3))`;
const insert = sql`
  insert into invoices_clients (id, name, company_code, vat_code, country, email, external_id, default_currency, status,
    metadata, mailbox, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;
const update = sql`
  update invoices_clients set name = $2, company_code = $3, vat_code = $4, country = $5, email = $6, external_id = $7,
    default_currency = $8, status = $9, metadata = $10, mailbox = $11, updated_at = $12
  where id = $1`;
const remove = sql`delete from invoices_clients where id = $1`;
const countInvoices = sql`
  select (select count(*) from invoices_invoices where client_id = $1)
    + (select count(*) from invoices_jobs where client_id = $1 and status = 'processing') as found`;
const filesOf = sql`select id from invoices_files where client_id = $1`;
const mailboxOwner = sql`select workspace_id, client_id from invoices_find_mailbox($1)`;
const list = sql`
  select ${columns} from invoices_clients
  where ($1::text is null or id = $1) and ($2::text is null or status = $2)
    and ($3::text is null or external_id = $3) and ($4::text is null or name ilike '%' || $4 || '%')
    and ($5::timestamptz is null or (created_at, id) < ($5, $6::text))
  order by created_at desc, id desc limit $7`;

export const findClient = (db: Db, id: string) => db.row<ClientRow>(find, [id]);

export const holdClient = (db: Db, id: string) => db.row<ClientRow>(hold, [id]);

export const lockClient = (db: Db, id: string) => db.row<ClientRow>(lock, [id]);

export const isElsewhere = async (db: Db, id: string) =>
  (await db.row<{ found: boolean }>(elsewhere, [id]))?.found === true;

export const findTwin = async (db: Db, externalId: string, self: string) =>
  (await db.row<{ id: string }>(twin, [externalId, self]))?.id ?? null;

/** Makes whoever else wants this name in this workspace wait for the end of the transaction. */
export const holdName = (db: Db, kind: string, workspaceId: string, name: string) =>
  db.run(holdTwins, [kind, workspaceId, name]);

export const insertClient = (db: Db, row: ClientRow) =>
  db.run(insert, [
    row.id,
    row.name,
    row.company_code,
    row.vat_code,
    row.country,
    row.email,
    row.external_id,
    row.default_currency,
    row.status,
    JSON.stringify(row.metadata),
    row.mailbox,
    row.created_at,
    row.updated_at,
  ]);

export const updateClient = (db: Db, row: ClientRow) =>
  db.run(update, [
    row.id,
    row.name,
    row.company_code,
    row.vat_code,
    row.country,
    row.email,
    row.external_id,
    row.default_currency,
    row.status,
    JSON.stringify(row.metadata),
    row.mailbox,
    row.updated_at,
  ]);

export const removeClient = (db: Db, id: string) => db.run(remove, [id]);

export const hasInvoices = async (db: Db, id: string) =>
  ((await db.row<{ found: number }>(countInvoices, [id]))?.found ?? 0) > 0;

/** Whose a mailbox is, over all workspaces. */
export const findMailboxOwner = (db: Db, mailbox: string) =>
  db.row<{ workspace_id: string; client_id: string }>(mailboxOwner, [mailbox]);

export const listFilesOf = async (db: Db, clientId: string) =>
  (await db.rows<{ id: string }>(filesOf, [clientId])).map(({ id }) => id);

export const listClientRows = (
  db: Db,
  q: { id: string | null; status: string | null; externalId: string | null; q: string | null },
  after: { at: Date; id: string } | null,
  limit: number,
) => db.rows<ClientRow>(list, [q.id, q.status, q.externalId, q.q, after?.at ?? null, after?.id ?? null, limit]);
