import { describe, expect, it } from 'vitest';
import { checkDataStatement } from './data-statement.ts';
import { sql } from './sql.ts';
import { statementName } from './statement-name.ts';

const statement = (text: string) => ({ name: statementName(text), text });

describe('a handle', () => {
  it.each([
    'select 1',
    '\n  SELECT 1',
    '(select 1) union (select 2)',
    '( ( select 1))',
    'with a as (select 1) table a',
    'values (1)',
    'table notes_items',
    'insert into t values (1)',
    'update t set a = 1',
    'delete from t',
    'merge into t using s on true when matched then delete',
  ])('sends %j', (text) => {
    expect(() => checkDataStatement(statement(text))).not.toThrow();
  });

  it.each([
    '',
    ' ',
    ';select 1',
    'selected',
    'set role x',
    '-- select\nset role x',
    '/* select */ set role x',
    'reset all',
    'begin',
    'commit',
    'rollback',
    'savepoint a',
    'prepare a as select 1',
    'execute a',
    'deallocate all',
    'discard all',
    'declare c cursor for select 1',
    'fetch c',
    'listen a',
    'notify a',
    'lock table t',
    'copy t to stdout',
    'do $$ begin end $$',
    'call p()',
    'create table t ()',
    'alter table t disable row level security',
    'drop table t',
    'truncate t',
    'grant all on t to public',
    'explain analyze delete from t',
    'vacuum',
    'analyze',
    'comment on table t is null',
    '\u00a0select 1',
  ])('does not send %j', (text) => {
    expect(() => checkDataStatement(statement(text))).toThrow('a handle runs');
  });

  it('does not send a statement under the name of another', () => {
    const trusted = sql`select set_config('app.seat', $1, true)`;
    expect(() => checkDataStatement({ name: trusted.name, text: 'select 1' })).toThrow('carries the name of its text');
    expect(() => checkDataStatement({ name: '', text: 'select 1; set role x' })).toThrow(
      'carries the name of its text',
    );
    expect(() => checkDataStatement(trusted)).not.toThrow();
  });
});
