/** The login roles that requests run under; none owns a table, none is a superuser. */
export const roleKinds = ['live', 'test', 'authenticator', 'console'] as const;

export type RoleKind = (typeof roleKinds)[number];

/** What each role is for; also the comment on the role in the database. */
export const rolePurpose: Record<RoleKind, string> = {
  live: 'requests in live mode',
  test: 'requests in test mode',
  authenticator: 'reads keys by their hash, nothing else',
  console: 'people, sessions, keys and the audit log of both modes',
};

/** Which schemas a role finds its tables in, first match first. */
export const searchPath: Record<RoleKind, string> = {
  live: 'live, shared',
  test: 'test, shared',
  authenticator: 'core',
  console: 'core',
};

export function roleName(prefix: string, kind: RoleKind): string {
  return `${prefix}_${kind}`;
}
