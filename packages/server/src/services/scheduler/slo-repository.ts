import { type Db, sql } from '../../core/service.ts';

/** The figures of one window, as the statement of the migration counts them. */
export interface SloRow {
  readonly hours: number;
  readonly n: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
  readonly max_ms: number | null;
  readonly retries: number;
  readonly reclaims: number;
  readonly rate_limit: number;
  readonly breaker: number;
  readonly catch_up: number;
  readonly coalesced: number;
  readonly dst_shifted: number;
  readonly replay: number;
  readonly resumed: number;
  readonly all_n: number;
  readonly all_p50_ms: number | null;
  readonly all_p95_ms: number | null;
  readonly all_p99_ms: number | null;
  readonly all_max_ms: number | null;
  readonly overdue_unfired: number;
  readonly early_fires: number;
}

const ofWorkspace = sql`select * from scheduler_slo($1) order by hours`;
const ofAll = sql`select * from scheduler_slo_of_all($1) order by hours`;

export function sloOfWorkspace(db: Db, now: number): Promise<SloRow[]> {
  return db.rows<SloRow>(ofWorkspace, [new Date(now)]);
}

/** Over all workspaces: figures and nothing else. */
export function sloOfAll(db: Db, now: number): Promise<SloRow[]> {
  return db.rows<SloRow>(ofAll, [new Date(now)]);
}
