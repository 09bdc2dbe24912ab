import { Type } from 'typebox';
import { decideMemberChange } from './decide-member-change.ts';
import { consoleError } from './errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { type WorkspaceContext, workspaceOperation } from './operation.ts';
import { deleteMember, listMembers as listRows, lockRoles, setRole } from './people-repository.ts';
import type { Role } from './roles.ts';
import { idSchema, roleSchema } from './schemas.ts';

export const listMembers = workspaceOperation({
  method: 'GET',
  path: '/members',
  input: Type.Object({}),
  run: async (ctx) => {
    const { workspaceId } = ctx.workspace;
    const rows = await inWorkspace(ctx.database, workspaceId, (db) => listRows(db, workspaceId));
    return { members: rows.map((row) => ({ ...row, joinedAt: row.joinedAt.getTime() })) };
  },
});

export const changeMember = workspaceOperation({
  method: 'PATCH',
  path: '/members/:memberId',
  role: 'admin',
  input: Type.Object({ memberId: idSchema, role: roleSchema }, { additionalProperties: false }),
  run: async (ctx, { memberId, role }) => {
    await change(ctx, memberId, role);
    return { id: memberId, role };
  },
});

/** Also the way to leave a workspace. */
export const removeMember = workspaceOperation({
  method: 'DELETE',
  path: '/members/:memberId',
  input: Type.Object({ memberId: idSchema }),
  run: async (ctx, { memberId }) => {
    await change(ctx, memberId, null);
    return undefined;
  },
});

async function change(ctx: WorkspaceContext, memberId: string, newRole: Role | null): Promise<void> {
  const { workspaceId } = ctx.workspace;
  await inWorkspace(ctx.database, workspaceId, async (db) => {
    const all = await lockRoles(db, workspaceId);
    const actor = all.find(({ personId }) => personId === ctx.session.person.id);
    const target = all.find(({ id }) => id === memberId);
    if (actor === undefined || target === undefined) {
      throw consoleError('not_found', `There is no member "${memberId}" in this workspace.`, { param: 'memberId' });
    }
    const owners = all.filter(({ role }) => role === 'owner').length;
    const decision = decideMemberChange({ actor, target, newRole, owners });
    if (decision.type === 'refuse') throw consoleError(decision.code, decision.message, { param: 'memberId' });
    await (newRole === null ? deleteMember(db, memberId) : setRole(db, memberId, newRole));
  });
}
