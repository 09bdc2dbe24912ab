import { type Batch, type Db, fragment, sql } from '../../core/service.ts';

/** A chain as its row is. */
export interface ChainRow {
  readonly sealed_seed: Buffer;
  readonly server_hash: string;
  readonly nonce: number;
  readonly cursor: number;
  readonly first_nonce: number;
}

/** A recorded outcome as its row is. */
export interface OutcomeRow {
  readonly short_id: string;
  readonly client_seed: string;
  readonly server_hash: string;
  readonly nonce: number;
  readonly cursor: number;
  readonly endpoint: string;
  readonly params: Record<string, unknown>;
  readonly drawn: Record<string, unknown>;
  readonly tool_meta: Record<string, unknown> | null;
  readonly commit_id: string | null;
  readonly receipt: string;
  readonly created_ms: number;
}

/** With what has become known of its seed. */
export interface FoundOutcome extends OutcomeRow {
  readonly server_seed: string | null;
  readonly is_current: boolean;
}

const outcomeColumns = fragment`
  short_id, client_seed, server_hash, nonce, cursor, endpoint, params, drawn, tool_meta, commit_id, receipt, created_ms`;

/** The last nonce, 2^53 − 3, is kept back, so that nonce + 1 is always a safe integer (specification 4.5). */
const lastNonce = fragment`9007199254740989`;

const useChains: Batch<ChainRow & { key_id: string; client_seed: string }> = {
  statement: sql`
    insert into randomness_chains as c
      (key_id, client_seed, sealed_seed, server_hash, nonce, cursor, first_nonce, created_ms)
    select e.key_id, e.client_seed, e.sealed_seed, e.server_hash, 1, 0, 0, e.created_ms
    from unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::bigint[])
      as e(key_id, client_seed, sealed_seed, server_hash, created_ms)
    on conflict (workspace_id, key_id, client_seed) do update set nonce = c.nonce + 1 where c.nonce <= ${lastNonce}
    returning key_id, client_seed, sealed_seed, server_hash, nonce - 1 as nonce, cursor, first_nonce`,
  keyOf: ([keyId, clientSeed]) => `${keyId} ${clientSeed}`,
  keyOfRow: ({ key_id, client_seed }) => `${key_id} ${client_seed}`,
};

/**
 * Takes the next nonce of a chain under its row lock; a chain that does not exist starts with the proposed seed.
 * `undefined` when the counter is used up.
 */
export function takeNonce(
  db: Db,
  keyId: string,
  clientSeed: string,
  proposed: { sealedSeed: Buffer; serverHash: string },
  nowMs: number,
): Promise<ChainRow | undefined> {
  return db.entry(useChains, [keyId, clientSeed, proposed.sealedSeed, proposed.serverHash, nowMs]);
}

const ensure = sql`
  insert into randomness_chains (key_id, client_seed, sealed_seed, server_hash, nonce, cursor, first_nonce, created_ms)
  values ($1, $2, $3, $4, 0, 0, 0, $5) on conflict do nothing`;

/** Makes the chain with nothing drawn from it, unless it exists. */
export async function ensureChain(
  db: Db,
  keyId: string,
  clientSeed: string,
  proposed: { sealedSeed: Buffer; serverHash: string },
  nowMs: number,
): Promise<void> {
  await db.run(ensure, [keyId, clientSeed, proposed.sealedSeed, proposed.serverHash, nowMs]);
}

const lockChainRow = sql`
  select sealed_seed, server_hash, nonce, cursor, first_nonce from randomness_chains
  where key_id = $1 and client_seed = $2 for update`;

export function lockChain(db: Db, keyId: string, clientSeed: string): Promise<ChainRow | undefined> {
  return db.row<ChainRow>(lockChainRow, [keyId, clientSeed]);
}

const findChainRow = sql`
  select sealed_seed, server_hash, nonce, cursor, first_nonce from randomness_chains where key_id = $1 and client_seed = $2`;

export function findChain(db: Db, keyId: string, clientSeed: string): Promise<ChainRow | undefined> {
  return db.row<ChainRow>(findChainRow, [keyId, clientSeed]);
}

const lockInOrder = sql`
  select pg_advisory_xact_lock(id) from (
    select distinct hashtextextended(concat_ws(E'\n', current_setting('app.workspace'), $1::text, seed), 0) as id
    from unnest($2::text[]) as seed order by id
  ) as chains`;
const lockRowsInOrder = sql`
  select from unnest($2::text[]) with ordinality as s(seed, place)
  join randomness_chains c on c.key_id = $1 and c.client_seed = s.seed order by s.place for update of c`;

/**
 * Makes every other caller who takes several of these chains wait, always in the same order: other batches, also for
 * chains that do not exist yet, and draws that share a transaction, which take the rows of their chains in this order.
 */
export async function lockChains(db: Db, keyId: string, clientSeeds: readonly string[]): Promise<void> {
  const inOrder = clientSeeds.toSorted((a, b) => (a < b ? -1 : 1));
  await Promise.all([db.run(lockInOrder, [keyId, inOrder]), db.run(lockRowsInOrder, [keyId, inOrder])]);
}

const replaceSeed = sql`
  update randomness_chains set sealed_seed = $3, server_hash = $4, first_nonce = nonce where key_id = $1 and client_seed = $2`;
const recordRevealed = sql`
  insert into randomness_revealed_seeds
    (key_id, client_seed, server_hash, server_seed, first_nonce, next_nonce, cursor, revealed_ms)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`;

/** Writes the revealed seed down with the nonces it covered. */
export function storeRevealedSeed(
  db: Db,
  seed: {
    keyId: string;
    clientSeed: string;
    serverHash: string;
    serverSeed: string;
    firstNonce: number;
    nextNonce: number;
    cursor: number;
    revealedMs: number;
  },
): void {
  db.defer(recordRevealed, [
    seed.keyId,
    seed.clientSeed,
    seed.serverHash,
    seed.serverSeed,
    seed.firstNonce,
    seed.nextNonce,
    seed.cursor,
    seed.revealedMs,
  ]);
}

/** Gives a chain a fresh seed; nonce and cursor go on. */
export function storeNextSeed(
  db: Db,
  keyId: string,
  clientSeed: string,
  next: { sealedSeed: Buffer; serverHash: string },
): void {
  db.defer(replaceSeed, [keyId, clientSeed, next.sealedSeed, next.serverHash]);
}

const moveCursor = sql`
  update randomness_chains set cursor = cursor + 1 where key_id = $1 and client_seed = $2
  returning sealed_seed, server_hash, nonce, cursor, first_nonce`;

export function advanceCursor(db: Db, keyId: string, clientSeed: string): Promise<ChainRow | undefined> {
  return db.row<ChainRow>(moveCursor, [keyId, clientSeed]);
}

const insertOutcome = sql`
  insert into randomness_outcomes (short_id, key_id, client_seed, server_hash, nonce, cursor, endpoint, params, drawn,
    tool_meta, commit_id, receipt, created_ms)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;

/** Records an outcome; `params` is the canonical text of the parameters. */
export function storeOutcome(
  db: Db,
  keyId: string,
  outcome: {
    shortId: string;
    clientSeed: string;
    serverHash: string;
    nonce: number;
    cursor: number;
    endpoint: string;
    params: string;
    drawn: object;
    toolMeta: object | null;
    commitId: string | null;
    receipt: string;
    createdMs: number;
  },
): void {
  db.defer(insertOutcome, [
    outcome.shortId,
    keyId,
    outcome.clientSeed,
    outcome.serverHash,
    outcome.nonce,
    outcome.cursor,
    outcome.endpoint,
    outcome.params,
    JSON.stringify(outcome.drawn),
    outcome.toolMeta === null ? null : JSON.stringify(outcome.toolMeta),
    outcome.commitId,
    outcome.receipt,
    outcome.createdMs,
  ]);
}

const listNewestFirst = sql`
  select ${outcomeColumns} from randomness_outcomes
  where key_id = $1 and client_seed = $2 and commit_id is null
    and ($3::bigint is null or (cursor, nonce) < ($3::bigint, $4::bigint))
  order by cursor desc, nonce desc limit $5`;

/** Outcomes of one chain, newest first, strictly before a coordinate when one is given. */
export function listOutcomes(
  db: Db,
  keyId: string,
  clientSeed: string,
  before: { cursor: number; nonce: number } | null,
  limit: number,
): Promise<OutcomeRow[]> {
  return db.rows<OutcomeRow>(listNewestFirst, [
    keyId,
    clientSeed,
    before?.cursor ?? null,
    before?.nonce ?? null,
    limit,
  ]);
}

const listAfter = sql`
  select ${outcomeColumns} from randomness_outcomes
  where key_id = $1 and client_seed = $2 and commit_id is null and (cursor, nonce) > ($3::bigint, $4::bigint)
    and endpoint = $5 and params::text = $6
  order by cursor, nonce limit $7`;

/** What a stream that is resumed has missed: the same request's outcomes after a coordinate, oldest first. */
export function listMissed(
  db: Db,
  keyId: string,
  clientSeed: string,
  after: { cursor: number; nonce: number },
  request: { endpoint: string; params: string },
  limit: number,
): Promise<OutcomeRow[]> {
  return db.rows<OutcomeRow>(listAfter, [
    keyId,
    clientSeed,
    after.cursor,
    after.nonce,
    request.endpoint,
    request.params,
    limit,
  ]);
}

const findByCoordinates = sql`
  select ${outcomeColumns} from randomness_outcomes
  where key_id = $1 and client_seed = $2 and cursor = $3 and nonce = $4 and commit_id is null order by created_ms limit 1`;

export function findOutcome(
  db: Db,
  keyId: string,
  clientSeed: string,
  cursor: number,
  nonce: number,
): Promise<OutcomeRow | undefined> {
  return db.row<OutcomeRow>(findByCoordinates, [keyId, clientSeed, cursor, nonce]);
}

const findGlobally = sql`select * from randomness_find_outcome($1)`;

/** The outcome of a short id, whoever drew it. */
export function findByShortId(db: Db, shortId: string): Promise<FoundOutcome | undefined> {
  return db.row<FoundOutcome>(findGlobally, [shortId]);
}

const chainCarries = sql`select randomness_chain_carries($1, $2) as carries`;

/** Whether any live chain of this client seed draws from the seed with this hash now. */
export async function hashIsCurrent(db: Db, clientSeed: string, serverHash: string): Promise<boolean> {
  return (await db.row<{ carries: boolean }>(chainCarries, [clientSeed, serverHash]))?.carries === true;
}

const outcomesUnder = sql`select * from randomness_outcomes_under($1, $2)`;

/** Outcomes that used a hash under a client seed, whoever drew them. */
export function listUnderHash(db: Db, clientSeed: string, serverHash: string) {
  return db.rows<Pick<OutcomeRow, 'short_id' | 'endpoint' | 'cursor' | 'nonce' | 'created_ms' | 'tool_meta'>>(
    outcomesUnder,
    [clientSeed, serverHash],
  );
}

const insertCommit = sql`
  insert into randomness_commits (commit_id, key_id, sealed_seed, server_hash, expires_ms) values ($1, $2, $3, $4, $5)`;

export function storeCommit(
  db: Db,
  commit: { commitId: string; keyId: string; sealedSeed: Buffer; serverHash: string; expiresMs: number },
): void {
  db.defer(insertCommit, [commit.commitId, commit.keyId, commit.sealedSeed, commit.serverHash, commit.expiresMs]);
}

export interface CommitRow {
  readonly key_id: string;
  readonly sealed_seed: Buffer;
  readonly server_hash: string;
  readonly expires_ms: number;
  readonly revealed_ms: number | null;
}

const lockCommitRow = sql`
  select key_id, sealed_seed, server_hash, expires_ms, revealed_ms from randomness_commits where commit_id = $1 for update`;
const commitExists = sql`select randomness_commit_exists($1) as found`;
const markRevealed = sql`update randomness_commits set revealed_ms = $2 where commit_id = $1`;

export function lockCommit(db: Db, commitId: string): Promise<CommitRow | undefined> {
  return db.row<CommitRow>(lockCommitRow, [commitId]);
}

/** Whether another workspace made it. */
export async function commitExistsAnywhere(db: Db, commitId: string): Promise<boolean> {
  return (await db.row<{ found: boolean }>(commitExists, [commitId]))?.found === true;
}

export function storeReveal(db: Db, commitId: string, nowMs: number): void {
  db.defer(markRevealed, [commitId, nowMs]);
}

const purgeCommitsBefore = sql`select randomness_purge_commits($1)`;

export async function purgeCommits(db: Db, beforeMs: number): Promise<void> {
  await db.run(purgeCommitsBefore, [beforeMs]);
}
