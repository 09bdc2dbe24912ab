import { formatInstant } from './instant.ts';
import type { Metadata } from './metadata.ts';
import type { Target } from './record.ts';
import type { Status } from './schemas.ts';

/** What a caller can say of a customer. */
export interface CustomerFields {
  readonly name: string;
  readonly slug: string;
  readonly domain: string | null;
  readonly status: Status;
  readonly plan: string | null;
  readonly mrr: number | null;
  readonly monthly_orders: number | null;
  readonly health_score: number | null;
  readonly hubspot_company_id: string | null;
  readonly hubspot_deal_id: string | null;
  readonly stripe_customer_id: string | null;
  readonly intercom_company_id: string | null;
  readonly slack_channel_id: string | null;
  readonly metadata: Metadata;
}

export interface CustomerRow extends CustomerFields {
  readonly id: string;
  readonly display_id: number;
  readonly mode: 'live' | 'test';
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly deleted_at: Date | null;
}

/** A customer as callers see it (specification 2.2). */
export function viewCustomer(row: CustomerRow) {
  // Named one by one: to copy a row and leave two columns out took as long as to read it from the socket.
  return {
    object: 'customer' as const,
    id: row.id,
    display_id: row.display_id,
    name: row.name,
    slug: row.slug,
    domain: row.domain,
    status: row.status,
    plan: row.plan,
    mrr: row.mrr,
    monthly_orders: row.monthly_orders,
    health_score: row.health_score,
    hubspot_company_id: row.hubspot_company_id,
    hubspot_deal_id: row.hubspot_deal_id,
    stripe_customer_id: row.stripe_customer_id,
    intercom_company_id: row.intercom_company_id,
    slack_channel_id: row.slack_channel_id,
    metadata: row.metadata,
    created_at: formatInstant(row.created_at),
    updated_at: formatInstant(row.updated_at),
  };
}

export function customerTarget({ id, display_id }: Pick<CustomerRow, 'id' | 'display_id'>): Target {
  return { type: 'customer', id, display_id };
}
