import { fragment, sql } from '../core/db/sql.ts';
import type { Db } from '../core/db/transaction.ts';
import type { Role } from './roles.ts';

/** A workspace that a person belongs to, and as what. */
export interface Membership {
  readonly workspaceId: string;
  readonly name: string;
  readonly role: Role;
}

export interface MemberRow {
  readonly id: string;
  readonly personId: string;
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly joinedAt: Date;
}

export interface InvitationRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly workspace: string;
  readonly email: string;
  readonly role: Role;
  readonly status: 'pending' | 'accepted' | 'rejected' | 'canceled';
  readonly inviter: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const memberships = sql`
  select w.id as "workspaceId", w.name, m.role
  from core.members m join core.workspaces w on w.id = m."organizationId"
  where m."userId" = $1 order by m."createdAt", m.id`;

const workspace = sql`select id, name, "createdAt" from core.workspaces where id = $1`;

const renameWorkspace = sql`update core.workspaces set name = $2 where id = $1`;

const members = sql`
  select m.id, m."userId" as "personId", m.role, p.name, p.email, m."createdAt" as "joinedAt"
  from core.members m join core.people p on p.id = m."userId"
  where m."organizationId" = $1 order by m."createdAt", m.id`;

// Locked in one order, so that two changes at once are decided one after the other.
const lockedRoles = sql`
  select id, "userId" as "personId", role from core.members where "organizationId" = $1 order by id for update`;

const changeRole = sql`update core.members set role = $2 where id = $1`;

const removeMember = sql`delete from core.members where id = $1`;

const invitationColumns = fragment`
  select i.id, i."organizationId" as "workspaceId", w.name as workspace, i.email, i.role, i.status, p.name as inviter,
    i."createdAt", i."expiresAt"
  from core.invitations i join core.workspaces w on w.id = i."organizationId" join core.people p on p.id = i."inviterId"`;

const pendingInvitations = sql`
  ${invitationColumns} where i."organizationId" = $1 and i.status = 'pending' order by i."createdAt", i.id`;

const invitation = sql`${invitationColumns} where i.id = $1`;

const cancelInvitation = sql`
  update core.invitations set status = 'canceled' where id = $1 and "organizationId" = $2 and status = 'pending'`;

const personByEmail = sql`select id, name, email from core.people where email = $1`;

export const listMemberships = (db: Db, personId: string) => db.rows<Membership>(memberships, [personId]);

export const findWorkspace = (db: Db, id: string) =>
  db.row<{ id: string; name: string; createdAt: Date }>(workspace, [id]);

export const setWorkspaceName = (db: Db, id: string, name: string) => db.run(renameWorkspace, [id, name]);

export const listMembers = (db: Db, workspaceId: string) => db.rows<MemberRow>(members, [workspaceId]);

export const lockRoles = (db: Db, workspaceId: string) =>
  db.rows<Pick<MemberRow, 'id' | 'personId' | 'role'>>(lockedRoles, [workspaceId]);

export const setRole = (db: Db, memberId: string, role: Role) => db.run(changeRole, [memberId, role]);

export const deleteMember = (db: Db, memberId: string) => db.run(removeMember, [memberId]);

export const listPendingInvitations = (db: Db, workspaceId: string) =>
  db.rows<InvitationRow>(pendingInvitations, [workspaceId]);

export const findInvitation = (db: Db, id: string) => db.row<InvitationRow>(invitation, [id]);

/** How many invitations were cancelled: one or none. */
export const withdrawInvitation = (db: Db, id: string, workspaceId: string) =>
  db.run(cancelInvitation, [id, workspaceId]);

export const findPersonByEmail = (db: Db, email: string) =>
  db.row<{ id: string; name: string; email: string }>(personByEmail, [email]);

const personById = sql`select id, name, email, "createdAt" from core.people where id = $1`;
const changeAddress = sql`update core.people set email = $2, "updatedAt" = now() where id = $1`;
const removePerson = sql`delete from core.people where id = $1`;

export const findPersonById = (db: Db, id: string) =>
  db.row<{ id: string; name: string; email: string; createdAt: Date }>(personById, [id]);

export const setEmail = (db: Db, id: string, email: string) => db.run(changeAddress, [id, email]);

/** With his sessions, memberships and invitations. */
export const deletePerson = (db: Db, id: string) => db.run(removePerson, [id]);
