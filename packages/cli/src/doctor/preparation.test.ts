import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RoleKind, roleKinds, roleUrlVariable } from '../../../server/src/core/db/roles.ts';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../../server/src/testing/fresh-database.ts';
import { createTestPlatform } from '../../../server/src/testing/harness.ts';
import { callCommand, urlOf } from '../interlock.fixture.ts';

/** An operator who may neither create roles nor anything outside this database, and an administrator who may all. */
let fresh: FreshDatabase;
let operator: ClientConfig;
let prefix: string;
let home: string;
let env: Record<string, string>;
const password = randomBytes(12).toString('hex');

beforeAll(async () => {
  fresh = await createFreshDatabase();
  prefix = fresh.env.INTERLOCK_ROLE_PREFIX ?? '';
  operator = { ...fresh.owner, user: `${prefix}_operator`, password };
  await asOwner(fresh.owner, `create role ${operator.user} login password '${password}'`);
  home = await mkdtemp(join(tmpdir(), 'interlock-preparation-'));
  env = { ...fresh.env, DATABASE_URL: urlOf(operator), INTERLOCK_HOME: home };
});
afterAll(async () => {
  await fresh?.drop();
  await rm(home, { recursive: true, force: true });
});

function roleUrls(change: Partial<Record<RoleKind, ClientConfig>> = {}): Record<string, string> {
  return Object.fromEntries(
    roleKinds.map((kind) => [
      roleUrlVariable(kind),
      urlOf({ ...fresh.owner, user: `${prefix}_${kind}`, password, ...change[kind] }),
    ]),
  );
}

test('without the right to create anything a command says what is missing, in one sentence', async () => {
  const { code, out, err } = await callCommand(env)('keys', 'list');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(
    /^The role in DATABASE_URL lacks a permission on \S+ \(permission denied for database \w+\): .*doctor --sql.*\n$/,
  );
});

test('the printed statements prepare the database, also twice, and hold no password', async () => {
  const printed = await callCommand(env)('doctor', '--sql');
  expect(printed).toMatchObject({ code: 0, err: '' });
  expect(printed.out).not.toContain(password);
  for (let times = 0; times < 2; times++) await asOwner(fresh.owner, printed.out);
  expect((await callCommand(env)('doctor', '--sql', '--json')).json).toEqual({ sql: printed.out });
  const made = await asOwner(
    fresh.owner,
    `select count(*) as made from pg_roles r join pg_authid a on a.oid = r.oid
     where starts_with(r.rolname, $1) and r.rolname <> $2 and a.rolpassword is null and not r.rolsuper
       and not r.rolbypassrls and r.rolcanlogin`,
    [prefix, operator.user],
  );
  expect(made).toEqual([{ made: roleKinds.length }]);
});

test('without the URLs the operator is told that he may not create roles', async () => {
  const { code, err } = await callCommand(env)('keys', 'list');
  expect(code).toBe(1);
  expect(err).toMatch(/^The role in DATABASE_URL lacks a permission .*INTERLOCK_LIVE_URL.*\n$/);
});

test('with a URL for each role the operator migrates, commands work, and the doctor is content', async () => {
  for (const kind of roleKinds) await asOwner(fresh.owner, `alter role ${prefix}_${kind} password '${password}'`);
  const interlock = callCommand({ ...env, ...roleUrls() });
  const created = await interlock('workspaces', 'create', '--name', 'Acme');
  expect(created).toMatchObject({ code: 0, err: '' });
  const key = await interlock('keys', 'create', '--service', 'randomness', '--mode', 'live', '--name', 'x', '--json');
  expect(key.code).toBe(0);
  const doctor = await interlock('doctor', '--json');
  expect(doctor.json.checks.filter((check: { status: string }) => check.status !== 'ok')).toEqual([]);
  expect(await asOwner(fresh.owner, 'select role from core.role_secrets')).toEqual([]);

  const server = await createTestPlatform({ owner: operator, env: { ...env, ...roleUrls() } });
  const answer = await server.as(key.json.key).get('/api/ints?count=2&min=1&max=6');
  await server.close();
  expect(answer).toMatchObject({ status: 200, headers: { 'interlock-mode': 'live' } });
});

test.each([
  [
    'a wrong password',
    () => roleUrls({ test: { password: 'wrong' } }),
    /refused the user name or password in INTERLOCK_TEST_URL/,
  ],
  [
    'a role that is not there',
    () => roleUrls({ console: { user: 'nobody_here' } }),
    /there is no role "nobody_here", which INTERLOCK_CONSOLE_URL names/,
  ],
  [
    'a superuser',
    () => roleUrls({ live: fresh.owner }),
    /of INTERLOCK_LIVE_URL may do too much \(it is a superuser or has BYPASSRLS\)/,
  ],
])('%s in a role URL is refused in one sentence', async (_, urls, sentence) => {
  const { code, out, err } = await callCommand({ ...env, ...urls() })('workspaces', 'list');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(sentence);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).not.toContain(password);
});

test('two roles of one name, or the owner as a role, are refused before anything is asked', async () => {
  const urls = { ...roleUrls({ test: { user: `${prefix}_live` }, console: operator }) };
  const { code, err } = await callCommand({ ...env, ...urls })('workspaces', 'list');
  expect(code).toBe(1);
  expect(err).toBe(
    [
      'The configuration cannot be used:',
      '  INTERLOCK_TEST_URL must not name the same user as INTERLOCK_LIVE_URL',
      '  INTERLOCK_CONSOLE_URL must not name the same user as DATABASE_URL',
      '',
    ].join('\n'),
  );
});

test('the embedded database needs no preparation', async () => {
  const { code, err } = await callCommand({ INTERLOCK_HOME: home })('doctor', '--sql');
  expect({ code, err }).toEqual({
    code: 2,
    err: 'Set DATABASE_URL to the database that is to be prepared; the embedded one needs no preparation.\n',
  });
});
