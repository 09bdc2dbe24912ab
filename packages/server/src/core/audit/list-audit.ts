import type { Database } from '../db/database.ts';
import { fragment, sql } from '../db/sql.ts';
import type { Mode } from '../mode.ts';
import type { SuppressedEffect } from './audit.ts';
import { type Page, readPage } from './page.ts';

/** One request as its workspace sees it. */
export interface AuditRow {
  readonly id: string;
  readonly mode: Mode;
  /** Unix milliseconds. */
  readonly at: number;
  readonly service: string;
  readonly operation: string | null;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
  readonly durationMs: number;
  readonly requestId: string;
  readonly caller: string;
  readonly keyId: string | null;
  readonly actor: string | null;
  readonly address: string;
  readonly suppressed: readonly SuppressedEffect[];
}

export interface AuditFilter {
  readonly mode: Mode | null;
  readonly service: string | null;
  readonly keyId: string | null;
  readonly route: string | null;
  /** The lowest and the highest status. */
  readonly status: { readonly from: number; readonly to: number } | null;
  readonly code: string | null;
  readonly requestId: string | null;
  /** Unix milliseconds, the first inclusive, the second exclusive. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

const columns = fragment`
  id, at, seq, service, operation, method, route, status, code, duration_us, request_id, caller, key_id, actor, address,
  suppressed`;

const matches = fragment`
  ($3::bigint is null or (at, id) < ('epoch'::timestamptz + $3 * interval '1 microsecond', $4::text))
  and ($6::text is null or service = $6) and ($7::text is null or key_id = $7) and ($8::text is null or route = $8)
  and ($9::int is null or status between $9 and $10::int) and ($11::text is null or code = $11)
  and ($12::text is null or request_id = $12)
  and ($13::timestamptz is null or at >= $13) and ($14::timestamptz is null or at < $14)
  order by at desc, id desc limit $15`;

const listAuditRows = sql`
  select *, (extract(epoch from at) * 1000000)::bigint as at_us from (
    (select 'live' as mode, ${columns} from live.audit_log
      where seq <= $1 and ($5::text is null or $5 = 'live') and ${matches})
    union all
    (select 'test' as mode, ${columns} from test.audit_log
      where seq <= $2 and ($5::text is null or $5 = 'test') and ${matches})
  ) both_modes order by at desc, id desc limit $15`;

interface Row {
  id: string;
  mode: Mode;
  at: Date;
  at_us: number;
  service: string;
  operation: string | null;
  method: string;
  route: string;
  status: number;
  code: string | null;
  duration_us: number;
  request_id: string;
  caller: string;
  key_id: string | null;
  actor: string | null;
  address: string;
  suppressed: SuppressedEffect[] | null;
}

/** One page of the audit log of a workspace, newest first; both modes unless one is asked for. */
export function listAudit(
  database: Database,
  workspaceId: string,
  filter: AuditFilter,
  place: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<AuditRow>> {
  return readPage<Row, AuditRow>(database, workspaceId, 'audit_log', place, viewOf, (db, { cursor, bounds, limit }) =>
    db.rows<Row>(listAuditRows, [
      bounds.live,
      bounds.test,
      cursor?.atUs ?? null,
      cursor?.id ?? null,
      filter.mode,
      filter.service,
      filter.keyId,
      filter.route,
      filter.status?.from ?? null,
      filter.status?.to ?? null,
      filter.code,
      filter.requestId,
      filter.fromMs === null ? null : new Date(filter.fromMs),
      filter.toMs === null ? null : new Date(filter.toMs),
      limit,
    ]),
  );
}

function viewOf(row: Row): AuditRow {
  return {
    id: row.id,
    mode: row.mode,
    at: row.at.getTime(),
    service: row.service,
    operation: row.operation,
    method: row.method,
    route: row.route,
    status: row.status,
    code: row.code,
    durationMs: row.duration_us / 1000,
    requestId: row.request_id,
    caller: row.caller,
    keyId: row.key_id,
    actor: row.actor,
    address: row.address,
    suppressed: row.suppressed ?? [],
  };
}
