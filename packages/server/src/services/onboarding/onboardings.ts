import { Type } from 'typebox';
import { ifMatchHeader, ifMatchInput } from '../../core/service.ts';
import { findPrimaryEmail } from './contacts-repository.ts';
import { type Ctx, error, operation } from './contract.ts';
import type { CustomerRow } from './customer-row.ts';
import { knownCustomer, noCustomer } from './customers.ts';
import { findCustomer, lockCustomer } from './customers-repository.ts';
import { decideState } from './decide-state.ts';
import { deletedView } from './deleted.ts';
import { type Change, diff } from './diff.ts';
import { filteredPage, readSpan, type Span } from './filters.ts';
import { mergeMetadata } from './metadata.ts';
import { memberFields, onboardingFields, readOnboardingChange } from './onboarding-input.ts';
import { type Audience, intentsOfChanged, intentsOfOpened } from './onboarding-intents.ts';
import { type OnboardingFields, type OnboardingRow, viewOnboarding } from './onboarding-row.ts';
import {
  findOnboarding,
  insertOnboarding,
  listOnboardingRows,
  lockOnboarding,
  type OnboardingFilters,
  updateOnboarding,
} from './onboardings-repository.ts';
import { writePage } from './page.ts';
import { planReminders } from './plan-reminders.ts';
import { record } from './record.ts';
import { readRef } from './ref.ts';
import { deletedSchema, listOf, onboardingSchema, oneOf, phases, refField, refInput, states } from './schemas.ts';
import { refuseStale, withVersion } from './version.ts';

const defaults: OnboardingFields = {
  template_id: null,
  name: null,
  phase: 'before_getting_started',
  state: 'active',
  waiting_on_customer: false,
  target_launch_date: null,
  csm_id: null,
  se_id: null,
  designer_id: null,
  product_ops_id: null,
  notes: null,
  reminders_enabled: true,
  reminder_frequency_days: 1,
  metadata: {},
};

export const createOnboarding = operation({
  id: 'onboarding.onboardings.create',
  summary: 'Open an onboarding',
  description:
    'Only `customer_id` is needed. The primary contact is reminded every day unless the reminders are switched off.',
  tag: 'Onboardings',
  method: 'POST',
  path: '/onboardings',
  scope: '*',
  input: Type.Object({ customer_id: refField('customer'), ...onboardingFields }),
  output: onboardingSchema,
  status: 201,
  writes: true,
  idempotent: true,
  errors: [
    'missing_field',
    'invalid_string',
    'invalid_enum_value',
    'too_small',
    'too_big',
    'invalid_reference',
    'customer_not_found',
  ],
  read: (input) => ({ ref: readRef(input.customer_id), said: readOnboardingChange(input) }),
  run: async (ctx, { ref, said }) => {
    await checkMembers(ctx, said);
    const customer = await lockCustomer(ctx.db, ref);
    if (customer === undefined || customer.deleted_at !== null) throw noCustomer('customer_id');
    const at = new Date(ctx.now());
    const fields = { ...defaults, name: `${customer.name} onboarding`, ...said, ...decideState(defaults, said) };
    const row = await insertOnboarding(ctx.db, {
      ...fields,
      ...planReminders(null, fields, ctx.mode, ctx.now()),
      id: ctx.newId('onboarding'),
      customer_id: customer.id,
      started_at: at,
      completed_at: fields.phase === 'completed' ? at : null,
      mode: ctx.mode,
      created_at: at,
      updated_at: at,
      deleted_at: null,
    });
    record(ctx, {
      eventType: 'onboarding.created',
      customerId: customer.id,
      onboardingId: row.id,
      displayId: row.display_id,
      intents: intentsOfOpened(row, await audienceOf(ctx, customer)),
    });
    return viewOnboarding(row);
  },
});

const filters = {
  phase: Type.Optional(oneOf(phases, 'Only onboardings in this phase.')),
  state: Type.Optional(oneOf(states, 'Only onboardings in this state.')),
};

export const listOnboardings = operation({
  id: 'onboarding.onboardings.list',
  summary: 'List onboardings, newest first',
  description: 'Filters combine. What belongs to a deleted customer is not among them.',
  tag: 'Onboardings',
  method: 'GET',
  path: '/onboardings',
  scope: '*',
  input: Type.Object({ ...filteredPage, customer_id: Type.Optional(refInput('customer')), ...filters }),
  output: listOf(onboardingSchema),
  shares: ({ metadata }) => metadata === undefined,
  errors: ['invalid_string', 'invalid_enum_value', 'too_small', 'too_big'],
  read: ({ limit, customer_id, phase = null, state = null, ...asked }) => ({
    limit,
    customer_id,
    phase,
    state,
    span: readSpan(asked),
  }),
  run: async (ctx, { limit, span, customer_id, phase, state }) => {
    if (customer_id === undefined) return page(ctx, { customerId: null, phase, state }, span, limit);
    const customer = await findCustomer(ctx.db, readRef(customer_id));
    // A filter that nothing matches finds nothing; it is no fault.
    return page(ctx, { customerId: customer?.id ?? '', phase, state }, span, limit);
  },
});

export const listCustomerOnboardings = operation({
  id: 'onboarding.customers.onboardings',
  summary: 'List the onboardings of a customer, newest first',
  tag: 'Onboardings',
  method: 'GET',
  path: '/customers/:customerId/onboardings',
  scope: '*',
  input: Type.Object({ customerId: refInput('customer'), ...filteredPage, ...filters }),
  output: listOf(onboardingSchema),
  shares: ({ metadata }) => metadata === undefined,
  errors: ['invalid_string', 'invalid_enum_value', 'too_small', 'too_big', 'customer_not_found'],
  read: ({ customerId, limit, phase = null, state = null, ...asked }) => ({
    customerId,
    limit,
    phase,
    state,
    span: readSpan(asked),
  }),
  run: async (ctx, { customerId, limit, phase, state, span }) => {
    const customer = await knownCustomer(ctx, customerId);
    return page(ctx, { customerId: customer.id, phase, state }, span, limit);
  },
});

export const getOnboarding = operation({
  id: 'onboarding.onboardings.get',
  summary: 'Read an onboarding',
  tag: 'Onboardings',
  method: 'GET',
  path: '/onboardings/:id',
  scope: '*',
  input: Type.Object({ id: refInput('onboarding') }),
  output: onboardingSchema,
  shares: true,
  errors: ['onboarding_not_found'],
  run: async (ctx, { id }) => withVersion(viewOnboarding(await knownOnboarding(ctx, id))),
});

export const patchOnboarding = operation({
  id: 'onboarding.onboardings.update',
  summary: 'Change an onboarding, or move it to another phase',
  description:
    'Only the fields that are sent change. Phases may be skipped and gone back, but nothing leaves `completed`. Entering `launch` tells the CSM and the primary contact.',
  useWhen: 'to move an onboarding to another phase or state, and for all its other fields',
  tag: 'Onboardings',
  method: 'PATCH',
  path: '/onboardings/:id',
  scope: '*',
  headers: ifMatchHeader,
  input: Type.Object({ id: refInput('onboarding'), ...ifMatchInput, ...onboardingFields }),
  output: onboardingSchema,
  writes: true,
  errors: [
    'invalid_string',
    'invalid_enum_value',
    'too_small',
    'too_big',
    'invalid_reference',
    'invalid_phase_transition',
    'onboarding_not_found',
    'version_conflict',
  ],
  read: (input) => ({ ref: readRef(input.id), version: input['If-Match'], change: readOnboardingChange(input) }),
  run: async (ctx, { ref, version, change }) => {
    await checkMembers(ctx, change);
    const before = await lockOnboarding(ctx.db, ref);
    if (before === undefined || before.deleted_at !== null) throw noOnboarding();
    refuseStale(viewOnboarding(before), version);
    const after = applied(before, change, ctx);
    const changes = diff(viewOnboarding(before), viewOnboarding(after));
    if (changes.length === 0) return withVersion(viewOnboarding(before));
    await updateOnboarding(ctx.db, after);
    const customer = await customerOf(ctx, after);
    record(ctx, {
      eventType: eventTypeOf(changes),
      customerId: after.customer_id,
      onboardingId: after.id,
      displayId: after.display_id,
      changes,
      intents: intentsOfChanged(after, changes, await audienceOf(ctx, customer)),
    });
    return withVersion(viewOnboarding(after));
  },
});

export const deleteOnboarding = operation({
  id: 'onboarding.onboardings.delete',
  summary: 'Delete an onboarding',
  description: 'Its reminders end with it. Deleting it again answers the same.',
  tag: 'Onboardings',
  method: 'DELETE',
  path: '/onboardings/:id',
  scope: '*',
  input: Type.Object({ id: refInput('onboarding') }),
  output: deletedSchema,
  writes: true,
  errors: ['onboarding_not_found'],
  run: async (ctx, { id }) => {
    const row = await lockOnboarding(ctx.db, readRef(id));
    if (row === undefined) throw noOnboarding();
    if (row.deleted_at === null) {
      await updateOnboarding(ctx.db, { ...row, next_reminder_at: null, deleted_at: new Date(ctx.now()) });
      record(ctx, {
        eventType: 'onboarding.deleted',
        customerId: row.customer_id,
        onboardingId: row.id,
        displayId: row.display_id,
      });
    }
    return deletedView(row);
  },
});

/** The onboarding that a path names. @throws `onboarding_not_found` */
export async function knownOnboarding(ctx: Ctx, ref: string): Promise<OnboardingRow> {
  const row = await findOnboarding(ctx.db, readRef(ref));
  if (row === undefined) throw noOnboarding();
  return row;
}

export function noOnboarding() {
  return error('onboarding_not_found', 'There is no such onboarding; send its id or display_id.');
}

/** Whoever is named by a role has to be a member. @throws `invalid_reference` */
async function checkMembers(ctx: Ctx, change: Partial<OnboardingFields>): Promise<void> {
  const named = memberFields.flatMap((field) => {
    const id = change[field];
    return typeof id === 'string' ? [{ field, id }] : [];
  });
  if (named.length === 0) return;
  const members = await ctx.membersAmong(named.map(({ id }) => id));
  const stranger = named.find(({ id }) => !members.has(id));
  if (stranger === undefined) return;
  throw error('invalid_reference', `"${stranger.field}" names nobody who is a member of this workspace.`, {
    param: stranger.field,
  });
}

/** An onboarding after a change. @throws `invalid_phase_transition` */
function applied(
  before: OnboardingRow,
  change: Partial<OnboardingFields>,
  ctx: Pick<Ctx, 'mode' | 'now'>,
): OnboardingRow {
  const { metadata, ...plain } = change;
  const phase = change.phase ?? before.phase;
  if (before.phase === 'completed' && phase !== 'completed') {
    throw error(
      'invalid_phase_transition',
      'A completed onboarding stays completed; set its state to "paused", or delete it.',
      { param: 'phase' },
    );
  }
  const now = ctx.now();
  const said = {
    ...before,
    ...plain,
    ...decideState(before, change),
    metadata: metadata === undefined ? before.metadata : mergeMetadata(before.metadata, metadata),
    completed_at: phase === 'completed' ? (before.completed_at ?? new Date(now)) : null,
    updated_at: new Date(Math.max(now, before.updated_at.getTime() + 1)),
  };
  return { ...said, ...planReminders(before, said, ctx.mode, now) };
}

function eventTypeOf(changes: readonly Change[]): string {
  const fields = new Set(changes.map(({ field }) => field));
  if (fields.has('phase')) return 'onboarding.phase_moved';
  return fields.has('state') ? 'onboarding.state_changed' : 'onboarding.field_changed';
}

async function page(ctx: Ctx, wanted: OnboardingFilters, span: Span, limit: number) {
  const rows = await listOnboardingRows(ctx.db, wanted, span, limit + 1);
  return writePage(rows, limit, ({ created_at, id }) => ({ at: created_at, id }), viewOnboarding);
}

type Addressee = Pick<CustomerRow, 'id' | 'name' | 'slack_channel_id'>;

/** Of a deleted customer the onboardings can still be read and changed by their ids. */
async function customerOf(ctx: Ctx, { customer_id }: OnboardingRow): Promise<Addressee> {
  const customer = await findCustomer(ctx.db, { id: customer_id });
  return customer ?? { id: customer_id, name: 'A deleted customer', slack_channel_id: null };
}

async function audienceOf(ctx: Ctx, customer: Addressee): Promise<Audience> {
  return { customer, primaryEmail: await findPrimaryEmail(ctx.db, customer.id), settings: ctx.settings };
}
