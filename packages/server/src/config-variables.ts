import { type RoleKind, rolePurpose, roleUrlVariable } from './core/db/roles.ts';
import { readAddressList } from './core/keys/allowlist.ts';
import { readServiceKeys } from './core/keys/service-keys.ts';
import type { ServiceContract } from './core/service.ts';

/** One variable of the platform: how it is read, what it means. The reference page is generated from this list. */
export interface Variable {
  readonly env: string;
  readonly default: string;
  readonly description: string;
  /** Why the text is refused, or `null`. */
  readonly problem: (text: string) => string | null;
}

/** A whole number in plain digits. */
export const integer = (minimum: number, maximum: number) => (text: string) =>
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
export const listed = (text: string): string[] =>
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
