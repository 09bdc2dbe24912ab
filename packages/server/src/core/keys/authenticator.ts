import { hash } from 'node:crypto';
import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { sql } from '../db/sql.ts';
import type { KeyRateLimit } from '../limits/key-rate-limit.ts';
import type { Mode } from '../mode.ts';
import type { Clock } from '../sources.ts';
import { type AddressMatcher, type RefererMatcher, readAddressList, readRefererList } from './allowlist.ts';
import { createDenials, type Denial } from './denials.ts';
import { keyChanges } from './key-ring.ts';

/** A key as the line knows it; never its text. */
export interface VerifiedKey {
  readonly id: string;
  readonly workspaceId: string;
  readonly service: string;
  readonly mode: Mode;
  readonly name: string;
  /** Of its workspace; decides about limits where a contract names plans. */
  readonly plan: string;
  readonly scopes: ReadonlySet<string>;
  readonly allowsAddress: AddressMatcher;
  readonly allowsReferer: RefererMatcher;
  readonly restrictsReferer: boolean;
  /** Unix milliseconds; `Infinity` for a key that does not expire. */
  readonly validUntil: number;
  readonly boundTo: string | null;
  /** What it is held to below what its plan allows. */
  readonly rateLimit: KeyRateLimit | null;
}

interface Entry {
  readonly digest: string;
  readonly key: VerifiedKey;
  readonly readAt: number;
}

export interface AuthenticatorOptions {
  readonly database: Database;
  readonly clock: Clock;
  /**
   * How long an entry is trusted while change notifications arrive, and while they do not (the connection is down, or
   * the engine has no LISTEN), in milliseconds.
   */
  readonly trustMs: number;
  readonly unheardTrustMs: number;
}

export interface Authenticator {
  /**
   * The key with this text when memory holds it; `null` when it has expired; `undefined` when only the database can
   * tell. Never writes.
   */
  known(text: string): VerifiedKey | null | undefined;
  /** The key with this text by one query, remembered from then on; `null` when there is none. Never writes. */
  lookUp(text: string): Promise<VerifiedKey | null>;
  /** Why a text that once was a key of a service is none any more; `null` when it never was. */
  whyEnded(text: string, service: string): Promise<'revoked' | 'expired' | null>;
  /** Counts a use; written in batches. */
  used(keyId: string): void;
  /** Notes in the key's activity that an allowlist refused a call; written within half a second. */
  denied(key: VerifiedKey, denial: Denial): void;
  /** Writes the batches of uses and denials now. */
  flush(): Promise<void>;
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

const findSecret = sql`
  select k.id, k.workspace_id, k.service, k.mode, k.name, k.plan, k.scopes, k.allowed_ips, k.allowed_referers, k.bound_to,
         k.per_minute, k.per_hour, s.hash, least(k.expires_at, s.expires_at) as valid_until
  from core.api_key_secrets s join core.api_keys k on k.id = s.key_id
  where s.hash = $1 and k.revoked_at is null`;

const findEnded = sql`
  select k.service, k.revoked_at is not null as revoked
  from core.api_key_secrets s join core.api_keys k on k.id = s.key_id
  where s.hash = $1 and (k.revoked_at is not null or least(k.expires_at, s.expires_at) <= $2)`;

const recordUses = sql`
  update core.api_keys k set last_used_at = greatest(k.last_used_at, u.at), uses = k.uses + u.uses
  from unnest($1::text[], $2::timestamptz[], $3::bigint[]) as u(id, at, uses) where k.id = u.id`;

interface SecretRow {
  id: string;
  workspace_id: string;
  service: string;
  mode: Mode;
  name: string;
  plan: string;
  scopes: string[];
  allowed_ips: string[];
  allowed_referers: string[];
  bound_to: string | null;
  per_minute: number | null;
  per_hour: number | null;
  hash: Buffer;
  valid_until: Date | null;
}

/** Beyond this many entries the oldest go. */
const maxCached = 100_000;
const flushEveryMs = 5_000;

/** Checks keys against a memory of the ones seen, kept true by notifications of every change. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { database, clock } = options;
  const cache = new Map<string, Entry>();
  const hashesOfKey = new Map<string, Set<string>>();
  const uses = new Map<string, { at: number; uses: number }>();
  /** Grows with every change heard, so that a row read before a change is not remembered after it. */
  let changes = 0;

  const forgetAll = (): void => {
    changes++;
    cache.clear();
    hashesOfKey.clear();
  };
  const forget = (keyId: string): void => {
    changes++;
    for (const name of hashesOfKey.get(keyId) ?? []) cache.delete(name);
    hashesOfKey.delete(keyId);
  };
  const forgetOldest = (): void => {
    const [oldest] = cache;
    if (oldest === undefined) return;
    const [name, { key }] = oldest;
    cache.delete(name);
    const hashes = hashesOfKey.get(key.id);
    hashes?.delete(name);
    if (hashes?.size === 0) hashesOfKey.delete(key.id);
  };
  const listener = database.listen(keyChanges, forget, forgetAll);

  const load = async (digest: string): Promise<VerifiedKey | null> => {
    const seen = changes;
    const row = await committed(database.as('authenticator', ''), (db) =>
      db.row<SecretRow>(findSecret, [Buffer.from(digest, 'latin1')]),
    );
    const key = row === undefined ? null : verifiedKey(row);
    // Unknown keys are not remembered: a flood of them would push out the known ones.
    if (key === null || row === undefined || seen !== changes) return key;
    if (cache.size >= maxCached) forgetOldest();
    const name = nameOf(digest);
    cache.set(name, { digest, key, readAt: clock.now() });
    const hashes = hashesOfKey.get(key.id);
    if (hashes === undefined) hashesOfKey.set(key.id, new Set([name]));
    else hashes.add(name);
    return key;
  };

  const current = (key: VerifiedKey | null): VerifiedKey | null =>
    key !== null && clock.now() < key.validUntil ? key : null;

  const denials = createDenials(database, clock);

  const flushUses = async (): Promise<void> => {
    if (uses.size === 0) return;
    const batch = [...uses];
    uses.clear();
    const transaction = database.as('authenticator', '');
    transaction.defer(recordUses, [
      batch.map(([id]) => id),
      batch.map(([, use]) => new Date(use.at)),
      batch.map(([, use]) => use.uses),
    ]);
    // A lost count of uses is not worth an error to anybody.
    await transaction.commit().catch(() => {});
  };
  const timer = setInterval(() => void flushUses(), flushEveryMs);
  timer.unref();

  return {
    ready: listener.ready,
    known(text) {
      const digest = digestOf(text);
      const entry = cache.get(nameOf(digest));
      const trustMs = listener.connected ? options.trustMs : options.unheardTrustMs;
      if (entry === undefined || clock.now() - entry.readAt >= trustMs || !isSameDigest(entry.digest, digest)) {
        return undefined;
      }
      return current(entry.key);
    },
    lookUp(text) {
      return load(digestOf(text)).then(current);
    },
    async whyEnded(text, service) {
      const row = await committed(database.as('authenticator', ''), (db) =>
        db.row<{ service: string; revoked: boolean }>(findEnded, [
          Buffer.from(digestOf(text), 'latin1'),
          new Date(clock.now()),
        ]),
      );
      if (row === undefined || row.service !== service) return null;
      return row.revoked ? 'revoked' : 'expired';
    },
    used(keyId) {
      const use = uses.get(keyId);
      if (use === undefined) uses.set(keyId, { at: clock.now(), uses: 1 });
      else {
        use.at = clock.now();
        use.uses++;
      }
    },
    denied: (key, denial) => denials.add(key, denial),
    async flush() {
      await Promise.all([flushUses(), denials.flush()]);
    },
    async close() {
      clearInterval(timer);
      await flushUses();
      await denials.close();
      await listener.close();
    },
  };
}

/** A map key of 128 bits; the whole digest is compared afterwards, in constant time. */
function nameOf(digest: string): string {
  return digest.slice(0, 16);
}

/** One character a byte: a digest leaves the crypto module faster as text than as a Buffer. */
function digestOf(text: string): string {
  return hash('sha256', text, 'binary');
}

/** Looks at every character whatever the first ones say, so that its time tells nothing. */
function isSameDigest(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

function verifiedKey(row: SecretRow): VerifiedKey {
  const addresses = readAddressList(row.allowed_ips);
  const referers = readRefererList(row.allowed_referers);
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    service: row.service,
    mode: row.mode,
    name: row.name,
    plan: row.plan,
    scopes: new Set(row.scopes),
    // A list that cannot be read any more allows nobody.
    allowsAddress: addresses.ok ? addresses.allows : () => false,
    allowsReferer: referers.ok ? referers.allows : () => false,
    restrictsReferer: row.allowed_referers.length > 0,
    boundTo: row.bound_to,
    rateLimit:
      row.per_minute === null && row.per_hour === null ? null : { perMinute: row.per_minute, perHour: row.per_hour },
    validUntil: row.valid_until?.getTime() ?? Number.POSITIVE_INFINITY,
  };
}
