import type { Database } from '../db/database.ts';
import { sql } from '../db/sql.ts';
import type { Clock } from '../sources.ts';

/** A call that an allowlist refused. */
export interface Denial {
  readonly reason: string;
  /** Method and route. */
  readonly endpoint: string;
  readonly address: string;
  readonly referer: string | undefined;
}

/** Writes refused calls into the activity of their key. */
export interface Denials {
  add(key: { readonly id: string; readonly workspaceId: string }, denial: Denial): void;
  /** Writes what is gathered now. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Row {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly at: number;
  readonly reason: string;
  /** Not known of the calls that were only counted. */
  readonly seen: { readonly endpoint: string; readonly address: string; readonly referer: string | null } | null;
  times: number;
}

interface Budget {
  readonly until: number;
  /** Rows that this key may still have in this minute. */
  left: number;
  /** Calls beyond them, by reason: counted, and written when the minute ends. */
  readonly excess: Map<string, Row>;
}

const insertActivity = sql`
  insert into core.key_activity (workspace_id, key_id, at, event, detail)
  select d.* from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::jsonb[]) as d(w, k, t, e, j)
  -- The key may be gone by now.
  where exists (select from core.api_keys where id = d.k)`;

const flushEveryMs = 500;
const minuteMs = 60_000;
/** Different refusals of one key that are written down one by one in a minute. */
const maxRowsPerMinute = 30;
const maxKeys = 10_000;

/**
 * Gathers refusals, equal ones counted together, and writes them within half a second. A flood costs a key at most 30
 * rows a minute and a count of the rest.
 */
export function createDenials(database: Database, clock: Clock): Denials {
  let rows = new Map<string, Row>();
  const budgets = new Map<string, Budget>();

  const budgetOf = (keyId: string, now: number): Budget => {
    const known = budgets.get(keyId);
    if (known !== undefined && now < known.until) return known;
    if (known !== undefined) settle(keyId, known);
    if (budgets.size >= maxKeys) {
      const [oldest] = budgets;
      if (oldest !== undefined) settle(...oldest);
    }
    const fresh: Budget = { until: now + minuteMs, left: maxRowsPerMinute, excess: new Map() };
    budgets.set(keyId, fresh);
    return fresh;
  };
  const settle = (keyId: string, budget: Budget): void => {
    budgets.delete(keyId);
    for (const [reason, row] of budget.excess) rows.set(`${keyId}\n${reason}\n${row.at}`, row);
  };

  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };
  const write = async (): Promise<void> => {
    const now = clock.now();
    for (const [keyId, budget] of budgets) if (budget.until <= now) settle(keyId, budget);
    if (rows.size === 0) return;
    const batch = [...rows.values()];
    rows = new Map();
    const transaction = database.as('authenticator', '');
    transaction.defer(insertActivity, [
      batch.map((row) => row.workspaceId),
      batch.map((row) => row.keyId),
      batch.map((row) => new Date(row.at)),
      batch.map(() => 'denied'),
      batch.map((row) => JSON.stringify({ reason: row.reason, ...row.seen, times: row.times })),
    ]);
    // A note that is lost is not worth an error to anybody: the call was refused and audited.
    await transaction.commit().catch(() => {});
  };
  const timer = setInterval(() => void flush(), flushEveryMs).unref();

  return {
    add(key, denial) {
      const now = clock.now();
      const seen = {
        endpoint: denial.endpoint,
        address: denial.address,
        referer: originOf(denial.referer),
      };
      const name = `${key.id}\n${JSON.stringify([denial.reason, seen])}`;
      const equal = rows.get(name);
      if (equal !== undefined) {
        equal.times++;
        return;
      }
      const row: Row = { workspaceId: key.workspaceId, keyId: key.id, at: now, reason: denial.reason, seen, times: 1 };
      const budget = budgetOf(key.id, now);
      if (budget.left > 0) {
        budget.left--;
        rows.set(name, row);
        return;
      }
      const counted = budget.excess.get(denial.reason);
      if (counted === undefined) budget.excess.set(denial.reason, { ...row, seen: null });
      else counted.times++;
    },
    flush,
    async close() {
      clearInterval(timer);
      for (const [keyId, budget] of budgets) settle(keyId, budget);
      await flush();
    },
  };
}

/** Only scheme, host and port of a Referer count, and only they are kept: a path or query could hold a secret. */
function originOf(referer: string | undefined): string | null {
  if (referer === undefined) return null;
  return URL.canParse(referer) ? new URL(referer).origin.slice(0, 200) : 'unreadable';
}
