import { type Endpoint, isEndpoint } from './request.ts';

/** The inputs of a test outcome, as its permalink carries them: enough to compute it again. */
export interface FixtureInputs {
  readonly accountId: string;
  readonly clientSeed: string;
  readonly endpoint: Endpoint;
  /** Canonical parameters, as text. */
  readonly params: string;
  readonly nonce: number;
  /** Whether its page withholds the result. It is for show: what a test draws is no secret. */
  readonly password: boolean;
}

/** A link longer than this is cut by browsers, proxies and chat programs; such an outcome is permalinked by id alone. */
const maxTokenLength = 6_000;

/** Writes the inputs into URL-safe text; `null` when they are too long for a link. */
export function writeToken({ accountId, clientSeed, endpoint, params, nonce, password }: FixtureInputs): string | null {
  // Canonical parameters are JSON already; quoting them once more would only make the link longer.
  const text = `[${JSON.stringify(accountId)},${JSON.stringify(clientSeed)},"${endpoint}",${nonce},${params}${password ? ',"password"' : ''}]`;
  const token = Buffer.from(text).toString('base64url');
  return token.length > maxTokenLength ? null : token;
}

/** Reads them back; `null` for a text that no permalink carries. */
export function readToken(token: string): (Omit<FixtureInputs, 'params'> & { params: Record<string, unknown> }) | null {
  if (token.length > maxTokenLength || !/^[A-Za-z0-9_-]+$/.test(token)) return null;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(value) || value.length < 5 || value.length > 6) return null;
  const [accountId, clientSeed, endpoint, nonce, params, mark] = value as unknown[];
  if (mark !== undefined && mark !== 'password') return null;
  if (typeof accountId !== 'string' || typeof clientSeed !== 'string' || !isEndpoint(endpoint)) return null;
  if (!Number.isSafeInteger(nonce) || (nonce as number) < 0) return null;
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return null;
  return {
    accountId,
    clientSeed,
    endpoint,
    nonce: nonce as number,
    params: params as Record<string, unknown>,
    password: mark === 'password',
  };
}
