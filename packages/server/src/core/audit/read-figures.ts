import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { type Fragment, fragment, sql } from '../db/sql.ts';
import type { Mode } from '../mode.ts';

/** What happened in one step of time in one mode. */
export interface Step {
  /** When it begins, in Unix milliseconds. */
  readonly at: number;
  readonly mode: Mode;
  readonly requests: number;
  /** Answers of 400 and above. */
  readonly errors: number;
  /** Effects that the mode's contract held back. */
  readonly suppressed: number;
  /** Deliveries that arrived, and those that were given up. */
  readonly delivered: number;
  readonly failed: number;
}

export interface FiguresQuestion {
  /** Unix milliseconds, the first inclusive, the second exclusive. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly service: string | null;
}

const countSteps = sql`
  select mode, (extract(epoch from step) * 1000)::bigint as at, sum(requests)::bigint as requests,
    sum(errors)::bigint as errors, sum(suppressed)::bigint as suppressed, sum(delivered)::bigint as delivered,
    sum(failed)::bigint as failed
  from (${countsIn(fragment`live`)} union all ${countsIn(fragment`test`)}) counts
  group by mode, step order by step, mode`;

/** Requests from the audit log, deliveries by when they ended. */
function countsIn(mode: Fragment): Fragment {
  return fragment`
    select '${mode}' as mode, ${stepOf(fragment`at`)} as step, count(*) as requests,
      count(*) filter (where status >= 400) as errors,
      coalesce(sum(jsonb_array_length(suppressed)), 0) as suppressed, 0 as delivered, 0 as failed
    from ${mode}.audit_log
    where at >= $1 and at < $2 and ($4::text is null or service = $4) group by 2
    union all
    select '${mode}', ${stepOf(fragment`finalized_at`)}, 0, 0, 0, count(*) filter (where status = 'succeeded'),
      count(*) filter (where status in ('dead_letter', 'expired'))
    from ${mode}.deliveries
    where finalized_at >= $1 and finalized_at < $2 and ($4::text is null or service = $4) group by 2`;
}

/** Whole numbers throughout: with the fractions of `extract`, a month of a million requests took twice as long. */
function stepOf(column: Fragment): Fragment {
  return fragment`date_bin($3::interval, ${column}, $1)`;
}

/** Steps in which nothing happened are left out. */
export function readFigures(
  database: Database,
  workspaceId: string,
  { from, to, stepMs, service }: FiguresQuestion,
): Promise<Step[]> {
  return committed(database.as('console', workspaceId), (db) =>
    db.rows<Step>(countSteps, [new Date(from), new Date(to), `${stepMs} milliseconds`, service]),
  );
}
