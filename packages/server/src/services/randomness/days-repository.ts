import { type Db, fragment, sql } from '../../core/service.ts';

/** A published day as its row is. */
export interface DayRow {
  readonly day: string;
  readonly root: string;
  readonly leaf_count: number;
  readonly tree_height: number;
  readonly published_ms: number;
  readonly log_size: number;
  readonly log_root: string;
  readonly signature: string;
  readonly public_key: string;
}

const dayColumns = fragment`
  to_char(day, 'YYYY-MM-DD') as day, root, leaf_count, tree_height, published_ms, log_size, log_root, signature, public_key`;

const newestDays = sql`select ${dayColumns} from randomness_days order by day desc limit $1`;
const allDays = sql`select ${dayColumns} from randomness_days order by day`;
const oneDay = sql`select ${dayColumns} from randomness_days where day = $1::date`;

export function listDays(db: Db, limit: number): Promise<DayRow[]> {
  return db.rows<DayRow>(newestDays, [limit]);
}

/** The whole log, oldest first: one small row a day. */
export function listAllDays(db: Db): Promise<DayRow[]> {
  return db.rows<DayRow>(allDays);
}

export function findDay(db: Db, date: string): Promise<DayRow | undefined> {
  return db.row<DayRow>(oneDay, [date]);
}

const dayLeaves = sql`select hashes from randomness_day_leaves where day = $1::date`;

/** The leaf hashes of a day, 32 bytes each, in order. */
export async function findLeaves(db: Db, date: string): Promise<Buffer | undefined> {
  return (await db.row<{ hashes: Buffer }>(dayLeaves, [date]))?.hashes;
}

const outcomesOfDay = sql`select * from randomness_day_outcomes($1, $2)`;

/** What a day's leaves are made of, in the order of the tree. */
export function listDayOutcomes(db: Db, fromMs: number, toMs: number) {
  return db.rows<{
    client_seed: string;
    cursor: number;
    nonce: number;
    short_id: string;
    server_hash: string;
    created_ms: number;
  }>(outcomesOfDay, [fromMs, toMs]);
}

const byTriple = sql`select * from randomness_find_by_triple($1, $2, $3, $4, $5)`;

/** The short id of the first outcome with these coordinates in a span of time. */
export async function findShortIdByTriple(
  db: Db,
  at: { clientSeed: string; cursor: number; nonce: number },
  fromMs: number,
  toMs: number,
): Promise<string | undefined> {
  return (await db.row<{ short_id: string }>(byTriple, [at.clientSeed, at.cursor, at.nonce, fromMs, toMs]))?.short_id;
}

const firstOutcome = sql`select randomness_first_outcome() as first`;

/** When the first outcome of all was drawn. */
export async function findFirstOutcomeMs(db: Db): Promise<number | null> {
  return (await db.row<{ first: number | null }>(firstOutcome))?.first ?? null;
}

const insertDay = sql`
  insert into randomness_days (day, root, leaf_count, tree_height, published_ms, log_size, log_root, signature, public_key)
  values ($1::date, $2, $3, $4, $5, $6, $7, $8, $9)`;
const insertLeaves = sql`insert into randomness_day_leaves (day, hashes) values ($1::date, $2)`;

export function storeDay(db: Db, day: DayRow, hashes: Buffer): void {
  db.defer(insertDay, [
    day.day,
    day.root,
    day.leaf_count,
    day.tree_height,
    day.published_ms,
    day.log_size,
    day.log_root,
    day.signature,
    day.public_key,
  ]);
  db.defer(insertLeaves, [day.day, hashes]);
}

const lockLog = sql`select pg_try_advisory_xact_lock(hashtext('randomness_days')) as held`;

/** Whether this node publishes now; another that does is left to it. */
export async function tryLockLog(db: Db): Promise<boolean> {
  return (await db.row<{ held: boolean }>(lockLog))?.held === true;
}
