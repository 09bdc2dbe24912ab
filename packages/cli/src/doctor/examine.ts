import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { ConfigError, type DatabaseConfig, readConfig, readDatabaseConfig } from '../../../server/src/config.ts';
import { secretVariables, variables } from '../../../server/src/config-variables.ts';
import { expectedAccess } from '../../../server/src/core/db/access.ts';
import { findAccessDeviations, findRoleDeviations, readCatalogue } from '../../../server/src/core/db/catalogue.ts';
import { explainLoginFailure, openDatabase, roleConfig } from '../../../server/src/core/db/database.ts';
import { isInitialised } from '../../../server/src/core/db/embedded/cluster.ts';
import { compareMigrations, restoreAccess } from '../../../server/src/core/db/migrate.ts';
import { type RoleKind, roleKinds, roleNames } from '../../../server/src/core/db/roles.ts';
import type { Service, ServiceContract } from '../../../server/src/core/service.ts';
import type { Clock } from '../../../server/src/core/sources.ts';
import { loadServices } from '../../../server/src/load-services.ts';
import { readEnvFile } from '../../../server/src/secrets.ts';
import { services as shippedServices } from '../../../server/src/services/index.ts';
import { embeddedFolder, type Reached, withDatabase } from '../reach.ts';
import type { Terminal } from '../terminal.ts';
import type { Check } from './check.ts';

const oldestNode = 24;
const oldestPostgres = 150_000;
/** Keys expire and are revoked by the server's clock and counted by the database's. */
const clockToleranceMs = 1_000;

const names = {
  runtime: 'runtime',
  services: 'services',
  configuration: 'configuration',
  database: 'database',
  migrations: 'migrations',
  roles: 'roles',
  access: 'grants and policies',
  clock: 'clock',
} as const;

/**
 * Looks at everything an installation stands on. Changes nothing, but for what `fix` mends: it runs pending migrations
 * and puts roles, grants and policies back first.
 */
export async function examine({ env, clock, nodeVersion }: Terminal, { fix }: { fix: boolean }): Promise<Check[]> {
  const [served, services] = await checkServices(env);
  const installed: Installed = { services, isWhole: served.status === 'ok' };
  return [
    checkRuntime(nodeVersion),
    served,
    await checkConfiguration(env, contractsOf(services)),
    ...(await checkDatabase(env, clock, fix, installed)),
  ];
}

/** What is known of the services: those that ship alone, where one of the operator's own cannot be loaded. */
interface Installed {
  readonly services: readonly Service[];
  readonly isWhole: boolean;
}

async function checkServices(env: Terminal['env']): Promise<[Check, readonly Service[]]> {
  const { services: name } = names;
  try {
    const services = await loadServices(env);
    return [
      {
        name,
        status: 'ok',
        detail: contractsOf(services)
          .map((contract) => contract.name)
          .join(', '),
      },
      services,
    ];
  } catch (error) {
    return [
      {
        name,
        status: 'fail',
        detail: 'the server would refuse to start',
        findings: problemsOf(error),
        mend: `mend these files, or take them out of ${variables.services.env}`,
      },
      shippedServices,
    ];
  }
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  throw error;
}

function contractsOf(services: readonly Service[]): ServiceContract[] {
  return services.map(({ contract }) => contract);
}

function checkRuntime(version: string): Check {
  const { runtime: name } = names;
  return Number(version.split('.')[0]) >= oldestNode
    ? { name, status: 'ok', detail: `Node ${version}` }
    : {
        name,
        status: 'fail',
        detail: `Node ${version} is too old`,
        mend: `run this through "npx interlock", which brings its own runtime, or install Node ${oldestNode}`,
      };
}

async function checkConfiguration(env: Terminal['env'], contracts: readonly ServiceContract[]): Promise<Check> {
  const { configuration: name } = names;
  try {
    const { production } = readConfig(await withDevelopmentSecrets(env, contracts), contracts);
    return { name, status: 'ok', detail: production ? 'for production' : 'for development' };
  } catch (error) {
    return {
      name,
      status: 'fail',
      detail: 'the server would refuse to start',
      findings: problemsOf(error),
      mend: 'set or unset these variables; docs/reference/configuration.md lists all',
    };
  }
}

/** In development the server makes missing secrets when it starts, so a missing one is no fault. */
async function withDevelopmentSecrets(
  env: Terminal['env'],
  contracts: readonly ServiceContract[],
): Promise<Record<string, string | undefined>> {
  if (env.NODE_ENV === 'production') return env;
  const home = resolve(env.INTERLOCK_HOME ?? '.interlock');
  const made = secretVariables(contracts).map(({ env: variable }) => [variable, randomBytes(32).toString('hex')]);
  const kept = readEnvFile(await readFile(`${home}/secrets.env`, 'utf8').catch(() => ''));
  return { ...Object.fromEntries(made), ...kept, ...env };
}

async function checkDatabase(env: Terminal['env'], clock: Clock, fix: boolean, installed: Installed): Promise<Check[]> {
  const unknown = (why: string): Check[] =>
    [names.migrations, names.roles, names.access, names.clock].map((name) => ({
      name,
      status: 'skipped',
      detail: why,
    }));
  const failed = (detail: string, mend: string): Check[] => [
    { name: names.database, status: 'fail', detail, mend },
    ...unknown('the database was not reached'),
  ];
  let config: DatabaseConfig;
  try {
    config = readDatabaseConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [
      { name: names.database, status: 'skipped', detail: 'its configuration cannot be used' },
      ...unknown('its configuration cannot be used'),
    ];
  }
  if (config.databaseUrl === null && !(await isInitialised(embeddedFolder(config)))) {
    return failed(`there is none yet in ${embeddedFolder(config)}`, 'make it with: npm start');
  }
  try {
    return await withDatabase(config, (reached) => checkReached(config, reached, clock, fix, installed));
  } catch (error) {
    return failed((error as Error).message, 'see the sentence above, then run the doctor again');
  }
}

async function checkReached(
  config: DatabaseConfig,
  reached: Reached,
  clock: Clock,
  fix: boolean,
  installed: Installed,
): Promise<Check[]> {
  const version = await checkVersion(reached);
  if (version.status !== 'ok') {
    return [
      version,
      ...[names.migrations, names.roles, names.access, names.clock].map(
        (name): Check => ({ name, status: 'skipped', detail: 'this PostgreSQL is too old' }),
      ),
    ];
  }
  const refusal = fix ? await mend(config, reached, installed) : undefined;
  const migrations = await checkMigrations(reached.client, installed.services, refusal);
  const checked = [version, migrations];
  if (migrations.status === 'ok') {
    checked.push(await checkRoles(config, reached), await checkAccess(config, reached.client, installed));
  } else {
    for (const name of [names.roles, names.access]) {
      checked.push({ name, status: 'skipped', detail: 'the migrations come first' });
    }
  }
  return [...checked, await checkClock(reached.client, clock)];
}

async function checkVersion({ client, where }: Reached): Promise<Check> {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  const { number = 0, version = '?' } = rows[0] ?? {};
  const detail = `PostgreSQL ${version}, ${where}`;
  if (number >= oldestPostgres) return { name: names.database, status: 'ok', detail };
  return { name: names.database, status: 'fail', detail, mend: 'Interlock needs PostgreSQL 15 or newer' };
}

/** What the migrator does at a start, and the grants and policies even where it believes them to be in place. */
async function mend(
  config: DatabaseConfig,
  { owner, client }: Reached,
  { services, isWhole }: Installed,
): Promise<string | undefined> {
  // It would take the grants and policies of the tables that nobody declares at the moment.
  if (!isWhole) return 'nothing is mended while a service cannot be loaded';
  try {
    const database = await openDatabase({
      owner,
      rolePrefix: config.rolePrefix,
      ...(config.roleUrls === null ? {} : { roleUrls: config.roleUrls }),
      services,
      poolSize: 1,
    });
    await database.close();
    await restoreAccess(client, contractsOf(services), roleNames(config.rolePrefix, config.roleUrls ?? undefined));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function checkMigrations(
  client: Client,
  services: readonly Service[],
  refusal: string | undefined,
): Promise<Check> {
  const { migrations: name } = names;
  const { pending, unknown } = await compareMigrations(client, services);
  if (refusal !== undefined) {
    return { name, status: 'fail', detail: refusal, mend: 'see the sentence above, then run the doctor again' };
  }
  if (pending.length > 0) {
    return {
      name,
      status: 'fail',
      detail: `${pending.length} have not run`,
      findings: pending,
      mend: 'start the server, or run: npx interlock doctor --fix',
    };
  }
  if (unknown.length > 0) {
    return {
      name,
      status: 'fail',
      detail: 'a newer version of Interlock has migrated this database',
      findings: unknown,
      mend: 'run that version',
    };
  }
  return { name, status: 'ok', detail: 'all have run' };
}

async function checkRoles(config: DatabaseConfig, reached: Reached): Promise<Check> {
  const { roles: name } = names;
  const roles = roleNames(config.rolePrefix, config.roleUrls ?? undefined);
  const findings = findRoleDeviations(await readCatalogue(reached.client), roles);
  if (findings.length > 0) {
    const all = roleKinds.map((kind) => escapeIdentifier(roles[kind]));
    return {
      name,
      status: 'fail',
      detail: `${findings.length} things are not as they must be`,
      findings,
      mend: `as an administrator, for each role named: alter role <role> login nosuperuser nocreatedb nocreaterole noreplication nobypassrls (roles: ${all.join(', ')}), and revoke its memberships; a missing role is made by: npx interlock doctor ${config.roleUrls === null ? '--fix' : '--sql'}`,
    };
  }
  const refused: string[] = [];
  for (const kind of roleKinds) {
    const sentence = await tryLogin(config, reached, kind);
    if (sentence !== undefined) refused.push(sentence);
  }
  if (refused.length > 0) {
    return {
      name,
      status: 'fail',
      detail: `${refused.length} cannot log in`,
      findings: refused,
      mend:
        config.roleUrls === null
          ? 'as the owner: delete from core.role_secrets, then npx interlock doctor --fix gives each role a new password; servers must be started again'
          : 'correct the URLs, or the passwords of these roles',
    };
  }
  return { name, status: 'ok', detail: `${Object.values(roles).join(', ')} log in, and none may do more than it must` };
}

async function tryLogin(
  config: DatabaseConfig,
  { owner, client }: Reached,
  kind: RoleKind,
): Promise<string | undefined> {
  const { rolePrefix, roleUrls } = config;
  const options = { owner, rolePrefix, ...(roleUrls === null ? {} : { roleUrls }) };
  const { rows } = await client.query<{ password: string }>('select password from core.role_secrets where role = $1', [
    roleNames(rolePrefix)[kind],
  ]);
  const login = new Client({ ...roleConfig(options, kind, rows[0]?.password), connectionTimeoutMillis: 10_000 });
  login.on('error', () => {});
  try {
    await login.connect();
    return undefined;
  } catch (error) {
    return explainLoginFailure(options, kind, error);
  } finally {
    await login.end().catch(() => {});
  }
}

async function checkAccess(config: DatabaseConfig, client: Client, { services, isWhole }: Installed): Promise<Check> {
  const { access: name } = names;
  if (!isWhole)
    return { name, status: 'skipped', detail: 'which tables are declared is not known without all services' };
  const tables = expectedAccess(contractsOf(services));
  const roles = roleNames(config.rolePrefix, config.roleUrls ?? undefined);
  const findings = findAccessDeviations(await readCatalogue(client, tables), tables, roles);
  if (findings.length === 0) {
    return { name, status: 'ok', detail: `those of ${tables.length} tables are the declared ones` };
  }
  return {
    name,
    status: 'fail',
    detail: findings.length === 1 ? 'one is not the declared one' : `${findings.length} are not the declared ones`,
    findings,
    // What belongs to the database's own owner is not the operator's to revoke.
    mend: findings.some((finding) => / on the (database|schema public)/.test(finding))
      ? 'npx interlock doctor --fix, or where that may not: have an administrator run what "npx interlock doctor --sql" prints'
      : 'npx interlock doctor --fix',
  };
}

async function checkClock(client: Client, clock: Clock): Promise<Check> {
  const { clock: name } = names;
  const before = clock.now();
  const { rows } = await client.query<{ at: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as at',
  );
  const after = clock.now();
  const differenceMs = (rows[0]?.at ?? Number.NaN) - (before + after) / 2;
  const side = differenceMs < 0 ? 'behind' : 'ahead of';
  const detail = `the database is ${Math.abs(Math.round(differenceMs))} ms ${side} this machine`;
  // Where in the round trip the database looked at its clock is not known.
  if (Math.abs(differenceMs) <= clockToleranceMs + (after - before) / 2) return { name, status: 'ok', detail };
  return { name, status: 'fail', detail, mend: 'let both machines follow a time server (NTP)' };
}
