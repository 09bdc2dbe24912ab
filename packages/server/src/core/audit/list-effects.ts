import type { Database } from '../db/database.ts';
import { fragment } from '../db/sql.ts';
import type { Mode } from '../mode.ts';
import { type Page, readPage } from './page.ts';
import { walk } from './walk.ts';

/** One intention to send, with what left or would have left. */
export interface EffectRow {
  readonly id: string;
  readonly mode: Mode;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly service: string;
  readonly name: string;
  readonly disposition: 'deliver' | 'suppress';
  readonly state: EffectState;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly keyId: string | null;
}

export const effectStates = ['pending', 'suppressed', 'delivered', 'failed', 'unsubscribed'] as const;

export type EffectState = (typeof effectStates)[number];

export interface EffectFilter {
  readonly mode: Mode | null;
  readonly service: string | null;
  readonly name: string | null;
  readonly state: EffectState | null;
  readonly requestId: string | null;
}

const listEffectRows = walk({
  table: fragment`effects`,
  instant: fragment`created_at`,
  columns: fragment`id, created_at as at, seq, service, name, disposition, state, payload, request_id, key_id`,
  filters: fragment`
    ($7::text is null or service = $7) and ($8::text is null or name = $8) and ($9::text is null or state = $9)
    and ($10::text is null or request_id = $10)`,
});

/** As the table holds it. */
export interface StoredEffect {
  id: string;
  mode: Mode;
  at: Date;
  service: string;
  name: string;
  disposition: EffectRow['disposition'];
  state: EffectState;
  payload: Record<string, unknown>;
  request_id: string;
  key_id: string | null;
}

/** One page of what a workspace sent or would have sent, newest first; both modes unless one is asked for. */
export function listEffects(
  database: Database,
  workspaceId: string,
  filter: EffectFilter,
  place: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<EffectRow>> {
  return readPage<StoredEffect & { at_us: number }, EffectRow>(database, workspaceId, 'effects', place, viewOfEffect, {
    statement: listEffectRows,
    mode: filter.mode,
    filters: [filter.service, filter.name, filter.state, filter.requestId],
  });
}

export function viewOfEffect(row: StoredEffect): EffectRow {
  return {
    id: row.id,
    mode: row.mode,
    createdAt: row.at.getTime(),
    service: row.service,
    name: row.name,
    disposition: row.disposition,
    state: row.state,
    payload: row.payload,
    requestId: row.request_id,
    keyId: row.key_id,
  };
}
