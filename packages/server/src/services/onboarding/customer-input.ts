import { type Static, Type } from 'typebox';
import { checkedBy } from '../../core/service.ts';
import { error } from './contract.ts';
import type { CustomerFields } from './customer-row.ts';
import { readDomain } from './domain.ts';
import { metadataInput, nullable, oneOf, optionalText, slugInput, statuses, textInput } from './schemas.ts';

const amount = (description: string) =>
  Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), description));

/** What a request may say of a customer besides its name (specification 2.2). */
const fields = {
  slug: Type.Optional(slugInput),
  domain: checkedBy(
    (value) => value === null || readDomainField(String(value)),
    optionalText(253, 'A bare host name such as `aurora.com`, in any script.'),
  ),
  status: Type.Optional(oneOf(statuses, 'Where the relation stands; `active` by default.')),
  plan: optionalText(200, 'What it pays for.'),
  mrr: amount('Monthly recurring revenue in the minor unit of the currency.'),
  monthly_orders: amount('Orders a month.'),
  health_score: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 100 }), '0 to 100.')),
  hubspot_company_id: optionalText(255, 'In HubSpot.'),
  hubspot_deal_id: optionalText(255, 'In HubSpot.'),
  stripe_customer_id: optionalText(255, 'In Stripe.'),
  intercom_company_id: optionalText(255, 'In Intercom.'),
  slack_channel_id: optionalText(255, 'The Slack channel where it is written of.'),
  metadata: metadataInput,
};

const name = textInput(200, 'As people call it.');

/** In this order, so that the first fault that is reported is the first in the reference. */
export const newCustomerInput = { name, ...fields };
export const customerChangeInput = { name: Type.Optional(name), ...fields };

export type CustomerChange = Partial<CustomerFields>;

const changeSchema = Type.Object(customerChangeInput);

/** What an update changes, in the form in which it is kept. */
export function readCustomerChange(input: Static<typeof changeSchema>): CustomerChange {
  const change: Record<string, unknown> = {};
  for (const field of Object.keys(customerChangeInput)) {
    const value = input[field as keyof typeof input];
    if (value !== undefined) change[field] = value;
  }
  if (typeof input.domain === 'string') change.domain = readDomainField(input.domain);
  return change as CustomerChange;
}

function readDomainField(text: string): string {
  const domain = readDomain(text);
  if (domain !== null) return domain;
  throw error('invalid_string', '"domain" must be a bare host name such as "aurora.com", without protocol and path.', {
    param: 'domain',
  });
}
