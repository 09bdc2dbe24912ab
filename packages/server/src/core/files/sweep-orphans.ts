import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { Fragment, sql } from '../db/sql.ts';
import type { Mode } from '../mode.ts';
import type { ServiceContract } from '../service.ts';
import { type FileStore, readFileKey } from './file-store.ts';

/** Longer than any request: a file whose row has not been committed yet is younger. */
const graceMs = 3_600_000;
const atOnce = 500;

const findWorkspace = sql`select 1 from core.workspaces where id = $1`;

/**
 * Takes away files that no row names: what a process that was killed between a file and its row left, and what could not
 * be removed when its row went. Files of workspaces that this database does not know are left alone, because a store may
 * be shared with another installation.
 *
 * @returns how many went
 */
export async function sweepOrphans(parts: {
  readonly database: Database;
  readonly contracts: readonly ServiceContract[];
  readonly files: FileStore;
  readonly now: number;
}): Promise<number> {
  const { database, files } = parts;
  const tables = parts.contracts.flatMap((contract) => (contract.files === undefined ? [] : [contract.files.table]));
  if (tables.length === 0) return 0;
  let swept = 0;
  let batch: Batch | null = null;
  const sweep = async ({ workspaceId, mode, keys }: Batch): Promise<void> => {
    if (!(await exists(database, workspaceId))) return;
    const kept = await findKept(database, tables, { workspaceId, mode }, [...keys.keys()]);
    for (const [id, key] of keys) {
      if (kept.has(id)) continue;
      await files.remove(key);
      swept++;
    }
  };
  for await (const { key, storedAt } of files.list('')) {
    const whose = readFileKey(key);
    if (whose === null || storedAt > parts.now - graceMs) continue;
    if (batch !== null && (batch.workspaceId !== whose.workspaceId || batch.mode !== whose.mode)) {
      await sweep(batch);
      batch = null;
    }
    batch ??= { workspaceId: whose.workspaceId, mode: whose.mode, keys: new Map() };
    batch.keys.set(whose.id, key);
    if (batch.keys.size < atOnce) continue;
    await sweep(batch);
    batch = null;
  }
  if (batch !== null) await sweep(batch);
  return swept;
}

interface Batch {
  readonly workspaceId: string;
  readonly mode: Mode;
  readonly keys: Map<string, string>;
}

function exists(database: Database, workspaceId: string): Promise<boolean> {
  return committed(
    database.as('console', workspaceId),
    async (db) => (await db.row(findWorkspace, [workspaceId])) !== undefined,
  );
}

async function findKept(
  database: Database,
  tables: readonly string[],
  { workspaceId, mode }: Pick<Batch, 'workspaceId' | 'mode'>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  await committed(database.transaction(mode, workspaceId), async (db) => {
    for (const table of tables) {
      const find = sql`select id from ${new Fragment(table)} where id = any($1::text[])`;
      for (const { id } of await db.rows<{ id: string }>(find, [ids])) kept.add(id);
    }
  });
  return kept;
}
