import type { DataRule, Mode, PerMode } from '../../core/service.ts';

/** What a subscription asks of an event. */
export interface SubscribableEvent {
  readonly mode: Mode;
  /** Such as `invoice.processed`. */
  readonly type: string;
  /** Whom it is about, where the service tells its events apart by that, such as an invoice's client. */
  readonly subject: string | null;
}

/** What of an endpoint decides over what it gets. */
export interface Subscription {
  readonly enabled: boolean;
  /** The mode whose key made it. */
  readonly mode: Mode;
  /** Where both modes share their rows: whether it gets the events of test mode instead of those of live mode. */
  readonly testMode: boolean;
  /** Event types; `*` for all, `invoice.*` for all of a noun. */
  readonly events: readonly string[];
  /** Only events about this subject; `null` for all. */
  readonly subject: string | null;
}

export type SubscriptionDecision =
  | { readonly type: 'send' }
  | {
      readonly type: 'skip';
      readonly why: 'disabled' | 'pure_mode' | 'other_mode' | 'other_subject' | 'not_subscribed';
    };

/**
 * Whether an endpoint gets an event, by the mode contract of its service: of a pure mode nothing leaves, isolated modes
 * reach the endpoints of their own, and of shared rows test mode reaches the endpoints that are flagged for it, live mode
 * the others.
 *
 * @param data what each mode of the service may see
 */
export function decideSubscription(
  data: PerMode<DataRule>,
  event: SubscribableEvent,
  endpoint: Subscription,
): SubscriptionDecision {
  const rule = data[event.mode];
  if (rule === 'pure') return { type: 'skip', why: 'pure_mode' };
  const hears = rule === 'isolated' ? endpoint.mode : endpoint.testMode ? 'test' : 'live';
  if (hears !== event.mode) return { type: 'skip', why: 'other_mode' };
  if (!endpoint.enabled) return { type: 'skip', why: 'disabled' };
  if (endpoint.subject !== null && endpoint.subject !== event.subject) return { type: 'skip', why: 'other_subject' };
  return endpoint.events.some((pattern) => matchesEvent(pattern, event.type))
    ? { type: 'send' }
    : { type: 'skip', why: 'not_subscribed' };
}

/**
 * Whether a subscription to `pattern` covers an event type.
 *
 * @example
 * matchesEvent('invoice.*', 'invoice.processed'); // true
 */
export function matchesEvent(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)) && type.length >= pattern.length;
}
