import { type Db, sql } from '../../core/service.ts';
import type { Ctx } from './contract.ts';

/** What a secret signs for: everything of the project, one endpoint profile, or one schedule. */
export type SecretScope = 'workspace' | 'target' | 'source';

/** A signing secret as it is stored: encrypted, since it must be usable for signing. */
export interface NewSecret {
  readonly id: string;
  readonly scope: SecretScope;
  readonly scopeId: string;
  readonly sealed: Buffer;
  readonly createdAt: Date;
}

export function composeSecret(
  ctx: Pick<Ctx, 'newId' | 'now' | 'sealer'>,
  scope: SecretScope,
  scopeId: string,
  text: string,
): NewSecret {
  const id = ctx.newId('sec');
  return { id, scope, scopeId, sealed: ctx.sealer.seal(text, id), createdAt: new Date(ctx.now()) };
}

const insert = sql`
  insert into signing_secrets (id, service, scope, scope_id, sealed, created_at)
  values ($1, 'scheduler', $2, $3, $4, $5)`;

export function insertSecret(db: Db, { id, scope, scopeId, sealed, createdAt }: NewSecret): void {
  db.defer(insert, [id, scope, scopeId, sealed, createdAt]);
}
