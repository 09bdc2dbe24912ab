import { Fragment, sql } from '../../server/src/core/db/sql.ts';
import type { Db } from '../../server/src/core/db/transaction.ts';

/**
 * Erases what a service keeps and what it has on its way, in the workspace and mode of the transaction, and counts it.
 *
 * One statement, so that tables that refer to each other need no order: references are checked at its end.
 */
export async function eraseTestRows(
  db: Pick<Db, 'row'>,
  service: string,
  tables: readonly string[],
): Promise<Record<string, number>> {
  const parts = [
    ...tables.map((table) => ({ table, statement: `delete from test.${table}` })),
    ...sendings.map(({ table, condition }) => ({ table, statement: `delete from test.${table} where ${condition}` })),
  ];
  // Tables come from a contract and nowhere else; the loader has held their names against each other.
  for (const { table } of parts) if (!/^[a-z_0-9]+$/.test(table)) throw new Error(`"${table}" is no name of a table`);
  const steps = parts.map(({ statement }, index) => `e${index} as (${statement} returning 1)`).join(', ');
  const counts = parts.map((_, index) => `(select count(*) from e${index})`).join(', ');
  const erase = sql`with services as (select $1::text as name), ${new Fragment(steps)} select array[${new Fragment(counts)}] as counts`;
  const row = await db.row<{ counts: (number | string)[] }>(erase, [service]);
  return Object.fromEntries(parts.map(({ table }, index) => [table, Number(row?.counts[index] ?? 0)]));
}

/** The files whose rows are about to go. */
export async function listTestFiles(db: Pick<Db, 'rows'>, table: string): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`select id from ${new Fragment(`test.${table}`)}`);
  return rows.map(({ id }) => id);
}

const ofService = 'service = (select name from services)';
const deliveriesOfService = `(select id from test.deliveries where ${ofService} and kind <> 'webhook')`;

/** What lies in the line's own tables for a service; its webhook endpoints, and what they were sent, are no test data. */
const sendings = [
  { table: 'attempts', condition: `delivery_id in ${deliveriesOfService}` },
  {
    table: 'messages',
    condition: `id in (select message_id from test.deliveries where ${ofService} and kind <> 'webhook')`,
  },
  { table: 'deliveries', condition: `${ofService} and kind <> 'webhook'` },
  { table: 'targets', condition: `${ofService} and kind <> 'webhook'` },
  { table: 'idempotency_keys', condition: ofService },
];
