import { findPrimaryEmail } from './contacts-repository.ts';
import { type Ctx, loop } from './contract.ts';
import { findCustomer } from './customers-repository.ts';
import { reminderOf } from './onboarding-intents.ts';
import { listDueReminders, lockOnboarding, postponeReminder } from './onboardings-repository.ts';
import { nextReminder } from './plan-reminders.ts';

const everyMs = 60_000;
const batch = 200;

/**
 * Sends the reminders that are due: one loop for each mode, so that a reminder leaves in the mode of whoever caused it. What a
 * test key opened is reminded of in test mode, where it is written down and nobody gets it (specification 4.3, rule 20).
 */
export const reminderLoops = (['live', 'test'] as const).map((mode) =>
  loop({
    name: `onboarding-reminders-${mode}`,
    mode,
    next: (now) => now + everyMs,
    async run(ctx) {
      for (;;) {
        const due = await ctx.separately((inner) => listDueReminders(inner.db, mode, inner.now(), batch));
        for (const { workspaceId, id } of due) await ctx.within(workspaceId, (inner) => remind(inner, id));
        if (due.length < batch || ctx.signal.aborted) return;
      }
    },
  }),
);

/** Another node may have sent it, or somebody have changed the onboarding, since it was found due. */
async function remind(ctx: Ctx, id: string): Promise<void> {
  const row = await lockOnboarding(ctx.db, { id });
  const due = row?.next_reminder_at ?? null;
  if (row === undefined || due === null || row.deleted_at !== null || row.reminder_mode !== ctx.mode) return;
  if (due.getTime() > ctx.now()) return;
  const customer = await findCustomer(ctx.db, { id: row.customer_id });
  // Of a deleted customer nobody is reminded any more; while it is paused, not for now.
  const next = customer === undefined ? null : nextReminder(due, row.reminder_frequency_days, ctx.now());
  await postponeReminder(ctx.db, row.id, next);
  if (customer === undefined || row.state === 'paused') return;
  const primaryEmail = await findPrimaryEmail(ctx.db, customer.id);
  ctx.emit('email.message', reminderOf(row, { customer, primaryEmail }));
}
