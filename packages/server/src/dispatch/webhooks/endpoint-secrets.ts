import { sql } from '../../core/db/sql.ts';
import type { Db } from '../../core/db/transaction.ts';
import { refuse } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Sealer } from '../../core/sealing.ts';
import { decideRotation, type SigningSecret, secretsSigningAt, stateAt } from '../../core/signing-secrets/rotation.ts';
import { generateSecret, readSecret, type SecretFormat } from '../../core/signing-secrets/secret-text.ts';
import type { SecretRotation, WebhookSecret } from '../../core/webhooks.ts';

const insertSecret = sql`
  insert into signing_secrets (id, service, scope, scope_id, sealed, created_at) values ($1, $2, 'target', $3, $4, $5)`;
const listSecrets = sql`
  select id, scope_id as "endpointId", sealed, created_at, retires_at from signing_secrets
  where scope = 'target' and scope_id = any($1) and revoked_at is null order by created_at, id`;
const retireSecret = sql`update signing_secrets set retires_at = $2 where id = $1`;
const revokeSecret = sql`update signing_secrets set revoked_at = $2, retires_at = least(retires_at, $2) where id = $1`;
const deleteAll = sql`delete from signing_secrets where scope = 'target' and scope_id = $1`;

/** A secret that has not been revoked, with its text still sealed. */
export interface StoredSecret extends SigningSecret {
  readonly endpointId: string;
  readonly sealed: Buffer;
}

/** The secrets of some endpoints. */
export async function secretsOf(db: Db, endpointIds: readonly string[], now: number): Promise<StoredSecret[]> {
  const rows = await db.rows<{
    id: string;
    endpointId: string;
    sealed: Buffer;
    created_at: Date;
    retires_at: Date | null;
  }>(listSecrets, [endpointIds]);
  return rows.map(({ id, endpointId, sealed, created_at, retires_at }) => {
    const retiresAt = retires_at?.getTime() ?? null;
    const state = stateAt({ state: retiresAt === null ? 'active' : 'retiring', retiresAt }, now);
    return { id, endpointId, sealed, state, createdAt: created_at.getTime(), retiresAt };
  });
}

/** Those that sign now, newest first, as their owner sees them. */
export function viewSecrets(secrets: readonly StoredSecret[], sealer: Sealer, now: number): WebhookSecret[] {
  return secretsSigningAt(secrets, now).map(({ id, state, sealed, createdAt, retiresAt }) => ({
    id,
    state: state === 'active' ? 'active' : 'retiring',
    hint: sealer.open(sealed, id).slice(-4),
    createdAt,
    retiresAt,
  }));
}

/** The text of a new secret: the one that was brought, or a generated one. */
export function newSecretText(given: string | undefined, format: SecretFormat): string {
  if (given === undefined) return generateSecret(format);
  const reading = readSecret(given, format);
  if (reading.ok) return reading.secret;
  throw refuse('invalid_input', reading.message, { param: 'secret' });
}

export function addSecret(
  db: Db,
  { service, endpointId, text }: { readonly service: string; readonly endpointId: string; readonly text: string },
  sealer: Sealer,
  now: number,
): void {
  const id = newId('sec');
  db.defer(insertSecret, [id, service, endpointId, sealer.seal(text, id), new Date(now)]);
}

/** Puts a new secret in the place of the present one, which signs on beside it for the overlap. */
export function rotateSecrets(
  db: Db,
  secrets: readonly StoredSecret[],
  { overlapMs, force }: SecretRotation,
  now: number,
): void {
  const decision = decideRotation(secrets, { overlapMs, force }, now);
  if (decision.type === 'rotate') {
    for (const { id, state, retiresAt } of decision.changes) {
      db.defer(state === 'retiring' ? retireSecret : revokeSecret, [id, new Date(retiresAt)]);
    }
    return;
  }
  if (decision.why === 'invalid_overlap') {
    throw refuse('invalid_input', 'The overlap must be from 0 seconds to 7 days.', { param: 'overlapSeconds' });
  }
  throw refuse(
    'conflict',
    `The secret before still signs until ${new Date(decision.until).toISOString()}; revoke it first, or rotate with "force".`,
  );
}

/** Ends the overlap of a retiring secret. The active one can only be replaced: an endpoint without any cannot verify. */
export function endOverlap(db: Db, secrets: readonly StoredSecret[], secretId: string, now: number): void {
  const secret = secrets.find(({ id, state }) => id === secretId && state !== 'revoked');
  if (secret === undefined) {
    throw refuse('not_found', `There is no secret "${secretId}" that signs for this endpoint.`, { param: 'secretId' });
  }
  if (secret.state === 'active') {
    throw refuse('conflict', 'The active secret cannot be revoked alone; rotate it with an overlap of 0.');
  }
  db.defer(revokeSecret, [secretId, new Date(now)]);
}

export const deleteSecrets = (db: Db, endpointId: string) => db.defer(deleteAll, [endpointId]);
