import { type ActivityRow, insertActivity } from './activity-repository.ts';
import { auditedChangeOf } from './audited-change.ts';
import { type Ctx, contract } from './contract.ts';
import type { Change } from './diff.ts';

type EffectName = keyof typeof contract.modes.effects;
type EventName = keyof typeof contract.webhooks.events;

/** Something to tell an integration or an endpoint, and what it says. */
export type Intent = { [Name in EffectName]: { readonly effect: Name; readonly payload: PayloadOf<Name> } }[EffectName];

type PayloadOf<Name extends EffectName> = Name extends EventName
  ? EventPayload
  : Name extends 'slack.message'
    ? SlackMessage
    : Name extends 'email.message'
      ? EmailMessage
      : Name extends 'stripe.link'
        ? StripeLink
        : StripeAcknowledgement;

/** What an endpoint is told: the resource as the API shows it. */
export type EventPayload = {
  readonly object: Readonly<Record<string, unknown>>;
  /** The former values of what changed. */
  readonly previous_attributes?: Readonly<Record<string, unknown>>;
};

/** What a message is about. */
export type Target = {
  readonly type: 'customer' | 'contact' | 'onboarding' | 'task';
  readonly id: string;
  readonly display_id: number;
};

export type SlackMessage = {
  readonly kind: string;
  /** A member, who gets it directly; a channel; or `null` for the channel of the workspace. */
  readonly to: { readonly user: string } | { readonly channel: string } | null;
  readonly text: string;
  readonly target: Target;
};

export type EmailMessage = {
  readonly kind: 'welcome' | 'kickoff' | 'at_risk_nudge' | 'launch_recap' | 'reminder';
  /** The primary contact; `null` where there is none, and the workspace's own address gets it. */
  readonly to: string | null;
  readonly subject: string;
  readonly text: string;
  readonly target: Target;
};

/** Finds the customer in Stripe, by its id there or by its domain. */
export type StripeLink = {
  readonly kind: 'customer.link';
  readonly stripe_customer_id: string | null;
  readonly domain: string | null;
  readonly target: Target;
};

/** Tells Stripe that what it reported has been taken in. */
export type StripeAcknowledgement = {
  readonly kind: string;
  readonly stripe_customer_id: string;
  readonly event_id: string;
  readonly target: Target;
};

/** What one call did, for the feed of the customer. */
export interface Happening {
  readonly eventType: string;
  readonly customerId: string;
  readonly onboardingId?: string;
  readonly contactId?: string;
  readonly taskId?: string;
  /** The short number of what it happened to. */
  readonly displayId?: number;
  readonly changes?: readonly Change[];
  readonly intents?: readonly Intent[];
}

/**
 * Writes down what a call did, in its own transaction: one entry in the customer's feed, with the name of the key and its
 * mode, and a row for everything that it would tell others. Reminders aside, nothing else here emits.
 */
export function record(ctx: Ctx, happening: Happening): void {
  ctx.changed(auditedChangeOf(happening));
  recordAll(ctx, [happening]);
}

/**
 * The same for a call that did many things. Rows of one table that follow each other are inserted together; taking turns,
 * 80,000 rows of an import took 10 of its 13 seconds.
 */
export function recordAll(ctx: Ctx, happenings: readonly Happening[]): void {
  for (const { intents = [] } of happenings) for (const { effect, payload } of intents) ctx.emit(effect, payload);
  const at = new Date(ctx.now());
  for (const happening of happenings) insertActivity(ctx.db, entryOf(ctx, happening, at));
}

function entryOf(ctx: Ctx, { intents = [], ...happening }: Happening, at: Date): ActivityRow {
  return {
    id: ctx.newId('activity'),
    at,
    customer_id: happening.customerId,
    onboarding_id: happening.onboardingId ?? null,
    contact_id: happening.contactId ?? null,
    task_id: happening.taskId ?? null,
    event_type: happening.eventType,
    actor: actorOf(ctx.caller),
    actor_type: ctx.caller.type === 'key' ? 'api_key' : ctx.caller.type === 'person' ? 'person' : 'system',
    mode: ctx.mode,
    changes: happening.changes ?? [],
    request_id: ctx.requestId,
    suppressed_effects: intents.filter(({ effect }) => contract.modes.effects[effect][ctx.mode] === 'suppress').length,
  };
}

export function actorOf(caller: Ctx['caller']): string {
  switch (caller.type) {
    case 'key':
      return caller.keyName;
    case 'system':
      return caller.loop;
    case 'person':
      return caller.personId;
    case 'anonymous':
      return 'anonymous';
  }
}
