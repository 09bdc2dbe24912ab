import { type Static, Type } from 'typebox';
import { checkedBy } from '../../core/service.ts';
import { error } from './contract.ts';
import { readInstant } from './instant.ts';
import type { OnboardingFields } from './onboarding-row.ts';
import { metadataInput, nullable, oneOf, optionalText, phases, states } from './schemas.ts';

const memberId = (description: string) => optionalText(255, description);

/** What a request may say of an onboarding (specification 2.4). */
export const onboardingFields = {
  template_id: optionalText(255, 'What it is made from.'),
  name: optionalText(200, 'What it is called; after the customer by default.'),
  phase: Type.Optional(oneOf(phases, 'How far along it is; the first phase by default.')),
  state: Type.Optional(oneOf(states, 'Whether anything blocks it; `active` by default.')),
  waiting_on_customer: Type.Optional(
    Type.Boolean({ description: 'Whether the customer is to act; goes together with the state `waiting`.' }),
  ),
  target_launch_date: instantField('target_launch_date', 'When it shall launch: an ISO 8601 instant with its offset.'),
  csm_id: memberId('The member who manages the customer, and hears of it in Slack.'),
  se_id: memberId('The member who is its solutions engineer.'),
  designer_id: memberId('The member who designs.'),
  product_ops_id: memberId('The member of product operations.'),
  notes: optionalText(10_000, 'Free text.'),
  reminders_enabled: Type.Optional(
    Type.Boolean({ description: 'Whether the primary contact is reminded; on by default.' }),
  ),
  reminder_frequency_days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 365, description: 'Every so many days; 1 by default.' }),
  ),
  metadata: metadataInput,
};

/** The fields that name members of the workspace. */
export const memberFields = ['csm_id', 'se_id', 'designer_id', 'product_ops_id'] as const;

export type OnboardingChange = Partial<OnboardingFields>;

const changeSchema = Type.Object(onboardingFields);

/** What an update changes, in the form in which it is kept. */
export function readOnboardingChange(input: Static<typeof changeSchema>): OnboardingChange {
  const change: Record<string, unknown> = {};
  for (const field of Object.keys(onboardingFields)) {
    const value = input[field as keyof typeof input];
    if (value !== undefined) change[field] = value;
  }
  const { target_launch_date: launch } = input;
  if (typeof launch === 'string') change.target_launch_date = readInstantField('target_launch_date', launch);
  return change as OnboardingChange;
}

/** An instant that may be given, or taken away with `null`. */
export function instantField(param: string, description: string) {
  return checkedBy(
    (value) => value === null || readInstantField(param, String(value)),
    Type.Optional(nullable(Type.String({ maxLength: 100, examples: ['2026-07-15T00:00:00Z'] }), description)),
  );
}

/** An instant of a body. @throws `invalid_string`, for a date without a time too */
export function readInstantField(param: string, text: string): Date {
  const instant = readInstant(text);
  if (instant !== null) return new Date(instant.at);
  throw error('invalid_string', `"${param}" must be an ISO 8601 instant such as "2026-07-15T00:00:00Z".`, { param });
}
