/** The login roles that requests run under; none owns a table, none is a superuser. */
export const roleKinds = ['live', 'test', 'authenticator', 'console', 'live_dispatch', 'test_dispatch'] as const;

export type RoleKind = (typeof roleKinds)[number];

/** What each role is called in one database. */
export type RoleNames = Readonly<Record<RoleKind, string>>;

/** A connection URL for each role, where an administrator made the roles. */
export type RoleUrls = Readonly<Record<RoleKind, string>>;

/** What each role is for; also the comment on the role in the database. */
export const rolePurpose: Record<RoleKind, string> = {
  live: 'requests in live mode',
  test: 'requests in test mode',
  authenticator: 'reads keys by their hash, nothing else',
  console: 'people, sessions, keys and the audit log of both modes',
  live_dispatch: 'what leaves in live mode, of all workspaces',
  test_dispatch: 'what leaves in test mode, of all workspaces',
};

/** Which schemas a role finds its tables in, first match first. Unnamed, `pg_temp` would come before all of them. */
const searchPath: Record<RoleKind, string> = {
  live: 'live, shared, pg_temp',
  test: 'test, shared, pg_temp',
  authenticator: 'core, pg_temp',
  console: 'core, pg_temp',
  live_dispatch: 'live, pg_temp',
  test_dispatch: 'test, pg_temp',
};

/**
 * What the sessions of a role are set to. A dispatcher takes the heads of queues and single rows, always by an index; a
 * planner whose statistics are older than the backlog would rather read and sort all of it (140 ms a claim at 30,000 rows).
 * Its plans are kept, but not for long (`replan.ts`): one from when the tables were empty walks the wrong index (160 ms for
 * 128 endings).
 */
export function sessionSettings(kind: RoleKind): readonly (readonly [name: string, value: string])[] {
  const path = ['search_path', searchPath[kind]] as const;
  if (!kind.endsWith('_dispatch')) return [path];
  const off = ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin'] as const;
  return [path, ...off.map((name) => [name, 'off'] as const), ['plan_cache_mode', 'force_generic_plan']];
}

/** `<prefix>_live`, `<prefix>_test` …, or the users of the configured URLs. */
export function roleNames(prefix: string, urls?: RoleUrls): RoleNames {
  const name = (kind: RoleKind): string =>
    urls === undefined ? `${prefix}_${kind}` : decodeURIComponent(new URL(urls[kind]).username);
  return Object.fromEntries(roleKinds.map((kind) => [kind, name(kind)])) as RoleNames;
}

/** The variable that holds the connection URL of a role. */
export function roleUrlVariable(kind: RoleKind): string {
  return `INTERLOCK_${kind.toUpperCase()}_URL`;
}
