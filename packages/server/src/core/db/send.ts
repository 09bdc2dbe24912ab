import type { Pool, PoolClient, QueryResult } from 'pg';
import { arrayText } from './array-text.ts';
import type { Sql } from './sql.ts';

/** Sends a statement, which every connection prepares once. */
export function send(client: Pool | PoolClient, { name, text }: Sql, values: readonly unknown[]): Promise<QueryResult> {
  return client.query({ name, text, values: values.map(spelled) });
}

function spelled(value: unknown): unknown {
  return Array.isArray(value) ? (arrayText(value) ?? value) : value;
}
