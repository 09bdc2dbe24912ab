import type { IncomingHttpHeaders } from 'node:http';
import { refuse } from './errors.ts';
import type { Authenticator, VerifiedKey } from './keys/authenticator.ts';
import type { BadKeys } from './keys/bad-keys.ts';
import { modeOfPrefix, readKeyText } from './keys/key-text.ts';
import type { Mode } from './mode.ts';
import type { Caller, Operation, ServiceContract } from './service.ts';

/** Who calls, in which workspace and mode. */
export interface Authenticated {
  readonly caller: Caller;
  readonly workspaceId: string;
  readonly mode: Mode;
  readonly key: VerifiedKey | null;
}

/** A signed-in person, as the console knows him. */
export interface Person {
  readonly personId: string;
  readonly workspaceId: string;
  readonly role: string;
}

/** Finds the person of a session cookie; `null` when nobody is signed in. */
export type FindPerson = (headers: IncomingHttpHeaders) => Promise<Person | null>;

export interface AuthenticateParts {
  readonly contract: ServiceContract;
  readonly operation: Pick<Operation, 'caller' | 'anonymous' | 'anonymousMode'>;
  readonly authenticator: Authenticator;
  readonly badKeys: BadKeys;
  readonly findPerson: FindPerson;
}

/** The mode that a key claims by its prefix, before anybody has looked at the rest; `null` without a key. */
export function modeOfKey(contract: ServiceContract, headers: IncomingHttpHeaders): Mode | null {
  const text = keyTextOf(contract, headers);
  return text === null ? null : modeOfPrefix(contract.keys, text);
}

/**
 * Finds out who calls. A key that is supplied and does not hold is refused, never taken for no key. Answers at once where
 * memory knows the key: awaiting what is already there costs more than the check.
 *
 * @throws `invalid_key`, `too_many_bad_keys`, `key_required` or `session_required`
 */
export function authenticate(
  parts: AuthenticateParts,
  request: { readonly headers: IncomingHttpHeaders; readonly address: string; readonly query: string },
): Authenticated | Promise<Authenticated> {
  const { contract } = parts;
  if (parts.operation.anonymous?.(request.query) === true) return nobody('live');
  const sent = keyTextOf(contract, request.headers);
  // Where nobody may call without a key, an empty one is none.
  const text = sent === '' && contract.keys.anonymous === 'refuse' ? null : sent;
  const kind = parts.operation.caller ?? 'key';
  if (text !== null && kind !== 'person') return authenticateKey(parts, text, request.address);

  if (kind !== 'key') return authenticatePerson(parts, request, text);
  if (contract.keys.anonymous === 'refuse') {
    throw refuse('key_required', `Send an API key: Authorization: Bearer ${contract.keys.prefix.test}…`);
  }
  return nobody(parts.operation.anonymousMode?.(request.query) ?? 'live');
}

async function authenticatePerson(
  parts: AuthenticateParts,
  request: { readonly headers: IncomingHttpHeaders; readonly address: string },
  text: string | null,
): Promise<Authenticated> {
  const person = await parts.findPerson(request.headers);
  // A key that does not hold is refused as such here too; one that does is told afterwards that it is not enough.
  if (person === null && text !== null) return authenticateKey(parts, text, request.address);
  if (person === null) throw refuse('session_required', sessionRequired);
  const mode = request.headers['interlock-mode'] === 'test' ? 'test' : 'live';
  return {
    caller: { type: 'person', personId: person.personId, role: person.role },
    workspaceId: person.workspaceId,
    mode,
    key: null,
  };
}

function nobody(mode: Mode): Authenticated {
  return { caller: { type: 'anonymous' }, workspaceId: 'anonymous', mode, key: null };
}

/** For whoever calls an operation of people without being signed in. */
export const sessionRequired = 'Sign in first: this operation belongs to the account and takes a session.';

function authenticateKey(
  parts: AuthenticateParts,
  text: string,
  address: string,
): Authenticated | Promise<Authenticated> {
  const key = findKey(parts, text, address);
  return key instanceof Promise ? key.then((found) => holderOf(parts, text, found)) : holderOf(parts, text, key);
}

function holderOf(parts: AuthenticateParts, text: string, key: VerifiedKey): Authenticated {
  parts.authenticator.used(key.id);
  return {
    caller: {
      type: 'key',
      keyId: key.id,
      keyName: key.name,
      keyPrefix: text.slice(0, parts.contract.keys.prefix[key.mode].length + 4),
      scopes: key.scopes,
      boundTo: key.boundTo,
    },
    workspaceId: key.workspaceId,
    mode: key.mode,
    key,
  };
}

/**
 * The key with this text, of this service; looking is not using it.
 *
 * @throws `invalid_key` or `too_many_bad_keys`
 */
export function findKey(parts: KeyParts, text: string, address: string): VerifiedKey | Promise<VerifiedKey> {
  const known = parts.authenticator.known(text);
  // The text of a key that memory knows needs no other check.
  return known?.service === parts.contract.name ? known : findUnknown(parts, text, address, known);
}

type KeyParts = Pick<AuthenticateParts, 'contract' | 'authenticator' | 'badKeys'>;

async function findUnknown(
  { contract, authenticator, badKeys }: KeyParts,
  text: string,
  address: string,
  known: VerifiedKey | null | undefined,
): Promise<VerifiedKey> {
  const reading = readKeyText(contract.keys, text);
  let key = reading.ok ? known : null;
  if (key === undefined) {
    // Only keys that memory does not know cost a query, and an address that guesses may not ask any more.
    badKeys.checkQuery(address);
    key = await authenticator.lookUp(text);
  }
  if (key?.service === contract.name) return key;
  badKeys.record(address);
  badKeys.check(address);
  // Asked only where the answer is worded apart, and of a text that passes its checksum.
  const apart = contract.dialect.finer?.key_revoked !== undefined && reading.ok;
  const ended = apart ? await authenticator.whyEnded(text, contract.name) : null;
  if (ended === 'revoked') throw refuse('key_revoked', 'This API key was revoked; create a new one and send that.');
  if (ended === 'expired') throw refuse('key_expired', 'This API key has expired; create a new one and send that.');
  throw refuse('invalid_key', invalidKeyMessage(contract, reading));
}

function invalidKeyMessage(contract: ServiceContract, reading: { ok: boolean; mode: Mode | null }): string {
  if (reading.mode === null) {
    return `This is not a key of this API: its keys start with ${contract.keys.prefix.live} or ${contract.keys.prefix.test}.`;
  }
  if (!reading.ok) return 'The API key is mistyped or cut off: its length or checksum is wrong.';
  return 'The API key is unknown, expired or revoked; create a new one and send that.';
}

/** The text that is sent as a key, whatever it is; `null` where none is. */
export function keyTextOf(contract: ServiceContract, headers: IncomingHttpHeaders): string | null {
  const own = contract.keys.header === undefined ? undefined : headers[contract.keys.header];
  if (own !== undefined) return Array.isArray(own) ? (own[0] ?? '') : own;
  const { authorization } = headers;
  if (authorization === undefined) return null;
  const match = /^bearer(?:\s+(.*))?$/i.exec(authorization);
  return match === null ? null : (match[1] ?? '').trim();
}
