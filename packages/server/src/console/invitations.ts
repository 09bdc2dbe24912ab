import { Type } from 'typebox';
import { consoleError } from './errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { type PersonContext, personOperation, workspaceOperation } from './operation.ts';
import { findInvitation, type InvitationRow, listPendingInvitations, withdrawInvitation } from './people-repository.ts';
import { isAtLeast } from './roles.ts';
import { emailSchema, idSchema, roleSchema } from './schemas.ts';

const invitationPath = { invitationId: idSchema };

// Who holds the id of an invitation could be its recipient: members do not see it, only those who may invite.
export const listInvitations = workspaceOperation({
  method: 'GET',
  path: '/invitations',
  role: 'admin',
  input: Type.Object({}),
  run: async (ctx) => {
    const { workspaceId } = ctx.workspace;
    const rows = await inWorkspace(ctx.database, workspaceId, (db) => listPendingInvitations(db, workspaceId));
    const now = ctx.clock.now();
    return {
      invitations: rows
        .filter((row) => row.expiresAt.getTime() > now)
        .map((row) => ({ ...viewOf(row), link: linkTo(ctx, row.id) })),
    };
  },
});

export const invite = workspaceOperation({
  method: 'POST',
  path: '/invitations',
  role: 'admin',
  status: 201,
  input: Type.Object(
    { email: emailSchema, role: Type.Union(roleSchema.anyOf, { default: 'member' }) },
    { additionalProperties: false },
  ),
  run: async (ctx, { email, role }) => {
    if (!isAtLeast(ctx.workspace.role, role)) {
      throw consoleError('role_missing', 'Only an owner may invite an owner.', { param: 'role' });
    }
    const made = await ctx.auth().api.createInvitation({
      body: { email, role, organizationId: ctx.workspace.workspaceId },
      headers: ctx.cookie,
    });
    return {
      id: made.id,
      email: made.email,
      role: made.role,
      workspace: { id: ctx.workspace.workspaceId, name: ctx.workspace.name },
      expiresAt: made.expiresAt.getTime(),
      link: linkTo(ctx, made.id),
    };
  },
});

export const cancelInvitation = workspaceOperation({
  method: 'DELETE',
  path: '/invitations/:invitationId',
  role: 'admin',
  input: Type.Object(invitationPath),
  run: async (ctx, { invitationId }) => {
    const { workspaceId } = ctx.workspace;
    const cancelled = await inWorkspace(ctx.database, workspaceId, (db) =>
      withdrawInvitation(db, invitationId, workspaceId),
    );
    if (cancelled === 0) throw unknownInvitation();
    return undefined;
  },
});

/** What the invited person sees before he answers. */
export const showInvitation = personOperation({
  method: 'GET',
  path: '/invitations/:invitationId',
  input: Type.Object(invitationPath),
  run: async (ctx, { invitationId }) => viewOf(await invitationTo(ctx, invitationId)),
});

export const acceptInvitation = personOperation({
  method: 'POST',
  path: '/invitations/:invitationId/accept',
  input: Type.Object(invitationPath, { additionalProperties: false }),
  run: async (ctx, { invitationId }) => {
    const invitation = await invitationTo(ctx, invitationId);
    if (ctx.session.memberships.some(({ workspaceId }) => workspaceId === invitation.workspaceId)) {
      throw consoleError('conflict', 'You are a member of this workspace already.', { param: 'invitationId' });
    }
    await ctx.auth().api.acceptInvitation({ body: { invitationId }, headers: ctx.cookie });
    return { workspace: { id: invitation.workspaceId, name: invitation.workspace, role: invitation.role } };
  },
});

export const rejectInvitation = personOperation({
  method: 'POST',
  path: '/invitations/:invitationId/reject',
  input: Type.Object(invitationPath, { additionalProperties: false }),
  run: async (ctx, { invitationId }) => {
    await invitationTo(ctx, invitationId);
    await ctx.auth().api.rejectInvitation({ body: { invitationId }, headers: ctx.cookie });
    return undefined;
  },
});

async function invitationTo(ctx: PersonContext, id: string): Promise<InvitationRow> {
  const row = await inWorkspace(ctx.database, '', (db) => findInvitation(db, id));
  if (row === undefined || !isOpenFor(row, ctx.session.person.email, ctx.clock.now())) throw unknownInvitation();
  return row;
}

/** Whether an invitation waits for an answer from this address. */
export function isOpenFor(row: InvitationRow, email: string, now: number): boolean {
  return row.status === 'pending' && row.expiresAt.getTime() > now && row.email === email.toLowerCase();
}

function unknownInvitation(): Error {
  return consoleError(
    'not_found',
    'There is no such invitation to your address, or it has expired or been answered; ask for a new one.',
    { param: 'invitationId' },
  );
}

function viewOf(row: InvitationRow): object {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    inviter: row.inviter,
    workspace: { id: row.workspaceId, name: row.workspace },
    expiresAt: row.expiresAt.getTime(),
  };
}

/** Where the invited person answers; what he needs to be shown is `showInvitation`. */
function linkTo(ctx: PersonContext, invitationId: string): string {
  return `${ctx.publicUrl()}/invitations/${invitationId}`;
}
