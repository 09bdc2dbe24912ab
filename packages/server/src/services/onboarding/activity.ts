import { type Static, Type } from 'typebox';
import { type ActivityFilters, type ActivityRow, listActivityRows } from './activity-repository.ts';
import { type Ctx, operation } from './contract.ts';
import { knownCustomer } from './customers.ts';
import { readSpan, timeInput } from './filters.ts';
import { formatInstant } from './instant.ts';
import { findOnboarding } from './onboardings-repository.ts';
import { writePage } from './page.ts';
import { readRef } from './ref.ts';
import { activitySchema, listOf, oneOf, pageInput, refInput } from './schemas.ts';

/** By what a feed is narrowed, on a page of it and in its export alike. */
export const activityFilters = {
  customerId: refInput('customer'),
  mode: Type.Optional(oneOf(['live', 'test'], 'Only calls of this mode.')),
  actor: Type.Optional(
    Type.String({ description: 'Only calls of keys with this name, or of the person with this id.' }),
  ),
  event_type: Type.Optional(Type.String({ description: 'Only entries of this kind.' })),
  onboarding_id: Type.Optional(refInput('onboarding')),
  ...timeInput,
};

const filterSchema = Type.Object(activityFilters);

/** What part of a feed is asked for. @throws `invalid_string` */
export function readActivity(asked: Static<typeof filterSchema>) {
  const { customerId, mode, actor, event_type, onboarding_id } = asked;
  return {
    customerId,
    onboardingRef: onboarding_id ?? null,
    said: { mode: mode ?? null, actor: actor ?? null, eventType: event_type ?? null },
    span: readSpan(asked),
  };
}

/** The customer, and the filters as the rows have them. @throws `customer_not_found` */
export async function findFeed(ctx: Ctx, { customerId, onboardingRef, said }: ReturnType<typeof readActivity>) {
  const customer = await knownCustomer(ctx, customerId);
  // A filter that nothing matches finds nothing; it is no fault.
  const onboardingId =
    onboardingRef === null ? null : ((await findOnboarding(ctx.db, readRef(onboardingRef)))?.id ?? '');
  return { customer, filters: { ...said, onboardingId } satisfies ActivityFilters };
}

export const listActivity = operation({
  id: 'onboarding.activity.list',
  summary: 'What happened to a customer, newest first',
  description: 'One entry for each call that changed the customer or something of it, with the mode of the call.',
  useWhen: 'to learn who changed what of a customer, and when',
  tag: 'Activity',
  method: 'GET',
  path: '/customers/:customerId/activity',
  scope: '*',
  input: Type.Object({ ...activityFilters, ...pageInput }),
  output: listOf(activitySchema),
  shares: true,
  errors: ['invalid_string', 'invalid_enum_value', 'too_small', 'too_big', 'customer_not_found'],
  read: ({ limit, ...asked }) => ({ limit, feed: readActivity(asked) }),
  run: async (ctx, { limit, feed }) => {
    const { customer, filters } = await findFeed(ctx, feed);
    const rows = await listActivityRows(ctx.db, customer.id, filters, feed.span, limit + 1);
    return writePage(rows, limit, ({ at, id }) => ({ at, id }), viewActivity);
  },
});

/** An entry as callers see it (specification 2.8): the first change in fields of its own, as in exports. */
function viewActivity(row: ActivityRow) {
  const { at, changes, request_id, suppressed_effects, ...rest } = row;
  const [first] = changes;
  return {
    object: 'activity' as const,
    ...rest,
    field: first?.field ?? null,
    old_value: first?.old_value ?? null,
    new_value: first?.new_value ?? null,
    changes,
    request_id,
    suppressed_effects,
    timestamp: formatInstant(at),
  };
}
