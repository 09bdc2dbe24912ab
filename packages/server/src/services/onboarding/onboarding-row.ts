import { formatInstant, formatInstantOrNull } from './instant.ts';
import type { Metadata } from './metadata.ts';
import type { Target } from './record.ts';
import type { Phase, State } from './schemas.ts';

/** What a caller can say of an onboarding. */
export interface OnboardingFields {
  readonly template_id: string | null;
  readonly name: string | null;
  readonly phase: Phase;
  readonly state: State;
  readonly waiting_on_customer: boolean;
  readonly target_launch_date: Date | null;
  readonly csm_id: string | null;
  readonly se_id: string | null;
  readonly designer_id: string | null;
  readonly product_ops_id: string | null;
  readonly notes: string | null;
  readonly reminders_enabled: boolean;
  readonly reminder_frequency_days: number;
  readonly metadata: Metadata;
}

export interface OnboardingRow extends OnboardingFields {
  readonly id: string;
  readonly display_id: number;
  readonly customer_id: string;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  /** The mode in which its reminders leave. */
  readonly reminder_mode: 'live' | 'test';
  readonly next_reminder_at: Date | null;
  readonly mode: 'live' | 'test';
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly deleted_at: Date | null;
}

/** An onboarding as callers see it (specification 2.4). */
export function viewOnboarding(row: OnboardingRow) {
  return {
    object: 'onboarding' as const,
    id: row.id,
    display_id: row.display_id,
    customer_id: row.customer_id,
    template_id: row.template_id,
    name: row.name,
    phase: row.phase,
    state: row.state,
    waiting_on_customer: row.waiting_on_customer,
    started_at: formatInstantOrNull(row.started_at),
    completed_at: formatInstantOrNull(row.completed_at),
    target_launch_date: formatInstantOrNull(row.target_launch_date),
    csm_id: row.csm_id,
    se_id: row.se_id,
    designer_id: row.designer_id,
    product_ops_id: row.product_ops_id,
    notes: row.notes,
    reminders_enabled: row.reminders_enabled,
    reminder_frequency_days: row.reminder_frequency_days,
    metadata: row.metadata,
    created_at: formatInstant(row.created_at),
    updated_at: formatInstant(row.updated_at),
  };
}

export function onboardingTarget({ id, display_id }: Pick<OnboardingRow, 'id' | 'display_id'>): Target {
  return { type: 'onboarding', id, display_id };
}
