import { Type } from 'typebox';
import { type Ctx, error, operation } from './contract.ts';
import { newCustomerInput, readCustomerChange } from './customer-input.ts';
import { type CustomerFields, type CustomerRow, customerTarget, viewCustomer } from './customer-row.ts';
import { insertCustomer } from './customers-repository.ts';
import { type Intent, record } from './record.ts';
import { customerSchema } from './schemas.ts';
import { slugOf, slugWith } from './slug.ts';

export const createCustomer = operation({
  id: 'onboarding.customers.create',
  summary: 'Create a customer',
  description:
    'Only `name` is needed. A `slug` that another customer has is refused; one that is derived from the name gets a number behind it.',
  useWhen: 'for one new customer; many, or some that may exist already, are sent to `onboarding.customers.upsertMany`',
  tag: 'Customers',
  method: 'POST',
  path: '/customers',
  scope: '*',
  input: Type.Object(newCustomerInput),
  output: customerSchema,
  status: 201,
  writes: true,
  shares: true,
  idempotent: true,
  errors: ['missing_field', 'invalid_string', 'invalid_enum_value', 'too_small', 'too_big', 'slug_taken'],
  read: (input) => ({ ...readCustomerChange(input), name: input.name }),
  run: async (ctx, { slug, ...said }) => {
    const row = slug === undefined ? await addUnder(ctx, slugOf(said.name), said) : await add(ctx, slug, said);
    if (row === undefined) {
      throw error('slug_taken', 'That slug is already in use; choose another one, or leave it out.', { param: 'slug' });
    }
    recordCreated(ctx, row);
    return viewCustomer(row);
  },
});

type Said = Partial<CustomerFields> & Pick<CustomerFields, 'name'>;

/** What a new customer is where nothing is said. */
export const customerDefaults: Omit<CustomerFields, 'name' | 'slug'> = {
  domain: null,
  status: 'active',
  plan: null,
  mrr: null,
  monthly_orders: null,
  health_score: null,
  hubspot_company_id: null,
  hubspot_deal_id: null,
  stripe_customer_id: null,
  intercom_company_id: null,
  slack_channel_id: null,
  metadata: {},
};

function add(ctx: Ctx, slug: string, said: Said, derived = false): Promise<CustomerRow | undefined> {
  const { id, at } = { id: ctx.newId('customer'), at: new Date(ctx.now()) };
  return insertCustomer(ctx.db, { ...customerDefaults, ...said, slug, id, mode: ctx.mode, created_at: at }, derived);
}

/** Under a derived slug, or that with the first number behind it that is free (specification 3.2). */
async function addUnder(ctx: Ctx, slug: string, said: Said): Promise<CustomerRow | undefined> {
  // Another transaction may have taken the number meanwhile; after the first try this one holds the counter.
  const row = (await add(ctx, slug, said, true)) ?? (await add(ctx, slug, said, true));
  // Whoever still was faster gave a customer that slug by hand: the random end of an id is free.
  return row ?? add(ctx, slugWith(slug, ctx.newId('slug').slice(-8)), said);
}

/** What a new customer is told of: the feed, the endpoints, the team, the customer and Stripe. */
function recordCreated(ctx: Ctx, row: CustomerRow): void {
  record(ctx, {
    eventType: 'customer.created',
    customerId: row.id,
    displayId: row.display_id,
    intents: intentsOfNew(ctx, row),
  });
}

function intentsOfNew(ctx: Ctx, row: CustomerRow): Intent[] {
  const target = customerTarget(row);
  const intents: Intent[] = [
    { effect: 'customer.created', payload: { object: viewCustomer(row) } },
    {
      effect: 'slack.message',
      payload: { kind: 'customer.created', to: null, text: `${row.name} is a new customer`, target },
    },
  ];
  if (ctx.settings.welcomeMail === 1) {
    intents.push({
      effect: 'email.message',
      payload: {
        kind: 'welcome',
        to: null,
        subject: `Welcome, ${row.name}`,
        text: `We are glad to have ${row.name} with us, and will be in touch about what comes next.`,
        target,
      },
    });
  }
  if (row.stripe_customer_id !== null || row.domain !== null) {
    const { stripe_customer_id, domain } = row;
    intents.push({ effect: 'stripe.link', payload: { kind: 'customer.link', stripe_customer_id, domain, target } });
  }
  return intents;
}
