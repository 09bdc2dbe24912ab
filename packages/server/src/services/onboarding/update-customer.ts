import { Type } from 'typebox';
import { ifMatchHeader, ifMatchInput } from '../../core/service.ts';
import { findPrimaryEmail } from './contacts-repository.ts';
import { type Ctx, error, operation } from './contract.ts';
import { customerChangeInput, readCustomerChange } from './customer-input.ts';
import { type CustomerRow, customerTarget, viewCustomer } from './customer-row.ts';
import { noCustomer } from './customers.ts';
import { lockCustomer, updateCustomer } from './customers-repository.ts';
import { type Change, diff, previousAttributes } from './diff.ts';
import { mergeMetadata } from './metadata.ts';
import { type Intent, record } from './record.ts';
import { readRef } from './ref.ts';
import { customerSchema, refInput } from './schemas.ts';
import { violates } from './unique.ts';
import { refuseStale, withVersion } from './version.ts';

export const patchCustomer = operation({
  id: 'onboarding.customers.update',
  summary: 'Change a customer',
  description:
    'Only the fields that are sent change; `null` empties one that may be empty. `metadata` is merged at the top level.',
  tag: 'Customers',
  method: 'PATCH',
  path: '/customers/:id',
  scope: '*',
  headers: ifMatchHeader,
  input: Type.Object({ id: refInput('customer'), ...ifMatchInput, ...customerChangeInput }),
  output: customerSchema,
  writes: true,
  errors: [
    'invalid_string',
    'invalid_enum_value',
    'too_small',
    'too_big',
    'customer_not_found',
    'slug_taken',
    'version_conflict',
  ],
  read: (input) => ({ ref: readRef(input.id), version: input['If-Match'], change: readCustomerChange(input) }),
  run: async (ctx, { ref, version, change }) => {
    const before = await lockCustomer(ctx.db, ref);
    if (before === undefined || before.deleted_at !== null) throw noCustomer();
    refuseStale(viewCustomer(before), version);
    const { metadata, ...plain } = change;
    const after: CustomerRow = {
      ...before,
      ...plain,
      metadata: metadata === undefined ? before.metadata : mergeMetadata(before.metadata, metadata),
      updated_at: new Date(Math.max(ctx.now(), before.updated_at.getTime() + 1)),
    };
    const changes = diff(viewCustomer(before), viewCustomer(after));
    if (changes.length === 0) return withVersion(viewCustomer(before));
    try {
      await updateCustomer(ctx.db, after);
    } catch (thrown) {
      if (!violates(thrown, 'onboarding_customers_slug')) throw thrown;
      throw error('slug_taken', 'That slug is already in use; choose another one.', { param: 'slug' });
    }
    await recordChanged(ctx, after, changes);
    return withVersion(viewCustomer(after));
  },
});

/** What a changed customer is told of (specification 6.5). */
export async function recordChanged(ctx: Ctx, row: CustomerRow, changes: readonly Change[]): Promise<void> {
  const payload = { object: viewCustomer(row), previous_attributes: previousAttributes(changes) };
  const intents: Intent[] = [{ effect: 'customer.updated', payload }];
  const moved = changes.find(({ field }) => field === 'status');
  if (moved !== undefined) {
    if (row.status === 'archived') intents.push({ effect: 'customer.archived', payload });
    if (row.status === 'churned') intents.push({ effect: 'customer.churned', payload });
    if (row.status === 'at_risk') {
      intents.push({ effect: 'customer.at_risk', payload });
      const primary = await findPrimaryEmail(ctx.db, row.id);
      intents.push({
        effect: 'email.message',
        payload: {
          kind: 'at_risk_nudge',
          to: primary,
          subject: `How are things at ${row.name}?`,
          text: `We would like to hear how ${row.name} is getting on, and what we can do better.`,
          target: customerTarget(row),
        },
      });
    }
  }
  if (dropOf(changes) >= notableDrop) intents.push({ effect: 'customer.health_score_dropped', payload });
  record(ctx, {
    eventType: eventTypeOf(row, changes),
    customerId: row.id,
    displayId: row.display_id,
    changes,
    intents,
  });
}

/** Points of the health score that make a fall worth telling (specification 6.6). */
const notableDrop = 10;

function dropOf(changes: readonly Change[]): number {
  const score = changes.find(({ field }) => field === 'health_score');
  if (typeof score?.old_value !== 'number' || typeof score.new_value !== 'number') return 0;
  return score.old_value - score.new_value;
}

function eventTypeOf(row: CustomerRow, changes: readonly Change[]): string {
  if (changes.some(({ field }) => field === 'status')) {
    return row.status === 'archived' ? 'customer.archived' : 'customer.status_changed';
  }
  return dropOf(changes) >= notableDrop ? 'customer.health_score_dropped' : 'customer.field_changed';
}
