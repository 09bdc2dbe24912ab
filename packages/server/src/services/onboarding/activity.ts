import { Type } from 'typebox';
import { type ActivityRow, listActivityRows } from './activity-repository.ts';
import { operation } from './contract.ts';
import { knownCustomer } from './customers.ts';
import { formatInstant } from './instant.ts';
import { readCursor, writePage } from './page.ts';
import { activitySchema, listOf, oneOf, pageInput, refInput } from './schemas.ts';

export const listActivity = operation({
  id: 'onboarding.activity.list',
  summary: 'What happened to a customer, newest first',
  description: 'One entry for each call that changed the customer or something of it, with the mode of the call.',
  useWhen: 'to learn who changed what of a customer, and when',
  tag: 'Activity',
  method: 'GET',
  path: '/customers/:customerId/activity',
  scope: '*',
  input: Type.Object({
    customerId: refInput('customer'),
    ...pageInput,
    mode: Type.Optional(oneOf(['live', 'test'], 'Only calls of this mode.')),
    actor: Type.Optional(Type.String({ description: 'Only calls of keys with this name.' })),
    event_type: Type.Optional(Type.String({ description: 'Only entries of this kind.' })),
  }),
  output: listOf(activitySchema),
  errors: ['invalid_string', 'invalid_enum_value', 'too_small', 'too_big', 'customer_not_found'],
  read: ({ cursor, ...rest }) => ({ ...rest, after: readCursor(cursor) }),
  run: async (ctx, { customerId, limit, after, mode = null, actor = null, event_type: eventType = null }) => {
    const customer = await knownCustomer(ctx, customerId);
    const rows = await listActivityRows(ctx.db, customer.id, { mode, actor, eventType }, after, limit + 1);
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
