import { type Db, sql } from '../../core/service.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** An endpoint profile, as far as a schedule on it depends on it. */
export interface Destination {
  readonly id: string;
  readonly archived: boolean;
  readonly method: string | null;
  readonly retry_policy: RetryPolicy | null;
}

const findNamed = sql`
  select t.id, t.archived, v.method, v.retry_policy from targets t
  join target_versions v on v.target_id = t.id and v.version = t.version
  where t.id = any($1::text[]) and t.service = 'scheduler' and t.kind = 'profile'`;

/** The endpoint profiles of some ids, by id. */
export async function findDestinations(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Destination>> {
  if (ids.length === 0) return new Map();
  const rows = await db.rows<Destination>(findNamed, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}
