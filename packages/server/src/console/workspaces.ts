import { Type } from 'typebox';
import { pagedListOf } from '../core/paged-list.ts';
import { csprng } from '../core/sources.ts';
import type { Auth } from './auth.ts';
import { consoleError } from './errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { type PersonContext, personOperation, workspaceOperation } from './operation.ts';
import { findWorkspace, type Membership, setWorkspaceName } from './people-repository.ts';
import { idSchema, nameSchema } from './schemas.ts';
import type { Session } from './session.ts';

export const me = personOperation({
  method: 'GET',
  path: '/me',
  input: Type.Object({}),
  run: async (ctx) => meOf(ctx.session),
});

/** The person, what is open to him, and where he is. */
export function meOf(session: Pick<Session, 'person' | 'memberships' | 'active'>): object {
  return {
    person: session.person,
    workspaces: session.memberships.map(viewOf),
    active: session.active === null ? null : viewOf(session.active),
  };
}

function viewOf({ workspaceId, name, role }: Membership): object {
  return { id: workspaceId, name, role };
}

/** Creates a workspace and makes a person its owner; with his cookie it becomes the active one. */
export async function openWorkspace(auth: Auth, name: string, owner: { personId: string; cookie?: Headers }) {
  const body = { name, slug: csprng.bytes(12).toString('hex') };
  return owner.cookie === undefined
    ? auth.api.createOrganization({ body: { ...body, userId: owner.personId } })
    : auth.api.createOrganization({ body, headers: owner.cookie });
}

export const createWorkspace = personOperation({
  method: 'POST',
  path: '/workspaces',
  status: 201,
  input: Type.Object({ name: nameSchema }, { additionalProperties: false }),
  run: async (ctx, { name }) => {
    const made = await openWorkspace(ctx.auth(), name, { personId: ctx.session.person.id, cookie: ctx.cookie });
    return { id: made.id, name, role: 'owner' };
  },
});

export const showWorkspace = workspaceOperation({
  method: 'GET',
  path: '/workspace',
  input: Type.Object({}),
  run: async (ctx) => {
    const { workspaceId, role } = ctx.workspace;
    const row = await inWorkspace(ctx.database, workspaceId, (db) => findWorkspace(db, workspaceId));
    return { id: workspaceId, name: row?.name ?? '', role, createdAt: row?.createdAt.getTime() };
  },
});

export const renameWorkspace = workspaceOperation({
  method: 'PATCH',
  path: '/workspace',
  role: 'admin',
  input: Type.Object({ name: nameSchema }, { additionalProperties: false }),
  run: async (ctx, { name }) => {
    const { workspaceId, role } = ctx.workspace;
    await inWorkspace(ctx.database, workspaceId, (db) => setWorkspaceName(db, workspaceId, name));
    return { id: workspaceId, name, role };
  },
});

export const switchWorkspace = personOperation({
  method: 'POST',
  path: '/workspaces/:workspaceId/activate',
  input: Type.Object({ workspaceId: idSchema }, { additionalProperties: false }),
  run: async (ctx, { workspaceId }) => {
    const active = membershipIn(ctx, workspaceId);
    await ctx.auth().api.setActiveOrganization({ body: { organizationId: workspaceId }, headers: ctx.cookie });
    return meOf({ ...ctx.session, active });
  },
});

function membershipIn(ctx: PersonContext, workspaceId: string): Membership {
  const found = ctx.session.memberships.find((membership) => membership.workspaceId === workspaceId);
  if (found === undefined) {
    throw consoleError('not_found', `There is no workspace "${workspaceId}" among yours.`, { param: 'workspaceId' });
  }
  return found;
}

export const listServices = personOperation({
  method: 'GET',
  path: '/services',
  input: Type.Object({}),
  run: async (ctx) => ({
    publicUrl: ctx.publicUrl(),
    services: ctx.services.map(({ contract, operations }) => {
      const { name, title, description, basePath, keys, scopes, modes, webhooks } = contract;
      return {
        name,
        title,
        description,
        basePath,
        prefix: keys.prefix,
        header: keys.header ?? 'authorization',
        scopes,
        modes,
        webhooks:
          webhooks === undefined
            ? null
            : { events: webhooks.events, subject: webhooks.subject ?? null, maxEndpoints: webhooks.maxEndpoints },
        lists: operations.map(pagedListOf).filter((list) => list !== null),
      };
    }),
  }),
});
