import type { Sql } from './sql.ts';
import { statementName } from './statement-name.ts';

/** More would make the number of different merged statements, each of which every connection prepares, too large. */
const maxMerged = 6;
const maxRemembered = 500;

export interface Deferred {
  readonly statement: Sql;
  readonly values: readonly unknown[];
}

const remembered = new Map<string, Sql>();

/**
 * Puts inserts that follow each other into one statement each `with` branch of which is one of them: PostgreSQL answers
 * every statement with a write of its own, and on a busy machine those writes cost more than the rows.
 * Only plain inserts are merged; none of them reads what another one writes.
 */
export function mergeInserts(deferred: readonly Deferred[]): Deferred[] {
  const merged: Deferred[] = [];
  let run: Deferred[] = [];
  const end = (): void => {
    if (run.length > 0) merged.push(run.length === 1 && run[0] !== undefined ? run[0] : merge(run));
    run = [];
  };
  for (const one of deferred) {
    if (!isPlainInsert(one.statement)) {
      end();
      merged.push(one);
      continue;
    }
    run.push(one);
    if (run.length === maxMerged) end();
  }
  end();
  return merged;
}

function merge(run: readonly Deferred[]): Deferred {
  const name = run.map(({ statement }) => statement.name).join(' ');
  let statement = remembered.get(name);
  if (statement === undefined) {
    const text = textOf(run);
    statement = { name: statementName(text), text };
    const oldest = remembered.keys().next().value;
    if (remembered.size >= maxRemembered && oldest !== undefined) remembered.delete(oldest);
    remembered.set(name, statement);
  }
  return { statement, values: run.flatMap(({ values }) => values) };
}

function textOf(run: readonly Deferred[]): string {
  let first = 0;
  const branches = run.map(({ statement, values }) => {
    const offset = first;
    first += values.length;
    return statement.text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + offset}`);
  });
  const last = branches.pop() ?? '';
  return `with ${branches.map((text, index) => `i${index} as (${text})`).join(', ')} ${last}`;
}

const plain = new WeakMap<Sql, boolean>();

function isPlainInsert(statement: Sql): boolean {
  let answer = plain.get(statement);
  if (answer === undefined) {
    answer = /^\s*insert\s+into\b/i.test(statement.text) && !/\bon\s+conflict\b|\breturning\b/i.test(statement.text);
    plain.set(statement, answer);
  }
  return answer;
}
