import type { OnboardingRow } from './onboarding-row.ts';

const dayMs = 86_400_000;

/** What of an onboarding decides about its reminders. */
export type Reminded = Pick<OnboardingRow, 'phase' | 'reminders_enabled' | 'reminder_frequency_days'>;
export type ReminderPlan = Pick<OnboardingRow, 'reminder_mode' | 'next_reminder_at'>;

/**
 * When the next reminder is due after a call, and in which mode it leaves (specification 4.3, rules 18 to 20): what a test
 * key opened reminds nobody until a live key changes it, and what a test key changes about reminders reminds nobody either.
 *
 * @param before `null` for an onboarding that is being opened
 */
export function planReminders(
  before: (Reminded & ReminderPlan) | null,
  after: Reminded,
  mode: 'live' | 'test',
  now: number,
): ReminderPlan {
  const rescheduled =
    before === null ||
    before.reminders_enabled !== after.reminders_enabled ||
    before.reminder_frequency_days !== after.reminder_frequency_days;
  const reminder_mode = mode === 'live' || rescheduled ? mode : before.reminder_mode;
  if (!after.reminders_enabled || after.phase === 'completed') return { reminder_mode, next_reminder_at: null };
  const kept = rescheduled ? null : before.next_reminder_at;
  return { reminder_mode, next_reminder_at: kept ?? new Date(now + after.reminder_frequency_days * dayMs) };
}

/** The first turn after now: reminders that a stopped server missed are not made up for. */
export function nextReminder(due: Date, frequencyDays: number, now: number): Date {
  const everyMs = frequencyDays * dayMs;
  const turns = Math.floor(Math.max(0, now - due.getTime()) / everyMs) + 1;
  return new Date(due.getTime() + turns * everyMs);
}
