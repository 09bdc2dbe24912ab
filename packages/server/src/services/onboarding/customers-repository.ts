import { type Batch, type Db, fragment, sql } from '../../core/service.ts';
import type { CustomerRow } from './customer-row.ts';
import type { Span } from './filters.ts';
import type { Ref } from './ref.ts';
import { facet, matchingCustomers, matchingValues, metadataFacets } from './search-repository.ts';

export const customerColumns = fragment`
  id, display_id, name, slug, domain, status, plan, mrr, monthly_orders, health_score, hubspot_company_id,
  hubspot_deal_id, stripe_customer_id, intercom_company_id, slack_channel_id, metadata, mode, created_at, updated_at,
  deleted_at`;

// The counter's row is held until the commit, so that short numbers follow the order of commits; calls that arrive together
// take theirs in one statement. A slug that is derived from a name, once others have it, gets the first number behind it
// that is free: they are looked up one after the other in the index, for all entries of one name together. A slug has at
// most 80 characters.
const insertAll = sql`
  with given as materialized (
    select g.*, row_number() over (partition by g.derived, g.slug order by g.n) as turn
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
      $9::int[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
      $17::timestamptz[], $18::boolean[])
    with ordinality as g(id, slug, name, domain, status, plan, mrr, monthly_orders, health_score, hubspot_company_id,
      hubspot_deal_id, stripe_customer_id, intercom_company_id, slack_channel_id, metadata, mode, at, derived, n)
  ), counted as (
    insert into onboarding_counters as c (kind, last) select 'customer', count(*) from given
    on conflict (workspace_id, kind) do update set last = c.last + excluded.last
    returning last - (select count(*) from given) as before
  ), free as materialized (
    select wanted.slug, f.slug as numbered, row_number() over (partition by wanted.slug order by f.number) as turn
    from (select slug, count(*) as entries from given where derived group by slug) wanted
    cross join lateral (
      select s.number, s.slug
      from (
        select m.number,
          case when m.number = 1 then wanted.slug
            else rtrim(left(wanted.slug, 79 - length(m.number::text)), '-') || '-' || m.number end as slug
        from (select generate_series(1, 500) as number) m
      ) s
      where (select true from onboarding_customers c where c.slug = s.slug and c.deleted_at is null) is null
      limit wanted.entries
    ) f
  )
  insert into onboarding_customers (id, display_id, name, slug, domain, status, plan, mrr, monthly_orders, health_score,
    hubspot_company_id, hubspot_deal_id, stripe_customer_id, intercom_company_id, slack_channel_id, metadata, mode,
    created_at, updated_at)
  select g.id, c.before + g.n, g.name,
    -- Hundreds of the same name: the random end of an id is free.
    case when g.derived
      then coalesce(f.numbered, rtrim(left(g.slug, 71), '-') || '-' || right(g.id, 8)) else g.slug end,
    g.domain, g.status, g.plan, g.mrr, g.monthly_orders, g.health_score, g.hubspot_company_id, g.hubspot_deal_id,
    g.stripe_customer_id, g.intercom_company_id, g.slack_channel_id, g.metadata::json, g.mode, g.at, g.at
  from given g cross join counted c left join free f on g.derived and f.slug = g.slug and f.turn = g.turn
  order by g.n
  on conflict (workspace_id, slug) where deleted_at is null do nothing
  returning id, slug, display_id`;

type Numbered = Pick<CustomerRow, 'id' | 'slug' | 'display_id'>;

const newCustomers: Batch<Numbered> = {
  statement: insertAll,
  keyOf: ([id]) => String(id),
  keyOfRow: ({ id }) => id,
};

export type NewCustomer = Omit<CustomerRow, 'display_id' | 'updated_at' | 'deleted_at'>;

/**
 * `undefined` when the slug is taken.
 *
 * @param derived whether a slug that is taken gets a number; then `undefined` only says that somebody was faster
 */
export async function insertCustomer(db: Db, row: NewCustomer, derived: boolean): Promise<CustomerRow | undefined> {
  const stored = await db.entry(newCustomers, entryOf(row, derived));
  return stored === undefined ? undefined : rowOf(row, stored);
}

/** Everything but these two the caller knows; to have it sent back took as long as to insert it. */
function rowOf(row: NewCustomer, { slug, display_id }: Numbered): CustomerRow {
  return { ...row, slug, display_id, updated_at: row.created_at, deleted_at: null };
}

function entryOf(row: NewCustomer, derived: boolean): readonly unknown[] {
  return [
    row.id,
    row.slug,
    row.name,
    row.domain,
    row.status,
    row.plan,
    row.mrr,
    row.monthly_orders,
    row.health_score,
    row.hubspot_company_id,
    row.hubspot_deal_id,
    row.stripe_customer_id,
    row.intercom_company_id,
    row.slack_channel_id,
    JSON.stringify(row.metadata),
    row.mode,
    row.created_at,
    derived,
  ];
}

const findById = sql`select ${customerColumns} from onboarding_customers where id = $1 and deleted_at is null`;
const findByNumber = sql`
  select ${customerColumns} from onboarding_customers where display_id = $1 and deleted_at is null`;

/** A customer that is not deleted. */
export function findCustomer(db: Db, ref: Ref): Promise<CustomerRow | undefined> {
  return 'id' in ref ? db.row(findById, [ref.id]) : db.row(findByNumber, [ref.displayId]);
}

const idById = sql`select id from onboarding_customers where id = $1`;
const idByNumber = sql`select id from onboarding_customers where display_id = $1`;

/** The id of a customer, a deleted one too. */
export async function findCustomerId(db: Db, ref: Ref): Promise<string | undefined> {
  const row = await ('id' in ref
    ? db.row<{ id: string }>(idById, [ref.id])
    : db.row<{ id: string }>(idByNumber, [ref.displayId]));
  return row?.id;
}

// Two statements in one, each by its own index.
const findOfStripe = sql`
  select ${customerColumns} from onboarding_customers where stripe_customer_id = $1 and deleted_at is null
  union all
  (select ${customerColumns} from onboarding_customers
   where domain = $2 and stripe_customer_id is null and deleted_at is null limit 2)`;

/** Who is linked to a customer of Stripe, and up to two of a domain who are linked to nobody. */
export const findCustomersOfStripe = (db: Db, stripeId: string, domain: string | null) =>
  db.rows<CustomerRow>(findOfStripe, [stripeId, domain]);

const lockById = sql`select ${customerColumns} from onboarding_customers where id = $1 for no key update`;
const lockByNumber = sql`select ${customerColumns} from onboarding_customers where display_id = $1 for no key update`;

/** Takes a customer for a change, a deleted one too: others who want to change it wait. */
export function lockCustomer(db: Db, ref: Ref): Promise<CustomerRow | undefined> {
  return 'id' in ref ? db.row(lockById, [ref.id]) : db.row(lockByNumber, [ref.displayId]);
}

const update = sql`
  update onboarding_customers set name = $2, slug = $3, domain = $4, status = $5, plan = $6, mrr = $7,
    monthly_orders = $8, health_score = $9, hubspot_company_id = $10, hubspot_deal_id = $11, stripe_customer_id = $12,
    intercom_company_id = $13, slack_channel_id = $14, metadata = $15, updated_at = $16, deleted_at = $17
  where id = $1`;

/** @throws what PostgreSQL says when another customer has the slug */
export async function updateCustomer(db: Db, row: CustomerRow): Promise<void> {
  await db.run(update, [
    row.id,
    row.name,
    row.slug,
    row.domain,
    row.status,
    row.plan,
    row.mrr,
    row.monthly_orders,
    row.health_score,
    row.hubspot_company_id,
    row.hubspot_deal_id,
    row.stripe_customer_id,
    row.intercom_company_id,
    row.slack_channel_id,
    JSON.stringify(row.metadata),
    row.updated_at,
    row.deleted_at,
  ]);
}

// One statement for each filter, because a plan that fits all of them walks the whole list for a rare status.
const list = sql`
  select ${customerColumns} from onboarding_customers
  where deleted_at is null and (created_at, id) < ($1, $2) and created_at > $3
  order by created_at desc, id desc limit $4`;
const listOfStatus = sql`
  select ${customerColumns} from onboarding_customers
  where deleted_at is null and (created_at, id) < ($1, $2) and created_at > $3 and status = $5
  order by created_at desc, id desc limit $4`;
const listOfSlug = sql`
  select ${customerColumns} from onboarding_customers
  where deleted_at is null and (created_at, id) < ($1, $2) and created_at > $3 and slug = $5
    and ($6::text is null or status = $6)
  order by created_at desc, id desc limit $4`;
const search = sql`
  select ${customerColumns} from onboarding_customers
  where id = any(array(select m.id from ${matchingCustomers} m)) and deleted_at is null
  order by created_at desc, id desc`;

export interface CustomerFilters {
  readonly status: string | null;
  readonly slug: string | null;
  /** Words that the customer, its people or the notes about it have. */
  readonly words: string | null;
}

/** Newest first, those of a span that pass the filters. */
export function listCustomerRows(
  db: Db,
  { status, slug, words }: CustomerFilters,
  span: Span,
  count: number,
): Promise<CustomerRow[]> {
  const page = [span.after.at, span.after.id, span.since, count];
  if (words !== null || span.metadata.length > 0) {
    const facets = [...facet('status', status), ...facet('slug', slug), ...metadataFacets(span.metadata)];
    return db.rows<CustomerRow>(search, matchingValues(words ?? '', facets, span, count));
  }
  if (slug !== null) return db.rows<CustomerRow>(listOfSlug, [...page, slug, status]);
  return status === null ? db.rows<CustomerRow>(list, page) : db.rows<CustomerRow>(listOfStatus, [...page, status]);
}
