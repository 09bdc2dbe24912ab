import { formatInstant } from './instant.ts';
import type { Metadata } from './metadata.ts';

/** What a caller can say of a contact. */
export interface ContactFields {
  readonly name: string;
  readonly email: string;
  readonly title: string | null;
  readonly is_primary: boolean;
  readonly labels: readonly string[];
  readonly metadata: Metadata;
}

export interface ContactRow extends ContactFields {
  readonly id: string;
  readonly display_id: number;
  readonly customer_id: string;
  readonly mode: 'live' | 'test';
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly deleted_at: Date | null;
}

/** A contact as callers see it (specification 2.3). */
export function viewContact(row: ContactRow) {
  const { mode: _mode, deleted_at: _deletedAt, ...shown } = row;
  return {
    object: 'contact' as const,
    ...shown,
    created_at: formatInstant(row.created_at),
    updated_at: formatInstant(row.updated_at),
  };
}
