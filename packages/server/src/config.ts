import { type RoleKind, type RoleUrls, roleKinds, roleNames, rolePurpose, roleUrlVariable } from './core/db/roles.ts';
import type { S3Place } from './core/files/s3-store.ts';
import { readAddressList } from './core/keys/allowlist.ts';
import { readServiceKeys } from './core/keys/service-keys.ts';
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

/** One variable of the platform: how it is read, what it means. The reference page is generated from this list. */
export interface Variable {
  readonly env: string;
  readonly default: string;
  readonly description: string;
  /** Why the text is refused, or `null`. */
  readonly problem: (text: string) => string | null;
}

const integer = (minimum: number, maximum: number) => (text: string) =>
  /^\d+$/.test(text) && Number(text) >= minimum && Number(text) <= maximum
    ? null
    : `must be a whole number from ${minimum} to ${maximum}`;
const oneOf =
  (...words: string[]) =>
  (text: string) =>
    words.includes(text) ? null : `must be one of ${words.join(', ')}`;
const url = (schemes: string[]) => (text: string) =>
  text === '' || (URL.canParse(text) && schemes.includes(new URL(text).protocol))
    ? null
    : `must be a URL starting with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
const anything = () => null;
/** What a variable names, separated by commas. */
const listed = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const roleUrl = (kind: RoleKind) => ({
  env: roleUrlVariable(kind),
  default: '',
  description: `Connection URL of the ${kind} role (${rolePurpose[kind]}), where an administrator made the roles; all of them or none.`,
  problem: (text: string) =>
    url(['postgres:', 'postgresql:'])(text) ??
    (text === '' || new URL(text).username !== '' ? null : 'must name its user'),
});

/** The platform's variables; each service declares its own in its contract. */
export const variables = {
  nodeEnv: {
    env: 'NODE_ENV',
    default: 'development',
    description: '`production` seeds nothing and refuses to start without its secrets.',
    problem: oneOf('development', 'production', 'test'),
  },
  host: { env: 'HOST', default: '127.0.0.1', description: 'The address to listen on.', problem: anything },
  port: {
    env: 'PORT',
    default: '4000',
    description: 'The port to listen on; 0 takes a free one.',
    problem: integer(0, 65_535),
  },
  publicUrl: {
    env: 'PUBLIC_URL',
    default: '',
    description: 'Where people reach this server, for links and permalinks; the listening address by default.',
    problem: url(['http:', 'https:']),
  },
  home: {
    env: 'INTERLOCK_HOME',
    default: '.interlock',
    description: 'The folder of the embedded database, of generated secrets and development keys.',
    problem: (text: string) => (text.includes('\0') || text === '' ? 'must be a path' : null),
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    default: '',
    description:
      'A PostgreSQL 15 or newer, with a role that may create roles and schemas; the embedded server by default.',
    problem: url(['postgres:', 'postgresql:']),
  },
  liveUrl: roleUrl('live'),
  testUrl: roleUrl('test'),
  authenticatorUrl: roleUrl('authenticator'),
  consoleUrl: roleUrl('console'),
  liveDispatchUrl: roleUrl('live_dispatch'),
  testDispatchUrl: roleUrl('test_dispatch'),
  rolePrefix: {
    env: 'INTERLOCK_ROLE_PREFIX',
    default: 'interlock',
    description:
      'The login roles are named `<prefix>_live`, `<prefix>_test` …; change it for a second database on one server.',
    problem: (text: string) =>
      /^[a-z][a-z0-9_]{0,40}$/.test(text) ? null : 'must be lower-case letters, digits and underscores',
  },
  services: {
    env: 'INTERLOCK_SERVICES',
    default: '',
    description:
      'Files of services of your own, separated by commas, each of which exports `service`; every process and command of an installation needs the same.',
    problem: anything,
  },
  serviceKeys: {
    env: 'INTERLOCK_SERVICE_KEYS',
    default: '',
    description:
      'Who may ask `POST /core/v1/keys/verify` about the keys of a service, and hand in its mail: `<service>:<64 hexadecimal characters>`, separated by commas; `*` for all services.',
    problem: (text: string) => {
      const reading = readServiceKeys(text);
      return reading.ok ? null : reading.problem;
    },
  },
  poolSize: {
    env: 'INTERLOCK_POOL_SIZE',
    default: '16',
    description: 'Database connections of each mode.',
    problem: integer(1, 500),
  },
  redisUrl: {
    env: 'REDIS_URL',
    default: '',
    description: 'A Redis or Valkey that several nodes count rate limits in; memory by default.',
    problem: url(['redis:', 'rediss:']),
  },
  trustedProxies: {
    env: 'TRUST_PROXY',
    default: '',
    description: 'Addresses or CIDR ranges, separated by commas, whose `X-Forwarded-For` is believed; none by default.',
    problem: (text: string) => {
      const reading = readAddressList(listed(text));
      return reading.ok ? null : `must be addresses or CIDR ranges separated by commas: ${reading.message}`;
    },
  },
  allowPrivateTargets: {
    env: 'INTERLOCK_ALLOW_PRIVATE_TARGETS',
    default: '0',
    description: 'In development, 1 lets effects reach loopback and private addresses over plain HTTP.',
    problem: oneOf('0', '1'),
  },
  dispatchSlots: {
    env: 'INTERLOCK_DISPATCH_SLOTS',
    default: '256',
    description: 'Outgoing requests that one node has out at once; a quarter of them at most in test mode.',
    problem: integer(1, 10_000),
  },
  dispatches: {
    env: 'INTERLOCK_DISPATCH',
    default: 'on',
    description:
      '`off` for a node that answers requests and sends nothing; at least one node on the database must dispatch.',
    problem: oneOf('on', 'off'),
  },
  listens: {
    env: 'INTERLOCK_LISTEN',
    default: 'on',
    description:
      '`off` on engines without LISTEN and NOTIFY: dispatchers look four times a second anyway, and keys are asked for again after INTERLOCK_KEY_TRUST_MS.',
    problem: oneOf('on', 'off'),
  },
  webhookRetryScale: {
    env: 'WEBHOOK_RETRY_SCALE',
    default: '1',
    description:
      'What the waits between attempts of a webhook are multiplied by, from 0.0001 to 10; for test suites that cannot wait for hours.',
    problem: (text: string) =>
      /^\d{1,2}(\.\d{1,6})?$/.test(text) && Number(text) >= 0.0001 && Number(text) <= 10
        ? null
        : 'must be a number from 0.0001 to 10',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    default: 'info',
    description: 'How much is logged.',
    problem: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  },
  signup: {
    env: 'SIGNUP',
    default: 'open',
    description: '`open`: anybody may sign up; `invite`: only invited addresses; `off`: nobody.',
    problem: oneOf('open', 'invite', 'off'),
  },
  allowAnonymous: {
    env: 'ALLOW_ANONYMOUS',
    default: 'true',
    description: 'Whether services that permit calls without a key accept them.',
    problem: oneOf('true', 'false'),
  },
  filesFolder: {
    env: 'FILES_FOLDER',
    default: '',
    description: 'The folder of files that callers upload; `files` below INTERLOCK_HOME by default.',
    problem: (text: string) => (text.includes('\0') ? 'must be a path' : null),
  },
  filesS3Bucket: {
    env: 'FILES_S3_BUCKET',
    default: '',
    description:
      'The bucket of uploaded files, on AWS or any server that speaks the protocol of S3; then FILES_FOLDER is not used.',
    problem: (text: string) =>
      text === '' || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)
        ? null
        : 'must be a name of 3 to 63 small letters, digits, points and hyphens',
  },
  filesS3Endpoint: {
    env: 'FILES_S3_ENDPOINT',
    default: '',
    description: 'The URL of a server that speaks the protocol of S3; by default AWS in the region.',
    problem: url(['http:', 'https:']),
  },
  filesS3Region: {
    env: 'FILES_S3_REGION',
    default: 'us-east-1',
    description: 'The region of the bucket; servers other than AWS mostly take any.',
    problem: (text: string) => (/^[a-z0-9-]{1,40}$/.test(text) ? null : 'must be small letters, digits and hyphens'),
  },
  filesS3Prefix: {
    env: 'FILES_S3_PREFIX',
    default: '',
    description: 'What the keys of all files begin with, such as `interlock`, where the bucket is shared.',
    problem: (text: string) =>
      text === '' || /^[\w.-]+(\/[\w.-]+)*\/?$/.test(text) ? null : 'must be plain words apart by slashes',
  },
  filesS3AccessKeyId: {
    env: 'FILES_S3_ACCESS_KEY_ID',
    default: '',
    description:
      'The access key of the bucket, with FILES_S3_SECRET_ACCESS_KEY; without both, the credentials that the client of AWS finds on the machine, such as its role.',
    problem: anything,
  },
  filesS3SecretAccessKey: {
    env: 'FILES_S3_SECRET_ACCESS_KEY',
    default: '',
    description: 'The secret of that access key.',
    problem: anything,
  },
  auditKeepDays: {
    env: 'AUDIT_KEEP_DAYS',
    default: '30',
    description:
      'How many days the audit log, which holds addresses of callers, and the effects with their payloads are kept.',
    problem: integer(1, 3_650),
  },
  keyTrustMs: {
    env: 'INTERLOCK_KEY_TRUST_MS',
    default: '500',
    description:
      'How long a key is trusted, and what is known of webhook endpoints believed, without asking while no change notifications arrive, such as on engines without LISTEN.',
    problem: integer(0, 60_000),
  },
} as const satisfies Record<string, Variable>;

/** Secrets of the platform itself; 32 bytes as 64 hexadecimal characters. */
export const platformSecrets = {
  sessionSecret: { env: 'SESSION_SECRET', description: 'Signs the sessions of people.' },
  dataKey: {
    env: 'INTERLOCK_DATA_KEY',
    description: 'Encrypts what is to be sent, and the secrets that sign it, at rest.',
  },
} as const;

/** Every secret that a set of services needs, by the name of its variable. */
export function secretVariables(contracts: readonly ServiceContract[]): { env: string; description: string }[] {
  const declared = contracts.flatMap((contract) =>
    Object.values(contract.settings).filter((setting) => setting.kind === 'secret'),
  );
  return [...Object.values(platformSecrets), ...declared.map(({ env, description }) => ({ env, description }))];
}

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
