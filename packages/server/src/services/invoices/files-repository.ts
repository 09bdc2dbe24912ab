import { type Db, fragment, sql } from '../../core/service.ts';

export interface FileRow {
  readonly id: string;
  readonly client_id: string;
  readonly name: string;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly sha256: Buffer;
  readonly page_count: number | null;
  readonly uploaded_at: Date;
  readonly removed_at: Date | null;
}

const columns = fragment`id, client_id, name, content_type, size_bytes, sha256, page_count, uploaded_at, removed_at`;

const insert = sql`
  insert into invoices_files (id, client_id, name, content_type, size_bytes, sha256, page_count, uploaded_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;
const find = sql`select ${columns} from invoices_files where id = $1`;
const setPages = sql`update invoices_files set page_count = $2, content_type = $3 where id = $1`;
const mark = sql`update invoices_files set removed_at = coalesce(removed_at, $2) where id = $1`;
const forget = sql`delete from invoices_files where id = $1`;
const listOld = sql`
  select id from invoices_files where removed_at is not null or uploaded_at < $1 order by uploaded_at limit $2`;
// The same bytes, uploaded before and paid for.
const findPaid = sql`
  select 1 from invoices_files f join invoices_jobs j on j.workspace_id = f.workspace_id and j.file_id = f.id
  where f.client_id = $1 and f.sha256 = $2 and f.id <> $3 and j.status = 'completed' limit 1`;

export const insertFile = (db: Db, row: Omit<FileRow, 'removed_at'>) =>
  db.run(insert, [
    row.id,
    row.client_id,
    row.name,
    row.content_type,
    row.size_bytes,
    row.sha256,
    row.page_count,
    row.uploaded_at,
  ]);

export const findFile = (db: Db, id: string) => db.row<FileRow>(find, [id]);

export const storeFileFacts = (db: Db, id: string, pageCount: number, contentType: string) =>
  db.run(setPages, [id, pageCount, contentType]);

/** Asks for the bytes to be taken away; the row goes when they are gone. */
export const markRemoved = (db: Db, id: string, at: Date) => db.run(mark, [id, at]);

export const forgetFile = (db: Db, id: string) => db.run(forget, [id]);

export const listOldFiles = async (db: Db, uploadedBefore: Date, limit: number) =>
  (await db.rows<{ id: string }>(listOld, [uploadedBefore, limit])).map(({ id }) => id);

export const wasPaidBefore = async (db: Db, clientId: string, sha256: Buffer, self: string) =>
  (await db.row(findPaid, [clientId, sha256, self])) !== undefined;
