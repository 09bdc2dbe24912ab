import { integer, listed, secretVariables, type Variable, variables } from './config-variables.ts';
import { type RoleKind, type RoleUrls, roleKinds, roleNames, roleUrlVariable } from './core/db/roles.ts';
import type { S3Place } from './core/files/s3-store.ts';
import type { ServiceContract } from './core/service.ts';
import type { Setting, Settings, SettingValues } from './core/settings.ts';

/** Where the database is, and how the owner and the login roles reach it. */
export interface DatabaseConfig {
  /** Where the embedded database, secrets and development keys live. */
  readonly home: string;
  /** `null`: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  readonly rolePrefix: string;
  /** `null`: the migrator makes the login roles. */
  readonly roleUrls: RoleUrls | null;
  /** The folder of files that are too large for rows. */
  readonly filesFolder: string;
  /** The bucket of such files; `null`: they lie in the folder. */
  readonly filesS3: S3Place | null;
}

/** Everything the environment decides, read once and frozen. */
export interface Config extends DatabaseConfig {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Where people reach this server; `null`: the address it listens on. */
  readonly publicUrl: string | null;
  /** As `createServiceKeys` reads them. */
  readonly serviceKeys: string;
  readonly poolSize: number;
  readonly redisUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly allowPrivateTargets: boolean;
  /** Outgoing requests that this node has out at once. */
  readonly dispatchSlots: number;
  /** Whether this node sends what is due; others answer requests and tell those that do. */
  readonly dispatches: boolean;
  /** Whether the database has LISTEN and NOTIFY; without them nodes find out by asking. */
  readonly listens: boolean;
  readonly logLevel: string;
  readonly signup: 'open' | 'invite' | 'off';
  readonly allowAnonymous: boolean;
  /** How long a node that hears no key changes (no LISTEN, or its connection is down) trusts a key it knows. */
  readonly keyTrustMs: number;
  /** What the waits between attempts of a webhook are multiplied by. */
  readonly webhookRetryScale: number;
  /** How long audit rows and effects are kept. */
  readonly auditKeepDays: number;
  readonly secrets: Readonly<Record<string, Buffer>>;
  /** Each service's declared settings, by service name. */
  readonly services: Readonly<Record<string, SettingValues<Settings>>>;
}

type Platform = Omit<Config, 'production' | 'secrets' | 'services'>;

/** All that is wrong with the environment, in one message. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the environment once.
 *
 * @throws ConfigError that names every bad variable
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  contracts: readonly ServiceContract[],
): Config {
  const problems: string[] = [];
  const text = (variable: Variable): string => readVariable(variable, env, problems);
  const production = text(variables.nodeEnv) === 'production';
  const platform: Platform = {
    host: text(variables.host),
    port: Number(text(variables.port)),
    publicUrl: text(variables.publicUrl).replace(/\/+$/, '') || null,
    ...readDatabase(env, problems),
    serviceKeys: text(variables.serviceKeys),
    poolSize: Number(text(variables.poolSize)),
    redisUrl: text(variables.redisUrl) || null,
    trustedProxies: listed(text(variables.trustedProxies)),
    allowPrivateTargets: text(variables.allowPrivateTargets) === '1',
    dispatchSlots: Number(text(variables.dispatchSlots)),
    dispatches: text(variables.dispatches) === 'on',
    listens: text(variables.listens) === 'on',
    logLevel: text(variables.logLevel),
    signup: text(variables.signup) as Config['signup'],
    allowAnonymous: text(variables.allowAnonymous) === 'true',
    keyTrustMs: Number(text(variables.keyTrustMs)),
    webhookRetryScale: Number(text(variables.webhookRetryScale)),
    auditKeepDays: Number(text(variables.auditKeepDays)),
  };
  if (production && platform.allowPrivateTargets) {
    problems.push('INTERLOCK_ALLOW_PRIVATE_TARGETS is for development; unset it in production');
  }

  const secrets: Record<string, Buffer> = {};
  for (const { env: name } of secretVariables(contracts)) {
    const value = env[name];
    if (value === undefined || value === '') {
      problems.push(`${name} is missing; make one with: openssl rand -hex 32`);
    } else if (!/^[0-9a-fA-F]{64}$/.test(value)) {
      problems.push(`${name} must be 64 hexadecimal characters; make one with: openssl rand -hex 32`);
    } else secrets[name] = Buffer.from(value, 'hex');
  }
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(secrets)) {
    const twin = seen.get(value.toString('hex'));
    if (twin !== undefined) problems.push(`${name} must not be the same secret as ${twin}`);
    seen.set(value.toString('hex'), name);
  }

  const services: Record<string, SettingValues<Settings>> = {};
  for (const contract of contracts) {
    const values: Record<string, unknown> = {};
    for (const [name, setting] of Object.entries(contract.settings)) {
      values[name] = setting.kind === 'secret' ? secrets[setting.env] : readSetting(setting, env, problems);
    }
    services[contract.name] = Object.freeze(values) as SettingValues<Settings>;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({ production, ...platform, secrets, services });
}

/**
 * The settings of one service but its secrets, for commands that serve nobody.
 *
 * @throws ConfigError
 */
export function readPlainSettings(
  env: Readonly<Record<string, string | undefined>>,
  { settings }: Pick<ServiceContract, 'settings'>,
): SettingValues<Settings> {
  const problems: string[] = [];
  const values = Object.entries(settings).flatMap(([name, setting]) =>
    setting.kind === 'secret' ? [] : [[name, readSetting(setting, env, problems)] as const],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(Object.fromEntries(values));
}

/** The files of further services, as they are written in the environment. */
export function readServiceFiles(env: Readonly<Record<string, string | undefined>>): string[] {
  return listed(env[variables.services.env] ?? '');
}

/**
 * Reads only what it takes to reach the database, for commands that serve nobody.
 *
 * @throws ConfigError
 */
export function readDatabaseConfig(env: Readonly<Record<string, string | undefined>>): DatabaseConfig {
  const problems: string[] = [];
  const config = readDatabase(env, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function readDatabase(env: Readonly<Record<string, string | undefined>>, problems: string[]): DatabaseConfig {
  const text = (variable: Variable): string => readVariable(variable, env, problems);
  const databaseUrl = text(variables.databaseUrl) || null;
  const home = text(variables.home);
  return {
    home,
    databaseUrl,
    rolePrefix: text(variables.rolePrefix),
    roleUrls: readRoleUrls(
      {
        live: text(variables.liveUrl),
        test: text(variables.testUrl),
        authenticator: text(variables.authenticatorUrl),
        console: text(variables.consoleUrl),
        live_dispatch: text(variables.liveDispatchUrl),
        test_dispatch: text(variables.testDispatchUrl),
      },
      databaseUrl,
      problems,
    ),
    filesFolder: text(variables.filesFolder) || `${home}/files`,
    filesS3: readS3Place(env, problems),
  };
}

function readS3Place(env: Readonly<Record<string, string | undefined>>, problems: string[]): S3Place | null {
  const text = (variable: Variable): string => readVariable(variable, env, problems);
  const [bucket, region] = [text(variables.filesS3Bucket), text(variables.filesS3Region)];
  const [accessKeyId, secretAccessKey] = [text(variables.filesS3AccessKeyId), text(variables.filesS3SecretAccessKey)];
  const [endpoint, prefix] = [text(variables.filesS3Endpoint), text(variables.filesS3Prefix).replace(/\/+$/, '')];
  if (bucket === '' && [endpoint, prefix, accessKeyId, secretAccessKey].some((each) => each !== '')) {
    problems.push('FILES_S3_BUCKET is missing: the other settings of the bucket mean nothing without its name');
  }
  if ((accessKeyId === '') !== (secretAccessKey === '')) {
    problems.push('FILES_S3_ACCESS_KEY_ID and FILES_S3_SECRET_ACCESS_KEY go together: set both or neither');
  }
  if (bucket === '') return null;
  return {
    bucket,
    endpoint: endpoint || null,
    region,
    prefix: prefix === '' ? '' : `${prefix}/`,
    credentials: accessKeyId === '' ? null : { accessKeyId, secretAccessKey },
  };
}

/** A role that several URLs share, or the owner's own, would undo the gate between the modes. */
function readRoleUrls(urls: RoleUrls, databaseUrl: string | null, problems: string[]): RoleUrls | null {
  const given = roleKinds.filter((kind) => urls[kind] !== '');
  if (given.length === 0) return null;
  const missing = roleKinds.filter((kind) => urls[kind] === '').map(roleUrlVariable);
  if (missing.length > 0) problems.push(`${missing.join(', ')} must be set too: all role URLs, or none`);
  if (databaseUrl === null) problems.push('DATABASE_URL must be set too: role URLs are for a PostgreSQL of your own');
  if (given.some((kind) => !URL.canParse(urls[kind])) || missing.length > 0) return null;
  const owner =
    databaseUrl !== null && URL.canParse(databaseUrl) ? decodeURIComponent(new URL(databaseUrl).username) : '';
  const users = new Map(owner === '' ? [] : [[owner, 'DATABASE_URL']]);
  for (const [kind, user] of Object.entries(roleNames('', urls)) as [RoleKind, string][]) {
    const twin = users.get(user);
    if (user !== '' && twin !== undefined) {
      problems.push(`${roleUrlVariable(kind)} must not name the same user as ${twin}`);
    }
    users.set(user, roleUrlVariable(kind));
  }
  return Object.freeze(urls);
}

function readVariable(
  variable: Variable,
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): string {
  const value = env[variable.env] ?? variable.default;
  const problem = variable.problem(value);
  if (problem !== null) problems.push(`${variable.env} ${problem}`);
  return value;
}

function readSetting(
  setting: Exclude<Setting, { kind: 'secret' }>,
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): number | string {
  const text = env[setting.env];
  if (setting.kind === 'text') {
    const value = text ?? setting.default;
    if (setting.pattern !== undefined && !setting.pattern.test(value))
      problems.push(`${setting.env} must match ${setting.pattern.source}`);
    return value;
  }
  if (text === undefined || text === '') return setting.default;
  const problem = integer(setting.minimum, setting.maximum)(text);
  if (problem !== null) problems.push(`${setting.env} ${problem}`);
  return Number(text);
}
