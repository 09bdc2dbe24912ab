import { demo } from '../../server/src/console/demo.ts';
import { sql } from '../../server/src/core/db/sql.ts';
import type { Db } from '../../server/src/core/db/transaction.ts';

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly people: number;
  /** Whether it is the demo of a development installation. */
  readonly demo: boolean;
}

const workspaces = sql`
  select w.id, w.name, w."createdAt",
    (select count(*) from core.members m where m."organizationId" = w.id) as people,
    exists (
      select from core.members m join core.people p on p.id = m."userId"
      where m."organizationId" = w.id and m.role = 'owner' and p.email = $1
    ) as demo
  from core.workspaces w where w.id <> 'anonymous' order by w."createdAt", w.id`;

const person = sql`select id from core.people where email = $1`;

const insertWorkspace = sql`insert into core.workspaces (id, name, slug, "createdAt") values ($1, $2, $3, $4)`;

const setPlan = sql`update core.workspaces set plan = $2 where id = $1`;

const insertMember = sql`
  insert into core.members (id, "organizationId", "userId", role, "createdAt") values ($1, $2, $3, 'owner', $4)`;

export async function findWorkspaces(db: Db): Promise<WorkspaceRow[]> {
  return db.rows<WorkspaceRow>(workspaces, [demo.email]);
}

export async function findPersonId(db: Db, email: string): Promise<string | undefined> {
  return (await db.row<{ id: string }>(person, [email.toLowerCase()]))?.id;
}

export async function addWorkspace(
  db: Db,
  workspace: { id: string; name: string; slug: string; createdAt: Date },
): Promise<void> {
  await db.run(insertWorkspace, [workspace.id, workspace.name, workspace.slug, workspace.createdAt]);
}

export async function addOwner(
  db: Db,
  owner: { id: string; workspaceId: string; personId: string; createdAt: Date },
): Promise<void> {
  await db.run(insertMember, [owner.id, owner.workspaceId, owner.personId, owner.createdAt]);
}

/** Every key of the workspace has the plan from then on. */
export async function changePlan(db: Db, workspaceId: string, plan: string): Promise<void> {
  await db.run(setPlan, [workspaceId, plan]);
}
