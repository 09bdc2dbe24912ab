import { Type } from 'typebox';
import { type Db, fragment, sql } from '../../core/service.ts';
import { auditedCountsOf } from './audited-change.ts';
import { operation } from './contract.ts';
import { recordAll } from './record.ts';

/** Strictly the boolean: a text "true" is somebody's own note (specification 7.4). */
const tagged = fragment`
  deleted_at is null and metadata ->> 'test' = 'true' and json_typeof(metadata -> 'test') = 'boolean'`;

const find = sql`
  select 'onboarding' as kind, id, customer_id from onboarding_onboardings where ${tagged}
  union all select 'contact', id, customer_id from onboarding_contacts where ${tagged}
  union all select 'customer', id, id from onboarding_customers where ${tagged}`;
const deletions = [
  sql`
    update onboarding_onboardings set deleted_at = $1, next_reminder_at = null where ${tagged}
    returning 'onboarding' as kind, id, customer_id`,
  sql`
    update onboarding_contacts set deleted_at = $1, is_primary = false where ${tagged}
    returning 'contact' as kind, id, customer_id`,
  sql`
    update onboarding_customers set deleted_at = $1 where ${tagged} returning 'customer' as kind, id, id as customer_id`,
];

interface Tagged {
  readonly kind: 'onboarding' | 'contact' | 'customer';
  readonly id: string;
  readonly customer_id: string;
}

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const cleanUp = operation({
  id: 'onboarding.customers.cleanUp',
  summary: 'Delete everything that is tagged as a test',
  description:
    'Onboardings, contacts and customers whose `metadata.test` is the boolean `true`, whichever key made them, in one pass. Without `dry_run: false` it only says what it would delete.',
  useWhen:
    'at the end of a test run, to delete what it tagged with `metadata.test`; with `dry_run` first, which only counts',
  tag: 'Customers',
  method: 'POST',
  path: '/customers/cleanup',
  scope: '*',
  input: Type.Object({
    dry_run: Type.Boolean({ default: true, description: '`false` deletes; anything else only counts.' }),
  }),
  output: Type.Object({
    object: Type.Literal('cleanup_receipt', { description: 'What this is.' }),
    dry_run: Type.Boolean({ description: 'Whether nothing was deleted.' }),
    onboardings: count('Onboardings that are tagged.'),
    contacts: count('Contacts that are tagged.'),
    customers: count('Customers that are tagged.'),
    ids: Type.Array(Type.String(), { description: 'Of all of them, customers last.' }),
  }),
  writes: true,
  idempotent: true,
  errors: ['invalid_type'],
  run: async (ctx, { dry_run }) => {
    const rows = dry_run ? await ctx.db.rows<Tagged>(find) : await deleteTagged(ctx.db, new Date(ctx.now()));
    const idsOf = (kind: Tagged['kind']) => rows.filter((row) => row.kind === kind).map(({ id }) => id);
    const found = { onboarding: idsOf('onboarding'), contact: idsOf('contact'), customer: idsOf('customer') };
    if (!dry_run) {
      ctx.changed(
        auditedCountsOf('test_records_deleted', {
          onboardings: [found.onboarding.length, 0],
          contacts: [found.contact.length, 0],
          customers: [found.customer.length, 0],
        }),
      );
      recordAll(
        ctx,
        rows.map(({ kind, id, customer_id }) => ({
          eventType: kind === 'contact' ? 'contact.removed' : `${kind}.deleted`,
          customerId: customer_id,
          ...(kind === 'onboarding' ? { onboardingId: id } : kind === 'contact' ? { contactId: id } : {}),
        })),
      );
    }
    return {
      object: 'cleanup_receipt' as const,
      dry_run,
      onboardings: found.onboarding.length,
      contacts: found.contact.length,
      customers: found.customer.length,
      ids: [...found.onboarding, ...found.contact, ...found.customer],
    };
  },
});

/** Each statement looks at the rows as they are when their turn comes: what another clean-up has just deleted is not its own. */
async function deleteTagged(db: Db, at: Date): Promise<Tagged[]> {
  const rows: Tagged[] = [];
  for (const deletion of deletions) rows.push(...(await db.rows<Tagged>(deletion, [at])));
  return rows;
}
