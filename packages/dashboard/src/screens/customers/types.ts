import type { Mode } from '../../console/types.ts';

export interface Customer {
  readonly id: string;
  readonly display_id: number;
  readonly name: string;
  readonly slug: string;
  readonly domain: string | null;
  readonly status: string;
  readonly plan: string | null;
  readonly slack_channel_id: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}

export interface Contact {
  readonly id: string;
  readonly display_id: number;
  readonly name: string;
  readonly email: string;
  readonly title: string | null;
  readonly is_primary: boolean;
}

export interface Onboarding {
  readonly id: string;
  readonly display_id: number;
  readonly customer_id: string;
  readonly name: string | null;
  readonly phase: string;
  readonly state: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly target_launch_date: string | null;
  readonly csm_id: string | null;
  readonly notes: string | null;
  readonly reminders_enabled: boolean;
}

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly due_date: string | null;
  readonly done: boolean;
}

export interface Activity {
  readonly id: string;
  readonly mode: Mode;
  readonly actor: string;
  readonly actor_type: 'api_key' | 'person' | 'system';
  readonly event_type: string;
  readonly changes: readonly { readonly field: string; readonly old_value: unknown; readonly new_value: unknown }[];
  readonly suppressed_effects: number;
  readonly request_id: string;
  readonly timestamp: string;
}

export const statuses = ['onboarding', 'active', 'at_risk', 'churned', 'archived'] as const;

export const phases = [
  'before_getting_started',
  'program_design',
  'review',
  'program_buildout',
  'internal_qa',
  'launch',
  'completed',
] as const;

export const states = ['active', 'paused', 'at_risk', 'waiting'] as const;

/** What the feed of a customer tells of. */
export const happenings = [
  'customer.created',
  'customer.field_changed',
  'customer.status_changed',
  'customer.health_score_dropped',
  'customer.archived',
  'customer.merged',
  'contact.added',
  'contact.updated',
  'contact.removed',
  'onboarding.created',
  'onboarding.field_changed',
  'onboarding.phase_moved',
  'onboarding.state_changed',
  'onboarding.deleted',
  'task.created',
  'task.field_changed',
  'task.completed',
  'task.reopened',
  'task.deleted',
] as const;

/** As people read it. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ').replace(/\bqa$/, 'QA');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
