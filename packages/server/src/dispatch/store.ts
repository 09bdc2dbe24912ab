import type { Pool, PoolClient } from 'pg';
import { send } from '../core/db/send.ts';
import { type Sql, sql } from '../core/db/sql.ts';
import type { ExponentialRetry } from '../core/deliveries.ts';
import type { Mode } from '../core/mode.ts';
import type { Sealer } from '../core/sealing.ts';
import type { BreakerPolicy } from './breaker.ts';
import type { Content, Held, TargetState } from './held.ts';
import type { BucketPolicy } from './token-bucket.ts';

/** A row that a node has leased. */
export type Lease = Pick<Held, 'workspaceId' | 'id' | 'token' | 'dueAt'>;

/** What is written down about a delivery that this node held. Instants are Unix milliseconds. */
export interface Ending {
  readonly held: Held;
  readonly status: 'retrying' | 'succeeded' | 'dead_letter' | 'expired' | 'canceled';
  /** When the next attempt is due; `null` when there is none. */
  readonly dueAt: number | null;
  readonly deadLetterReason: string | null;
  readonly fireClass: string;
  /** `null` when no attempt was made. */
  readonly attempt: AttemptRecord | null;
}

export interface AttemptRecord {
  readonly id: string;
  readonly number: number;
  readonly kind: 'initial' | 'retry' | 'reclaim';
  readonly outcome: 'succeeded' | 'retryable' | 'terminal' | 'lost';
  readonly statusCode: number | null;
  readonly errorCode: string | null;
  readonly startedAt: number | null;
  readonly firedAt: number | null;
  readonly completedAt: number | null;
  readonly responseHeaders: Readonly<Record<string, string>> | null;
  readonly responseBody: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
}

/** A delivery that goes back unsent. */
export interface GivenBack {
  readonly held: Lease;
  readonly dueAt: number;
  readonly deferral: 'rate_limit' | 'breaker' | 'concurrency' | null;
}

/** A delivery that goes back as if it had never been claimed. */
export function asItWas(held: Lease): GivenBack {
  return { held, dueAt: held.dueAt, deferral: null };
}

/** The end of a delivery that no attempt was made for. */
export function unsent(held: Held, status: 'expired' | 'canceled'): Ending {
  return { held, status, dueAt: null, deadLetterReason: null, fireClass: held.fireClass, attempt: null };
}

/** A delivery that turned out to stand for several occurrences, or to be of another class. */
export interface Reclassed {
  readonly held: Held;
  readonly scheduledFor: number;
  readonly deadline: number | null;
  readonly fireClass: string;
  readonly coalescedCount: number | null;
  readonly coalescedFrom: number | null;
}

/** A delivery whose node died, with when that node was last seen. */
export interface Orphan {
  readonly held: Held;
  readonly nodeSeenAt: number;
}

export interface ActiveSecret {
  readonly workspaceId: string;
  readonly service: string;
  readonly scope: 'workspace' | 'target' | 'source';
  readonly scopeId: string;
  readonly id: string;
  /** Opened when it signs: one that cannot be opened is the trouble of its own deliveries alone. */
  readonly open: () => string;
}

/** The rows of one mode as the dispatcher moves them, across workspaces, under the dispatcher's own role. */
export interface Store {
  readonly mode: Mode;
  /** Leases what falls due up to `until`, earliest first, of all workspaces. */
  claim(node: string, until: number, limit: number): Promise<Held[]>;
  /** The same from `after` on, of all workspaces but some. */
  claimAfter(node: string, after: number, until: number, limit: number, except: readonly string[]): Promise<Held[]>;
  /** Leases some of what is due of each workspace but some. */
  sweep(node: string, until: number, perWorkspace: number, except: readonly string[]): Promise<Held[]>;
  /** Leases what is due of one workspace. */
  claimOf(node: string, workspaceId: string, until: number, limit: number): Promise<Held[]>;
  /** Writes endings down with their attempts. */
  end(node: string, endings: readonly Ending[], client?: PoolClient): Promise<void>;
  giveBack(node: string, rows: readonly GivenBack[], client?: PoolClient): Promise<void>;
  /** Makes due what waits for a place at some targets: as many as places are free. */
  callNext(targets: readonly (TargetName & { readonly places: number })[]): Promise<void>;
  /** What is leased to a node, whether or not it knows. */
  leasedTo(node: string): Promise<Lease[]>;
  reclass(node: string, rows: readonly Reclassed[]): Promise<void>;
  /** The secrets that sign now, newest first. */
  secrets(workspaceIds: readonly string[], scopeIds: readonly string[], now: number): Promise<ActiveSecret[]>;
  /** Says that this node lives; `false` when it had been given up. */
  beat(node: string): Promise<boolean>;
  /** Takes over what nodes held that have not been seen for `silentMs`, and what nobody holds any more. */
  takeOver(node: string, silentMs: number): Promise<Orphan[]>;
  leave(node: string): Promise<void>;
  /** Does work with the states of some targets of one workspace, which no other node sees meanwhile. */
  withTargets<T>(
    targets: readonly TargetName[],
    work: (states: Map<string, LockedTarget>, client: PoolClient) => Promise<T>,
  ): Promise<T>;
}

export interface TargetName {
  readonly workspaceId: string;
  readonly id: string;
}

export interface LockedTarget {
  state: TargetState;
  /** Deliveries to it that some node has leased. */
  readonly leased: number;
}

interface HeldRow {
  workspace_id: string;
  id: string;
  service: string;
  kind: string;
  source_id: string;
  occurrence: number;
  event_type: string | null;
  message_id: string;
  found_message: string | null;
  target_id: string | null;
  target_version: number | null;
  lease_token: number;
  attempt_count: number;
  watched: boolean;
  scheduled_for: Date;
  due_at: Date;
  deadline: Date | null;
  idempotency_key: string;
  replay_of: string | null;
  fire_class: string;
  paused_when_due: boolean;
  after_loss: boolean;
  message_url: string | null;
  message_method: string | null;
  message_headers: Buffer | null;
  message_body: Buffer | null;
  content_type: string | null;
  message_retry: ExponentialRetry | null;
  target_url: string | null;
  target_method: string | null;
  target_headers: Buffer | null;
  target_retry: ExponentialRetry | null;
  timeout_ms: number | null;
  rate_limit: BucketPolicy | null;
  retry_budget: BucketPolicy | null;
  breaker_policy: BreakerPolicy | null;
  max_in_flight: number | null;
  seen_at?: Date | null;
}

// What a delivery carries is found in the statement that leases it. Until its first attempt it takes the current version
// of its target; from then on it keeps that version.
const currentVersion = `
    target_version = case when d.attempt_count = 0
      then (select t.version from targets t where t.workspace_id = d.workspace_id and t.id = d.target_id)
      else d.target_version end`;
const lease = `
  update deliveries d set claimable = false, lease_owner = $1, lease_token = d.lease_token + 1,${currentVersion}
  from taken where d.workspace_id = taken.workspace_id and d.id = taken.id
  returning d.*`;
const carried = `
  select l.workspace_id, l.id, l.service, l.kind, l.source_id, l.occurrence, l.event_type, l.message_id, l.target_id,
    l.target_version, l.lease_token, l.attempt_count, l.watched, l.scheduled_for, l.due_at, l.deadline,
    l.idempotency_key, l.replay_of, l.fire_class, l.paused_when_due, l.after_loss,
    m.id as found_message, m.url as message_url, m.method as message_method, m.sealed_headers as message_headers,
    m.sealed_body as message_body, m.content_type, m.retry_policy as message_retry,
    v.url as target_url, v.method as target_method, v.sealed_headers as target_headers, v.retry_policy as target_retry,
    v.timeout_ms, t.rate_limit, t.retry_budget, t.breaker_policy, t.max_in_flight`;
const beside = `
  left join messages m on m.workspace_id = l.workspace_id and m.id = l.message_id
  left join targets t on t.workspace_id = l.workspace_id and t.id = l.target_id
  left join target_versions v
    on v.workspace_id = l.workspace_id and v.target_id = l.target_id and v.version = l.target_version`;

const claimAll = named(`
  with taken as materialized (
    select workspace_id, id from deliveries
    where claimable and due_at <= $2
    order by due_at limit $3 for update skip locked
  ), l as (${lease}) ${carried} from l ${beside}`);

const claimRecent = named(`
  with taken as materialized (
    select workspace_id, id from deliveries
    where claimable and due_at <= $2 and due_at > $5 and workspace_id <> all($4::text[])
    order by due_at limit $3 for update skip locked
  ), l as (${lease}) ${carried} from l ${beside}`);

const claimOne = named(`
  with taken as materialized (
    select workspace_id, id from deliveries
    where claimable and workspace_id = $4 and due_at <= $2
    order by due_at limit $3 for update skip locked
  ), l as (${lease}) ${carried} from l ${beside}`);

// Workspaces are found by stepping from one to the next in the index, so that a backlog costs as little as a single row.
const sweepAll = named(`
  with recursive w(id) as (
    select min(workspace_id) from deliveries where claimable
    union all
    select (select min(d.workspace_id) from deliveries d where d.claimable and d.workspace_id > w.id)
    from w where w.id is not null
  ), taken as materialized (
    select d.workspace_id, d.id from w, lateral (
      select workspace_id, id from deliveries
      where claimable and workspace_id = w.id and due_at <= $2
      order by due_at limit $3 for update skip locked
    ) d where w.id <> all($4::text[])
  ), l as (${lease}) ${carried} from l ${beside}`);

// Owners are found by stepping from one to the next in the index, so that it costs nothing while all of them live.
const takeOverAll = named(`
  with recursive owner(node) as (
    select min(lease_owner) from deliveries where lease_owner is not null
    union all
    select (select min(d.lease_owner) from deliveries d where d.lease_owner > owner.node)
    from owner where owner.node is not null
  ), dead as (
    delete from dispatch_nodes where node <> $1 and seen_at < clock_timestamp() - $2 * interval '1 ms'
    returning node, seen_at
  ), gone as (
    select owner.node, coalesce(dead.seen_at, clock_timestamp()) as seen_at from owner left join dead using (node)
    where owner.node is not null
      and (dead.node is not null or not exists (select from dispatch_nodes n where n.node = owner.node))
  ), l as (
    update deliveries d set lease_owner = $1, lease_token = d.lease_token + 1
    from gone where d.lease_owner = gone.node
    returning d.*, gone.seen_at
  ) ${carried}, l.seen_at from l ${beside}`);

// A claim that waited for a row while its schedule was changed gets the row as it is now, but messages and targets as they
// were when the claim began, and so may not see what the row points at. The next statement sees it.
const carryAgain = named(`
  with l as (
    update deliveries d set${currentVersion}
    from json_to_recordset($2) as r(workspace_id text, id text, token bigint)
    where d.workspace_id = r.workspace_id and d.id = r.id and d.lease_token = r.token and d.lease_owner = $1
    returning d.*
  ) ${carried} from l ${beside}`);

const findLeased = sql`
  select workspace_id, id, lease_token, due_at from deliveries where lease_owner = $1`;

// Arrays, since PostgreSQL takes twice as long to read the same rows from JSON.
const endAll = named(`
  with ending as (
    select * from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::float8[], $7::text[], $8::text[], $9::int[],
      $10::text[], $11::text[], $12::text[], $13::int[], $14::text[], $15::float8[], $16::float8[], $17::float8[],
      $18::text[], $19::text[], $20::int[]) as r(workspace_id, id, token, status, due_at, reason, fire_class, number,
      attempt_id, kind, outcome, status_code, error_code, started_at, fired_at, completed_at, response_headers,
      response_body, retry_after)
  ), ended as (
    update deliveries d set
      status = case when d.cancel_requested and r.status = 'retrying' then 'canceled' else r.status end,
      due_at = case when d.cancel_requested then null else to_timestamp(r.due_at / 1000) end,
      claimable = r.due_at is not null and not d.held and not d.cancel_requested,
      finalized_at = case when r.due_at is null or d.cancel_requested then clock_timestamp() end,
      attempt_count = coalesce(r.number, d.attempt_count),
      last_status_code = case when r.number is null then d.last_status_code else r.status_code end,
      dead_letter_reason = r.reason, fire_class = r.fire_class, after_loss = coalesce(r.outcome = 'lost', false),
      fired_at = coalesce(d.fired_at, to_timestamp(r.fired_at / 1000)), lease_owner = null
    from ending r where d.workspace_id = r.workspace_id and d.id = r.id and d.finalized_at is null
      -- Who lost the lease can record nothing but what nobody may deny: that the receiver has it.
      and (d.lease_token = r.token and d.lease_owner = $1 or r.status = 'succeeded')
    returning r.*
  )
  insert into attempts (workspace_id, delivery_id, attempt, id, kind, outcome, status_code, error_code, started_at,
    fired_at, completed_at, response_headers, response_body, retry_after, node)
  select r.workspace_id, r.id, r.number, r.attempt_id, r.kind, r.outcome, r.status_code, r.error_code,
    to_timestamp(r.started_at / 1000), to_timestamp(r.fired_at / 1000), to_timestamp(r.completed_at / 1000),
    r.response_headers::jsonb, r.response_body, r.retry_after, $1
  from ended r where r.number is not null
  on conflict (workspace_id, delivery_id, attempt) do nothing`);

const giveBackAll = named(`
  update deliveries d set lease_owner = null, claimable = not d.held and not d.cancel_requested,
    status = case when d.cancel_requested then 'canceled' else d.status end,
    due_at = case when d.cancel_requested then null else to_timestamp(r.due_at / 1000) end,
    finalized_at = case when d.cancel_requested then clock_timestamp() end,
    deferral = coalesce(r.deferral, d.deferral),
    first_deferral = case when d.attempt_count = 0 then coalesce(d.first_deferral, r.deferral) else d.first_deferral end
  from json_to_recordset($2) as r(workspace_id text, id text, token bigint, due_at float8, deferral text)
  where d.workspace_id = r.workspace_id and d.id = r.id and d.lease_token = r.token and d.lease_owner = $1`);

// A retry may wait for its instant, too: it keeps that.
const callNextOf = named(`
  update deliveries d set due_at = clock_timestamp()
  from unnest($1::text[], $2::text[], $3::int[]) as f(workspace_id, target_id, places), lateral (
    select id from deliveries
    where workspace_id = f.workspace_id and target_id = f.target_id and finalized_at is null
      and deferral in ('rate_limit', 'concurrency', 'breaker') and deferral = 'concurrency'
      and claimable and attempt_count = 0 and due_at > clock_timestamp()
    order by due_at limit f.places for update skip locked
  ) next where d.workspace_id = f.workspace_id and d.id = next.id`);

const reclassAll = named(`
  update deliveries d set scheduled_for = to_timestamp(r.scheduled_for / 1000), deadline = to_timestamp(r.deadline / 1000), fire_class = r.fire_class,
    coalesced_count = r.count, coalesced_from = to_timestamp(r.from_at / 1000)
  from json_to_recordset($2) as r(workspace_id text, id text, token bigint, scheduled_for float8, deadline float8, fire_class text,
    count int, from_at float8)
  where d.workspace_id = r.workspace_id and d.id = r.id and d.lease_token = r.token and d.lease_owner = $1`);

const findSecrets = sql`
  select workspace_id, service, scope, scope_id, id, sealed from signing_secrets
  where workspace_id = any($1::text[]) and revoked_at is null and (retires_at is null or retires_at > $3)
    and (scope = 'workspace' or scope_id = any($2::text[]))
  order by created_at desc, id desc`;

const beatOnce = sql`
  insert into dispatch_nodes as n (node) values ($1)
  on conflict (node) do update set seen_at = clock_timestamp()
  returning xmax = 0 as is_new`;
const leaveNodes = sql`delete from dispatch_nodes where node = $1`;

const lockTargets = sql`
  select t.workspace_id, t.id, t.state,
    (select count(*) from deliveries d where d.lease_owner is not null and d.workspace_id = t.workspace_id
      and d.target_id = t.id)::int as leased
  from targets t join unnest($1::text[], $2::text[]) as w(workspace_id, id)
    on t.workspace_id = w.workspace_id and t.id = w.id
  order by t.workspace_id, t.id for update of t`;
const keepTargets = sql`
  update targets t set state = r.state
  from json_to_recordset($1) as r(workspace_id text, id text, state jsonb)
  where t.workspace_id = r.workspace_id and t.id = r.id`;

/** A statement put together from constants of this file. */
function named(text: string): Sql {
  return sql(Object.assign([text], { raw: [text] }));
}

/** @param pool connections of the dispatcher's role of this mode */
export function createStore(pool: Pool, mode: Mode, sealer: Sealer): Store {
  const rows = async <Row>(statement: Sql, values: readonly unknown[], client: Pool | PoolClient = pool) =>
    (await send(client, statement, values)).rows as Row[];
  const heldOf = (row: HeldRow): Held => readHeld(row, mode, sealer);
  const leased = async (node: string, statement: Sql, values: readonly unknown[]): Promise<HeldRow[]> => {
    const found = await rows<HeldRow>(statement, [node, ...values]);
    const bare = found.filter(isBare);
    if (bare.length === 0) return found;
    const fences = bare.map((row) => fence(heldOf(row)));
    const seen = await rows<HeldRow>(carryAgain, [node, JSON.stringify(fences)]);
    const again = new Map(seen.map((row) => [`${row.workspace_id} ${row.id}`, row]));
    // What is not there any more was taken back meanwhile.
    return found.flatMap((row) => {
      if (!isBare(row)) return [row];
      const carriedRow = again.get(`${row.workspace_id} ${row.id}`);
      return carriedRow === undefined ? [] : [{ ...row, ...carriedRow }];
    });
  };
  const claim = async (node: string, statement: Sql, values: readonly unknown[]): Promise<Held[]> =>
    (await leased(node, statement, values)).map(heldOf);
  const opened = new Map<string, string>();
  const openSecret = (id: string, sealed: Buffer): string => {
    const known = opened.get(id);
    if (known !== undefined) return known;
    if (opened.size >= maxOpened) opened.clear();
    const secret = sealer.open(sealed, id);
    opened.set(id, secret);
    return secret;
  };

  return {
    mode,
    claim: (node, until, limit) => claim(node, claimAll, [new Date(until), limit]),
    claimAfter: (node, after, until, limit, except) =>
      claim(node, claimRecent, [new Date(until), limit, except, new Date(after)]),
    sweep: (node, until, perWorkspace, except) => claim(node, sweepAll, [new Date(until), perWorkspace, except]),
    claimOf: (node, workspaceId, until, limit) => claim(node, claimOne, [new Date(until), limit, workspaceId]),
    async end(node, endings, client) {
      await rows(endAll, [node, ...endingColumns(endings)], client);
    },
    async giveBack(node, given, client) {
      if (given.length === 0) return;
      const records = given.map(({ held, dueAt, deferral }) => ({ ...fence(held), due_at: dueAt, deferral }));
      await rows(giveBackAll, [node, JSON.stringify(records)], client);
    },
    async callNext(targets) {
      await rows(callNextOf, [
        targets.map(({ workspaceId }) => workspaceId),
        targets.map(({ id }) => id),
        targets.map(({ places }) => places),
      ]);
    },
    async leasedTo(node) {
      const found = await rows<{ workspace_id: string; id: string; lease_token: number; due_at: Date }>(findLeased, [
        node,
      ]);
      return found.map((row) => ({
        workspaceId: row.workspace_id,
        id: row.id,
        token: row.lease_token,
        dueAt: row.due_at.getTime(),
      }));
    },
    async reclass(node, changed) {
      if (changed.length === 0) return;
      const records = changed.map(({ held, scheduledFor, deadline, fireClass, coalescedCount, coalescedFrom }) => ({
        ...fence(held),
        scheduled_for: scheduledFor,
        deadline,
        fire_class: fireClass,
        count: coalescedCount,
        from_at: coalescedFrom,
      }));
      await rows(reclassAll, [node, JSON.stringify(records)]);
    },
    async secrets(workspaceIds, scopeIds, now) {
      const found = await rows<{
        workspace_id: string;
        service: string;
        scope: ActiveSecret['scope'];
        scope_id: string;
        id: string;
        sealed: Buffer;
      }>(findSecrets, [workspaceIds, scopeIds, new Date(now)]);
      return found.map((row) => ({
        workspaceId: row.workspace_id,
        service: row.service,
        scope: row.scope,
        scopeId: row.scope_id,
        id: row.id,
        open: () => openSecret(row.id, row.sealed),
      }));
    },
    async beat(node) {
      const [row] = await rows<{ is_new: boolean }>(beatOnce, [node]);
      return row?.is_new === false;
    },
    async takeOver(node, silentMs) {
      const found = await leased(node, takeOverAll, [silentMs]);
      return found.map((row) => ({ held: heldOf(row), nodeSeenAt: row.seen_at?.getTime() ?? 0 }));
    },
    async leave(node) {
      await rows(leaveNodes, [node]);
    },
    async withTargets(targets, work) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const locked = await rows<{ workspace_id: string; id: string; state: TargetState; leased: number }>(
          lockTargets,
          [targets.map((target) => target.workspaceId), targets.map((target) => target.id)],
          client,
        );
        const states = new Map(
          locked.map(({ workspace_id, id, state, leased }) => [`${workspace_id} ${id}`, { state, leased }]),
        );
        const result = await work(states, client);
        const kept = locked.map(({ workspace_id, id }) => ({
          workspace_id,
          id,
          state: states.get(`${workspace_id} ${id}`)?.state ?? {},
        }));
        await rows(keepTargets, [JSON.stringify(kept)], client);
        await client.query('commit');
        client.release();
        return result;
      } catch (error) {
        await client.query('rollback').then(
          () => client.release(),
          () => client.release(true),
        );
        throw error;
      }
    },
  };
}

const maxOpened = 10_000;

/** What a row must still be for this node to write on it. */
function fence({ workspaceId, id, token }: Pick<Lease, 'workspaceId' | 'id' | 'token'>) {
  return { workspace_id: workspaceId, id, token };
}

function endingColumns(endings: readonly Ending[]): unknown[][] {
  const attempts = endings.map(({ attempt }) => attempt);
  return [
    endings.map(({ held }) => held.workspaceId),
    endings.map(({ held }) => held.id),
    endings.map(({ held }) => held.token),
    endings.map(({ status }) => status),
    endings.map(({ dueAt }) => dueAt),
    endings.map(({ deadLetterReason }) => deadLetterReason),
    endings.map(({ fireClass }) => fireClass),
    attempts.map((attempt) => attempt?.number),
    attempts.map((attempt) => attempt?.id),
    attempts.map((attempt) => attempt?.kind),
    attempts.map((attempt) => attempt?.outcome),
    attempts.map((attempt) => attempt?.statusCode),
    attempts.map((attempt) => attempt?.errorCode),
    attempts.map((attempt) => attempt?.startedAt),
    attempts.map((attempt) => attempt?.firedAt),
    attempts.map((attempt) => attempt?.completedAt),
    attempts.map((attempt) => (attempt?.responseHeaders ? JSON.stringify(attempt.responseHeaders) : null)),
    attempts.map((attempt) => attempt?.responseBody),
    attempts.map((attempt) => attempt?.retryAfter),
  ];
}

/** Without what it points at, because that is newer than the statement. */
function isBare(row: HeldRow): boolean {
  const noTarget = row.target_id !== null && row.attempt_count === 0 && row.target_version === null;
  return row.found_message === null || noTarget;
}

function readHeld(row: HeldRow, mode: Mode, sealer: Sealer): Held {
  return {
    mode,
    workspaceId: row.workspace_id,
    id: row.id,
    service: row.service,
    kind: row.kind,
    sourceId: row.source_id,
    occurrence: row.occurrence,
    eventType: row.event_type,
    targetId: row.target_id,
    token: row.lease_token,
    attemptCount: row.attempt_count,
    watched: row.watched,
    scheduledFor: row.scheduled_for.getTime(),
    dueAt: row.due_at.getTime(),
    deadline: row.deadline?.getTime() ?? null,
    idempotencyKey: row.idempotency_key,
    replayOf: row.replay_of,
    fireClass: row.fire_class,
    pausedWhenDue: row.paused_when_due,
    afterLoss: row.after_loss,
    policies:
      row.target_id === null
        ? null
        : {
            rateLimit: row.rate_limit,
            retryBudget: row.retry_budget,
            breaker: row.breaker_policy,
            maxInFlight: row.max_in_flight,
          },
    url: row.message_url ?? row.target_url ?? '',
    content: () => {
      // A request without its body must never leave.
      if (row.found_message === null) throw new Error(`delivery ${row.id} has lost its message ${row.message_id}`);
      return contentOf(row, sealer);
    },
    probe: null,
    secrets: [],
  };
}

function contentOf(row: HeldRow, sealer: Sealer): Content {
  return {
    url: row.message_url ?? row.target_url ?? '',
    method: row.message_method ?? row.target_method ?? 'POST',
    headers: mergeHeaders(
      row.target_headers === null
        ? {}
        : openHeaders(sealer, row.target_headers, `${row.target_id}/${row.target_version}`),
      row.message_headers === null ? {} : openHeaders(sealer, row.message_headers, row.message_id),
    ),
    body: row.message_body === null ? null : sealer.open(row.message_body, row.message_id),
    contentType: row.content_type,
    retry: row.message_retry ?? row.target_retry,
    timeoutMs: row.timeout_ms,
  };
}

function openHeaders(sealer: Sealer, sealed: Buffer, owner: string): Record<string, string> {
  return JSON.parse(sealer.open(sealed, owner)) as Record<string, string>;
}

/** The message's own headers win over its target's, name by name whatever the case. */
function mergeHeaders(target: Record<string, string>, message: Record<string, string>): Record<string, string> {
  const given = new Set(Object.keys(message).map((name) => name.toLowerCase()));
  return {
    ...Object.fromEntries(Object.entries(target).filter(([name]) => !given.has(name.toLowerCase()))),
    ...message,
  };
}
