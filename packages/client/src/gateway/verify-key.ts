import { ConnectionError } from '../errors.ts';
import type { Mode } from '../mode.ts';
import { readRefusal } from '../read-refusal.ts';

/** Where keys are asked about. */
export interface KeyServer {
  /** The Interlock server, such as `http://127.0.0.1:4000`. */
  readonly baseUrl: string;
  /** One of its `INTERLOCK_SERVICE_KEYS`, without the name of the service before it. */
  readonly serviceKey: string;
  /** Whose keys they are, such as `shop`. */
  readonly service: string;
  /** How long an answer is waited for; 2 s by default. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

/** With what a key was sent. */
export interface KeyUse {
  readonly scope?: string | undefined;
  /** The caller's address, for allowlists and for limits by address. */
  readonly address?: string | undefined;
  readonly referer?: string | undefined;
}

/** Whose a key is, or why it is not let through. */
export type KeyVerdict =
  | {
      readonly valid: true;
      readonly workspaceId: string;
      readonly service: string;
      readonly mode: Mode;
      readonly keyId: string;
      readonly name: string;
      readonly scopes: readonly string[];
      /** Unix milliseconds. */
      readonly expiresAt: number | null;
      /** What is left of its rate limit; `null` where there is none. `resetAt` in Unix seconds. */
      readonly limit: { readonly limit: number; readonly remaining: number; readonly resetAt: number } | null;
    }
  | { readonly valid: false; readonly code: string; readonly message: string; readonly retryAfter: number | null };

/**
 * Asks whose a key is. Each question takes one of the key's rate limit.
 *
 * @throws ConnectionError when the server cannot be reached or does not let this caller ask
 */
export async function verifyKey(server: KeyServer, key: string, use: KeyUse = {}): Promise<KeyVerdict> {
  const { baseUrl, serviceKey, service, timeoutMs = 2_000 } = server;
  let answer: Response;
  let text: string;
  try {
    answer = await (server.fetch ?? fetch)(`${baseUrl.replace(/\/+$/, '')}/core/v1/keys/verify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key, service, ...use }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await answer.text();
  } catch (cause) {
    throw new ConnectionError(`Keys cannot be verified: ${baseUrl} did not answer.`, { cause });
  }
  if (answer.ok) return readVerdict(baseUrl, text);
  const { message } = readRefusal({ status: answer.status, headers: answer.headers, text }, Date.now());
  throw new ConnectionError(`Keys cannot be verified: ${message}`);
}

/** Whatever else answers at the address, such as a proxy with a page of its own, says nothing of keys. */
function readVerdict(baseUrl: string, text: string): KeyVerdict {
  let verdict: unknown;
  try {
    verdict = JSON.parse(text);
  } catch {
    // Refused below.
  }
  if (typeof (verdict as Partial<KeyVerdict> | null | undefined)?.valid === 'boolean') return verdict as KeyVerdict;
  throw new ConnectionError(`Keys cannot be verified: what answers at ${baseUrl} is no Interlock server.`);
}
