import { type Db, sql } from '../../core/service.ts';
import type { Accounting } from './invoice-fields.ts';

const find = sql`
  select id, accounting from invoices_rules where client_id = $1 and seller_contact_id = $2 and document_type = $3`;
const learn = sql`
  insert into invoices_rules (id, client_id, seller_contact_id, document_type, accounting, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $6)
  on conflict (workspace_id, client_id, seller_contact_id, document_type)
    do update set accounting = excluded.accounting, updated_at = excluded.updated_at`;

/** How documents of this kind from this seller were accounted for the last time that somebody confirmed one. */
export const findRule = (db: Db, q: { clientId: string; sellerContactId: string; documentType: string }) =>
  db.row<{ id: string; accounting: Accounting }>(find, [q.clientId, q.sellerContactId, q.documentType]);

export const learnRule = (
  db: Db,
  rule: {
    id: string;
    clientId: string;
    sellerContactId: string;
    documentType: string;
    accounting: Accounting;
    at: Date;
  },
) =>
  db.run(learn, [
    rule.id,
    rule.clientId,
    rule.sellerContactId,
    rule.documentType,
    JSON.stringify(rule.accounting),
    rule.at,
  ]);
