import { committed } from '../db/committed.ts';
import type { Database } from '../db/database.ts';
import { sql } from '../db/sql.ts';

/** What a workspace is called. */
export interface WorkspaceView {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** Decides about limits where a contract names plans. */
  readonly plan: string;
}

const findOne = sql`select id, slug, name, plan from core.workspaces where id = $1`;

export async function readWorkspace(database: Database, workspaceId: string): Promise<WorkspaceView> {
  const row = await committed(database.as('console', workspaceId), (db) =>
    db.row<WorkspaceView>(findOne, [workspaceId]),
  );
  // A key outlives its workspace by the moment it takes every node to hear of it.
  return row ?? { id: workspaceId, slug: '', name: '', plan: '' };
}

const findMembers = sql`
  select "userId" as id from core.members where "organizationId" = $1 and "userId" = any($2::text[])`;

/** Which of these people are members of a workspace. */
export async function membersAmong(
  database: Database,
  workspaceId: string,
  personIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (personIds.length === 0) return new Set();
  const rows = await committed(database.as('console', workspaceId), (db) =>
    db.rows<{ id: string }>(findMembers, [workspaceId, personIds]),
  );
  return new Set(rows.map(({ id }) => id));
}
