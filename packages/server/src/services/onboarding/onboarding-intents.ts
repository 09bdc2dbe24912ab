import type { contract } from './contract.ts';
import type { CustomerRow } from './customer-row.ts';
import type { Change } from './diff.ts';
import { previousAttributes } from './diff.ts';
import { type OnboardingRow, onboardingTarget, viewOnboarding } from './onboarding-row.ts';
import type { EmailMessage, Intent, SlackMessage } from './record.ts';

/** What others are told with: the customer, whom its mail goes to, and which mail the operator wants. */
export interface Audience {
  readonly customer: Pick<CustomerRow, 'name' | 'slack_channel_id'>;
  readonly primaryEmail: string | null;
  readonly settings: Readonly<Record<keyof typeof contract.settings, number>>;
}

/** What an onboarding that was opened is told of (specification 6.5). */
export function intentsOfOpened(row: OnboardingRow, audience: Audience): Intent[] {
  const { customer, settings } = audience;
  const intents: Intent[] = [
    { effect: 'onboarding.created', payload: { object: viewOnboarding(row) } },
    slack(row, audience, 'onboarding.created', `An onboarding of ${customer.name} was opened`),
  ];
  if (settings.kickoffMail === 1) {
    intents.push(
      email(
        row,
        audience,
        'kickoff',
        `Getting started with ${customer.name}`,
        `The onboarding of ${customer.name} begins. We will be in touch about the first steps.`,
      ),
    );
  }
  return [...intents, ...intentsOfPhase(row, audience, {})];
}

/** What an onboarding that was changed is told of; other fields than phase and state tell nobody. */
export function intentsOfChanged(row: OnboardingRow, changes: readonly Change[], audience: Audience): Intent[] {
  const { customer } = audience;
  const payload = { object: viewOnboarding(row), previous_attributes: previousAttributes(changes) };
  const intents: Intent[] = [];
  const state = changes.find(({ field }) => field === 'state');
  if (changes.some(({ field }) => field === 'phase')) {
    intents.push(
      { effect: 'onboarding.phase_changed', payload },
      slack(row, audience, 'onboarding.phase_changed', `${customer.name} moved to ${row.phase}`),
      ...intentsOfPhase(row, audience, { previous_attributes: payload.previous_attributes }),
    );
  }
  if (state !== undefined) {
    intents.push(
      { effect: 'onboarding.state_changed', payload },
      slack(row, audience, 'onboarding.state_changed', `${customer.name} is ${row.state} now`),
    );
    if (row.state === 'at_risk') intents.push({ effect: 'onboarding.at_risk', payload });
    if (row.state === 'active' && state.old_value === 'at_risk') {
      intents.push({ effect: 'onboarding.back_on_track', payload });
    }
  }
  return intents;
}

/** What entering the last two phases sets off, whoever caused it (specification 2.4.1, PH-6). */
function intentsOfPhase(
  row: OnboardingRow,
  audience: Audience,
  former: { readonly previous_attributes?: Readonly<Record<string, unknown>> },
): Intent[] {
  const { customer, settings } = audience;
  const payload = { object: viewOnboarding(row), ...former };
  if (row.phase === 'launch') {
    const recap = email(
      row,
      audience,
      'launch_recap',
      `${customer.name} has launched`,
      `${customer.name} is live. Thank you for the way here; this is what comes next.`,
    );
    return [
      { effect: 'onboarding.launched', payload },
      slack(row, audience, 'onboarding.launched', `${customer.name} has launched`),
      ...(settings.launchRecapMail === 1 ? [recap] : []),
    ];
  }
  if (row.phase !== 'completed') return [];
  return [
    { effect: 'onboarding.completed', payload },
    slack(row, audience, 'onboarding.completed', `The onboarding of ${customer.name} is completed`),
  ];
}

/** What the primary contact is reminded of. */
export function reminderOf(
  row: OnboardingRow,
  { customer, primaryEmail }: Pick<Audience, 'customer' | 'primaryEmail'>,
) {
  return {
    kind: 'reminder',
    to: primaryEmail,
    subject: `The onboarding of ${customer.name} is in progress`,
    text: `The onboarding of ${customer.name} is in the phase ${row.phase}${row.waiting_on_customer ? ' and waits for you' : ''}.`,
    target: onboardingTarget(row),
  } satisfies EmailMessage;
}

/** To the member who manages the customer, to its channel, or to the one of the workspace. */
function slack(row: OnboardingRow, { customer }: Audience, kind: string, text: string): Intent {
  const { csm_id } = row;
  const channel = customer.slack_channel_id;
  const to: SlackMessage['to'] = csm_id !== null ? { user: csm_id } : channel !== null ? { channel } : null;
  return { effect: 'slack.message', payload: { kind, to, text, target: onboardingTarget(row) } };
}

function email(
  row: OnboardingRow,
  { primaryEmail }: Audience,
  kind: EmailMessage['kind'],
  subject: string,
  text: string,
): Intent {
  return { effect: 'email.message', payload: { kind, to: primaryEmail, subject, text, target: onboardingTarget(row) } };
}
