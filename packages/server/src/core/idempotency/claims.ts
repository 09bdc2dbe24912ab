import { codeOf } from '../db/failures.ts';
import { fragment, type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { StoredAnswer } from './decide.ts';

/** Where one request's idempotency key lives. */
export interface IdempotencyKey {
  readonly workspaceId: string;
  readonly service: string;
  /** Whose keys are told apart below the workspace: a key id, an address, or nothing. */
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: Buffer;
  /** Unix milliseconds. */
  readonly at: number;
  readonly expiresAt: number;
}

/** Keeps claims and answers; the claim is exclusive until it is answered or given up. */
export interface Claims {
  /** `null` when this request now holds the key; what is stored otherwise; `busy` when another holds it. */
  claim(key: IdempotencyKey): Promise<StoredAnswer | null | 'busy'>;
  /** Stores the answer, to become visible with the change it describes. */
  answer(key: IdempotencyKey, answer: FirstAnswer): void;
}

/** What a first request was answered with. */
export interface FirstAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly requestId: string;
}

const setLockTimeout = sql`select set_config('lock_timeout', $1, true)`;

interface Statements {
  readonly insert: Sql;
  readonly find: Sql;
  readonly complete: Sql;
}

const perMode = statementsOn('idempotency_keys');
const acrossModes = statementsOn('shared.idempotency_keys');

function statementsOn(table: 'idempotency_keys' | 'shared.idempotency_keys'): Statements {
  const name = table === 'idempotency_keys' ? fragment`idempotency_keys` : fragment`shared.idempotency_keys`;
  return {
    // An expired row is taken over; a running first request makes the insert wait for its end.
    insert: sql`
      insert into ${name} as stored (workspace_id, service, scope, key, fingerprint, created_at, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (workspace_id, service, scope, key) do update
        set fingerprint = excluded.fingerprint, status = null, content_type = null, body = null, request_id = null,
            created_at = excluded.created_at, expires_at = excluded.expires_at
        where stored.expires_at <= excluded.created_at
      returning true`,
    find: sql`
      select fingerprint, status, content_type, body, request_id from ${name}
      where workspace_id = $1 and service = $2 and scope = $3 and key = $4`,
    complete: sql`
      update ${name} set status = $5, content_type = $6, body = $7, request_id = $8
      where workspace_id = $1 and service = $2 and scope = $3 and key = $4`,
  };
}

/**
 * Claims in the transaction of the work itself: the claim, the change and the stored answer become visible together or
 * not at all, so a failed request leaves the key free and a crash cannot leave it stuck.
 *
 * @param waitMs how long to wait for another request that holds the key
 */
export function claimsInTransaction(transaction: Db, options: { waitMs: number; acrossModes: boolean }): Claims {
  const statements = options.acrossModes ? acrossModes : perMode;
  return {
    async claim(key) {
      const id = [key.workspaceId, key.service, key.scope, key.key];
      try {
        await transaction.run(setLockTimeout, [`${Math.max(1, options.waitMs)}ms`]);
        const claimed = await transaction.row(statements.insert, [
          ...id,
          key.fingerprint,
          new Date(key.at),
          new Date(key.expiresAt),
        ]);
        await transaction.run(setLockTimeout, ['0']);
        if (claimed !== undefined) return null;
      } catch (error) {
        if (codeOf(error) === '55P03') return 'busy';
        throw error;
      }
      const row = await transaction.row<{
        fingerprint: Buffer;
        status: number | null;
        content_type: string | null;
        body: string | null;
        request_id: string | null;
      }>(statements.find, id);
      if (row === undefined) return 'busy';
      return {
        fingerprint: row.fingerprint,
        status: row.status,
        contentType: row.content_type ?? '',
        body: row.body ?? '',
        requestId: row.request_id,
      };
    },
    answer(key, { status, contentType, body, requestId }) {
      transaction.defer(statements.complete, [
        key.workspaceId,
        key.service,
        key.scope,
        key.key,
        status,
        contentType,
        body,
        requestId,
      ]);
    },
  };
}

/** The newest answers of this process, for modes that keep no table. */
export class MemoryClaims implements Claims {
  readonly #answers = new Map<string, StoredAnswer & { expiresAt: number }>();
  readonly #max: number;

  constructor(max = 10_000) {
    this.#max = max;
  }

  async claim(key: IdempotencyKey): Promise<StoredAnswer | null> {
    const stored = this.#answers.get(nameOf(key));
    return stored !== undefined && stored.expiresAt > key.at ? stored : null;
  }

  answer(key: IdempotencyKey, answer: FirstAnswer): void {
    const name = nameOf(key);
    this.#answers.delete(name);
    this.#answers.set(name, { fingerprint: key.fingerprint, expiresAt: key.expiresAt, ...answer });
    if (this.#answers.size <= this.#max) return;
    const oldest = this.#answers.keys().next().value;
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}

/** One text for a key, unambiguous because none of the parts can hold a line feed. */
export function nameOf(key: Pick<IdempotencyKey, 'workspaceId' | 'service' | 'scope' | 'key'>): string {
  return `${key.workspaceId}\n${key.service}\n${key.scope}\n${key.key}`;
}
