import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type ApiError, refuse } from '../errors.ts';
import type { Mode } from '../mode.ts';
import type { ServiceContract } from '../service.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Claims, IdempotencyKey } from './claims.ts';
import { decideIdempotency, type StoredAnswer } from './decide.ts';

/** What a request is known by. */
export interface Claimant {
  readonly workspaceId: string;
  readonly mode: Mode;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly keyId: string | null;
}

/**
 * The claim that a request makes with its `Idempotency-Key`; `null` without one.
 *
 * @throws `invalid_input` for a key that cannot be one
 */
export function claimOf(
  contract: ServiceContract,
  incoming: { method: string; path: string; query: string; headers: IncomingHttpHeaders; address: string },
  claimant: Claimant,
  bytes: Buffer | null,
): IdempotencyKey | null {
  const key = incoming.headers['idempotency-key'];
  if (key === undefined) return null;
  const { maxLength, keepMs, head = wholeHead, headers = [], perEndpoint, sameBody } = contract.idempotency;
  const told = headers.map((name) => `${name}: ${incoming.headers[name] ?? ''}\n`).join('');
  if (typeof key !== 'string' || key.length < 1 || key.length > maxLength || !/^[\x20-\x7e]+$/.test(key)) {
    throw refuse('bad_idempotency_key', `Idempotency-Key must have 1 to ${maxLength} printable ASCII characters.`, {
      param: 'Idempotency-Key',
    });
  }
  return {
    workspaceId: claimant.workspaceId,
    service: contract.name,
    scope: scopeOf(contract, incoming.address, claimant) + (perEndpoint ? `${incoming.method} ${incoming.path}` : ''),
    key,
    fingerprint: hash('sha256', Buffer.concat([Buffer.from(head(incoming) + told), said(bytes, sameBody)]), 'buffer'),
    at: claimant.startedAt,
    expiresAt: claimant.startedAt + keepMs,
  };
}

/** What of a body counts; by now it is known to be JSON, or empty. */
function said(bytes: Buffer | null, sameBody: 'bytes' | 'json' = 'bytes'): Buffer {
  if (bytes === null || bytes.length === 0) return Buffer.alloc(0);
  return sameBody === 'bytes' ? bytes : Buffer.from(canonicalJson(JSON.parse(bytes.toString())));
}

function wholeHead({ method, path, query }: { method: string; path: string; query: string }): string {
  return `${method} ${path}?${query}\n`;
}

/** Whose key it is, in words that no two modes share unless the contract says so. */
function scopeOf(contract: ServiceContract, address: string, { mode, keyId }: Claimant): string {
  switch (contract.idempotency.scope) {
    case 'key':
      return keyId ?? `${mode} ${address}`;
    case 'mode':
      return mode;
    case 'workspace':
      return '';
  }
}

/**
 * Claims the key: `null` when this request is the first and runs, the stored answer when it ran before.
 *
 * @throws `idempotency_conflict` for another request, `idempotency_in_progress` while the first one runs
 */
export async function replayed(claims: Claims, claim: IdempotencyKey) {
  const stored: StoredAnswer | null | 'busy' = await claims.claim(claim);
  if (stored === 'busy') throw inProgress();
  const decision = decideIdempotency(stored, claim.fingerprint);
  switch (decision.type) {
    case 'run':
      return null;
    case 'replay':
      return decision.answer;
    case 'conflict':
      throw refuse(
        'idempotency_conflict',
        'This Idempotency-Key was used with another request; send a new key for a new request.',
        { param: 'Idempotency-Key' },
      );
    case 'in_progress':
      throw inProgress();
  }
}

export function inProgress(): ApiError {
  return refuse(
    'idempotency_in_progress',
    'The first request with this Idempotency-Key is still running; try again shortly.',
    { param: 'Idempotency-Key', retryAfter: 1 },
  );
}
