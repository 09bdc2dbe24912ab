import { type Db, sql } from '../../core/service.ts';

const withOldData = sql`select invoices_workspaces_with_data_before($1) as id`;
const closed = sql`select invoices_workspaces_closed_before($1) as id`;

const clearInvoices = sql`delete from invoices_invoices where created_at < $1 and status <> 'processing'`;
const clearJobs = sql`delete from invoices_jobs where finished_at < $1`;
const clearFiles = sql`
  delete from invoices_files f
  where f.uploaded_at < $1
    and not exists (select from invoices_invoices i where i.workspace_id = f.workspace_id and i.file_id = f.id)
    and not exists (
      select from invoices_jobs j where j.workspace_id = f.workspace_id and j.file_id = f.id and j.status = 'processing')
  returning f.id`;
const clearContacts = sql`
  delete from invoices_contacts c
  where c.updated_at < $1
    and not exists (
      select from invoices_invoices i
      where i.workspace_id = c.workspace_id and c.id in (i.seller_contact_id, i.buyer_contact_id))`;
// A client goes when nothing of it is left; $2 are those that a key is bound to.
const clearClients = sql`
  delete from invoices_clients c
  where c.updated_at < $1 and c.id <> all ($2::text[])
    and not exists (select from invoices_invoices i where i.workspace_id = c.workspace_id and i.client_id = c.id)
    and not exists (select from invoices_jobs j where j.workspace_id = c.workspace_id and j.client_id = c.id)
    and not exists (select from invoices_files f where f.workspace_id = c.workspace_id and f.client_id = c.id)
    and not exists (select from invoices_contacts o where o.workspace_id = c.workspace_id and o.client_id = c.id)`;

export const findWorkspacesWithOldData = async (db: Db, before: Date) =>
  (await db.rows<{ id: string }>(withOldData, [before])).map(({ id }) => id);

export const findClosedWorkspaces = async (db: Db, before: Date) =>
  (await db.rows<{ id: string }>(closed, [before])).map(({ id }) => id);

/** Deletes what is older than an instant and not in use, and answers the files whose bytes are to go with it. */
export async function clearOldRows(db: Db, before: Date, boundClients: readonly string[]): Promise<string[]> {
  await db.run(clearInvoices, [before]);
  await db.run(clearJobs, [before]);
  const files = await db.rows<{ id: string }>(clearFiles, [before]);
  await db.run(clearContacts, [before]);
  await db.run(clearClients, [before, boundClients]);
  return files.map(({ id }) => id);
}
