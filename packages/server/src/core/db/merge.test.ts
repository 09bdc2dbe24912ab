import { describe, expect, it } from 'vitest';
import { mergeInserts } from './merge.ts';
import { sql } from './sql.ts';

const outcome = { statement: sql`insert into outcomes (id, body) values ($1, $2)`, values: ['a', '{}'] };
const audit = { statement: sql`insert into audit (id, at) values ($1, $2)`, values: ['b', 1] };
const update = { statement: sql`update chains set nonce = nonce + 1 where id = $1`, values: ['c'] };
const upsert = { statement: sql`insert into chains (id) values ($1) on conflict do nothing`, values: ['d'] };

describe('merging inserts', () => {
  it('makes one statement of neighbours and renumbers their values', () => {
    const [merged, ...rest] = mergeInserts([outcome, audit]);
    expect(rest).toEqual([]);
    expect(merged?.statement.text).toBe(
      'with i0 as (insert into outcomes (id, body) values ($1, $2)) insert into audit (id, at) values ($3, $4)',
    );
    expect(merged?.values).toEqual(['a', '{}', 'b', 1]);
  });

  it('leaves alone what reads or changes rows, and keeps the order', () => {
    const merged = mergeInserts([outcome, update, audit, upsert, outcome]);
    expect(merged.map(({ statement }) => statement.name)).toEqual(
      [outcome, update, audit, upsert, outcome].map(({ statement }) => statement.name),
    );
  });

  it('makes one insert of several rows of a table, in pieces of few sizes', () => {
    const many = Array.from({ length: 13 }, (_, i) => ({ ...audit, values: [`row ${i}`, i] }));
    const merged = mergeInserts(many);
    expect(merged.map(({ values }) => values.length / 2)).toEqual([8, 4, 1]);
    expect(merged[1]?.statement.text).toBe('insert into audit (id, at) values ($1, $2), ($3, $4), ($5, $6), ($7, $8)');
    expect(merged.flatMap(({ values }) => values)).toEqual(many.flatMap(({ values }) => values));
    expect(mergeInserts(many)[0]?.statement).toBe(merged[0]?.statement);
  });

  it('keeps what one call queued in its order, since a row may refer to an earlier one', () => {
    const one = {};
    const rows = [outcome, audit, outcome, audit].map((row) => ({ ...row, call: one }));
    expect(mergeInserts(rows)).toHaveLength(1);
    expect(mergeInserts(rows)[0]?.values).toEqual(['a', '{}', 'b', 1, 'a', '{}', 'b', 1]);
  });

  it('puts rows of several calls together, table by table', () => {
    const rows = [{}, {}].flatMap((call) => [
      { ...outcome, call },
      { ...audit, call },
    ]);
    expect(mergeInserts(rows).map(({ values }) => values)).toEqual([
      ['a', '{}', 'a', '{}'],
      ['b', 1, 'b', 1],
    ]);
  });
});
