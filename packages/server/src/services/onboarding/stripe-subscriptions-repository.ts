import { type Db, sql } from '../../core/service.ts';

/** What an event of Stripe says of one subscription. */
export interface Subscription {
  readonly id: string;
  readonly customer_id: string;
  readonly reported_at: Date;
  readonly ended: boolean;
  readonly mrr: number;
  readonly plan: string | null;
}

// Instants of Stripe are whole seconds. Of two events of one second, the later one to come holds; none begins again what has
// ended.
const keep = sql`
  insert into onboarding_stripe_subscriptions as s (id, customer_id, reported_at, ended, mrr, plan)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (workspace_id, id) do update set customer_id = excluded.customer_id, reported_at = excluded.reported_at,
    ended = excluded.ended, mrr = excluded.mrr, plan = coalesce(excluded.plan, s.plan)
  where excluded.reported_at >= s.reported_at and (excluded.ended or not s.ended)`;

/** @returns whether it is news: Stripe delivers events in any order */
export async function keepSubscription(db: Db, { id, customer_id, ...said }: Subscription): Promise<boolean> {
  return (await db.run(keep, [id, customer_id, said.reported_at, said.ended, said.mrr, said.plan])) === 1;
}

const addUp = sql`
  select coalesce(sum(mrr), 0)::bigint as mrr, (array_agg(plan order by mrr > 0 desc, reported_at desc, id))[1] as plan
  from onboarding_stripe_subscriptions where customer_id = $1 and not ended`;

/** What all subscriptions of a customer bring in, and what the newest of those that do is called. */
export async function addUpSubscriptions(db: Db, customerId: string): Promise<Pick<Subscription, 'mrr' | 'plan'>> {
  const row = await db.row<Pick<Subscription, 'mrr' | 'plan'>>(addUp, [customerId]);
  return row ?? { mrr: 0, plan: null };
}
