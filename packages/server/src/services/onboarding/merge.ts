import { Type } from 'typebox';
import { lockContactsOf, updateContacts } from './bulk-repository.ts';
import { type Ctx, error, operation } from './contract.ts';
import { type CustomerRow, viewCustomer } from './customer-row.ts';
import { noCustomer } from './customers.ts';
import { findCustomerId, lockCustomer, updateCustomer } from './customers-repository.ts';
import { diff, previousAttributes } from './diff.ts';
import { formatInstant } from './instant.ts';
import { findMerge, moveAll, retireContacts, settleMerge } from './merge-repository.ts';
import { checkMetadata } from './metadata.ts';
import { planContacts, planFields } from './plan-merge.ts';
import { type Intent, record } from './record.ts';
import { readRef } from './ref.ts';
import { customerSchema, refField, refInput } from './schemas.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

const droppedSchema = Type.Object({
  field: Type.String({ description: 'What both had, such as `plan` or `metadata.owner`.' }),
  kept: Type.Unknown({ description: 'What stays.' }),
  dropped: Type.Unknown({ description: 'What is only written here from now on.' }),
});

export const mergeCustomers = operation({
  id: 'onboarding.customers.merge',
  summary: 'Merge a duplicate into a customer',
  description:
    'Contacts, onboardings with their tasks, and activity of `source_id` become those of this customer, which takes over what it has not itself; the source is deleted and gives its slug back. Where both have something, this customer keeps its own and the receipt tells the other. People with the same e-mail address become one. Repeating it answers the same receipt.',
  useWhen: 'when one company exists twice; what both had is kept with the one that stays',
  tag: 'Customers',
  method: 'POST',
  path: '/customers/:id/merge',
  scope: '*',
  input: Type.Object({ id: refInput('customer that stays'), source_id: refField('customer that is merged into it') }),
  output: Type.Object({
    object: Type.Literal('merge_receipt', { description: 'What this is.' }),
    customer: customerSchema,
    source: Type.Object(
      {
        id: Type.String({ description: 'Of the customer that is gone.' }),
        display_id: Type.Integer({ description: 'Its short number, which nothing else will get.' }),
        slug: Type.String({ description: 'Free again.' }),
      },
      { description: 'Who was merged.' },
    ),
    contacts_moved: count('People who came along.'),
    contacts_merged: Type.Array(
      Type.Object({
        id: Type.String({ description: 'Of the contact that stays.' }),
        source_id: Type.String({ description: 'Of the one that is gone.' }),
        email: Type.String({ description: 'What both had.' }),
        dropped: Type.Array(droppedSchema, { description: 'What both had and only one can have.' }),
      }),
      { description: 'People whom both had.' },
    ),
    onboardings_moved: count('Onboardings that came along.'),
    tasks_moved: count('Their tasks.'),
    activity_moved: count('Entries of the feed that came along.'),
    dropped: Type.Array(droppedSchema, { description: 'What both customers had and only one can have.' }),
    merged_at: Type.String({ format: 'date-time', description: 'When.' }),
  }),
  writes: true,
  idempotent: true,
  errors: ['missing_field', 'too_small', 'too_big', 'invalid_reference', 'customer_not_found', 'conflict'],
  read: ({ id, source_id }) => ({ into: readRef(id), from: readRef(source_id) }),
  run: async (ctx, { into, from }) => {
    const [to, source] = [await findCustomerId(ctx.db, into), await findCustomerId(ctx.db, from)];
    if (to === undefined) throw noCustomer();
    if (source === undefined) throw noCustomer('source_id');
    if (to === source) {
      throw error('invalid_reference', 'A customer cannot be merged into itself; name another one.', {
        param: 'source_id',
      });
    }
    const rows = await lockBoth(ctx, to, source);
    if (rows.target.deleted_at !== null) throw noCustomer();
    if (rows.source.deleted_at !== null) return repeated(ctx, rows);
    return merge(ctx, rows);
  },
});

interface Both {
  readonly target: CustomerRow;
  readonly source: CustomerRow;
}

/** In the order of their ids, so that two merges of the same two wait and do not block each other. */
async function lockBoth(ctx: Ctx, to: string, from: string): Promise<Both> {
  const locked = new Map<string, CustomerRow>();
  for (const id of [to, from].sort()) {
    const row = await lockCustomer(ctx.db, { id });
    if (row !== undefined) locked.set(id, row);
  }
  const [target, source] = [locked.get(to), locked.get(from)];
  if (target === undefined || source === undefined) throw noCustomer();
  return { target, source };
}

/** @throws `customer_not_found` for one that was deleted in another way, `conflict` for one that went elsewhere */
async function repeated(ctx: Ctx, { target, source }: Both): Promise<unknown> {
  const { merged_into, merge_receipt } = await findMerge(ctx.db, source.id);
  if (merged_into === null) throw noCustomer('source_id');
  if (merged_into === target.id) return merge_receipt;
  throw error('conflict', `This customer was merged into ${merged_into} before; merge that one.`, {
    param: 'source_id',
  });
}

async function merge(ctx: Ctx, { target, source }: Both): Promise<unknown> {
  const at = new Date(ctx.now());
  const { fields, dropped } = planFields(target, source);
  checkMetadata(fields.metadata ?? {});
  const people = planContacts(await lockContactsOf(ctx.db, [target.id]), await lockContactsOf(ctx.db, [source.id]), at);
  for (const { after } of people.twins) checkMetadata(after.metadata);
  const becomesPrimary = people.twins.some(({ after }) => after.is_primary);
  await retireContacts(
    ctx.db,
    people.twins.map(({ source: twin }) => twin.id),
    at,
  );
  const keepsPrimary = people.keepsPrimary && !becomesPrimary;
  const moved = await moveAll(ctx.db, { from: source.id, to: target.id, keepsPrimary, at });
  await updateContacts(
    ctx.db,
    people.twins.map(({ after }) => after),
  );
  const after: CustomerRow = {
    ...target,
    ...fields,
    updated_at: new Date(Math.max(at.getTime(), target.updated_at.getTime() + 1)),
  };
  await updateCustomer(ctx.db, after);
  const receipt = {
    object: 'merge_receipt' as const,
    customer: viewCustomer(after),
    source: { id: source.id, display_id: source.display_id, slug: source.slug },
    contacts_moved: people.moved.length,
    contacts_merged: people.twins.map((twin) => ({
      id: twin.after.id,
      source_id: twin.source.id,
      email: twin.after.email,
      dropped: twin.dropped,
    })),
    onboardings_moved: moved.onboardings,
    tasks_moved: moved.tasks,
    activity_moved: moved.activity,
    dropped,
    merged_at: formatInstant(at),
  };
  await settleMerge(ctx.db, { from: source.id, to: target.id, at, receipt });
  tell(ctx, target, after, source);
  return receipt;
}

/** One entry in the feed, which says who came in; endpoints hear of the change of the one that stays. */
function tell(ctx: Ctx, before: CustomerRow, after: CustomerRow, source: CustomerRow): void {
  const changes = diff(viewCustomer(before), viewCustomer(after));
  const intents: Intent[] =
    changes.length === 0
      ? []
      : [
          {
            effect: 'customer.updated',
            payload: { object: viewCustomer(after), previous_attributes: previousAttributes(changes) },
          },
        ];
  record(ctx, {
    eventType: 'customer.merged',
    customerId: after.id,
    displayId: after.display_id,
    changes: [{ field: 'merged', old_value: source.id, new_value: after.id }, ...changes],
    intents,
  });
}
