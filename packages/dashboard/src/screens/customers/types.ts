import type { Mode } from '../../console/types.ts';

export interface Customer {
  readonly id: string;
  readonly display_id: number;
  readonly name: string;
  readonly slug: string;
  readonly domain: string | null;
  readonly status: string;
  readonly plan: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}

export interface Contact {
  readonly id: string;
  readonly display_id: number;
  readonly name?: string | null;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly email: string | null;
  readonly is_primary?: boolean;
}

export interface Onboarding {
  readonly id: string;
  readonly display_id: number;
  readonly customer_id: string;
  readonly name: string;
  readonly phase: string;
  readonly state: string;
  readonly target_launch_date: string | null;
}

export interface Activity {
  readonly id: string;
  readonly mode: Mode;
  readonly actor: string;
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

/** As people read it. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
