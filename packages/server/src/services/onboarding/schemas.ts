import { type TSchema, Type } from 'typebox';
import { checkedBy } from '../../core/service.ts';
import { checkMetadata, type Metadata } from './metadata.ts';
import { readCursor } from './page.ts';
import { maxSlugLength, slugPattern } from './slug.ts';

export const statuses = ['onboarding', 'active', 'at_risk', 'churned', 'archived'] as const;
export type Status = (typeof statuses)[number];

/** In their order: how far along an onboarding is (specification 2.4.1). */
export const phases = [
  'before_getting_started',
  'program_design',
  'review',
  'program_buildout',
  'internal_qa',
  'launch',
  'completed',
] as const;
export type Phase = (typeof phases)[number];

/** Whether anything blocks an onboarding (specification 2.4.2). */
export const states = ['active', 'paused', 'at_risk', 'waiting'] as const;
export type State = (typeof states)[number];

/** A value that may be `null`. */
export function nullable<Schema extends TSchema>(schema: Schema, description: string) {
  return Type.Union([schema, Type.Null()], { description });
}

/** One of some words. */
export function oneOf<const Words extends readonly string[]>(words: Words, description: string) {
  return Type.Union(
    words.map((word) => Type.Literal(word)),
    { description },
  );
}

/** What a path names by its short number or its id. Whatever else stands there names nothing, which is no fault of form. */
export const refInput = (noun: string) =>
  Type.String({ description: `The \`display_id\` or the \`id\` of the ${noun}.` });

/** The same in a body, where a JSON number is a short number too. */
export const refField = (noun: string) =>
  Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Integer({ minimum: 1 })], {
    description: `The \`display_id\` (as a text or a number) or the \`id\` of the ${noun}.`,
  });

/** A text of one line or more that says something. */
export const textInput = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', description });

/** A text that may be taken away. */
export const optionalText = (maxLength: number, description: string) =>
  Type.Optional(nullable(Type.String({ maxLength }), description));

export const slugInput = Type.String({
  minLength: 1,
  maxLength: maxSlugLength,
  pattern: slugPattern,
  description: 'Names the customer in URLs: lower-case letters, digits and single hyphens; unique in the workspace.',
});

export const metadataInput = checkedBy(
  (value) => checkMetadata(value as Metadata),
  Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        'Your own notes; they come back as they were sent. At most 50 keys and 16 KB. In an update they are merged, and `null` takes a key away.',
    }),
  ),
);

/** The parameters of every list (specification 5.3). */
export const pageInput = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'How many to answer at most.' }),
  cursor: checkedBy(
    (value) => readCursor(String(value)),
    Type.Optional(
      Type.String({
        maxLength: 200,
        description: '`next_cursor` of the page before; or an ISO 8601 instant, for what is strictly older.',
      }),
    ),
  ),
};

/** A page of a list. */
export function listOf(item: TSchema) {
  return Type.Object({
    object: Type.Literal('list', { description: 'What this is.' }),
    data: Type.Array(item, { description: 'The things of this page, newest first.' }),
    has_more: Type.Boolean({ description: 'Whether there is another page.' }),
    next_cursor: nullable(Type.String(), 'Asks for the page after this one; `null` on the last.'),
  });
}

export const deletedSchema = Type.Object(
  {
    object: Type.Literal('deleted', { description: 'What this is.' }),
    id: Type.String({ description: 'Of what was deleted.' }),
    display_id: Type.Integer({ description: 'Its short number, which nothing else will get.' }),
    deleted: Type.Literal(true, { description: 'It is gone from reads; the row is kept for the audit.' }),
  },
  { title: 'Deleted', description: 'What a deletion answers, the first time and again.' },
);

const instant = (description: string) =>
  Type.String({ description, examples: ['2026-11-21T09:00:00.120Z'], format: 'date-time' });
const instantOrNull = (description: string) => nullable(instant(''), description);
const textOrNull = (description: string) => nullable(Type.String(), description);
const integerOrNull = (description: string) => nullable(Type.Integer(), description);

const identity = (object: string, noun: string) => ({
  object: Type.Literal(object, { description: 'What this is.' }),
  id: Type.String({
    description: `Of the ${noun}; stable and unique everywhere.`,
    examples: ['cm3p0x7sd0001qk08v2h4z9ra'],
  }),
  display_id: Type.Integer({ minimum: 1, description: 'The short number within the workspace.' }),
});

const trailer = {
  metadata: Type.Record(Type.String(), Type.Unknown(), { description: 'Your own notes, as they were sent.' }),
  created_at: instant('When it was made.'),
  updated_at: instant('When it was last changed.'),
};

export const customerSchema = Type.Object(
  {
    ...identity('customer', 'customer'),
    name: Type.String({ description: 'As people call it.' }),
    slug: Type.String({ description: 'Names it in URLs.' }),
    domain: textOrNull('Its host name.'),
    status: oneOf(statuses, 'Where the relation stands.'),
    plan: textOrNull('What it pays for.'),
    mrr: integerOrNull('Monthly recurring revenue in the minor unit of the currency.'),
    monthly_orders: integerOrNull('Orders a month.'),
    health_score: integerOrNull('0 to 100.'),
    hubspot_company_id: textOrNull('In HubSpot.'),
    hubspot_deal_id: textOrNull('In HubSpot.'),
    stripe_customer_id: textOrNull('In Stripe.'),
    intercom_company_id: textOrNull('In Intercom.'),
    slack_channel_id: textOrNull('The Slack channel where it is written of.'),
    ...trailer,
  },
  { title: 'Customer', description: 'A company that is being onboarded or supported.' },
);

export const contactSchema = Type.Object(
  {
    ...identity('contact', 'contact'),
    customer_id: Type.String({ description: 'The `id` of the customer.' }),
    name: Type.String({ description: 'Of the person.' }),
    email: Type.String({ description: 'Lower-case; unique among the contacts of the customer.' }),
    title: textOrNull('What the person does there.'),
    is_primary: Type.Boolean({ description: 'Whether notifications go to this one; at most one of a customer.' }),
    labels: Type.Array(Type.String(), { description: 'Your own words for the person.' }),
    ...trailer,
  },
  { title: 'Contact', description: 'A person at a customer.' },
);

export const onboardingSchema = Type.Object(
  {
    ...identity('onboarding', 'onboarding'),
    customer_id: Type.String({ description: 'The `id` of the customer.' }),
    template_id: textOrNull('What it was made from.'),
    name: textOrNull('What it is called.'),
    phase: oneOf(phases, 'How far along it is.'),
    state: oneOf(states, 'Whether anything blocks it.'),
    waiting_on_customer: Type.Boolean({
      description: 'Whether the customer is to act; true while the state is `waiting`.',
    }),
    started_at: instantOrNull('When it was opened.'),
    completed_at: instantOrNull('When it was completed.'),
    target_launch_date: instantOrNull('When it shall launch.'),
    csm_id: textOrNull('The member who manages the customer.'),
    se_id: textOrNull('The member who is its solutions engineer.'),
    designer_id: textOrNull('The member who designs.'),
    product_ops_id: textOrNull('The member of product operations.'),
    notes: textOrNull('Free text.'),
    reminders_enabled: Type.Boolean({ description: 'Whether the primary contact is reminded.' }),
    reminder_frequency_days: Type.Integer({ minimum: 1, description: 'Every so many days.' }),
    ...trailer,
  },
  { title: 'Onboarding', description: 'A plan for a customer, phase by phase.' },
);

export const taskSchema = Type.Object(
  {
    ...identity('task', 'task'),
    onboarding_id: Type.String({ description: 'The `id` of the onboarding.' }),
    parent_id: textOrNull('The `id` of the task that it is part of.'),
    title: Type.String({ description: 'What is to be done.' }),
    description: textOrNull('How.'),
    assignee_id: textOrNull('The member who does it.'),
    due_date: instantOrNull('Until when.'),
    customer_facing: Type.Boolean({ description: 'Whether the customer sees it.' }),
    done: Type.Boolean({ description: 'Whether it is done.' }),
    completed_by: textOrNull('The name of the key that marked it done.'),
    completed_at: instantOrNull('When it was marked done.'),
    ...trailer,
  },
  { title: 'Task', description: 'Something to be done in an onboarding.' },
);

export const activitySchema = Type.Object(
  {
    object: Type.Literal('activity', { description: 'What this is.' }),
    id: Type.String({ description: 'Of the entry.' }),
    customer_id: Type.String({ description: 'Whose feed it is in.' }),
    onboarding_id: textOrNull('The onboarding it is about.'),
    contact_id: textOrNull('The contact it is about.'),
    task_id: textOrNull('The task it is about.'),
    event_type: Type.String({ description: 'What happened.', examples: ['onboarding.phase_moved'] }),
    actor: Type.String({ description: 'The name of the key or of the loop, or the id of the person.' }),
    actor_type: oneOf(['api_key', 'person', 'system'], 'What acted.'),
    mode: oneOf(['live', 'test'], 'The mode of the call.'),
    field: textOrNull('The first field that changed.'),
    old_value: Type.Unknown({ description: 'What stood there; `null` where nothing did.' }),
    new_value: Type.Unknown({ description: 'What stands there now.' }),
    changes: Type.Array(
      Type.Object({
        field: Type.String({ description: 'A field that changed.' }),
        old_value: Type.Unknown({ description: 'What stood there.' }),
        new_value: Type.Unknown({ description: 'What stands there now.' }),
      }),
      { description: 'Every field that changed.' },
    ),
    request_id: Type.String({ description: 'The same as `X-Request-Id` of the call and in the log.' }),
    suppressed_effects: Type.Integer({ minimum: 0, description: 'How many messages test mode kept from leaving.' }),
    timestamp: instant('When it happened.'),
  },
  { title: 'Activity', description: 'One call that changed something.' },
);
