import { decodeBase64 } from '../base64.ts';
import { InterlockError } from '../errors.ts';
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
  | { readonly type: 'run'; readonly held: HeldClaim }
  | { readonly type: 'replay'; readonly answer: KeptAnswer }
  | { readonly type: 'running' }
  | { readonly type: 'conflict' };

/** A key while its request runs: prolonged every 20 s until one of the two is called, for 15 minutes at most. */
export interface HeldClaim {
  /** Keeps the answer for those who ask again. */
  keep(answer: KeptAnswer): Promise<void>;
  /** Gives the key back: the request failed on our side, and may be tried again. */
  release(): Promise<void>;
}

/** Idempotency keys within one workspace and mode: the same key in the other mode is another one. */
export interface IdempotencyStore {
  claim(claim: Claim): Promise<ClaimOutcome>;
  /** Forgets what has expired. */
  forget(): Promise<void>;
}

/** Stands among the headers of an answer that is no text; no header can be called so. */
const asBase64 = ':base64';

/** How long a claim holds whose process has died. */
const leaseSeconds = 60;
const prolongEveryMs = 20_000;
/** A handler that never answers does not keep its key for good. */
const maxProlongations = 45;
const keepSeconds = 86_400;

// One statement decides: of many requests with one key exactly one gets the row back.
const claimKey = `
  insert into interlock_idempotency as i (scope, key, fingerprint, holder, claimed_until, expires_at)
  values ($1, $2, $3, $4, now() + interval '${leaseSeconds} seconds', now() + interval '${keepSeconds} seconds')
  on conflict (scope, key) do update
    set fingerprint = excluded.fingerprint, holder = excluded.holder, status = null, headers = null, body = null,
        claimed_until = excluded.claimed_until, expires_at = excluded.expires_at
    where i.expires_at <= now() or (i.status is null and i.claimed_until <= now())
  returning 1`;
const findKey = 'select fingerprint, status, headers, body from interlock_idempotency where scope = $1 and key = $2';
// Whoever was away for longer than the lease has lost the key to the next one, and changes nothing any more.
const isHeld = 'scope = $1 and key = $2 and holder = $3 and status is null';
const prolongClaim = `
  update interlock_idempotency set claimed_until = now() + interval '${leaseSeconds} seconds' where ${isHeld} returning 1`;
const keepAnswer = `update interlock_idempotency set status = $4, headers = $5, body = $6 where ${isHeld} returning 1`;
const releaseKey = `delete from interlock_idempotency where ${isHeld} returning 1`;
const forgetExpired = 'delete from interlock_idempotency where expires_at <= now()';

/**
 * Keeps keys in a PostgreSQL.
 *
 * @param onError told when a claim could not be prolonged, or was lost to another request
 */
export function createIdempotencyStore(
  database: GateDatabase,
  onError: (error: unknown) => void = () => {},
): IdempotencyStore {
  function hold(claim: Claim, holder: string): HeldClaim {
    let isSettled = false;
    const change = (statement: string, ...values: unknown[]) =>
      database.query(statement, [scopeOf(claim), claim.key, holder, ...values]);
    const lose = () => {
      stop();
      onError(
        new InterlockError(`the Idempotency-Key "${claim.key}" was lost while its request ran, which may run twice`),
      );
    };
    const prolong = async () => {
      const { rows } = await change(prolongClaim);
      if (rows.length === 0 && !isSettled) lose();
    };
    const stop = repeat(prolongEveryMs, maxProlongations, () => prolong().catch(onError));
    const settle = async (statement: string, ...values: unknown[]) => {
      isSettled = true;
      stop();
      const { rows } = await change(statement, ...values);
      if (rows.length === 0) lose();
    };
    return {
      async keep({ status, headers, body }) {
        const isText = typeof body === 'string';
        const text = isText ? body : btoa(Array.from(body, (byte) => String.fromCharCode(byte)).join(''));
        const kept = isText ? headers : { ...headers, [asBase64]: '1' };
        await settle(keepAnswer, status, JSON.stringify(kept), text);
      },
      release: () => settle(releaseKey),
    };
  }

  return {
    async claim(claim) {
      const holder = crypto.randomUUID();
      const { rows } = await database.query(claimKey, [scopeOf(claim), claim.key, claim.fingerprint, holder]);
      if (rows.length > 0) return { type: 'run', held: hold(claim, holder) };
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
    async forget() {
      await database.query(forgetExpired);
    },
  };
}

/** Runs so often at most, until it is stopped; keeps no process from ending. */
function repeat(everyMs: number, times: number, run: () => void): () => void {
  let left = times;
  const timer: unknown = setInterval(() => {
    if (--left === 0) stop();
    run();
  }, everyMs);
  // A number in browsers and workers.
  (timer as { unref?: () => void }).unref?.();
  const stop = () => clearInterval(timer as number);
  return stop;
}

function scopeOf({ workspaceId, mode }: Claim): string {
  return `${workspaceId} ${mode}`;
}
