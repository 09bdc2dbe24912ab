import { type Db, fragment, sql } from '../../core/service.ts';
import type { ContactRow } from './contact-row.ts';
import type { Span } from './filters.ts';
import { hasMetadata } from './metadata-condition.ts';
import type { Ref } from './ref.ts';

const columns = fragment`
  id, display_id, customer_id, name, email, title, is_primary, labels, metadata, mode, created_at, updated_at, deleted_at`;

const countOf = sql`
  select exists (select from onboarding_contacts where customer_id = $1 and deleted_at is null) as found`;

/** Whether a customer has any contact. */
export async function hasContacts(db: Db, customerId: string): Promise<boolean> {
  return (await db.row<{ found: boolean }>(countOf, [customerId]))?.found === true;
}

const insert = sql`
  with counted as (
    insert into onboarding_counters as c (kind, last) values ('contact', 1)
    on conflict (workspace_id, kind) do update set last = c.last + 1
    returning last
  )
  insert into onboarding_contacts (id, display_id, customer_id, name, email, title, is_primary, labels, metadata, mode,
    created_at, updated_at)
  select $1, last, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10 from counted
  on conflict (workspace_id, customer_id, email) where deleted_at is null do nothing
  returning ${columns}`;

/** `undefined` when the customer has a contact with this address. */
export function insertContact(
  db: Db,
  row: Omit<ContactRow, 'display_id' | 'updated_at' | 'deleted_at'>,
): Promise<ContactRow | undefined> {
  return db.row<ContactRow>(insert, [
    row.id,
    row.customer_id,
    row.name,
    row.email,
    row.title,
    row.is_primary,
    JSON.stringify(row.labels),
    JSON.stringify(row.metadata),
    row.mode,
    row.created_at,
  ]);
}

const demote = sql`
  update onboarding_contacts set is_primary = false, updated_at = $3
  where customer_id = $1 and is_primary and id <> $2 and deleted_at is null`;

/** Makes room for another primary contact. */
export async function demoteOthers(db: Db, customerId: string, id: string, at: Date): Promise<void> {
  await db.run(demote, [customerId, id, at]);
}

const findById = sql`select ${columns} from onboarding_contacts where id = $1 and deleted_at is null`;
const findByNumber = sql`select ${columns} from onboarding_contacts where display_id = $1 and deleted_at is null`;

/** A contact that is not deleted. */
export function findContact(db: Db, ref: Ref): Promise<ContactRow | undefined> {
  return 'id' in ref ? db.row(findById, [ref.id]) : db.row(findByNumber, [ref.displayId]);
}

const customerById = sql`select customer_id from onboarding_contacts where id = $1`;
const customerByNumber = sql`select customer_id from onboarding_contacts where display_id = $1`;
const lockById = sql`select ${columns} from onboarding_contacts where id = $1 for no key update`;
const lockByNumber = sql`select ${columns} from onboarding_contacts where display_id = $1 for no key update`;
const lockCustomerOf = sql`select from onboarding_customers where id = $1 for no key update`;

/**
 * Takes a contact for a change, a deleted one too. The customer is taken first, as whoever adds a contact does: two who
 * move the primary contact would otherwise wait for each other.
 */
export async function lockContact(db: Db, ref: Ref): Promise<ContactRow | undefined> {
  const owner = await ('id' in ref
    ? db.row<{ customer_id: string }>(customerById, [ref.id])
    : db.row<{ customer_id: string }>(customerByNumber, [ref.displayId]));
  if (owner === undefined) return undefined;
  await db.row(lockCustomerOf, [owner.customer_id]);
  return 'id' in ref ? db.row(lockById, [ref.id]) : db.row(lockByNumber, [ref.displayId]);
}

const update = sql`
  update onboarding_contacts set name = $2, email = $3, title = $4, is_primary = $5, labels = $6, metadata = $7,
    updated_at = $8, deleted_at = $9
  where id = $1`;

/** @throws what PostgreSQL says when another contact of the customer has the address */
export async function updateContact(db: Db, row: ContactRow): Promise<void> {
  await db.run(update, [
    row.id,
    row.name,
    row.email,
    row.title,
    row.is_primary,
    JSON.stringify(row.labels),
    JSON.stringify(row.metadata),
    row.updated_at,
    row.deleted_at,
  ]);
}

const list = sql`
  select ${columns} from onboarding_contacts
  where customer_id = $1 and deleted_at is null and (created_at, id) < ($2, $3) and created_at > $4
    and ${hasMetadata(fragment`$6`)}
  order by created_at desc, id desc limit $5`;

/** Newest first, those of a span. */
export function listContactRows(db: Db, customerId: string, span: Span, count: number): Promise<ContactRow[]> {
  const { after, since, metadata } = span;
  return db.rows<ContactRow>(list, [customerId, after.at, after.id, since, count, JSON.stringify(metadata)]);
}

const primaryEmail = sql`
  select email from onboarding_contacts where customer_id = $1 and is_primary and deleted_at is null`;

/** Whom notifications go to; `null` where nobody is primary. */
export async function findPrimaryEmail(db: Db, customerId: string): Promise<string | null> {
  return (await db.row<{ email: string }>(primaryEmail, [customerId]))?.email ?? null;
}
