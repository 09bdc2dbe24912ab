import { type ContactPlan, planContacts } from './bulk-contacts.ts';
import { type BulkFault, type BulkRow, faultOf, type Matcher } from './bulk-input.ts';
import {
  demoteContactsOf,
  findTakenSlugs,
  insertContacts,
  insertNumbered,
  lockContactsOf,
  lockMatching,
  removeContactsOf,
  takeNumbers,
  takeTurns,
  updateContacts,
  updateCustomers,
} from './bulk-repository.ts';
import { type ContactRow, viewContact } from './contact-row.ts';
import { type Ctx, error } from './contract.ts';
import { customerDefaults } from './create-customer.ts';
import { type CustomerRow, viewCustomer } from './customer-row.ts';
import type { NewCustomer } from './customers-repository.ts';
import { type Change, diff, previousAttributes } from './diff.ts';
import { mergeMetadata } from './metadata.ts';
import { type Happening, recordAll } from './record.ts';
import { slugOf, slugWith } from './slug.ts';
import { violates } from './unique.ts';

export interface BulkOutcome {
  readonly index: number;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'failed';
  readonly id: string | null;
  readonly display_id: number | null;
  readonly contacts: { readonly created: number; readonly updated: number; readonly unchanged: number };
  readonly error: BulkFault | null;
}

/** A row on its way: the customer as it was, and as it shall be. */
interface Upsert {
  readonly row: BulkRow;
  readonly before: CustomerRow | null;
  readonly changes: readonly Change[];
  after: CustomerRow | NewCustomer;
}

/**
 * Stores rows with a fixed number of statements, whatever their number. A row is stored whole, with its people, or fails
 * whole and harms no other. One that another request makes at the same time changes what that one made.
 */
export async function storeBulk(ctx: Ctx, rows: readonly BulkRow[], by: Matcher): Promise<BulkOutcome[]> {
  // Many may have one domain, so no index keeps two requests from making the same customer.
  if (by === 'domain') await takeTurns(ctx.db);
  const present = await lockMatching(
    ctx.db,
    by,
    rows.map(({ key }) => key),
  );
  const byKey = Map.groupBy(present, (row) => String(row[by]));
  const outcomes: BulkOutcome[] = [];
  const seen = new Set<string>();
  const upserts: Upsert[] = [];
  for (const row of rows) {
    const found = byKey.get(row.key) ?? [];
    if (seen.has(row.key)) outcomes.push(failed(row, duplicateOf(row, by)));
    else if (found.length > 1) outcomes.push(failed(row, ambiguous(row, found.length)));
    else {
      try {
        upserts.push(upsertOf(ctx, row, found[0] ?? null));
      } catch (thrown) {
        // Metadata that fits by itself can be too much beside what is there.
        outcomes.push(failed(row, faultOf(thrown)));
      }
    }
    seen.add(row.key);
  }
  const free = await withFreeSlugs(ctx, upserts, outcomes);
  const { stored, overtaken } = await storePlans(ctx, await plansOf(ctx, free));
  recordAll(ctx, stored.flatMap(happeningsOf));
  if (overtaken.length > 0) outcomes.push(...(await storeBulk(ctx, overtaken, by)));
  return [...outcomes, ...stored.map(outcomeOf)].sort((a, b) => a.index - b.index);
}

function upsertOf(ctx: Ctx, row: BulkRow, before: CustomerRow | null): Upsert {
  const { metadata, ...said } = row.customer;
  if (before === null) {
    const after: NewCustomer = {
      ...customerDefaults,
      ...said,
      metadata: metadata ?? {},
      slug: said.slug ?? slugOf(said.name),
      id: ctx.newId('customer'),
      mode: ctx.mode,
      created_at: new Date(ctx.now()),
    };
    return { row, before, after, changes: [] };
  }
  const after: CustomerRow = {
    ...before,
    ...said,
    metadata: metadata === undefined ? before.metadata : mergeMetadata(before.metadata, metadata),
    updated_at: new Date(Math.max(ctx.now(), before.updated_at.getTime() + 1)),
  };
  return { row, before, after, changes: diff(viewCustomer(before), viewCustomer(after)) };
}

/** Slugs that others have: a given one fails its row, a derived one gets the end of an id behind it. */
async function withFreeSlugs(ctx: Ctx, upserts: readonly Upsert[], outcomes: BulkOutcome[]): Promise<Upsert[]> {
  const wanted = upserts.filter(({ before, after }) => before?.slug !== after.slug);
  if (wanted.length === 0) return [...upserts];
  const taken = new Set(
    await findTakenSlugs(
      ctx.db,
      wanted.map(({ after }) => after.slug),
    ),
  );
  return upserts.filter((upsert) => {
    const { row, before, after } = upsert;
    if (before?.slug === after.slug) return true;
    if (!taken.has(after.slug)) {
      taken.add(after.slug);
      return true;
    }
    if (row.customer.slug !== undefined || before !== null) {
      outcomes.push(failed(row, slugTaken));
      return false;
    }
    upsert.after = { ...after, slug: slugWith(after.slug, after.id.slice(-8)) };
    return true;
  });
}

/** A row with all that is known before it is stored. */
interface Planned extends Upsert {
  readonly plan: ContactPlan;
}

interface Stored extends Planned {
  readonly customer: CustomerRow;
  readonly added: readonly ContactRow[];
}

async function plansOf(ctx: Ctx, upserts: readonly Upsert[]): Promise<Planned[]> {
  const known = upserts.filter(({ before, row }) => before !== null && row.contacts.length > 0);
  const present =
    known.length === 0
      ? []
      : await lockContactsOf(
          ctx.db,
          known.map(({ after }) => after.id),
        );
  const ofCustomer = Map.groupBy(present, ({ customer_id }) => customer_id);
  const given = { mode: ctx.mode, now: ctx.now(), newId: () => ctx.newId('contact') };
  return upserts.map((upsert) => {
    const { id } = upsert.after;
    return { ...upsert, plan: planContacts(upsert.row.contacts, ofCustomer.get(id) ?? [], id, given) };
  });
}

/** People before their customers: a new customer's document for the search is then made once, with them in it. */
async function storePlans(
  ctx: Ctx,
  planned: readonly Planned[],
): Promise<{ readonly stored: Stored[]; readonly overtaken: BulkRow[] }> {
  const fresh = planned.filter(({ before }) => before === null);
  const added = planned.flatMap(({ plan }) => plan.added);
  // Numbers that a row does not need after all are left out; held until the commit, they would let one import wait for another.
  const [customerNumber, contactNumber] = await ctx.ahead((db) => takeNumbers(db, fresh.length, added.length));
  const contacts = added.map((row, n) => ({ ...row, display_id: contactNumber + n }));
  await storeContacts(ctx, planned, contacts);
  const customers = fresh.map(({ after }, n) => ({ ...after, display_id: customerNumber + n }));
  const inserted = await insertNumbered(ctx.db, customers);
  const byId = new Map(customers.filter(({ id }) => inserted.has(id)).map((row) => [row.id, storedNow(row)]));
  // Whose slug was taken between the look and the insert.
  const lost = customers.filter(({ id }) => !inserted.has(id)).map(({ id }) => id);
  await removeContactsOf(ctx.db, lost);
  await changeCustomers(ctx, planned);
  const addedTo = Map.groupBy(contacts, ({ customer_id }) => customer_id);
  const stored = planned.flatMap((one) => {
    const customer = one.before === null ? byId.get(one.after.id) : (one.after as CustomerRow);
    return customer === undefined ? [] : [{ ...one, customer, added: (addedTo.get(customer.id) ?? []).map(storedNow) }];
  });
  return { stored, overtaken: fresh.filter(({ after }) => !inserted.has(after.id)).map(({ row }) => row) };
}

async function storeContacts(
  ctx: Ctx,
  planned: readonly Planned[],
  added: Parameters<typeof insertContacts>[1],
): Promise<void> {
  const moved = planned.filter(({ plan }) => plan.movesPrimary).map(({ after }) => after.id);
  await demoteContactsOf(ctx.db, moved, new Date(ctx.now()));
  await updateContacts(
    ctx.db,
    planned.flatMap(({ plan }) => plan.changed.map(({ after }) => after)),
  );
  await insertContacts(ctx.db, added);
}

async function changeCustomers(ctx: Ctx, planned: readonly Planned[]): Promise<void> {
  const changed = planned.filter(({ before, changes }) => before !== null && changes.length > 0);
  try {
    await updateCustomers(
      ctx.db,
      changed.map(({ after }) => after as CustomerRow),
    );
  } catch (thrown) {
    if (!violates(thrown, 'onboarding_customers_slug')) throw thrown;
    throw error('slug_taken', 'Somebody has just taken one of the slugs; nothing was stored, send the request again.');
  }
}

function storedNow<Row extends { readonly created_at: Date }>(row: Row) {
  return { ...row, updated_at: row.created_at, deleted_at: null };
}

function outcomeOf({ row, before, customer, changes, plan }: Stored): BulkOutcome {
  const contacts = { created: plan.added.length, updated: plan.changed.length, unchanged: plan.unchanged };
  const touched = changes.length > 0 || contacts.created + contacts.updated > 0;
  return {
    index: row.index,
    outcome: before === null ? 'created' : touched ? 'updated' : 'unchanged',
    id: customer.id,
    display_id: customer.display_id,
    contacts,
    error: null,
  };
}

/** What the feed and the endpoints hear of one row. */
function happeningsOf({ before, customer, changes, plan, added }: Stored): Happening[] {
  const happenings: Happening[] = [];
  if (before === null) {
    happenings.push({
      eventType: 'customer.created',
      customerId: customer.id,
      intents: [{ effect: 'customer.created', payload: { object: viewCustomer(customer) } }],
    });
  } else if (changes.length > 0) {
    const payload = { object: viewCustomer(customer), previous_attributes: previousAttributes(changes) };
    happenings.push({
      eventType: changes.some(({ field }) => field === 'status') ? 'customer.status_changed' : 'customer.field_changed',
      customerId: customer.id,
      changes,
      intents: [{ effect: 'customer.updated', payload }],
    });
  }
  for (const contact of added) {
    happenings.push({
      eventType: 'contact.added',
      customerId: customer.id,
      contactId: contact.id,
      intents: [{ effect: 'contact.created', payload: { object: viewContact(contact) } }],
    });
  }
  for (const { before: former, after } of plan.changed) {
    happenings.push({
      eventType: 'contact.updated',
      customerId: customer.id,
      contactId: after.id,
      changes: diff(viewContact(former), viewContact(after)),
    });
  }
  return happenings;
}

const slugTaken: BulkFault = { code: 'slug_taken', message: 'Another customer has that slug.', field: 'slug' };

function duplicateOf({ key }: BulkRow, by: Matcher): BulkFault {
  return { code: 'conflict', message: `An earlier row has the same ${by}, "${key}".`, field: by };
}

function ambiguous({ key }: BulkRow, count: number): BulkFault {
  const message = `${count} or more customers have the domain "${key}"; match by slug, or merge them first.`;
  return { code: 'conflict', message, field: 'domain' };
}

export function failed({ index }: Pick<BulkRow, 'index'>, fault: BulkFault): BulkOutcome {
  const contacts = { created: 0, updated: 0, unchanged: 0 };
  return { index, outcome: 'failed', id: null, display_id: null, contacts, error: fault };
}
