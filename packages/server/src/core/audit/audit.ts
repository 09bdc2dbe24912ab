import { columnsOfRows } from '../db/columns-of-rows.ts';
import type { Database } from '../db/database.ts';
import { sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { ApiError } from '../errors.ts';
import { type Mode, modes } from '../mode.ts';

/** What a request was about; most are about nothing that is written down. */
export interface AuditAbout extends AuditedChange {
  readonly idempotencyKey?: string;
  /** It was answered with what an earlier request had been answered. */
  readonly replayed?: true;
}

/** What a request changed, as its service tells the log. */
export interface AuditedChange {
  /** Such as `phase_changed`. */
  readonly event?: string;
  readonly target?: { readonly type: string; readonly id: string; readonly display_id?: number };
  /** Each field that changed, with its value before and after. */
  readonly diff?: Readonly<Record<string, readonly [before: unknown, after: unknown]>>;
}

/** One request, refused ones too. Never an API key, a body or a query string. */
export interface AuditEntry {
  readonly workspaceId: string;
  readonly mode: Mode;
  /** Unix milliseconds. */
  readonly at: number;
  readonly service: string;
  readonly operation: string | null;
  readonly method: string;
  /** The route with its placeholders; for a path that nothing answers, `*`. */
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
  readonly durationUs: number;
  readonly requestId: string;
  readonly caller: 'key' | 'person' | 'anonymous' | 'system';
  readonly keyId: string | null;
  /** Name of the key, or id of the person. */
  readonly actor: string | null;
  readonly address: string;
  readonly suppressed: readonly SuppressedEffect[] | null;
  readonly about?: AuditAbout | null;
}

export interface SuppressedEffect {
  readonly name: string;
  /** What would have left, where no outbox row keeps it. */
  readonly payload?: unknown;
}

export interface AuditLog {
  /** Writes the row in the transaction of the change it describes. */
  record(transaction: Pick<Db, 'defer'>, entry: AuditEntry): void;
  /** Queues the row of a read or a refusal for the next batch. */
  enqueue(entry: AuditEntry): void;
  /** Writes the queue now. */
  flush(): Promise<void>;
  /** Rows that were dropped because the database was away for too long. */
  readonly dropped: number;
  close(): Promise<void>;
}

const insertOne = sql`
  insert into audit_log (workspace_id, id, at, service, operation, method, route, status, code, duration_us, request_id,
    caller, key_id, actor, address, suppressed, about)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`;

const insertMany = sql`
  insert into audit_log (workspace_id, id, at, service, operation, method, route, status, code, duration_us, request_id,
    caller, key_id, actor, address, suppressed, about)
  select $1, r.* from unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[],
    $9::text[], $10::int[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::jsonb[],
    $17::jsonb[]) as r`;

const flushEveryMs = 200;
/** More at once would hold up the requests that come in meanwhile: a batch is turned into text in one go. */
const flushAtRows = 500;
/** A database that is away for longer than this lasts costs audit rows of reads, counted in a metric. */
const maxQueued = 100_000;

/** Batches the rows of reads and refusals, so that a read costs no round trip. */
export function createAuditLog(database: Database): AuditLog {
  let queue: AuditEntry[] = [];
  let dropped = 0;
  let flushing: Promise<void> = Promise.resolve();
  let scheduled: NodeJS.Timeout | undefined;

  const write = async (entries: AuditEntry[]): Promise<void> => {
    for (const mode of modes) {
      const groups = Map.groupBy(
        entries.filter((entry) => entry.mode === mode),
        (entry) => entry.workspaceId,
      );
      await Promise.all([...groups].map(([workspaceId, rows]) => writeGroup(database, mode, workspaceId, rows)));
    }
  };

  const flush = (): Promise<void> => {
    clearTimeout(scheduled);
    scheduled = undefined;
    flushing = flushing.then(async () => {
      while (queue.length > 0) {
        const batch = queue.splice(0, flushAtRows);
        try {
          await write(batch);
        } catch (error) {
          if (!(error instanceof ApiError) && batch.length > 1) {
            // A row that cannot be written must not take its neighbours with it, nor come back for ever.
            for (const entry of batch) await write([entry]).catch(() => dropped++);
            continue;
          }
          if (!(error instanceof ApiError)) {
            dropped++;
            continue;
          }
          queue = [...batch, ...queue];
          const excess = queue.length - maxQueued;
          if (excess > 0) {
            queue.splice(0, excess);
            dropped += excess;
          }
          return;
        }
      }
    });
    return flushing;
  };

  return {
    record(transaction, entry) {
      transaction.defer(insertOne, [entry.workspaceId, ...columnsOf(entry)]);
    },
    enqueue(entry) {
      queue.push(entry);
      if (queue.length >= flushAtRows) void flush();
      else scheduled ??= setTimeout(() => void flush(), flushEveryMs).unref();
    },
    flush,
    get dropped() {
      return dropped;
    },
    async close() {
      await flush();
    },
  };
}

async function writeGroup(
  database: Database,
  mode: Mode,
  workspaceId: string,
  rows: readonly AuditEntry[],
): Promise<void> {
  const transaction = database.transaction(mode, workspaceId);
  transaction.defer(insertMany, [workspaceId, ...columnsOfRows(rows.map(columnsOf))]);
  await transaction.commit();
}

/** A request has one row, so its id names the row as well. */
function idOf(entry: AuditEntry): string {
  return `log_${entry.requestId.slice('req_'.length)}`;
}

function columnsOf(entry: AuditEntry): unknown[] {
  return [
    idOf(entry),
    // Text, because an array of anything else is spelled by the driver, which takes longer.
    new Date(entry.at).toISOString(),
    entry.service,
    entry.operation,
    entry.method,
    entry.route,
    entry.status,
    entry.code,
    entry.durationUs,
    entry.requestId,
    entry.caller,
    entry.keyId,
    entry.actor,
    entry.address,
    entry.suppressed === null ? null : JSON.stringify(entry.suppressed),
    entry.about == null ? null : JSON.stringify(entry.about),
  ];
}
