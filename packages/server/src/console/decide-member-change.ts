import { isAtLeast, type Role } from './roles.ts';

export interface MemberChange {
  /** Who wants it; his own row in the workspace. */
  readonly actor: { readonly id: string; readonly role: Role };
  readonly target: { readonly id: string; readonly role: Role };
  /** `null`: the member goes. */
  readonly newRole: Role | null;
  /** How many owners the workspace has. */
  readonly owners: number;
}

export type MemberDecision =
  | { readonly type: 'allow' }
  | { readonly type: 'refuse'; readonly code: 'role_missing' | 'conflict'; readonly message: string };

/**
 * Whether a member may be given another role or removed: anybody may leave, admins manage those who are not owners,
 * owners manage all, and a workspace never loses its last owner.
 */
export function decideMemberChange({ actor, target, newRole, owners }: MemberChange): MemberDecision {
  const leaving = newRole === null && actor.id === target.id;
  if (!leaving && !isAtLeast(actor.role, 'admin')) {
    return refuse('role_missing', 'Only an owner or admin may change or remove other members.');
  }
  const aboutOwner = target.role === 'owner' || newRole === 'owner';
  if (!leaving && aboutOwner && actor.role !== 'owner' && newRole !== target.role) {
    return refuse('role_missing', 'Only an owner may make, change or remove an owner.');
  }
  if (target.role === 'owner' && newRole !== 'owner' && owners === 1) {
    return refuse('conflict', 'This is the last owner of the workspace; make somebody else an owner first.');
  }
  return { type: 'allow' };
}

function refuse(code: 'role_missing' | 'conflict', message: string): MemberDecision {
  return { type: 'refuse', code, message };
}
