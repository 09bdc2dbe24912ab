import { type Db, fragment, sql } from '../../core/service.ts';
import type { EndpointRow } from './endpoint-view.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** An endpoint profile, as far as a schedule on it depends on it. */
export interface Destination {
  readonly id: string;
  readonly archived: boolean;
  readonly method: string | null;
  readonly retry_policy: RetryPolicy | null;
}

const isProfile = fragment`t.service = 'scheduler' and t.kind = 'profile'`;

const findNamed = sql`
  select t.id, t.archived, v.method, v.retry_policy from targets t
  join target_versions v on v.target_id = t.id and v.version = t.version
  where t.id = any($1::text[]) and ${isProfile}`;

/** The endpoint profiles of some ids, by id. */
export async function findDestinations(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Destination>> {
  if (ids.length === 0) return new Map();
  const rows = await db.rows<Destination>(findNamed, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

const profile = fragment`
  select t.id, t.name, t.version, v.url, v.method, v.sealed_headers, v.header_keys, v.retry_policy, v.timeout_ms,
    t.rate_limit, t.retry_budget, t.breaker_policy, t.max_in_flight, t.state->'breaker'->>'state' as breaker_state,
    t.metadata, t.archived, t.created_at, t.updated_at
  from targets t join target_versions v on v.target_id = t.id and v.version = t.version`;

const findOne = sql`${profile} where t.id = $1 and ${isProfile}`;
// Two statements: the version of a profile that was changed while this one waited is not visible to the one that waited.
const lockTarget = sql`select 1 from targets t where t.id = $1 and ${isProfile} for update`;

export function findEndpoint(db: Db, id: string): Promise<EndpointRow | undefined> {
  return db.row<EndpointRow>(findOne, [id]);
}

/** Makes others wait who want to change it. */
export async function lockEndpoint(db: Db, id: string): Promise<EndpointRow | undefined> {
  const [, row] = await Promise.all([db.run(lockTarget, [id]), db.row<EndpointRow>(findOne, [id])]);
  return row;
}

const list = sql`${profile}
  where ${isProfile} and ($1::text is null or t.id < $1) and ($2::boolean is null or t.archived = $2)
    and ($3::text is null or t.name = $3)
  order by t.id desc limit $4`;

/** Newest first, those after an id in that order. */
export function listEndpointRows(
  db: Db,
  filters: { readonly archived: boolean | null; readonly name: string | null },
  page: { readonly after: string | null; readonly count: number },
): Promise<EndpointRow[]> {
  return db.rows<EndpointRow>(list, [page.after, filters.archived, filters.name, page.count]);
}

const lockNames = sql`
  select pg_advisory_xact_lock(hashtextextended(concat('scheduler names ', current_setting('app.workspace')), 0))`;
const findName = sql`select 1 from targets t where ${isProfile} and t.name = $1 and t.id <> $2`;

/** Whether another profile has this name; nobody else can take it until the transaction ends. */
export async function isNameTaken(db: Db, name: string, id: string): Promise<boolean> {
  await db.run(lockNames);
  return (await db.row(findName, [name, id])) !== undefined;
}

const insertTarget = sql`
  insert into targets (id, service, kind, name, version, rate_limit, retry_budget, breaker_policy, max_in_flight,
    metadata, created_at, updated_at)
  values ($1, 'scheduler', 'profile', $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
const updateTarget = sql`
  update targets set name = $2, version = $3, rate_limit = $4, retry_budget = $5, breaker_policy = $6, max_in_flight = $7,
    metadata = $8, updated_at = $9, state = case when $10::text is null then state - 'breaker' else state end where id = $1`;
const insertVersion = sql`
  insert into target_versions (target_id, version, url, method, sealed_headers, header_keys, retry_policy, timeout_ms)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

export function insertEndpoint(db: Db, row: EndpointRow): void {
  db.defer(insertTarget, [row.id, ...targetColumns(row), row.created_at, row.updated_at]);
  db.defer(insertVersion, versionColumns(row));
}

/** Writes a change as the next version; those before it stay for the deliveries that were sent by them. */
export function storeEndpoint(db: Db, row: EndpointRow): void {
  db.defer(updateTarget, [row.id, ...targetColumns(row), row.updated_at, row.breaker_state]);
  db.defer(insertVersion, versionColumns(row));
}

// A retry may not have been due before: it keeps its instant.
const wakeAll = sql`
  update deliveries set due_at = $2
  where kind = 'schedule' and target_id = $1 and finalized_at is null and attempt_count = 0 and lease_owner is null
    and deferral in ('rate_limit', 'concurrency', 'breaker') and due_at > $2`;

/** Makes due what the limits of a profile made wait. */
export const wakeDeferred = (db: Db, id: string, now: number): void => db.defer(wakeAll, [id, new Date(now)]);

const setArchivedRow = sql`update targets set archived = $2, updated_at = $3 where id = $1`;

export async function setArchived(db: Db, id: string, archived: boolean, now: number): Promise<void> {
  await db.run(setArchivedRow, [id, archived, new Date(now)]);
}

function targetColumns(row: EndpointRow): unknown[] {
  return [
    row.name,
    row.version,
    json(row.rate_limit),
    json(row.retry_budget),
    json(row.breaker_policy),
    row.max_in_flight,
    json(row.metadata),
  ];
}

function versionColumns(row: EndpointRow): unknown[] {
  const { id, version, url, method, sealed_headers, header_keys, retry_policy, timeout_ms } = row;
  return [id, version, url, method, sealed_headers, header_keys, json(retry_policy), timeout_ms];
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
