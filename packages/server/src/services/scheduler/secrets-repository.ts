import { type Db, fragment, sql } from '../../core/service.ts';
import type { SecretScope } from './secret-row.ts';

/** A signing secret without its text. */
export interface SecretRow {
  readonly id: string;
  readonly scope: SecretScope;
  readonly scope_id: string;
  readonly created_at: Date;
  readonly retires_at: Date | null;
  readonly revoked_at: Date | null;
}

const columns = fragment`id, scope, scope_id, created_at, retires_at, revoked_at`;

const find = sql`select ${columns} from signing_secrets where id = $1 and service = 'scheduler'`;

export function findSecret(db: Db, id: string): Promise<SecretRow | undefined> {
  return db.row<SecretRow>(find, [id]);
}

const lockScopeName = sql`
  select pg_advisory_xact_lock(hashtextextended(
    concat_ws(' ', 'scheduler secrets', current_setting('app.workspace'), $1::text, $2::text), 0))`;
const ofScope = sql`
  select ${columns} from signing_secrets
  where service = 'scheduler' and scope = $1 and scope_id = $2 and revoked_at is null
    and (retires_at is null or retires_at > $3)
  order by created_at desc, id desc`;

/** The secrets that sign for a scope now; nobody else changes them until the transaction ends. */
export async function lockScope(db: Db, scope: SecretScope, scopeId: string, now: number): Promise<SecretRow[]> {
  await db.run(lockScopeName, [scope, scopeId]);
  return db.rows<SecretRow>(ofScope, [scope, scopeId, new Date(now)]);
}

const list = sql`
  select ${columns} from signing_secrets
  where service = 'scheduler' and ($1::text is null or id < $1) and ($2::text is null or scope = $2)
    and ($3::text is null or scope_id = $3)
  order by id desc limit $4`;

/** Newest first, those after an id in that order. */
export function listSecretRows(
  db: Db,
  filters: { readonly scope: SecretScope | null; readonly scopeId: string | null },
  page: { readonly after: string | null; readonly count: number },
): Promise<SecretRow[]> {
  return db.rows<SecretRow>(list, [page.after, filters.scope, filters.scopeId, page.count]);
}

const end = sql`
  update signing_secrets set retires_at = coalesce($2, retires_at), revoked_at = coalesce($3, revoked_at) where id = $1`;

/** Says until when a secret signs, or that it does no more. */
export async function endSecret(
  db: Db,
  id: string,
  change: { readonly retiresAt: number | null; readonly revokedAt: number | null },
): Promise<void> {
  const instant = (at: number | null) => (at === null ? null : new Date(at));
  await db.run(end, [id, instant(change.retiresAt), instant(change.revokedAt)]);
}
