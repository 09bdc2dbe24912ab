import { type Fragment, fragment, type Sql, sql } from '../db/sql.ts';

/** A log, as constant pieces of the statement that reads a page of it. */
export interface WalkedLog {
  readonly table: Fragment;
  /** The column by which it is ordered. */
  readonly instant: Fragment;
  /** Among them `id`, and the instant as `at`. */
  readonly columns: Fragment;
  /** What a row has to meet; its values begin at `$7`. */
  readonly filters: Fragment;
}

/**
 * One page of a walk through both modes of a log, newest first. `$1` and `$2` are the bounds of live and test, `$3` and
 * `$4` the last row that was shown, `$5` the only mode, `$6` the number of rows.
 */
export function walk(log: WalkedLog): Sql {
  return sql`
  select *, (extract(epoch from at) * 1000000)::bigint as at_us from (
    (${rowsOf(fragment`live`, fragment`$1`, log)})
    union all
    (${rowsOf(fragment`test`, fragment`$2`, log)})
  ) both_modes order by at desc, id desc limit $6`;
}

function rowsOf(mode: Fragment, bound: Fragment, { table, instant, columns, filters }: WalkedLog): Fragment {
  return fragment`
    select '${mode}' as mode, ${columns} from ${mode}.${table}
    where seq <= ${bound} and ($5::text is null or $5 = '${mode}')
      and ($3::bigint is null or (${instant}, id) < ('epoch'::timestamptz + $3 * interval '1 microsecond', $4::text))
      and ${filters}
    order by ${instant} desc, id desc limit $6`;
}
