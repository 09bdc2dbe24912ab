import type { Database } from '../db/database.ts';
import { fragment, sql } from '../db/sql.ts';
import type { Mode } from '../mode.ts';
import { type Page, readPage } from './page.ts';

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

export type EffectState = 'pending' | 'suppressed' | 'delivered' | 'failed';

export interface EffectFilter {
  readonly mode: Mode | null;
  readonly service: string | null;
  readonly name: string | null;
  readonly state: EffectState | null;
  readonly requestId: string | null;
}

const columns = fragment`
  id, created_at as at, seq, service, name, disposition, state, payload, request_id, key_id`;

const matches = fragment`
  ($3::bigint is null or (created_at, id) < ('epoch'::timestamptz + $3 * interval '1 microsecond', $4::text))
  and ($6::text is null or service = $6) and ($7::text is null or name = $7) and ($8::text is null or state = $8)
  and ($9::text is null or request_id = $9)
  order by created_at desc, id desc limit $10`;

const listEffectRows = sql`
  select *, (extract(epoch from at) * 1000000)::bigint as at_us from (
    (select 'live' as mode, ${columns} from live.effects
      where seq <= $1 and ($5::text is null or $5 = 'live') and ${matches})
    union all
    (select 'test' as mode, ${columns} from test.effects
      where seq <= $2 and ($5::text is null or $5 = 'test') and ${matches})
  ) both_modes order by at desc, id desc limit $10`;

interface Row {
  id: string;
  mode: Mode;
  at: Date;
  at_us: number;
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
  return readPage<Row, EffectRow>(database, workspaceId, 'effects', place, viewOf, (db, { cursor, bounds, limit }) =>
    db.rows<Row>(listEffectRows, [
      bounds.live,
      bounds.test,
      cursor?.atUs ?? null,
      cursor?.id ?? null,
      filter.mode,
      filter.service,
      filter.name,
      filter.state,
      filter.requestId,
      limit,
    ]),
  );
}

function viewOf(row: Row): EffectRow {
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
