import { inWorkspace } from '../../server/src/console/in-workspace.ts';
import { drawBounds, type Log } from '../../server/src/core/audit/arrivals.ts';
import type { Database } from '../../server/src/core/db/database.ts';
import { type Sql, sql } from '../../server/src/core/db/sql.ts';
import type { Mode } from '../../server/src/core/mode.ts';

/** An effect as a log reader meets it: in the order in which effects were committed. */
export interface ArrivedEffect {
  readonly seq: number;
  readonly id: string;
  readonly service: string;
  readonly name: string;
  readonly state: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly subject: string | null;
  readonly requestId: string;
  readonly at: Date;
}

/** A request as a log reader meets it. */
export interface ArrivedRequest {
  readonly seq: number;
  readonly id: string;
  readonly at: Date;
  readonly service: string;
  readonly operation: string | null;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
  readonly durationUs: number;
  readonly requestId: string;
  readonly actor: string | null;
  readonly suppressed:
    | readonly { readonly name: string; readonly payload?: Readonly<Record<string, unknown>> }[]
    | null;
}

const effects: Record<Mode, Sql> = {
  live: sql`
    select seq, id, service, name, state, payload, subject, request_id as "requestId", created_at as at
    from live.effects where seq > $1 and seq <= $2 order by seq limit $3`,
  test: sql`
    select seq, id, service, name, state, payload, subject, request_id as "requestId", created_at as at
    from test.effects where seq > $1 and seq <= $2 order by seq limit $3`,
};
const requests: Record<Mode, Sql> = {
  live: sql`
    select seq, id, at, service, operation, method, route, status, code, duration_us as "durationUs",
      request_id as "requestId", actor, suppressed
    from live.audit_log where seq > $1 and seq <= $2 order by seq limit $3`,
  test: sql`
    select seq, id, at, service, operation, method, route, status, code, duration_us as "durationUs",
      request_id as "requestId", actor, suppressed
    from test.audit_log where seq > $1 and seq <= $2 order by seq limit $3`,
};

/** The most rows that are read at once. */
export const pageRows = 200;

const lastRequests: Record<Mode, Sql> = {
  live: sql`select min(seq) - 1 as place from (select seq from live.audit_log order by seq desc limit $1) newest`,
  test: sql`select min(seq) - 1 as place from (select seq from test.audit_log order by seq desc limit $1) newest`,
};

/** The place before the newest requests. */
export async function beforeLast(database: Database, workspaceId: string, mode: Mode, count: number): Promise<number> {
  const log = requestArrivals(database, workspaceId, mode);
  const end = await log.end();
  if (count === 0) return end;
  const row = await inWorkspace(database, workspaceId, (db) =>
    db.row<{ place: number | null }>(lastRequests[mode], [count]),
  );
  return row?.place ?? end;
}

/** A log of one workspace and mode, read forward: every row once, in the order in which rows were committed. */
export interface Arrivals<Row> {
  /** The place behind everything that is there now. */
  end(): Promise<number>;
  /** The next rows after a place; none when nothing has come since. */
  after(place: number): Promise<readonly Row[]>;
}

export const effectArrivals = (database: Database, workspaceId: string, mode: Mode): Arrivals<ArrivedEffect> =>
  arrivals(database, workspaceId, mode, 'effects', effects[mode]);

export const requestArrivals = (database: Database, workspaceId: string, mode: Mode): Arrivals<ArrivedRequest> =>
  arrivals(database, workspaceId, mode, 'audit_log', requests[mode]);

function arrivals<Row extends object>(
  database: Database,
  workspaceId: string,
  mode: Mode,
  log: Log,
  statement: Sql,
): Arrivals<Row> {
  const end = async () => (await drawBounds(database, workspaceId, log))[mode];
  return {
    end,
    async after(place) {
      // Rows get their number before they are committed; up to the bound none can be missing.
      const bound = await end();
      if (bound <= place) return [];
      return inWorkspace(database, workspaceId, (db) => db.rows<Row>(statement, [place, bound, pageRows]));
    },
  };
}
