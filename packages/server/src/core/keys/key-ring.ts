import { hash } from 'node:crypto';
import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { Fragment, fragment, type Sql, sql } from '../db/sql.ts';
import { refuse } from '../errors.ts';
import { modeOfId, newId } from '../ids.ts';
import { type KeyRateLimit, rateLimitProblem } from '../limits/key-rate-limit.ts';
import type { Mode } from '../mode.ts';
import type { ServiceContract } from '../service.ts';
import type { Clock } from '../sources.ts';
import { maxEntries, readAddressList, readRefererList } from './allowlist.ts';
import { createKeyText } from './key-text.ts';

/** A key as its owner sees it. */
export interface KeyView {
  readonly id: string;
  readonly service: string;
  readonly mode: Mode;
  readonly name: string;
  readonly scopes: readonly string[];
  /** The prefix and the last four characters are all that can be shown again. */
  readonly prefix: string;
  readonly last4: string;
  /** The id that the key acts for alone; `null` for the whole workspace. */
  readonly boundTo: string | null;
  readonly allowedIps: readonly string[];
  readonly allowedReferers: readonly string[];
  /** What it is held to below what its plan allows; `null`: as the plan says. */
  readonly rateLimit: KeyRateLimit | null;
  /** Unix milliseconds, as all times here. */
  readonly createdAt: number;
  /** The person who made it; `null` where the operator did, by command. */
  readonly createdBy: string | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
  readonly usageCount: number;
}

/** With the full text, which is shown this once. */
export interface CreatedKey extends KeyView {
  readonly key: string;
}

export interface NewKey {
  readonly service: string;
  readonly mode: Mode;
  readonly name: string;
  /** All scopes of the service when left out. */
  readonly scopes?: readonly string[];
  readonly expiresAt?: number | null;
  readonly allowedIps?: readonly string[];
  readonly allowedReferers?: readonly string[];
  readonly rateLimit?: Partial<KeyRateLimit> | null;
  /** What the key is to act for alone, where the service has such keys; of the key's own mode. */
  readonly boundTo?: string | null;
}

/** Something that happened to one of several keys. */
export interface KeyEvent extends KeyActivity {
  readonly id: string;
  readonly keyId: string;
  readonly keyName: string;
}

export interface KeyActivity {
  readonly at: number;
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The channel on which the database tells every node whose keys changed. */
export const keyChanges = 'interlock_keys';

/** The keys of one workspace. */
export interface KeyRing {
  list(filter?: { service?: string; mode?: Mode }): Promise<KeyView[]>;
  find(id: string): Promise<KeyView | null>;
  create(key: NewKey): Promise<CreatedKey>;
  update(
    id: string,
    change: Partial<Pick<NewKey, 'name' | 'scopes' | 'allowedIps' | 'allowedReferers' | 'expiresAt' | 'rateLimit'>>,
  ): Promise<KeyView>;
  /**
   * Gives the key a new text; it keeps its identity, scopes and lists. The old text works for `overlapMs` more.
   */
  rotate(id: string, overlapMs: number): Promise<CreatedKey>;
  /** Every text of the key stops working: here at once, on other nodes within a second. */
  revoke(id: string): Promise<KeyView>;
  /** Newest first. */
  activity(id: string, limit: number): Promise<KeyActivity[]>;
  /** What happened to all keys of a service and mode before an instant, newest first. */
  events(filter: { service: string; mode: Mode; before: number; limit: number }): Promise<KeyEvent[]>;
}

const columns = fragment`
  k.id, k.service, k.mode, k.name, k.scopes, k.allowed_ips, k.allowed_referers, k.created_at, k.expires_at,
  k.revoked_at, k.last_used_at, k.uses, k.bound_to, k.plan, k.per_minute, k.per_hour,
  k.created_by,
  (select s.last4 from core.api_key_secrets s where s.key_id = k.id order by s.created_at desc, s.hash limit 1) as last4`;

const listKeys = sql`select ${columns} from core.api_keys k
  where ($1::text is null or k.service = $1) and ($2::text is null or k.mode = $2) order by k.created_at, k.id`;
const findKey = sql`select ${columns} from core.api_keys k where k.id = $1`;
// A change writes what it does not change as it read it, so two changes at once are made one after the other.
const holdKey = sql`select ${columns} from core.api_keys k where k.id = $1 for update of k`;
const insertKey = sql`
  insert into core.api_keys (workspace_id, id, service, mode, name, scopes, allowed_ips, allowed_referers, expires_at,
    created_at, bound_to, per_minute, per_hour, created_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;
// Two requests for one name wait for each other here, so that the second one is told of the first.
const holdNames = sql`select pg_advisory_xact_lock(hashtext('key names'), hashtext($1))`;
const findNamesake = sql`
  select id from core.api_keys
  where service = $1 and mode = $2 and name = $3 and id <> $4 and revoked_at is null
    and coalesce(expires_at, 'infinity') > $5`;
const findPlan = sql`select coalesce(service_plans ->> $2, plan) as plan from core.workspaces where id = $1`;
const insertSecret = sql`
  insert into core.api_key_secrets (workspace_id, key_id, hash, last4, created_at) values ($1, $2, $3, $4, $5)`;
const updateKey = sql`
  update core.api_keys set name = $2, scopes = $3, allowed_ips = $4, allowed_referers = $5, expires_at = $6,
    per_minute = $7, per_hour = $8
  where id = $1`;
const expireSecrets = sql`
  update core.api_key_secrets set expires_at = least(coalesce(expires_at, 'infinity'), $2) where key_id = $1 and hash <> $3`;
const revokeKey = sql`update core.api_keys set revoked_at = coalesce(revoked_at, $2) where id = $1`;
const insertActivity = sql`
  insert into core.key_activity (workspace_id, key_id, at, event, detail) values ($1, $2, $3, $4, $5)`;
const listEvents = sql`
  select a.id::text as id, a.key_id, k.name, a.at, a.event, a.detail
  from core.key_activity a join core.api_keys k on k.id = a.key_id
  where k.service = $1 and k.mode = $2 and a.at <= $3 order by a.at desc, a.id desc limit $4`;
const listActivity = sql`
  select at, event, detail from core.key_activity where key_id = $1 order by id desc limit $2`;

interface KeyRow {
  id: string;
  service: string;
  mode: Mode;
  name: string;
  scopes: string[];
  allowed_ips: string[];
  allowed_referers: string[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  uses: number;
  bound_to: string | null;
  plan: string;
  per_minute: number | null;
  per_hour: number | null;
  created_by: string | null;
  last4: string | null;
}

/**
 * Opens the key ring of one workspace; what belongs to another workspace does not exist here.
 *
 * @param by the person for whom it is opened; `null` for the operator
 */
export function keyRingOf(
  database: Database,
  contracts: readonly ServiceContract[],
  workspaceId: string,
  clock: Clock,
  by: string | null,
): KeyRing {
  const contractOf = (service: string): ServiceContract => {
    const contract = contracts.find((candidate) => candidate.name === service);
    if (contract !== undefined) return contract;
    const names = contracts.map((candidate) => candidate.name).join(', ');
    throw refuse('invalid_input', `There is no service "${service}"; there are: ${names}.`, { param: 'service' });
  };

  const inTransaction = <T>(work: (db: ReturnType<Database['as']>) => Promise<T>): Promise<T> =>
    committed(database.as('console', workspaceId), work);

  /** Other nodes hear of it from the database; whoever is told here that it is done can rely on it here. */
  const changing = async <T>(id: string, work: (db: ReturnType<Database['as']>) => Promise<T>): Promise<T> => {
    const result = await inTransaction(work);
    database.announce(keyChanges, id);
    return result;
  };

  const view = (row: KeyRow): KeyView => ({
    id: row.id,
    service: row.service,
    mode: row.mode,
    name: row.name,
    scopes: row.scopes,
    prefix: contracts.find((candidate) => candidate.name === row.service)?.keys.prefix[row.mode] ?? '',
    last4: row.last4 ?? '',
    boundTo: row.bound_to,
    allowedIps: row.allowed_ips,
    allowedReferers: row.allowed_referers,
    rateLimit: readRateLimit({ perMinute: row.per_minute, perHour: row.per_hour }),
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
    expiresAt: row.expires_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
    lastUsedAt: row.last_used_at?.getTime() ?? null,
    usageCount: row.uses,
  });

  const existing = async (db: ReturnType<Database['as']>, id: string, find: Sql): Promise<KeyRow> => {
    const row = await db.row<KeyRow>(find, [id]);
    if (row !== undefined) return row;
    throw refuse('not_found', `There is no key "${id}" in this workspace.`, { param: 'id' });
  };

  const refuseNamesake = async (
    db: ReturnType<Database['as']>,
    contract: ServiceContract,
    { id = '', mode, name }: { id?: string; mode: Mode; name: string },
  ): Promise<void> => {
    if (contract.keys.uniqueNames !== true) return;
    await db.run(holdNames, [workspaceId]);
    const namesake = await db.row<{ id: string }>(findNamesake, [contract.name, mode, name, id, new Date(clock.now())]);
    if (namesake === undefined) return;
    throw refuse('conflict', `The ${mode} key ${namesake.id} has this name; give another one, or revoke that key.`, {
      param: 'name',
    });
  };

  const addSecret = (db: ReturnType<Database['as']>, contract: ServiceContract, mode: Mode, keyId: string): string => {
    const text = createKeyText(contract.keys, mode);
    db.defer(insertSecret, [workspaceId, keyId, digestOf(text), text.slice(-4), new Date(clock.now())]);
    return text;
  };

  const record = (db: ReturnType<Database['as']>, keyId: string, event: string, detail: object = {}): void => {
    db.defer(insertActivity, [workspaceId, keyId, new Date(clock.now()), event, JSON.stringify(detail)]);
  };

  return {
    list: (filter = {}) =>
      inTransaction(async (db) =>
        (await db.rows<KeyRow>(listKeys, [filter.service ?? null, filter.mode ?? null])).map(view),
      ),

    find: (id) =>
      inTransaction(async (db) => {
        const row = await db.row<KeyRow>(findKey, [id]);
        return row === undefined ? null : view(row);
      }),

    async create(key) {
      await checkBinding(database, contractOf(key.service), workspaceId, key);
      return inTransaction(async (db) => {
        const contract = contractOf(key.service);
        const scopes = key.scopes ?? Object.keys(contract.scopes);
        const rateLimit = readRateLimit(key.rateLimit);
        checkKey(contract, { ...key, scopes }, clock.now());
        if (rateLimit !== null) {
          const found = await db.row<{ plan: string }>(findPlan, [workspaceId, key.service]);
          checkRateLimit(contract, key.mode, found?.plan ?? '', rateLimit);
        }
        await refuseNamesake(db, contract, key);
        const id = newId('key');
        const createdAt = clock.now();
        db.defer(insertKey, [
          workspaceId,
          id,
          key.service,
          key.mode,
          key.name,
          scopes,
          key.allowedIps ?? [],
          key.allowedReferers ?? [],
          key.expiresAt == null ? null : new Date(key.expiresAt),
          new Date(createdAt),
          key.boundTo ?? null,
          rateLimit?.perMinute ?? null,
          rateLimit?.perHour ?? null,
          by,
        ]);
        const text = addSecret(db, contract, key.mode, id);
        record(db, id, 'created');
        return {
          id,
          service: key.service,
          mode: key.mode,
          name: key.name,
          scopes,
          prefix: contract.keys.prefix[key.mode],
          last4: text.slice(-4),
          boundTo: key.boundTo ?? null,
          allowedIps: key.allowedIps ?? [],
          allowedReferers: key.allowedReferers ?? [],
          rateLimit,
          createdAt,
          createdBy: by,
          expiresAt: key.expiresAt ?? null,
          revokedAt: null,
          lastUsedAt: null,
          usageCount: 0,
          key: text,
        };
      });
    },

    update: (id, change) =>
      changing(id, async (db) => {
        const row = await existing(db, id, holdKey);
        const before = view(row);
        const after: KeyView = {
          ...before,
          ...change,
          rateLimit: change.rateLimit === undefined ? before.rateLimit : readRateLimit(change.rateLimit),
          expiresAt: change.expiresAt === undefined ? before.expiresAt : change.expiresAt,
        };
        const contract = contractOf(before.service);
        checkKey(contract, after, change.expiresAt === undefined ? 0 : clock.now());
        if (change.rateLimit !== undefined && after.rateLimit !== null) {
          checkRateLimit(contract, before.mode, row.plan, after.rateLimit);
        }
        if (change.name !== undefined || change.expiresAt !== undefined) await refuseNamesake(db, contract, after);
        await db.run(updateKey, [
          id,
          after.name,
          after.scopes,
          after.allowedIps,
          after.allowedReferers,
          after.expiresAt === null ? null : new Date(after.expiresAt),
          after.rateLimit?.perMinute ?? null,
          after.rateLimit?.perHour ?? null,
        ]);
        record(db, id, 'updated', { fields: Object.keys(change) });
        return after;
      }),

    rotate: (id, overlapMs) =>
      changing(id, async (db) => {
        const before = await existing(db, id, holdKey);
        if (before.revoked_at !== null) {
          throw refuse('conflict', 'A revoked key cannot be rotated; create a new one.', { param: 'id' });
        }
        if (!Number.isInteger(overlapMs) || overlapMs < 0 || overlapMs > maxOverlapMs) {
          throw refuse('invalid_input', 'The overlap must be a whole number of seconds from 0 to 2592000 (30 days).', {
            param: 'overlap',
          });
        }
        const text = addSecret(db, contractOf(before.service), before.mode, id);
        db.defer(expireSecrets, [id, new Date(clock.now() + overlapMs), digestOf(text)]);
        record(db, id, 'rotated', { overlapSeconds: overlapMs / 1000 });
        return { ...view(before), last4: text.slice(-4), key: text };
      }),

    revoke: (id) =>
      changing(id, async (db) => {
        const before = view(await existing(db, id, holdKey));
        const revokedAt = before.revokedAt ?? clock.now();
        await db.run(revokeKey, [id, new Date(revokedAt)]);
        record(db, id, 'revoked');
        return { ...before, revokedAt };
      }),

    activity: (id, limit) =>
      inTransaction(async (db) => {
        await existing(db, id, findKey);
        const rows = await db.rows<{ at: Date; event: string; detail: Record<string, unknown> }>(listActivity, [
          id,
          limit,
        ]);
        return rows.map((row) => ({ at: row.at.getTime(), event: row.event, detail: row.detail }));
      }),

    events: ({ service, mode, before, limit }) =>
      inTransaction(async (db) => {
        const rows = await db.rows<EventRow>(listEvents, [service, mode, new Date(before), limit]);
        return rows.map(({ id, key_id, name, at, event, detail }) => ({
          id,
          keyId: key_id,
          keyName: name,
          at: at.getTime(),
          event,
          detail,
        }));
      }),
  };
}

interface EventRow {
  id: string;
  key_id: string;
  name: string;
  at: Date;
  event: string;
  detail: Record<string, unknown>;
}

/** What a key is bound to must be there, in the workspace and mode of the key. */
async function checkBinding(
  database: Database,
  { keys, title }: ServiceContract,
  workspaceId: string,
  { mode, boundTo }: NewKey,
): Promise<void> {
  if (boundTo === undefined || boundTo === null) return;
  const { bindsTo } = keys;
  if (bindsTo === undefined) {
    throw refuse('invalid_input', `Keys of ${title} cannot be bound; leave it out.`, { param: 'boundTo' });
  }
  const named = modeOfId(bindsTo.noun, boundTo);
  if (named !== null && named !== mode) {
    throw refuse(
      'mode_mismatch',
      `"boundTo" names a resource of ${named} mode, and this is to be a ${mode} key; name one of ${mode} mode.`,
      { param: 'boundTo' },
    );
  }
  const table = new Fragment(bindsTo.table);
  const found = await committed(database.transaction(mode, workspaceId), (db) =>
    db.row(sql`select 1 from ${table} where id = $1`, [boundTo]),
  );
  if (found !== undefined) return;
  throw refuse('not_found', `There is no "${boundTo.slice(0, 100)}" in ${mode} mode of this workspace.`, {
    param: 'boundTo',
  });
}

const maxOverlapMs = 30 * 24 * 3_600_000;

function checkKey(
  contract: ServiceContract,
  key: {
    name: string;
    scopes: readonly string[];
    expiresAt?: number | null;
    allowedIps?: readonly string[];
    allowedReferers?: readonly string[];
  },
  now: number,
): void {
  const fail = (param: string, message: string): never => {
    throw refuse('invalid_input', message, { param });
  };
  if (key.name.trim() === '' || key.name.length > 100) fail('name', 'The name must have 1 to 100 characters.');
  const known = Object.keys(contract.scopes);
  const unknown = key.scopes.find((scope) => !known.includes(scope));
  if (unknown !== undefined) fail('scopes', `There is no scope "${unknown}"; there are: ${known.join(', ')}.`);
  if (key.scopes.length === 0) fail('scopes', `Give the key at least one scope of: ${known.join(', ')}.`);
  if (key.expiresAt != null && key.expiresAt <= now) fail('expiresAt', 'The expiry must lie in the future.');
  const lists = [
    ['allowedIps', key.allowedIps ?? [], readAddressList],
    ['allowedReferers', key.allowedReferers ?? [], readRefererList],
  ] as const;
  for (const [param, entries, read] of lists) {
    if (entries.length > maxEntries) fail(param, `A list may have at most ${maxEntries} entries.`);
    const reading = read(entries);
    if (!reading.ok) fail(`${param}[${reading.index}]`, `Line ${reading.index + 1}: ${reading.message}.`);
  }
}

/** One that lowers nothing is none. */
function readRateLimit(given: Partial<KeyRateLimit> | null | undefined): KeyRateLimit | null {
  const { perMinute = null, perHour = null } = given ?? {};
  return perMinute === null && perHour === null ? null : { perMinute, perHour };
}

function checkRateLimit(contract: ServiceContract, mode: Mode, plan: string, rateLimit: KeyRateLimit): void {
  for (const [name, requests] of Object.entries(rateLimit)) {
    if (requests !== null && !(Number.isInteger(requests) && requests >= 1 && requests <= maxRequests)) {
      throw refuse('invalid_input', `Give a whole number of requests from 1 to ${maxRequests}.`, {
        param: `rateLimit.${name}`,
      });
    }
  }
  const problem = rateLimitProblem(contract.modes.limits[mode], plan, rateLimit);
  if (problem !== null) throw refuse('invalid_input', problem.message, { param: problem.param });
}

/** More than a server answers. */
const maxRequests = 1_000_000_000;

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
