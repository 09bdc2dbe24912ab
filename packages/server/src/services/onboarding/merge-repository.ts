import { type Db, sql } from '../../core/service.ts';

export interface Merged {
  readonly merged_into: string | null;
  readonly merge_receipt: unknown;
}

const find = sql`select merged_into, merge_receipt from onboarding_customers where id = $1`;

/** What became of a customer that somebody may have merged into another one. */
export async function findMerge(db: Db, id: string): Promise<Merged> {
  return (await db.row<Merged>(find, [id])) ?? { merged_into: null, merge_receipt: null };
}

const retire = sql`
  update onboarding_contacts set deleted_at = $2, is_primary = false where id = any($1) and deleted_at is null`;

/** Deletes people whom the other customer has as well. */
export async function retireContacts(db: Db, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length > 0) await db.run(retire, [ids, at]);
}

// Deleted rows move too: the feed that moves with them names them.
const moveContacts = sql`
  update onboarding_contacts set customer_id = $2, is_primary = is_primary and $4,
    updated_at = greatest($3, updated_at + interval '1 millisecond')
  where customer_id = $1`;
const moveOnboardings = sql`
  with moved as (
    update onboarding_onboardings set customer_id = $2, updated_at = greatest($3, updated_at + interval '1 millisecond')
    where customer_id = $1 returning id, deleted_at
  ), counted as (select id from moved where deleted_at is null)
  select (select count(*) from counted)::int as onboardings,
    (select count(*) from onboarding_tasks t where t.deleted_at is null and t.onboarding_id in (select id from counted))::int
      as tasks`;
const moveSubscriptions = sql`update onboarding_stripe_subscriptions set customer_id = $2 where customer_id = $1`;
const moveActivity = sql`update onboarding_activity set customer_id = $2 where customer_id = $1`;

export interface Moved {
  readonly onboardings: number;
  readonly tasks: number;
  readonly activity: number;
}

/** Gives everything that a customer has to another one. */
export async function moveAll(
  db: Db,
  move: { readonly from: string; readonly to: string; readonly keepsPrimary: boolean; readonly at: Date },
): Promise<Moved> {
  const { from, to, keepsPrimary, at } = move;
  await db.run(moveContacts, [from, to, at, keepsPrimary]);
  const counts = await db.row<Omit<Moved, 'activity'>>(moveOnboardings, [from, to, at]);
  await db.run(moveSubscriptions, [from, to]);
  const activity = await db.run(moveActivity, [from, to]);
  return { onboardings: counts?.onboardings ?? 0, tasks: counts?.tasks ?? 0, activity };
}

const settle = sql`
  update onboarding_customers set deleted_at = $2, merged_into = $3, merge_receipt = $4 where id = $1`;

/** Deletes a customer that has been merged, with the receipt that a repeated request gets. */
export async function settleMerge(
  db: Db,
  merge: { readonly from: string; readonly to: string; readonly at: Date; readonly receipt: unknown },
): Promise<void> {
  await db.run(settle, [merge.from, merge.at, merge.to, JSON.stringify(merge.receipt)]);
}
