import type { Change } from './diff.ts';
import type { Happening } from './record.ts';

/** What the log says of a call, in the words of specification 2.9. */
export function auditedChangeOf(happening: Happening) {
  const { eventType, displayId, changes = [] } = happening;
  return {
    event: isShift(changes) ? 'target_shifted' : (eventNames[eventType] ?? eventType.replace('.', '_')),
    target: { ...subjectOf(happening), ...(displayId === undefined ? {} : { display_id: displayId }) },
    ...(changes.length === 0
      ? {}
      : {
          diff: Object.fromEntries(changes.map((change) => [change.field, pairOf(change.old_value, change.new_value)])),
        }),
  };
}

/**
 * What the log says of a call that changed many things, each of which is in the activity under the same request: how many
 * there were before and after. Nothing, where none were.
 */
export function auditedCountsOf(
  event: string,
  counts: Readonly<Record<string, readonly [before: number, after: number]>>,
) {
  const changed = Object.entries(counts).filter(([, [before, after]]) => before !== after);
  return changed.length === 0 ? {} : { event, diff: Object.fromEntries(changed) };
}

/** Those that the log calls otherwise than the feed of a customer. */
const eventNames: Readonly<Record<string, string>> = {
  'customer.field_changed': 'customer_updated',
  'customer.status_changed': 'customer_updated',
  'customer.archived': 'customer_updated',
  'customer.health_score_dropped': 'customer_updated',
  'contact.added': 'contact_created',
  'contact.removed': 'contact_deleted',
  'onboarding.field_changed': 'onboarding_updated',
  'onboarding.phase_moved': 'phase_changed',
  'onboarding.state_changed': 'state_changed',
  'task.field_changed': 'task_updated',
};

const isShift = (changes: readonly Change[]): boolean =>
  changes.length === 1 && changes[0]?.field === 'target_launch_date';

function subjectOf({ customerId, onboardingId, contactId, taskId }: Happening): { type: string; id: string } {
  if (taskId !== undefined) return { type: 'task', id: taskId };
  if (contactId !== undefined) return { type: 'contact', id: contactId };
  if (onboardingId !== undefined) return { type: 'onboarding', id: onboardingId };
  return { type: 'customer', id: customerId };
}

const pairOf = (before: unknown, after: unknown): readonly [unknown, unknown] => [before, after];
