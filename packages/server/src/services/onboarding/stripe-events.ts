import type { InboundEvent } from '../../core/service.ts';
import type { Ctx } from './contract.ts';
import { type CustomerRow, customerTarget, viewCustomer } from './customer-row.ts';
import { findCustomersOfStripe, lockCustomer, updateCustomer } from './customers-repository.ts';
import { diff } from './diff.ts';
import { readDomain } from './domain.ts';
import { monthlyRevenue } from './monthly-revenue.ts';
import { addUpSubscriptions, keepSubscription } from './stripe-subscriptions-repository.ts';
import { recordChanged } from './update-customer.ts';

/**
 * Mirrors what Stripe reports (specification 6.3): subscriptions, all of a customer together, become `mrr` and `plan`, and a
 * customer of Stripe is linked to the one of ours whose domain his address has. The event is acknowledged to Stripe where it was about a customer that
 * we know; what it says of others is of no use here.
 */
export async function takeStripeEvent(ctx: Ctx, event: InboundEvent): Promise<void> {
  const { object } = event;
  const stripeId = textOf(object.object === 'customer' ? object.id : object.customer);
  if (stripeId === null) return;
  const before = await customerOf(ctx, stripeId, domainOf(object));
  if (before === undefined) return;
  const after: CustomerRow = {
    ...before,
    ...(await changeOf(ctx, event, before.id)),
    stripe_customer_id: stripeId,
    updated_at: new Date(Math.max(ctx.now(), before.updated_at.getTime() + 1)),
  };
  const changes = diff(viewCustomer(before), viewCustomer(after));
  if (changes.length > 0) {
    await updateCustomer(ctx.db, after);
    await recordChanged(ctx, after, changes);
  }
  ctx.emit('stripe.acknowledge', {
    kind: event.type,
    stripe_customer_id: stripeId,
    event_id: event.id,
    target: customerTarget(before),
  });
}

/** The one that is linked, or the only one of the domain that is linked to nobody. */
async function customerOf(ctx: Ctx, stripeId: string, domain: string | null): Promise<CustomerRow | undefined> {
  const rows = await findCustomersOfStripe(ctx.db, stripeId, domain);
  const linked = rows.find(({ stripe_customer_id }) => stripe_customer_id === stripeId);
  const found = linked ?? (rows.length === 1 ? rows[0] : undefined);
  if (found === undefined) return undefined;
  const row = await lockCustomer(ctx.db, { id: found.id });
  return row?.deleted_at === null ? row : undefined;
}

/** The statuses in which a subscription brings something in. */
const paying = new Set(['active', 'past_due']);

const ofSubscriptions = new Set(['created', 'updated', 'deleted'].map((what) => `customer.subscription.${what}`));

async function changeOf(
  ctx: Ctx,
  { type, object, createdAt }: InboundEvent,
  customerId: string,
): Promise<Partial<CustomerRow>> {
  const id = textOf(object.id);
  if (id === null || !ofSubscriptions.has(type)) return {};
  const ended = type === 'customer.subscription.deleted';
  const { revenue, plan } = monthlyRevenue(object);
  const isNews = await keepSubscription(ctx.db, {
    id,
    customer_id: customerId,
    reported_at: new Date(createdAt),
    ended,
    mrr: paying.has(String(object.status)) ? revenue : 0,
    plan: plan?.slice(0, 200) ?? null,
  });
  if (!isNews) return {};
  const all = await addUpSubscriptions(ctx.db, customerId);
  return all.plan === null && !ended ? { mrr: all.mrr } : all;
}

function domainOf({ object, email }: InboundEvent['object']): string | null {
  const address = object === 'customer' ? textOf(email) : null;
  return address === null ? null : readDomain(address.slice(address.lastIndexOf('@') + 1));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : null;
}
