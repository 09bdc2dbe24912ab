import { formatInstant, formatInstantOrNull } from './instant.ts';
import type { Metadata } from './metadata.ts';

/** What a caller can say of a task. */
export interface TaskFields {
  readonly title: string;
  readonly description: string | null;
  readonly assignee_id: string | null;
  readonly due_date: Date | null;
  readonly customer_facing: boolean;
  readonly done: boolean;
  readonly metadata: Metadata;
}

export interface TaskRow extends TaskFields {
  readonly id: string;
  readonly display_id: number;
  readonly onboarding_id: string;
  readonly parent_id: string | null;
  readonly completed_by: string | null;
  readonly completed_at: Date | null;
  readonly mode: 'live' | 'test';
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly deleted_at: Date | null;
}

/** A task as callers see it. */
export function viewTask(row: TaskRow) {
  const { mode: _mode, deleted_at: _deletedAt, ...shown } = row;
  return {
    object: 'task' as const,
    ...shown,
    due_date: formatInstantOrNull(row.due_date),
    completed_at: formatInstantOrNull(row.completed_at),
    created_at: formatInstant(row.created_at),
    updated_at: formatInstant(row.updated_at),
  };
}
