import { type TObject, Type } from 'typebox';
import type { EventPayload } from '../../core/service.ts';
import type { contract } from './contract.ts';
import { contactSchema, customerSchema, onboardingSchema, taskSchema } from './schemas.ts';

const made = '2026-01-05T09:00:00.000Z';
const changed = '2026-02-02T14:30:00.000Z';

const customer = {
  object: 'customer',
  id: 'cm3p0x7sd0001qk08v2h4z9ra',
  display_id: 1,
  name: 'Northwind Tea',
  slug: 'northwind-tea',
  domain: 'northwind.example',
  status: 'onboarding',
  plan: 'growth',
  mrr: 49_900,
  monthly_orders: 1_200,
  health_score: 82,
  hubspot_company_id: null,
  hubspot_deal_id: null,
  stripe_customer_id: null,
  intercom_company_id: null,
  slack_channel_id: null,
  metadata: {},
  created_at: made,
  updated_at: made,
};

const contact = {
  object: 'contact',
  id: 'cm3p0x7sd0002qk08b5n1t3we',
  display_id: 1,
  customer_id: customer.id,
  name: 'Ada Keller',
  email: 'ada@northwind.example',
  title: 'Head of operations',
  is_primary: true,
  labels: [],
  metadata: {},
  created_at: made,
  updated_at: made,
};

const onboarding = {
  object: 'onboarding',
  id: 'cm3p0x7sd0003qk08k9d6y4uf',
  display_id: 1,
  customer_id: customer.id,
  template_id: null,
  name: 'Launch of the shop',
  phase: 'before_getting_started',
  state: 'active',
  waiting_on_customer: false,
  started_at: made,
  completed_at: null,
  target_launch_date: '2026-03-02T00:00:00.000Z',
  csm_id: null,
  se_id: null,
  designer_id: null,
  product_ops_id: null,
  notes: null,
  reminders_enabled: true,
  reminder_frequency_days: 3,
  metadata: {},
  created_at: made,
  updated_at: made,
};

const task = {
  object: 'task',
  id: 'cm3p0x7sd0004qk08r7m2x8zc',
  display_id: 1,
  onboarding_id: onboarding.id,
  parent_id: null,
  title: 'Send the price list',
  description: null,
  assignee_id: null,
  due_date: null,
  customer_facing: true,
  done: true,
  completed_by: 'Development test key',
  completed_at: changed,
  metadata: {},
  created_at: made,
  updated_at: changed,
};

const customers = about(customerSchema, customer);
const onboardings = about(onboardingSchema, onboarding);

/** What events say: the thing as the API shows it, and what stood before where something changed. */
export const eventPayloads = {
  'customer.created': customers(),
  'customer.updated': customers({ plan: 'growth' }, { plan: 'starter' }),
  'customer.archived': customers({ status: 'archived' }, { status: 'active' }),
  'customer.at_risk': customers({ status: 'at_risk' }, { status: 'active' }),
  'customer.churned': customers({ status: 'churned' }, { status: 'at_risk' }),
  'customer.health_score_dropped': customers({ health_score: 61 }, { health_score: 82 }),
  'contact.created': about(contactSchema, contact)(),
  'onboarding.created': onboardings(),
  'onboarding.phase_changed': onboardings({ phase: 'program_design' }, { phase: 'before_getting_started' }),
  'onboarding.state_changed': onboardings({ state: 'paused' }, { state: 'active' }),
  'onboarding.at_risk': onboardings({ state: 'at_risk' }, { state: 'active' }),
  'onboarding.back_on_track': onboardings({ state: 'active' }, { state: 'at_risk' }),
  'onboarding.launched': onboardings({ phase: 'launch' }, { phase: 'internal_qa' }),
  'onboarding.completed': onboardings({ phase: 'completed', completed_at: changed }, { phase: 'launch' }),
  'task.completed': about(taskSchema, task)({}, { done: false }),
} as const satisfies Readonly<Record<keyof typeof contract.webhooks.events, EventPayload>>;

/** Events about one sort of thing. */
function about(thing: TObject, example: Readonly<Record<string, unknown>>) {
  const schema = Type.Object({
    object: thing,
    previous_attributes: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'The former values of what changed.' }),
    ),
  });
  return (now: object = {}, before?: Readonly<Record<string, unknown>>): EventPayload => ({
    schema,
    sample:
      before === undefined
        ? { object: { ...example, ...now } }
        : { object: { ...example, ...now, updated_at: changed }, previous_attributes: before },
  });
}
