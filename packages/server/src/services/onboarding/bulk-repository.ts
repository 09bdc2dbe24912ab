import { type Db, fragment, sql } from '../../core/service.ts';
import type { Matcher } from './bulk-input.ts';
import type { ContactRow } from './contact-row.ts';
import type { CustomerRow } from './customer-row.ts';
import { customerColumns, type NewCustomer } from './customers-repository.ts';

// In the order of their ids, so that two who take the same customers wait and do not block each other.
const lockBySlug = sql`
  select ${customerColumns} from onboarding_customers where slug = any($1) and deleted_at is null
  order by id for no key update`;
const lockByDomain = sql`
  select ${customerColumns} from onboarding_customers where domain = any($1) and deleted_at is null
  order by id for no key update`;

/** Takes the customers that have one of these slugs or domains. */
export const lockMatching = (db: Db, by: Matcher, keys: readonly string[]) =>
  db.rows<CustomerRow>(by === 'slug' ? lockBySlug : lockByDomain, [keys]);

const turn = sql`
  select pg_advisory_xact_lock(hashtextextended('onboarding domains ' || current_setting('app.workspace'), 0))::text`;

/** Lets one request of the workspace at a time find customers by their domains and make those that are missing. */
export async function takeTurns(db: Db): Promise<void> {
  await db.run(turn);
}

const slugsTaken = sql`select slug from onboarding_customers where slug = any($1) and deleted_at is null`;

export async function findTakenSlugs(db: Db, slugs: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await db.rows<{ slug: string }>(slugsTaken, [slugs])).map(({ slug }) => slug));
}

const updateAll = sql`
  update onboarding_customers c set name = r.name, slug = r.slug, domain = r.domain, status = r.status, plan = r.plan,
    mrr = r.mrr, monthly_orders = r.monthly_orders, health_score = r.health_score,
    hubspot_company_id = r.hubspot_company_id, hubspot_deal_id = r.hubspot_deal_id,
    stripe_customer_id = r.stripe_customer_id, intercom_company_id = r.intercom_company_id,
    slack_channel_id = r.slack_channel_id, metadata = r.metadata, updated_at = r.updated_at
  from json_to_recordset($1) as r(id text, name text, slug text, domain text, status text, plan text, mrr bigint,
    monthly_orders bigint, health_score int, hubspot_company_id text, hubspot_deal_id text, stripe_customer_id text,
    intercom_company_id text, slack_channel_id text, metadata json, updated_at timestamptz)
  where c.id = r.id`;

/** @throws what PostgreSQL says when another customer has one of the slugs */
export async function updateCustomers(db: Db, rows: readonly CustomerRow[]): Promise<void> {
  if (rows.length > 0) await db.run(updateAll, [JSON.stringify(rows)]);
}

const contactColumns = fragment`
  c.id, c.display_id, c.customer_id, c.name, c.email, c.title, c.is_primary, c.labels, c.metadata, c.mode, c.created_at,
  c.updated_at, c.deleted_at`;

const contactsOf = sql`
  select ${contactColumns} from onboarding_contacts c where customer_id = any($1) and deleted_at is null
  order by id for no key update`;

/** The contacts of some customers, whom the caller has taken. */
export const lockContactsOf = (db: Db, customerIds: readonly string[]) =>
  db.rows<ContactRow>(contactsOf, [customerIds]);

const readContacts = sql`
  select ${contactColumns} from onboarding_contacts c where customer_id = any($1) and deleted_at is null
  order by customer_id, is_primary desc, created_at, id`;

/** The contacts of some customers, the primary one first. */
export const listContactsOf = (db: Db, customerIds: readonly string[]) =>
  db.rows<ContactRow>(readContacts, [customerIds]);

const demoteAll = sql`
  update onboarding_contacts set is_primary = false, updated_at = $2
  where customer_id = any($1) and is_primary and deleted_at is null`;

/** Leaves these customers without a primary contact, for others to take that place. */
export async function demoteContactsOf(db: Db, customerIds: readonly string[], at: Date): Promise<void> {
  if (customerIds.length > 0) await db.run(demoteAll, [customerIds, at]);
}

const updateContactsAll = sql`
  update onboarding_contacts c set name = r.name, title = r.title, is_primary = r.is_primary, labels = r.labels,
    metadata = r.metadata, updated_at = r.updated_at
  from json_to_recordset($1) as r(id text, name text, title text, is_primary boolean, labels jsonb, metadata json,
    updated_at timestamptz)
  where c.id = r.id`;

export async function updateContacts(db: Db, rows: readonly ContactRow[]): Promise<void> {
  if (rows.length > 0) await db.run(updateContactsAll, [JSON.stringify(rows)]);
}

const take = sql`
  insert into onboarding_counters as c (kind, last)
  select kind, amount from (values ('customer', $1::bigint), ('contact', $2::bigint)) wanted(kind, amount) where amount > 0
  on conflict (workspace_id, kind) do update set last = c.last + excluded.last
  returning kind, last`;

/** The first of so many short numbers for customers, and of so many for contacts. */
export async function takeNumbers(db: Db, customers: number, contacts: number): Promise<[number, number]> {
  const last = new Map(
    (await db.rows<{ kind: string; last: number }>(take, [customers, contacts])).map((row) => [row.kind, row.last]),
  );
  return [(last.get('customer') ?? 0) - customers + 1, (last.get('contact') ?? 0) - contacts + 1];
}

// In the order of the slugs, so that two who bring the same ones wait and do not block each other.
const insertCustomers = sql`
  insert into onboarding_customers (id, display_id, name, slug, domain, status, plan, mrr, monthly_orders, health_score,
    hubspot_company_id, hubspot_deal_id, stripe_customer_id, intercom_company_id, slack_channel_id, metadata, mode,
    created_at, updated_at)
  select r.id, r.display_id, r.name, r.slug, r.domain, r.status, r.plan, r.mrr, r.monthly_orders, r.health_score,
    r.hubspot_company_id, r.hubspot_deal_id, r.stripe_customer_id, r.intercom_company_id, r.slack_channel_id, r.metadata,
    r.mode, r.created_at, r.created_at
  from json_to_recordset($1) as r(id text, display_id bigint, name text, slug text, domain text, status text, plan text,
    mrr bigint, monthly_orders bigint, health_score int, hubspot_company_id text, hubspot_deal_id text,
    stripe_customer_id text, intercom_company_id text, slack_channel_id text, metadata json, mode text,
    created_at timestamptz)
  order by r.slug collate "C"
  on conflict (workspace_id, slug) where deleted_at is null do nothing
  returning id`;

type Numbered<Row> = Row & { readonly display_id: number };

/** The ids of those whose slug was free. */
export async function insertNumbered(db: Db, rows: readonly Numbered<NewCustomer>[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  return new Set((await db.rows<{ id: string }>(insertCustomers, [JSON.stringify(rows)])).map(({ id }) => id));
}

const insertAll = sql`
  insert into onboarding_contacts (id, display_id, customer_id, name, email, title, is_primary, labels, metadata, mode,
    created_at, updated_at)
  select r.id, r.display_id, r.customer_id, r.name, r.email, r.title, r.is_primary, r.labels, r.metadata, r.mode,
    r.created_at, r.created_at
  from json_to_recordset($1) as r(id text, display_id bigint, customer_id text, name text, email text, title text,
    is_primary boolean, labels jsonb, metadata json, mode text, created_at timestamptz)`;

/** Of customers who are new or whom the caller has taken, so that nobody else adds the same address meanwhile. */
export async function insertContacts(
  db: Db,
  rows: readonly Numbered<Omit<ContactRow, 'display_id' | 'updated_at' | 'deleted_at'>>[],
): Promise<void> {
  if (rows.length > 0) await db.run(insertAll, [JSON.stringify(rows)]);
}

const remove = sql`delete from onboarding_contacts where customer_id = any($1)`;

/** People of customers who were not stored after all. */
export async function removeContactsOf(db: Db, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length > 0) await db.run(remove, [customerIds]);
}
