import { decodeBase64 } from '../base64.ts';
import type { Mode } from '../mode.ts';
import type { GateDatabase } from './database.ts';

/** An answer that can be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where it is no text. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** One key of one caller. */
export interface Claim {
  readonly workspaceId: string;
  readonly mode: Mode;
  readonly key: string;
  /** What two requests are the same by. */
  readonly fingerprint: string;
}

export type ClaimOutcome =
  | { readonly type: 'run' }
  | { readonly type: 'replay'; readonly answer: KeptAnswer }
  | { readonly type: 'running' }
  | { readonly type: 'conflict' };

/** Idempotency keys within one workspace and mode: the same key in the other mode is another one. */
export interface IdempotencyStore {
  claim(claim: Claim): Promise<ClaimOutcome>;
  /** Keeps the answer for those who ask again. */
  keep(claim: Claim, answer: KeptAnswer): Promise<void>;
  /** Gives the key back: the request failed on our side, and may be tried again. */
  release(claim: Claim): Promise<void>;
}

/** Stands among the headers of an answer that is no text; no header can be called so. */
const asBase64 = ':base64';

/** How long a claim holds whose process has died. */
const leaseSeconds = 60;
const keepSeconds = 86_400;

// One statement decides: of many requests with one key exactly one gets the row back.
const claimKey = `
  insert into interlock_idempotency as i (scope, key, fingerprint, claimed_until, expires_at)
  values ($1, $2, $3, now() + interval '${leaseSeconds} seconds', now() + interval '${keepSeconds} seconds')
  on conflict (scope, key) do update
    set fingerprint = excluded.fingerprint, status = null, headers = null, body = null,
        claimed_until = excluded.claimed_until, expires_at = excluded.expires_at
    where i.expires_at <= now() or (i.status is null and i.claimed_until <= now())
  returning 1`;
const findKey = 'select fingerprint, status, headers, body from interlock_idempotency where scope = $1 and key = $2';
const keepAnswer = `
  update interlock_idempotency set status = $3, headers = $4, body = $5 where scope = $1 and key = $2 and status is null`;
const releaseKey = 'delete from interlock_idempotency where scope = $1 and key = $2 and status is null';
const forgetExpired = 'delete from interlock_idempotency where expires_at <= now()';

/** Keeps keys in a PostgreSQL. */
export function createIdempotencyStore(database: GateDatabase): IdempotencyStore & { forget(): Promise<void> } {
  return {
    async claim(claim) {
      const { rows } = await database.query(claimKey, [scopeOf(claim), claim.key, claim.fingerprint]);
      if (rows.length > 0) return { type: 'run' };
      const [row] = (await database.query(findKey, [scopeOf(claim), claim.key])).rows;
      // Given back between the two statements.
      if (row === undefined) return { type: 'running' };
      if (row.fingerprint !== claim.fingerprint) return { type: 'conflict' };
      if (row.status === null) return { type: 'running' };
      const { [asBase64]: encoded, ...headers } = (row.headers ?? {}) as Record<string, string>;
      const text = String(row.body ?? '');
      const body = encoded === undefined ? text : decodeBase64(text);
      return { type: 'replay', answer: { status: Number(row.status), headers, body } };
    },
    async keep(claim, { status, headers, body }) {
      const isText = typeof body === 'string';
      const text = isText ? body : btoa(Array.from(body, (byte) => String.fromCharCode(byte)).join(''));
      const kept = isText ? headers : { ...headers, [asBase64]: '1' };
      await database.query(keepAnswer, [scopeOf(claim), claim.key, status, JSON.stringify(kept), text]);
    },
    async release(claim) {
      await database.query(releaseKey, [scopeOf(claim), claim.key]);
    },
    async forget() {
      await database.query(forgetExpired);
    },
  };
}

function scopeOf({ workspaceId, mode }: Claim): string {
  return `${workspaceId} ${mode}`;
}
