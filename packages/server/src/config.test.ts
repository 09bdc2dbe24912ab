import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { variables } from './config-variables.ts';
import { services } from './services/index.ts';
import { testSecrets } from './testing/harness.ts';

const contracts = services.map(({ contract }) => contract);
const secrets = testSecrets(services);
const read = (env: Record<string, string> = {}) => readConfig({ ...secrets, ...env }, contracts);

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env, contracts);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}

test('nothing but the secrets is needed', () => {
  const config = read();
  expect(config).toMatchObject({
    production: false,
    host: '127.0.0.1',
    port: 4000,
    publicUrl: null,
    databaseUrl: null,
    roleUrls: null,
    filesFolder: '.interlock/files',
    trustedProxies: [],
    allowPrivateTargets: false,
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('every default is one that would be taken if it were written out', () => {
  const written = Object.values(variables).map((variable) => [variable.env, variable.default] as const);
  expect(read(Object.fromEntries(written))).toEqual(read());
});

describe('a value that cannot be used is named with its variable', () => {
  test.each([
    ['NODE_ENV', 'staging', 'must be one of'],
    ['PORT', '65536', 'from 0 to 65535'],
    ['PORT', '4e3', 'whole number'],
    ['PUBLIC_URL', 'example.com', 'starting with http:// or https://'],
    ['INTERLOCK_HOME', '', 'must be a path'],
    ['DATABASE_URL', 'mysql://localhost/app', 'starting with postgres://'],
    ['INTERLOCK_ROLE_PREFIX', 'inter-lock', 'lower-case letters'],
    ['INTERLOCK_SERVICE_KEYS', 'shop:short', '64 hexadecimal characters'],
    ['INTERLOCK_POOL_SIZE', '0', 'from 1 to 500'],
    ['REDIS_URL', 'http://localhost', 'starting with redis://'],
    ['TRUST_PROXY', '10.0.0.0/8, 999.1.1.1', '"999.1.1.1" is not an IP address'],
    ['TRUST_PROXY', '10.0.0.0/33', 'prefix length outside 0 to 32'],
    ['INTERLOCK_ALLOW_PRIVATE_TARGETS', 'yes', 'must be one of 0, 1'],
    ['INTERLOCK_DISPATCH', 'true', 'must be one of on, off'],
    ['WEBHOOK_RETRY_SCALE', '11', 'from 0.0001 to 10'],
    ['LOG_LEVEL', 'loud', 'must be one of'],
    ['SIGNUP', 'closed', 'must be one of open, invite, off'],
    ['FILES_S3_REGION', 'EU West', 'small letters'],
    ['AUDIT_KEEP_DAYS', '0', 'from 1 to'],
  ])('%s=%s', (name, value, words) => {
    const problems = problemsOf({ ...secrets, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} `));
    expect(problems[0]).toContain(words);
  });
});

test('all that is wrong is said at once', () => {
  const problems = problemsOf({ ...secrets, PORT: 'x', SIGNUP: 'x', TRUST_PROXY: 'x', SESSION_SECRET: 'x' });
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['PORT', 'TRUST_PROXY', 'SIGNUP', 'SESSION_SECRET']);
});

test('in production each secret has to be there, and a target inside the network is never permitted', () => {
  const problems = problemsOf({ NODE_ENV: 'production', INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' });
  expect(problems[0]).toContain('INTERLOCK_ALLOW_PRIVATE_TARGETS is for development');
  for (const name of Object.keys(secrets)) {
    expect(problems).toContain(`${name} is missing; make one with: openssl rand -hex 32`);
  }
});

test('two secrets that are the same, however they are spelled, are refused without being shown', () => {
  const secret = 'ab'.repeat(32);
  const problems = problemsOf({ ...secrets, SESSION_SECRET: secret, INTERLOCK_DATA_KEY: secret.toUpperCase() });
  expect(problems).toEqual(['INTERLOCK_DATA_KEY must not be the same secret as SESSION_SECRET']);
});

describe('a connection URL for each role', () => {
  const kinds = ['LIVE', 'TEST', 'AUTHENTICATOR', 'CONSOLE', 'LIVE_DISPATCH', 'TEST_DISPATCH'];
  const urls = Object.fromEntries(
    kinds.map((kind) => [`INTERLOCK_${kind}_URL`, `postgres://${kind.toLowerCase()}:x@db/app`]),
  );
  const owner = { DATABASE_URL: 'postgres://owner:x@db/app' };

  test('all of them, beside that of the owner, are taken', () => {
    expect(read({ ...owner, ...urls }).roleUrls?.live_dispatch).toBe('postgres://live_dispatch:x@db/app');
  });

  test.each([
    ['one is missing', { ...owner, ...urls, INTERLOCK_TEST_URL: '' }, 'INTERLOCK_TEST_URL must be set too'],
    ['that of the owner is missing', urls, 'DATABASE_URL must be set too'],
    [
      'two name one user, which would undo the gate between the modes',
      { ...owner, ...urls, INTERLOCK_TEST_URL: urls.INTERLOCK_LIVE_URL ?? '' },
      'INTERLOCK_TEST_URL must not name the same user as INTERLOCK_LIVE_URL',
    ],
    [
      'one names the owner',
      { ...owner, ...urls, INTERLOCK_LIVE_URL: 'postgres://owner:x@db/app' },
      'INTERLOCK_LIVE_URL must not name the same user as DATABASE_URL',
    ],
  ])('is refused when %s', (_, env, words) => {
    const problems = problemsOf({ ...secrets, ...env });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
    expect(problems[0]).not.toContain(':x@');
  });
});
