import type { Sql } from './sql.ts';
import { statementName } from './statement-name.ts';

/** More would make the number of different merged statements, each of which every connection prepares, too large. */
const maxMerged = 6;
const maxRemembered = 500;
/** Rows of one statement that a single one can carry; few sizes, because every connection prepares each of them. */
const rowCounts = [256, 64, 32, 16, 8, 4, 2];

export interface Deferred {
  readonly statement: Sql;
  readonly values: readonly unknown[];
  /** Whose call it is, where several share a transaction: what one call queued stays in its order. */
  readonly call?: object;
}

const remembered = new Map<string, Sql>();

/**
 * Puts inserts that follow each other into fewer statements: several rows of one table into one insert, and single
 * inserts into `with` branches of one. PostgreSQL answers every statement with a write of its own, and plans, checks
 * policies and fires triggers for each; on a busy machine that costs more than the rows.
 * Only plain inserts are merged; none of them reads what another one writes.
 */
export function mergeInserts(deferred: readonly Deferred[]): Deferred[] {
  const merged: Deferred[] = [];
  let run: Deferred[] = [];
  for (const one of deferred) {
    if (isPlainInsert(one.statement)) {
      run.push(one);
      continue;
    }
    merged.push(...mergeRun(run), one);
    run = [];
  }
  merged.push(...mergeRun(run));
  return merged;
}

function mergeRun(run: readonly Deferred[]): Deferred[] {
  const merged: Deferred[] = [];
  let singles: Deferred[] = [];
  const endSingles = (): void => {
    if (singles.length > 0) merged.push(singles.length === 1 ? (singles[0] as Deferred) : asBranches(singles));
    singles = [];
  };
  for (const rows of batchesOf(run)) {
    let at = 0;
    for (const count of rowCounts) {
      for (; rows.length - at >= count; at += count) {
        endSingles();
        merged.push(asOneInsert(rows.slice(at, at + count)));
      }
    }
    if (at === rows.length) continue;
    singles.push(rows[at] as Deferred);
    if (singles.length === maxMerged) endSingles();
  }
  endSingles();
  return merged;
}

/** Rows of one statement together, as far as no call's rows change their order: a row may refer to an earlier one. */
function batchesOf(run: readonly Deferred[]): Deferred[][] {
  const batches: Deferred[][] = [];
  const reached = new Map<object | undefined, number>();
  for (const one of run) {
    let at = reached.get(one.call) ?? 0;
    while (at < batches.length && batches[at]?.[0]?.statement.name !== one.statement.name) at++;
    const batch = batches[at];
    if (batch === undefined) batches.push([one]);
    else batch.push(one);
    reached.set(one.call, at);
  }
  return batches;
}

/** `insert into t (a, b) values ($1, $2)` for several rows at once. */
function asOneInsert(rows: readonly Deferred[]): Deferred {
  const { statement, values } = rows[0] as Deferred;
  return {
    statement: rememberedUnder(`${statement.name} ${rows.length}`, () => {
      const [head = '', tuple = ''] = statement.text.split(valuesKeyword).map((part) => part.trim());
      const tuples = rows.map((_, index) => renumbered(tuple, index * values.length));
      return `${head} values ${tuples.join(', ')}`;
    }),
    values: rows.flatMap((row) => row.values),
  };
}

function asBranches(run: readonly Deferred[]): Deferred {
  return {
    statement: rememberedUnder(run.map(({ statement }) => statement.name).join(' '), () => {
      let first = 0;
      const branches = run.map(({ statement, values }) => {
        const offset = first;
        first += values.length;
        return renumbered(statement.text, offset);
      });
      const last = branches.pop() ?? '';
      return `with ${branches.map((text, index) => `i${index} as (${text})`).join(', ')} ${last}`;
    }),
    values: run.flatMap(({ values }) => values),
  };
}

function rememberedUnder(name: string, textOf: () => string): Sql {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const text = textOf();
  const statement = { name: statementName(text), text };
  const oldest = remembered.keys().next().value;
  if (remembered.size >= maxRemembered && oldest !== undefined) remembered.delete(oldest);
  remembered.set(name, statement);
  return statement;
}

function renumbered(text: string, offset: number): string {
  return text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + offset}`);
}

const valuesKeyword = /\bvalues\b/i;
const plainInsert = /^\s*insert\s+into\s+[\w.]+\s*\([\w\s,]+\)\s*values\s*\([^()]+\)\s*$/i;
const plain = new WeakMap<Sql, boolean>();

/** One row of values into named columns, and nothing else. */
function isPlainInsert(statement: Sql): boolean {
  let answer = plain.get(statement);
  if (answer === undefined) {
    answer = plainInsert.test(statement.text);
    plain.set(statement, answer);
  }
  return answer;
}
