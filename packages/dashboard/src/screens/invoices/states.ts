import type { Values } from '../../console/request.ts';
import type { Issue, ListedInvoice } from './types.ts';

/** The states that a list can be narrowed to, each with what the API is asked. */
export const states: Readonly<Record<string, { readonly label: string; readonly query: Values }>> = {
  'to-review': { label: 'To review', query: { status: 'processed', reviewStatus: 'needs_review' } },
  confirmed: { label: 'Confirmed', query: { reviewStatus: 'confirmed' } },
  findings: { label: 'With findings', query: { hasIssues: true } },
  processing: { label: 'Being read again', query: { status: 'processing' } },
  failed: { label: 'Failed', query: { status: 'failed' } },
};

/** The one word for where an invoice stands. */
export function stateOf({ status, reviewStatus }: Pick<ListedInvoice, 'status' | 'reviewStatus'>): string {
  if (status === 'processing') return 'being read';
  if (status === 'failed') return 'failed';
  return reviewStatus === 'confirmed' ? 'confirmed' : 'to review';
}

export const stateColors: Readonly<Record<string, string>> = {
  'being read': 'blue',
  failed: 'red',
  confirmed: 'green',
  'to review': 'orange',
};

export const severityColors: Readonly<Record<Issue['severity'], string>> = {
  info: 'blue',
  warning: 'orange',
  error: 'red',
};

export const findingsColors = { passed: 'green', warnings: 'orange', failed: 'red' } as const;

/** What a test upload can be told to become. */
export const scenarios = [
  'success',
  'low_confidence',
  'totals_mismatch',
  'duplicate',
  'credit_note',
  'reverse_charge',
  'foreign_currency',
  'no_line_items',
  'many_lines',
  'new_seller',
  'slow',
  'failed',
  'not_an_invoice',
  'ocr_unavailable',
  'timeout',
  'reprocess_failed',
] as const;
