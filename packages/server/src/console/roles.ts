/** What a member of a workspace may do; each role may do all that the one before it may. */
export const roles = ['member', 'admin', 'owner'] as const;

export type Role = (typeof roles)[number];

export function isAtLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
