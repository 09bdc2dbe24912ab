import { hash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Client } from 'pg';
import type { Migrations, ServiceContract } from '../service.ts';
import { expectedAccess, functionUsers, hasAccount, schemasOf, schemaUsers, type TableAccess } from './access.ts';
import { policiesOf } from './policies.ts';
import {
  type RoleKind,
  type RoleNames,
  type RoleUrls,
  roleKinds,
  roleNames,
  rolePurpose,
  roleUrlVariable,
  sessionSettings,
} from './roles.ts';

/** Numbered SQL that runs once in each of its schemas. */
export interface MigrationSet {
  readonly module: string;
  readonly schemas: readonly string[];
  readonly source: Migrations;
}

export interface MigrationOutcome {
  /** `module/schema/file` of each migration that ran now. */
  readonly applied: readonly string[];
  /** The generated password of each login role; none where an administrator made the roles. */
  readonly passwords: Readonly<Partial<Record<RoleKind, string>>>;
  /** Keys the MAC by which a transaction shows its workspace. */
  readonly seatKey: Buffer;
}

/** Any number; the same on every node, so that only one migrates at a time. */
const migrationLock = 4_271_906_013;

/**
 * Brings the schema up to date and grants exactly the expected access. Safe to run twice and from many processes at
 * once: each file runs in one transaction under one advisory lock, and is recorded in it.
 *
 * @param client connected as the owner: a role that may create schemas, and roles unless they are there
 * @param rolePrefix the login roles are `<prefix>_live`, `<prefix>_test` …
 * @param roleUrls where an administrator made the roles, how each connects: no role is created or changed then
 * @throws when the owner lacks a permission, or the roles belong to another database
 */
export async function migrate(
  client: Client,
  services: readonly { contract: ServiceContract; migrations: Migrations }[],
  rolePrefix: string,
  roleUrls?: RoleUrls,
): Promise<MigrationOutcome> {
  const roles = roleNames(rolePrefix, roleUrls);
  await client.query('select pg_advisory_lock($1)', [migrationLock]);
  try {
    await client.query(bootstrap);
    const passwords = roleUrls === undefined ? await createRoles(client, roles) : await findRoles(client, roles);
    const applied: string[] = [];
    for (const set of migrationSets(services)) applied.push(...(await applySet(client, set)));
    await grantAccess(client, expectedAccess(services.map((service) => service.contract)), roles);
    return { applied, passwords, seatKey: await readSeatKey(client) };
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]);
  }
}

/** Puts grants and policies back that somebody has changed behind the migrator's back. */
export async function restoreAccess(
  client: Client,
  contracts: readonly ServiceContract[],
  roles: RoleNames,
): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [migrationLock]);
  try {
    await client.query(bootstrap);
    await grantAccess(client, expectedAccess(contracts), roles, 'always');
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]);
  }
}

/** The sets in the order in which they run. */
function migrationSets(services: readonly { contract: ServiceContract; migrations: Migrations }[]): MigrationSet[] {
  return [
    { module: 'core', schemas: ['core'], source: new URL('./migrations/core/', import.meta.url) },
    { module: 'line', schemas: ['live', 'test'], source: new URL('./migrations/line/', import.meta.url) },
    { module: 'line', schemas: ['shared'], source: new URL('./migrations/shared/', import.meta.url) },
    ...services.flatMap(({ contract, migrations }) => [
      // What the modes have in common stands first: windows of the modes may look into it.
      ...(hasAccount(contract)
        ? [{ module: `${contract.name}_account`, schemas: ['shared'], source: accountPart(migrations) }]
        : []),
      { module: contract.name, schemas: schemasOf(contract), source: migrations },
    ]),
  ];
}

/** What both modes have in common: the folder `account`, or the texts whose names begin with it. */
function accountPart(migrations: Migrations): Migrations {
  if (migrations instanceof URL) return new URL('./account/', migrations);
  const own = Object.entries(migrations).filter(([name]) => name.startsWith('account/'));
  return Object.fromEntries(own.map(([name, text]) => [name.slice('account/'.length), text]));
}

const bootstrap = `
  create schema if not exists core;
  create schema if not exists shared;
  create schema if not exists live;
  create schema if not exists test;
  do $$ begin
    revoke all on schema public from public;
    execute format('revoke temporary, create on database %I from public', current_database());
  exception when insufficient_privilege then
    -- The schema and the database belong to an administrator, who revokes this himself; the doctor looks after it.
  end $$;
  create table if not exists core.migrations (
    module text not null,
    schema text not null,
    file text not null,
    applied_at timestamptz not null default now(),
    primary key (module, schema, file)
  );
  create table if not exists core.role_secrets (role text primary key, password text not null);
`;

/** Migrations that have not run, and those of a newer version that have; needs no permission but to read. */
export async function compareMigrations(
  client: Client,
  services: readonly { contract: ServiceContract; migrations: Migrations }[],
): Promise<{ pending: string[]; unknown: string[] }> {
  const sets = migrationSets(services);
  const exists = await client.query(`select to_regclass('core.migrations') is not null as found`);
  const { rows } = exists.rows[0]?.found
    ? await client.query<{ name: string; module: string; file: string }>(
        `select module || '/' || schema || '/' || file as name, module, file from core.migrations order by 1`,
      )
    : { rows: [] };
  const done = new Set(rows.map((row) => row.name));
  const files = new Map<string, Set<string>>();
  const pending: string[] = [];
  for (const set of sets) {
    const known = files.get(set.module) ?? new Set();
    files.set(set.module, known);
    for (const file of await filesOf(set)) {
      known.add(file);
      const missing = set.schemas.map((schema) => `${set.module}/${schema}/${file}`).filter((name) => !done.has(name));
      pending.push(...missing);
    }
  }
  const unknown = rows.filter(({ module, file }) => files.get(module)?.has(file) === false).map(({ name }) => name);
  return { pending, unknown };
}

async function filesOf({ source }: MigrationSet): Promise<string[]> {
  const names = source instanceof URL ? await readdir(source) : Object.keys(source);
  return names.filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
}

function textOf({ source }: MigrationSet, file: string): Promise<string> | string {
  return source instanceof URL ? readFile(new URL(file, source), 'utf8') : (source[file] ?? '');
}

async function applySet(client: Client, set: MigrationSet): Promise<string[]> {
  const files = await filesOf(set);
  const { rows } = await client.query<{ schema: string; file: string }>(
    'select schema, file from core.migrations where module = $1',
    [set.module],
  );
  const done = new Set(rows.map((row) => `${row.schema}/${row.file}`));
  const applied: string[] = [];
  for (const schema of set.schemas) {
    for (const file of files) {
      if (done.has(`${schema}/${file}`)) continue;
      const text = await textOf(set, file);
      await inTransaction(client, async () => {
        // Functions keep this path: unnamed, pg_temp would come first, and whoever calls a window could put tables there.
        await client.query(`set local search_path = ${schema}, pg_temp`);
        await client.query(text);
        await client.query('insert into core.migrations (module, schema, file) values ($1, $2, $3)', [
          set.module,
          schema,
          file,
        ]);
      });
      applied.push(`${set.module}/${schema}/${file}`);
    }
  }
  return applied;
}

async function readSeatKey(client: Client): Promise<Buffer> {
  const { rows } = await client.query<{ key: Buffer }>('select key from core.seat_secret');
  if (rows[0] === undefined) throw new Error('core.seat_secret is empty; restore the database from its backup');
  return rows[0].key;
}

/** Roles that an administrator made keep the passwords that he gave them; one to whom no policy applies is refused. */
async function findRoles(client: Client, roles: RoleNames): Promise<Record<never, string>> {
  for (const kind of roleKinds) {
    const name = roles[kind];
    const variable = roleUrlVariable(kind);
    const { rows } = await client.query<{ unbound: boolean; owner: boolean }>(
      `select rolsuper or rolbypassrls as unbound, pg_has_role(rolname, current_user, 'member') as owner
       from pg_roles where rolname = $1`,
      [name],
    );
    const role = rows[0];
    if (role === undefined) {
      throw new Error(
        `there is no role "${name}", which ${variable} names; have an administrator run what "npx interlock doctor --sql" prints`,
      );
    }
    if (role.unbound || role.owner) {
      throw new Error(
        `the role "${name}" of ${variable} may do too much (${role.unbound ? 'it is a superuser or has BYPASSRLS' : 'it can act as the owner of the tables'}), so no mode would be kept from the other; give it a role of its own`,
      );
    }
  }
  return {};
}

async function createRoles(client: Client, roles: RoleNames): Promise<Record<RoleKind, string>> {
  const { rows } = await client.query<{ database: string }>('select current_database() as database');
  const database = rows[0]?.database ?? '';
  const passwords = {} as Record<RoleKind, string>;
  for (const kind of roleKinds) {
    const name = roles[kind];
    await inTransaction(client, async () => {
      await refuseForeignRole(client, name, database);
      const stored = await client.query<{ password: string }>(
        'select password from core.role_secrets where role = $1',
        [name],
      );
      const password = stored.rows[0]?.password ?? randomBytes(24).toString('base64url');
      const exists = await client.query('select 1 from pg_roles where rolname = $1', [name]);
      if (exists.rowCount === 0) {
        await client.query(
          `create role ${name} login nosuperuser nocreatedb nocreaterole noinherit noreplication password '${password}'`,
        );
      } else if (stored.rowCount === 0) {
        await client.query(`alter role ${name} login password '${password}'`);
      }
      if (stored.rowCount === 0) {
        await client.query('insert into core.role_secrets (role, password) values ($1, $2)', [name, password]);
        await client.query(`comment on role ${name} is '${ownerMark(database)}: ${rolePurpose[kind]}'`);
        for (const [setting, value] of sessionSettings(kind)) {
          await client.query(`alter role ${name} in database ${quoted(database)} set ${setting} = ${value}`);
        }
      }
      passwords[kind] = password;
    });
  }
  return passwords;
}

/** Roles belong to the whole cluster: a second database would otherwise change the first one's passwords under it. */
async function refuseForeignRole(client: Client, name: string, database: string): Promise<void> {
  const { rows } = await client.query<{ comment: string | null }>(
    `select shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = $1`,
    [name],
  );
  const comment = rows[0]?.comment;
  if (comment == null || comment.startsWith(`${ownerMark(database)}:`)) return;
  const other = /^interlock database "(.+)": /.exec(comment)?.[1];
  if (other === undefined) return;
  const alive = await client.query('select 1 from pg_database where datname = $1', [other]);
  if (alive.rowCount === 0) return;
  throw new Error(
    `the role ${name} serves the database "${other}" on the same PostgreSQL; set INTERLOCK_ROLE_PREFIX to another word for this one`,
  );
}

function ownerMark(database: string): string {
  return `interlock database "${database.replaceAll("'", '')}"`;
}

/**
 * Takes every privilege back and grants the expected ones, so that a table that nobody declared is reachable by
 * nobody. Row policies are forced, which binds the owner as well; the owner's own policy lets migrations work.
 */
async function grantAccess(
  client: Client,
  tables: readonly TableAccess[],
  roles: RoleNames,
  how: 'when_changed' | 'always' = 'when_changed',
): Promise<void> {
  const names = roleKinds.map((kind) => quoted(roles[kind])).join(', ');
  const existing = await client.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('core', 'shared', 'live', 'test')`,
  );
  const present = new Set(existing.rows.map((row) => row.name));
  await inTransaction(client, async () => {
    const statements = ['core', 'shared', 'live', 'test'].flatMap((schema) => [
      `revoke all on schema ${schema} from public, ${names}`,
      `revoke all on all tables in schema ${schema} from public, ${names}`,
      `revoke all on all sequences in schema ${schema} from public, ${names}`,
      `revoke all on all functions in schema ${schema} from public, ${names}`,
    ]);
    statements.unshift(dropPolicies);
    const namesOf = (kinds: readonly RoleKind[]): string => kinds.map((kind) => quoted(roles[kind])).join(', ');
    for (const [schema, kinds] of Object.entries(schemaUsers)) {
      statements.push(`grant usage on schema ${schema} to ${namesOf(kinds)}`);
    }
    for (const [schema, kinds] of Object.entries(functionUsers)) {
      if (kinds.length > 0) statements.push(`grant execute on all functions in schema ${schema} to ${namesOf(kinds)}`);
    }
    for (const table of tables) {
      if (present.has(`${table.schema}.${table.table}`)) statements.push(...accessStatements(table, roles));
    }
    const text = statements.join(';\n');
    const digest = hash('sha256', text);
    const last = await client.query('select 1 from core.migrations where module = $1 and file = $2', [
      'access',
      digest,
    ]);
    // Policies lock their tables, so a node that starts beside a busy one leaves them alone when nothing changed.
    if (how === 'when_changed' && last.rowCount !== 0) return;
    await client.query(text);
    await client.query(`delete from core.migrations where module = 'access'`);
    await client.query(`insert into core.migrations (module, schema, file) values ('access', '*', $1)`, [digest]);
  });
}

/** A policy that an earlier version made would go on letting rows through. */
const dropPolicies = `
  do $$ declare found record; begin
    for found in select policyname, schemaname, tablename from pg_policies
      where schemaname in ('core', 'shared', 'live', 'test')
    loop
      execute format('drop policy %I on %I.%I', found.policyname, found.schemaname, found.tablename);
    end loop;
  end $$`;

function accessStatements(access: TableAccess, roles: RoleNames): string[] {
  const name = `${access.schema}.${access.table}`;
  const grants = (Object.entries(access.grants) as [RoleKind, readonly string[]][]).map(
    ([kind, privileges]) => `grant ${privileges.join(', ')} on ${name} to ${quoted(roles[kind])}`,
  );
  const policies = policiesOf(access).map(
    (policy) =>
      `create policy ${policy.name} on ${name} for ${policy.command}` +
      ` to ${policy.to === 'owner' ? 'current_user' : quoted(roles[policy.to])}` +
      (policy.using === null ? '' : ` using (${policy.using})`) +
      (policy.check === null ? '' : ` with check (${policy.check})`),
  );
  return [
    `alter table ${name} enable row level security`,
    `alter table ${name} force row level security`,
    ...grants,
    ...policies,
  ];
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
