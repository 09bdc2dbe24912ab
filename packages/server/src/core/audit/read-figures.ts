import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { type Fragment, fragment, type Sql, sql } from '../db/sql.ts';
import { type Mode, modes } from '../mode.ts';
import { addUpFigures, hourMs, type Marks, noMarks, readMarks } from './add-up-figures.ts';

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
  /** Unix milliseconds, the first inclusive, the second exclusive; whole steps since 1970. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly service: string | null;
}

/** Steps in which nothing happened are left out. */
export async function readFigures(
  database: Database,
  workspaceId: string,
  question: FiguresQuestion,
  now: number,
): Promise<Step[]> {
  // Hours are added up once for all; what is shown in finer steps is little, and counted as it lies there.
  const whole = question.stepMs % hourMs === 0;
  if (whole) await addUpFigures(database, workspaceId, now);
  return committed(database.as('console', workspaceId), async (db) => {
    const steps: Step[] = [];
    for (const mode of modes) {
      const marks = whole ? await readMarks(db, mode) : noMarks;
      steps.push(...(await db.rows<Step>(countSteps[mode], valuesOf(question, marks))));
    }
    return steps.sort((a, b) => a.at - b.at);
  });
}

function valuesOf({ from, to, stepMs, service }: FiguresQuestion, { arrival, endedBefore }: Marks): unknown[] {
  const ended = new Date(Math.max(from, endedBefore));
  return [new Date(from), new Date(to), `${stepMs} milliseconds`, service, arrival, ended];
}

const countSteps: Readonly<Record<Mode, Sql>> = {
  live: sql`${countsIn(fragment`live`)}`,
  test: sql`${countsIn(fragment`test`)}`,
};

/** What is added up already, and beside it what is not: requests of the audit log, deliveries by when they ended. */
function countsIn(mode: Fragment): Fragment {
  return fragment`
    select '${mode}' as mode, (extract(epoch from step) * 1000)::bigint as at, sum(requests)::bigint as requests,
      sum(errors)::bigint as errors, sum(suppressed)::bigint as suppressed, sum(delivered)::bigint as delivered,
      sum(failed)::bigint as failed
    from (
      select ${stepOf(fragment`hour`)} as step, requests, errors, suppressed, delivered, failed from ${mode}.figure_hours
      where $5::bigint is not null and hour >= $1 and hour < $2 and ($4::text is null or service = $4)
      union all
      select ${stepOf(fragment`at`)}, count(*), count(*) filter (where status >= 400),
        coalesce(sum(jsonb_array_length(suppressed)), 0), 0, 0
      from ${mode}.audit_log
      where seq > coalesce($5, 0) and at >= $1 and at < $2 and ($4::text is null or service = $4) group by 1
      union all
      select ${stepOf(fragment`finalized_at`)}, 0, 0, 0, count(*) filter (where status = 'succeeded'),
        count(*) filter (where status in ('dead_letter', 'expired'))
      from ${mode}.deliveries
      where finalized_at >= $6 and finalized_at < $2 and ($4::text is null or service = $4) group by 1
    ) counts
    group by step`;
}

/** Whole numbers throughout: with the fractions of `extract`, a month of a million requests took twice as long. */
function stepOf(column: Fragment): Fragment {
  return fragment`date_bin($3::interval, ${column}, $1)`;
}
