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

  it('gives the same neighbours the same statement, and long runs in pieces', () => {
    const many = Array.from({ length: 13 }, () => audit);
    const merged = mergeInserts(many);
    expect(merged.map(({ values }) => values.length / 2)).toEqual([6, 6, 1]);
    expect(merged[0]?.statement).toBe(merged[1]?.statement);
    expect(mergeInserts(many)[0]?.statement).toBe(merged[0]?.statement);
  });
});
