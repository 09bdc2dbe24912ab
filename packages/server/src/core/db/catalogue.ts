import type { Client } from 'pg';
import { functionUsers, schemaUsers, type TableAccess } from './access.ts';
import { type Policy, policiesOf } from './policies.ts';
import { type RoleKind, type RoleNames, roleKinds } from './roles.ts';

/** Who may do what in this database, as its own catalogue says. */
export interface Catalogue {
  readonly database: string;
  readonly roles: readonly RoleEntry[];
  readonly schemas: readonly { readonly name: string; readonly owner: string }[];
  readonly relations: readonly RelationEntry[];
  readonly functions: readonly FunctionEntry[];
  readonly policies: readonly PolicyEntry[];
  /** Every privilege that anybody but an object's owner holds. */
  readonly grants: readonly Grant[];
  /** The expressions that policies are compared with, in the spelling of this server. */
  readonly spelled: ReadonlyMap<string, string>;
}

export interface RoleEntry {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypassesRowPolicies: boolean;
  readonly createsRoles: boolean;
  readonly createsDatabases: boolean;
  readonly replicates: boolean;
  readonly mayLogIn: boolean;
  readonly memberOf: readonly string[];
}

export interface RelationEntry {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materialized view' | 'foreign table' | 'sequence';
  readonly owner: string;
  readonly rowSecurity: boolean;
  readonly forced: boolean;
}

export interface FunctionEntry {
  readonly schema: string;
  /** With the types of its arguments. */
  readonly name: string;
  readonly owner: string;
  readonly runsAsOwner: boolean;
  readonly searchPath: string | null;
}

export interface PolicyEntry {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly permissive: boolean;
  readonly command: Policy['command'];
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

export interface Grant {
  readonly kind: 'database' | 'schema' | 'table' | 'column' | 'sequence' | 'function';
  /** `live.effects`, `live.purge_expired(timestamp with time zone)`, `core.api_keys.name` for a column. */
  readonly object: string;
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** The four schemas of Interlock, and `public`, in which nobody may do anything. */
const watched = `'core', 'shared', 'live', 'test', 'public'`;

/**
 * Reads the catalogue in one transaction that leaves nothing behind.
 *
 * @param client connected as the owner
 * @param tables those whose policies will be compared: the server spells their expressions for the comparison
 */
export async function readCatalogue(client: Client, tables: readonly TableAccess[] = []): Promise<Catalogue> {
  await client.query('begin isolation level repeatable read');
  try {
    // With no path every name in an expression is written in full.
    await client.query(`set local search_path = ''`);
    const rows = async <Row>(text: string): Promise<Row[]> => (await client.query(text)).rows as Row[];
    const database = (await rows<{ name: string }>('select current_database() as name'))[0]?.name ?? '';
    return {
      database,
      roles: await rows<RoleEntry>(selectRoles),
      schemas: await rows<Catalogue['schemas'][number]>(selectSchemas),
      relations: await rows<RelationEntry>(selectRelations),
      functions: await rows<FunctionEntry>(selectFunctions),
      policies: await rows<PolicyEntry>(selectPolicies),
      grants: await rows<Grant>(selectGrants),
      spelled: await spell(client, tables),
    };
  } finally {
    await client.query('rollback');
  }
}

const selectRoles = `
  select rolname::text as name, rolsuper as superuser, rolbypassrls as "bypassesRowPolicies",
    rolcreaterole as "createsRoles", rolcreatedb as "createsDatabases", rolreplication as replicates,
    rolcanlogin as "mayLogIn",
    array(select pg_get_userbyid(m.roleid)::text from pg_auth_members m where m.member = r.oid order by 1) as "memberOf"
  from pg_roles r where rolname !~ '^pg_' order by rolname`;

const selectSchemas = `
  select nspname::text as name, pg_get_userbyid(nspowner)::text as owner
  from pg_namespace where nspname in (${watched}) order by nspname`;

const selectRelations = `
  select n.nspname::text as schema, c.relname::text as name,
    case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
      when 'S' then 'sequence' else 'table' end as kind,
    pg_get_userbyid(c.relowner)::text as owner, c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in (${watched}) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') order by 1, 2`;

const selectFunctions = `
  select n.nspname::text as schema, p.oid::regprocedure::text as name, pg_get_userbyid(p.proowner)::text as owner,
    p.prosecdef as "runsAsOwner",
    (select substring(setting from '=(.*)$') from unnest(p.proconfig) setting where setting like 'search_path=%')
      as "searchPath"
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in (${watched}) order by 1, 2`;

const selectPolicies = `
  select n.nspname::text as schema, c.relname::text as table, p.polname::text as name, p.polpermissive as permissive,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
      else 'all' end as command,
    array(select case role when 0 then 'PUBLIC' else pg_get_userbyid(role)::text end from unnest(p.polroles) role order by 1)
      as roles,
    pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in (${watched}) order by 1, 2, 3`;

// An object whose privileges nobody has touched has none written down; what that means is in acldefault.
const selectGrants = `
  with held (kind, object, owner, privileges) as (
    select 'database', datname::text, datdba, coalesce(datacl, acldefault('d', datdba))
      from pg_database where datname = current_database()
    union all
    select 'schema', nspname::text, nspowner, coalesce(nspacl, acldefault('n', nspowner))
      from pg_namespace where nspname in (${watched})
    union all
    select case relkind when 'S' then 'sequence' else 'table' end, n.nspname || '.' || relname, relowner,
      coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r'::"char" end, relowner))
      from pg_class c join pg_namespace n on n.oid = relnamespace
      where n.nspname in (${watched}) and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select 'column', n.nspname || '.' || relname || '.' || attname, relowner, attacl
      from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
      where n.nspname in (${watched}) and attacl is not null
    union all
    select 'function', p.oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
      from pg_proc p join pg_namespace n on n.oid = pronamespace where n.nspname in (${watched})
  )
  select kind, object, case grantee when 0 then 'PUBLIC' else pg_get_userbyid(grantee)::text end as grantee,
    lower(privilege_type) as privilege, is_grantable as grantable
  from held, aclexplode(privileges) where grantee <> owner order by kind, object, grantee, privilege`;

/**
 * Servers write expressions in their own way, and versions differ in it. So the server is shown the expected ones too:
 * as policies of tables with the same columns, which the end of the transaction takes away.
 */
async function spell(client: Client, tables: readonly TableAccess[]): Promise<Map<string, string>> {
  const spelled = new Map<string, string>();
  const { rows: present } = await client.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in (${watched})`,
  );
  const names = new Set(present.map((row) => row.name));
  const statements: string[] = [];
  const asked: { key: string; schema: string; table: string; policy: string }[] = [];
  for (const access of tables) {
    const { schema, table } = access;
    if (!names.has(`${schema}.${table}`)) continue;
    // The same name, because an expression may name its own table.
    const twin = `interlock_spelling_${schema}.${table}`;
    statements.push(
      `create schema if not exists interlock_spelling_${schema}`,
      `create table ${twin} (like ${schema}.${table})`,
    );
    for (const [index, expression] of expressionsOf(access).entries()) {
      statements.push(`create policy spelling_${index} on ${twin} using (${expression})`);
      asked.push({ key: keyOf(access, expression), schema, table, policy: `spelling_${index}` });
    }
  }
  if (statements.length === 0) return spelled;
  await client.query(statements.join(';\n'));
  const { rows } = await client.query<{ schema: string; table: string; policy: string; text: string }>(`
    select n.nspname::text as schema, c.relname::text as table, p.polname::text as policy,
      pg_get_expr(p.polqual, p.polrelid) as text
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
    where starts_with(n.nspname, 'interlock_spelling_')`);
  const texts = new Map(rows.map((row) => [`${row.schema}.${row.table}.${row.policy}`, row.text]));
  for (const { key, schema, table, policy } of asked) {
    const text = texts.get(`interlock_spelling_${schema}.${table}.${policy}`);
    if (text !== undefined) spelled.set(key, text);
  }
  return spelled;
}

function expressionsOf(access: TableAccess): string[] {
  const expressions = policiesOf(access).flatMap(({ using, check }) => [using, check]);
  return [...new Set(expressions.filter((expression) => expression !== null))];
}

function keyOf(access: TableAccess, expression: string): string {
  return `${access.schema}.${access.table}: ${expression}`;
}

/** Holds a catalogue against what is expected: one sentence for each difference, none when all is as it should be. */
export function findDeviations(catalogue: Catalogue, tables: readonly TableAccess[], roles: RoleNames): string[] {
  return [...findRoleDeviations(catalogue, roles), ...findAccessDeviations(catalogue, tables, roles)];
}

/**
 * Who owns, sees and may do what else than is declared. What other roles than Interlock's hold is their administrator's
 * affair; the row policies bind them as well.
 *
 * @param tables the same that the catalogue was read with
 */
export function findAccessDeviations(catalogue: Catalogue, tables: readonly TableAccess[], roles: RoleNames): string[] {
  return [
    ...ownerDeviations(catalogue, roles),
    ...tableDeviations(catalogue, tables),
    ...policyDeviations(catalogue, tables, roles),
    ...functionDeviations(catalogue),
    ...grantDeviations(catalogue, tables, roles),
  ];
}

/** Login roles that are missing, or could do more than their grants say. */
export function findRoleDeviations({ roles }: Catalogue, names: RoleNames): string[] {
  return roleKinds.flatMap((kind) => {
    const name = names[kind];
    const role = roles.find((candidate) => candidate.name === name);
    if (role === undefined) return [`The role ${name} does not exist.`];
    const found: string[] = [];
    if (role.superuser) found.push(`The role ${name} is a superuser.`);
    if (role.bypassesRowPolicies) found.push(`The role ${name} bypasses row policies (BYPASSRLS).`);
    if (role.createsRoles) found.push(`The role ${name} may create roles.`);
    if (role.createsDatabases) found.push(`The role ${name} may create databases.`);
    if (role.replicates) found.push(`The role ${name} may replicate, which reads every row.`);
    if (!role.mayLogIn) found.push(`The role ${name} may not log in.`);
    for (const other of role.memberOf) found.push(`The role ${name} is a member of ${other}, and can act as it.`);
    return found;
  });
}

function ownerDeviations({ schemas, relations, functions }: Catalogue, roles: RoleNames): string[] {
  const ours = new Set<string>(Object.values(roles));
  return [
    ...schemas.map(({ name, owner }) => ({ what: `schema ${name}`, owner })),
    ...relations.map(({ kind, schema, name, owner }) => ({ what: `${kind} ${schema}.${name}`, owner })),
    ...functions.map(({ name, owner }) => ({ what: `function ${name}`, owner })),
  ]
    .filter(({ owner }) => ours.has(owner))
    .map(({ what, owner }) => `The ${what} belongs to the role ${owner}; what one owns one can grant oneself.`);
}

function tableDeviations({ relations }: Catalogue, tables: readonly TableAccess[]): string[] {
  return tables.flatMap(({ schema, table }) => {
    const found = relations.find((relation) => relation.schema === schema && relation.name === table);
    if (found === undefined) return [`The table ${schema}.${table} is missing.`];
    if (found.kind !== 'table') return [`${schema}.${table} is a ${found.kind} where a table belongs.`];
    return [
      ...(found.rowSecurity ? [] : [`The table ${schema}.${table} has its row policies switched off.`]),
      ...(found.forced ? [] : [`The table ${schema}.${table} does not force its row policies on its owner.`]),
    ];
  });
}

function policyDeviations(catalogue: Catalogue, tables: readonly TableAccess[], roles: RoleNames): string[] {
  const describe = (policy: PolicyEntry | undefined): string =>
    policy === undefined
      ? ''
      : JSON.stringify([policy.permissive, policy.command, policy.roles, policy.using, policy.check]);
  const expected = new Map<string, string>();
  for (const access of tables) {
    const { schema, table } = access;
    const relation = catalogue.relations.find((one) => one.schema === schema && one.name === table);
    if (relation === undefined) continue;
    const spell = (expression: string | null): string | null =>
      expression === null ? null : spellingOf(catalogue, keyOf(access, expression));
    for (const { name, to, command, using, check } of policiesOf(access)) {
      expected.set(
        `${schema}.${table}: ${name}`,
        describe({
          schema,
          table,
          name,
          permissive: true,
          command,
          roles: [to === 'owner' ? relation.owner : roles[to]],
          using: spell(using),
          check: spell(check),
        }),
      );
    }
  }
  const actual = new Map(
    catalogue.policies.map((policy) => [`${policy.schema}.${policy.table}: ${policy.name}`, policy]),
  );
  const place = (key: string): string => `The policy ${key.split(': ')[1]} of ${key.split(': ')[0]}`;
  return [
    ...[...expected].flatMap(([key, description]) => {
      const policy = actual.get(key);
      if (policy === undefined) return [`${place(key)} is missing.`];
      return describe(policy) === description
        ? []
        : [`${place(key)} is not the expected one: ${differing(description, policy)}.`];
    }),
    ...[...actual.keys()].filter((key) => !expected.has(key)).map((key) => `${place(key)} is declared nowhere.`),
  ];
}

function differing(expected: string, policy: PolicyEntry): string {
  const [permissive, command, roles, using, check] = JSON.parse(expected) as unknown[];
  const found: string[] = [];
  if (permissive !== policy.permissive) found.push('it is restrictive');
  if (command !== policy.command) found.push(`it is for ${policy.command}`);
  if (JSON.stringify(roles) !== JSON.stringify(policy.roles)) found.push(`it is for ${policy.roles.join(', ')}`);
  if (using !== policy.using) found.push(`it shows rows where ${policy.using ?? 'nothing is said'}`);
  if (check !== policy.check) found.push(`it accepts rows where ${policy.check ?? 'nothing is said'}`);
  return found.join(', ');
}

function spellingOf(catalogue: Catalogue, key: string): string {
  const text = catalogue.spelled.get(key);
  if (text === undefined) throw new Error(`the catalogue was read without ${key}`);
  return text;
}

/** A function that runs as its owner looks names up where its caller says, unless it brings a path of its own. */
function functionDeviations({ functions }: Catalogue): string[] {
  return functions
    .filter(({ runsAsOwner, searchPath }) => runsAsOwner && !(searchPath ?? '').endsWith('pg_temp'))
    .map(({ name }) => `The function ${name} runs as its owner without a search_path that ends in pg_temp.`);
}

function grantDeviations(catalogue: Catalogue, tables: readonly TableAccess[], roles: RoleNames): string[] {
  const judged = new Set<string>(['PUBLIC', ...Object.values(roles)]);
  const key = ({ kind, object, grantee, privilege }: Omit<Grant, 'grantable'>): string =>
    `${grantee} ${privilege} ${kind} ${object}`;
  const expected = new Map(expectedGrants(catalogue, tables, roles).map((grant) => [key(grant), grant]));
  const actual = new Set(catalogue.grants.map(key));
  const found: string[] = [];
  for (const grant of catalogue.grants.filter(({ grantee }) => judged.has(grantee))) {
    if (grant.kind === 'database' && grant.privilege === 'connect') continue;
    if (!expected.has(key(grant))) found.push(`${who(grant.grantee)} holds ${named(grant)}, which nothing declares.`);
    else if (grant.grantable) found.push(`${who(grant.grantee)} may pass on ${named(grant)}.`);
  }
  for (const [text, grant] of expected) {
    if (!actual.has(text)) found.push(`${who(grant.grantee)} lacks ${named(grant)}.`);
  }
  return found;
}

function who(grantee: string): string {
  return grantee === 'PUBLIC' ? 'Everybody (PUBLIC)' : `The role ${grantee}`;
}

function named({ kind, object, privilege }: Omit<Grant, 'grantable'>): string {
  return `${privilege.toUpperCase()} on the ${kind} ${object}`;
}

function expectedGrants(
  catalogue: Catalogue,
  tables: readonly TableAccess[],
  roles: RoleNames,
): Omit<Grant, 'grantable'>[] {
  const present = new Set(catalogue.relations.map(({ schema, name }) => `${schema}.${name}`));
  return [
    ...Object.entries(schemaUsers).flatMap(([schema, kinds]) =>
      kinds.map((kind) => ({ kind: 'schema' as const, object: schema, grantee: roles[kind], privilege: 'usage' })),
    ),
    ...catalogue.functions.flatMap(({ schema, name }) =>
      (functionUsers[schema as keyof typeof functionUsers] ?? []).map((kind) => ({
        kind: 'function' as const,
        object: name,
        grantee: roles[kind],
        privilege: 'execute',
      })),
    ),
    ...tables
      .filter(({ schema, table }) => present.has(`${schema}.${table}`))
      .flatMap(({ schema, table, grants }) =>
        (Object.entries(grants) as [RoleKind, readonly string[]][]).flatMap(([kind, privileges]) =>
          privileges.map((privilege) => ({
            kind: 'table' as const,
            object: `${schema}.${table}`,
            grantee: roles[kind],
            privilege,
          })),
        ),
      ),
  ];
}
