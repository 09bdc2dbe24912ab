import type { Database } from '../db/database.ts';
import { fragment } from '../db/sql.ts';
import type { Mode } from '../mode.ts';
import type { AuditAbout, SuppressedEffect } from './audit.ts';
import { type Page, readPage } from './page.ts';
import { walk } from './walk.ts';

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
  readonly idempotencyKey: string | null;
  readonly idempotentReplay: boolean;
  /** What was done, such as `phase_changed`, to what, and which fields it changed from what to what. */
  readonly event: string | null;
  readonly target: AuditAbout['target'] | null;
  readonly diff: AuditAbout['diff'] | null;
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
  /** Whether something was suppressed. */
  readonly suppressed: boolean | null;
  /** Unix milliseconds, the first inclusive, the second exclusive. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

const listAuditRows = walk({
  table: fragment`audit_log`,
  instant: fragment`at`,
  columns: fragment`
    id, at, seq, service, operation, method, route, status, code, duration_us, request_id, caller, key_id, actor,
    address, suppressed, about`,
  filters: fragment`
    ($7::text is null or service = $7) and ($8::text is null or key_id = $8) and ($9::text is null or route = $9)
    and ($10::int is null or status between $10 and $11::int) and ($12::text is null or code = $12)
    and ($13::text is null or request_id = $13)
    and ($14::timestamptz is null or at >= $14) and ($15::timestamptz is null or at < $15)
    and ($16::boolean is null or (suppressed is not null) = $16)`,
});

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
  about: AuditAbout | null;
}

/** One page of the audit log of a workspace, newest first; both modes unless one is asked for. */
export function listAudit(
  database: Database,
  workspaceId: string,
  filter: AuditFilter,
  place: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<AuditRow>> {
  return readPage<Row, AuditRow>(database, workspaceId, 'audit_log', place, viewOf, {
    statement: listAuditRows,
    mode: filter.mode,
    filters: [
      filter.service,
      filter.keyId,
      filter.route,
      filter.status?.from ?? null,
      filter.status?.to ?? null,
      filter.code,
      filter.requestId,
      filter.fromMs === null ? null : new Date(filter.fromMs),
      filter.toMs === null ? null : new Date(filter.toMs),
      filter.suppressed,
    ],
  });
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
    idempotencyKey: row.about?.idempotencyKey ?? null,
    idempotentReplay: row.about?.replayed ?? false,
    event: row.about?.event ?? null,
    target: row.about?.target ?? null,
    diff: row.about?.diff ?? null,
  };
}
