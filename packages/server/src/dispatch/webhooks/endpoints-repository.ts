import { fragment, sql } from '../../core/db/sql.ts';
import type { Db } from '../../core/db/transaction.ts';
import { type DisableReason, type EndpointHealth, freshHealth } from './decide-disable.ts';

/** An endpoint with its current URL. */
export interface EndpointRow {
  readonly id: string;
  readonly service: string;
  readonly version: number;
  readonly url: string;
  readonly events: readonly string[];
  readonly subject: string | null;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly disabledReason: DisableReason | null;
  readonly disabledAt: Date | null;
  readonly health: EndpointHealth;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface EndpointFields {
  readonly url: string;
  readonly events: readonly string[];
  readonly subject: string | null;
  readonly description: string | null;
}

const columns = fragment`
  t.id, t.service, t.version, v.url, t.events, t.subject, t.description, t.enabled,
  t.disabled_reason as "disabledReason", t.disabled_at as "disabledAt", t.health, t.created_at as "createdAt",
  t.updated_at as "updatedAt"`;
const endpoints = fragment`
  targets t join target_versions v on v.workspace_id = t.workspace_id and v.target_id = t.id and v.version = t.version`;

const listAll = sql`
  select ${columns} from ${endpoints} where t.kind = 'webhook' and ($1::text is null or t.service = $1)
  order by t.created_at, t.id`;
const findOne = sql`select ${columns} from ${endpoints} where t.kind = 'webhook' and t.id = $1`;
// Two statements: the version of an endpoint that was changed while this one waited is not visible to the one that waited.
const lockTarget = sql`select 1 from targets t where t.kind = 'webhook' and t.id = $1 for update`;
const lockList = sql`select pg_advisory_xact_lock(hashtext('webhook endpoints'), hashtext(current_setting('app.workspace') || $1::text))`;
const insertTarget = sql`
  insert into targets (id, service, kind, events, subject, test_mode, description, health, created_at, updated_at)
  values ($1, $2, 'webhook', $3, $4, $5, $6, $7, $8, $8)`;
const insertVersion = sql`insert into target_versions (target_id, version, url) values ($1, $2, $3)`;
const updateTarget = sql`
  update targets set version = $2, events = $3, subject = $4, description = $5, updated_at = $6 where id = $1`;
// Retries go where the owner has moved the endpoint to.
const moveDeliveries = sql`
  update deliveries set target_version = $2
  where kind = 'webhook' and target_id = $1 and finalized_at is null and target_version is not null`;
const setEnabled = sql`
  update targets set enabled = true, disabled_reason = null, disabled_at = null, health = $2, updated_at = $3 where id = $1`;
const setDisabled = sql`
  update targets set enabled = false, disabled_reason = $2, disabled_at = $3, health = $4, updated_at = $3 where id = $1`;
const setHealth = sql`update targets set health = $2 where id = $1`;
const deleteTarget = sql`delete from targets where id = $1`;

type Stored = Omit<EndpointRow, 'health'> & { readonly health: EndpointHealth | null };

function rowOf(row: Stored): EndpointRow {
  return { ...row, health: row.health ?? freshHealth(row.createdAt.getTime()) };
}

export const listEndpoints = async (db: Db, service: string | null) =>
  (await db.rows<Stored>(listAll, [service])).map(rowOf);

export async function findEndpoint(db: Db, id: string): Promise<EndpointRow | undefined> {
  const row = await db.row<Stored>(findOne, [id]);
  return row === undefined ? undefined : rowOf(row);
}

/** The same, held until the transaction ends. */
export async function lockEndpoint(db: Db, id: string): Promise<EndpointRow | undefined> {
  const [, row] = await Promise.all([db.run(lockTarget, [id]), db.row<Stored>(findOne, [id])]);
  return row === undefined ? undefined : rowOf(row);
}

/** Lets one at a time add to the endpoints of a service, so that they can be counted. */
export const lockEndpointList = (db: Db, service: string) => db.rows(lockList, [service]);

export function insertEndpoint(
  db: Db,
  endpoint: EndpointFields & { readonly id: string; readonly service: string; readonly testMode: boolean },
  now: number,
): void {
  const { id, service, url, events, subject, testMode, description } = endpoint;
  db.defer(insertTarget, [
    id,
    service,
    events,
    subject,
    testMode,
    description,
    JSON.stringify(freshHealth(now)),
    new Date(now),
  ]);
  db.defer(insertVersion, [id, 1, url]);
}

export function changeEndpoint(db: Db, row: EndpointRow, fields: EndpointFields, now: number): void {
  const { url, events, subject, description } = fields;
  const version = url === row.url ? row.version : row.version + 1;
  if (version !== row.version) {
    db.defer(insertVersion, [row.id, version, url]);
    db.defer(moveDeliveries, [row.id, version]);
  }
  db.defer(updateTarget, [row.id, version, events, subject, description, new Date(now)]);
}

export const enableEndpoint = (db: Db, id: string, now: number) =>
  db.defer(setEnabled, [id, JSON.stringify(freshHealth(now)), new Date(now)]);

export const disableEndpoint = (db: Db, id: string, health: EndpointHealth, reason: DisableReason, now: number) =>
  db.defer(setDisabled, [id, reason, new Date(now), JSON.stringify({ ...health, disabled: { at: now, reason } })]);

/** Writes an endpoint's health down, and disables it where the health says so. */
export function storeHealth(db: Db, id: string, health: EndpointHealth, now: number): void {
  if (health.disabled !== null) disableEndpoint(db, id, health, health.disabled.reason, now);
  else db.defer(setHealth, [id, JSON.stringify(health)]);
}

/** With its versions. */
export const deleteEndpoint = (db: Db, id: string) => db.defer(deleteTarget, [id]);
