/** What stands in the database, from outside: each row of a workspace as one line, in the words of the model. */

/** The parts of a line; what is null is left out, as `concat_ws` does. */
export function lineOf(...parts: readonly (string | number | null)[]): string {
  return parts.filter((part) => part !== null).join(' ');
}

interface Table {
  readonly name: string;
  /** SQL of what its line says after the schema, a noun and the workspace; none for a table whose rows are not compared. */
  readonly shown: string;
}

const line: readonly Table[] = [
  {
    name: 'effects',
    shown: `service, name, state, key_id, request_id, coalesce(payload->>'id', payload->>'shortId')`,
  },
  {
    name: 'audit_log',
    shown: `service, status, key_id, request_id, suppressed->0->>'name', suppressed->0->'payload'->>'shortId'`,
  },
  { name: 'idempotency_keys', shown: 'service, scope, key, status, md5(body)' },
  { name: 'quota_usage', shown: 'service' },
];
const isolated: readonly Table[] = [
  { name: 'notes_items', shown: 'id, text, parent_id' },
  { name: 'memos_items', shown: `id, text, array_to_string(about, ',')` },
];
const tables: Readonly<Record<'live' | 'test' | 'shared', readonly Table[]>> = {
  live: [
    ...line,
    ...isolated,
    { name: 'randomness_chains', shown: 'key_id, client_seed, nonce' },
    { name: 'randomness_outcomes', shown: `key_id, client_seed, nonce, short_id, drawn->>'outcome'` },
  ],
  test: [...line, ...isolated],
  shared: [
    { name: 'ledger_entries', shown: 'id, mode, amount' },
    { name: 'idempotency_keys', shown: 'service, scope, key, status, md5(body)' },
  ],
};

const all = Object.entries(tables).flatMap(([schema, some]) => some.map((table) => ({ schema, ...table })));

/** Takes the rows of the workspaces `$1` away, and says what they were. */
export const takeRows = `with ${all
  .map(
    ({ schema, name, shown }) => `${schema}_${name} as (
      delete from ${schema}.${name} where workspace_id = any($1)
      returning concat_ws(' ', '${schema}.${name}', workspace_id, ${shown}) as line)`,
  )
  .join(', ')} ${all.map(({ schema, name }) => `select line from ${schema}_${name}`).join(' union all ')}`;

/** Every table that rows of a workspace can be in, whether the model knows it or not. */
export const findTables = `
  select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.columns
  where table_schema in ('live', 'test', 'shared') and column_name = 'workspace_id' order by 1`;
