import { schemasOf } from '../db/access.ts';
import type { Database } from '../db/database.ts';
import { Fragment, type Sql, sql } from '../db/sql.ts';
import type { FileStore } from '../files/file-store.ts';
import { type Mode, modes } from '../mode.ts';
import type { ServiceContract } from '../service.ts';

const deleteWorkspace = sql`delete from core.workspaces where id = $1`;

/**
 * Deletes a workspace with its keys, its files and every row that its services hold. What is kept: audit rows until their days are
 * over, and what a service has published of it (leaf hashes of the transparency log).
 */
export async function eraseWorkspace(
  database: Database,
  contracts: readonly ServiceContract[],
  files: FileStore,
  workspaceId: string,
): Promise<void> {
  // The keys first: nothing may write rows while they go.
  const db = database.as('console', workspaceId);
  db.defer(deleteKeys, [workspaceId]);
  await db.commit();
  for (const { mode, statement } of statementsOf(contracts)) {
    const rows = database.transaction(mode, workspaceId);
    rows.defer(statement, [workspaceId]);
    await rows.commit();
  }
  for (const mode of modes) {
    const rows = database.transaction(mode, workspaceId);
    for (const statement of deleteSendings) rows.defer(statement, [workspaceId]);
    await rows.commit();
  }
  // Before the workspace itself: while it is there, erasing that was cut off can be asked for again.
  for await (const { key } of files.list(`${workspaceId}/`)) await files.remove(key);
  const last = database.as('console', workspaceId);
  for (const statement of deleteFigures) last.defer(statement, [workspaceId]);
  last.defer(deleteWorkspace, [workspaceId]);
  await last.commit();
}

/** What it sent and wanted to send, where to, and the secrets that signed it. */
const deleteSendings = [
  sql`delete from attempts where workspace_id = $1`,
  sql`delete from deliveries where workspace_id = $1`,
  sql`delete from messages where workspace_id = $1`,
  sql`delete from signing_secrets where workspace_id = $1`,
  sql`delete from targets where workspace_id = $1`,
];

/** What home had added up of its requests. */
const deleteFigures = [
  sql`delete from live.figure_hours where workspace_id = $1`,
  sql`delete from live.figure_marks where workspace_id = $1`,
  sql`delete from test.figure_hours where workspace_id = $1`,
  sql`delete from test.figure_marks where workspace_id = $1`,
];

const deleteKeys = sql`delete from core.api_keys where workspace_id = $1`;

function statementsOf(contracts: readonly ServiceContract[]): { mode: Mode; statement: Sql }[] {
  return contracts.flatMap((contract) =>
    ([...schemasOf(contract), 'account'] as const).flatMap((place) =>
      Object.entries(contract.tables)
        .filter(([, kind]) => kind === (place === 'account' ? 'account' : 'workspace'))
        .map(([table]) => {
          const schema = place === 'account' ? 'shared' : place;
          const name = new Fragment(`${schema}.${table}`);
          return {
            mode: schema === 'test' ? ('test' as const) : ('live' as const),
            statement: sql`delete from ${name} where workspace_id = $1`,
          };
        }),
    ),
  );
}
