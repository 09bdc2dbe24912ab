import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../../server/src/testing/fresh-database.ts';
import { callCommand, urlOf } from '../interlock.fixture.ts';
import type { Check } from './check.ts';

let fresh: FreshDatabase;
let prefix: string;
let home: string;
let env: Record<string, string>;
let interlock: ReturnType<typeof callCommand>;

beforeAll(async () => {
  fresh = await createFreshDatabase();
  prefix = fresh.env.INTERLOCK_ROLE_PREFIX ?? '';
  home = await mkdtemp(join(tmpdir(), 'interlock-doctor-'));
  env = { ...fresh.env, DATABASE_URL: urlOf(fresh.owner), INTERLOCK_HOME: home };
  interlock = callCommand(env);
});
afterAll(async () => {
  await fresh?.drop();
  await rm(home, { recursive: true, force: true });
});

function check(json: { checks: Check[] }, name: string): Check | undefined {
  return json.checks.find((candidate) => candidate.name === name);
}

test('a database that nobody has migrated is not migrated by looking at it', async () => {
  const { code, json } = await interlock('doctor', '--json');
  expect(code).toBe(1);
  expect(check(json, 'database')).toMatchObject({ status: 'ok', detail: expect.stringMatching(/^PostgreSQL \d+/) });
  expect(check(json, 'migrations')).toMatchObject({
    status: 'fail',
    findings: expect.arrayContaining(['core/core/0001_workspaces_and_keys.sql', 'line/live/0001_line.sql']),
    mend: 'start the server, or run: npx interlock doctor --fix',
  });
  expect(check(json, 'grants and policies')).toMatchObject({ status: 'skipped' });
  expect(check(json, 'clock')).toMatchObject({ status: 'ok' });
  expect(await asOwner(fresh.owner, `select 1 from pg_namespace where nspname = 'core'`)).toEqual([]);
});

test('the doctor can migrate it, and then finds nothing', async () => {
  const { code, out, err } = await interlock('doctor', '--fix');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => line.slice(0, 2)),
  ).toEqual(Array(8).fill('ok'));
});

test.each([
  [
    'grants and policies',
    'grant select on live.effects to ROLE_test',
    'The role ROLE_test holds SELECT on the table live.effects, which nothing declares.',
  ],
  ['grants and policies', 'drop policy test_rows on test.effects', 'The policy test_rows of test.effects is missing.'],
  [
    'grants and policies',
    'alter policy live_rows on live.audit_log with check (true)',
    'The policy live_rows of live.audit_log is not the expected one: it accepts rows where true.',
  ],
])('%s: after "%s" it fails and says why, and can put it back', async (name, harm, finding) => {
  const fill = (text: string) => text.replaceAll('ROLE', prefix);
  await asOwner(fresh.owner, fill(harm));
  const { code, json } = await interlock('doctor', '--json');
  expect({ code, ok: json.ok }).toEqual({ code: 1, ok: false });
  expect(check(json, name)).toMatchObject({
    status: 'fail',
    findings: [fill(finding)],
    mend: 'npx interlock doctor --fix',
  });
  const { out } = await interlock('doctor');
  expect(out).toContain(`         - ${fill(finding)}\n         mend: npx interlock doctor --fix\n`);
  expect((await interlock('doctor', '--fix')).code).toBe(0);
  expect((await interlock('doctor')).code).toBe(0);
});

test.each([
  [
    'alter role ROLE_live bypassrls',
    'The role ROLE_live bypasses row policies (BYPASSRLS).',
    'alter role ROLE_live nobypassrls',
  ],
  ['alter role ROLE_test superuser', 'The role ROLE_test is a superuser.', 'alter role ROLE_test nosuperuser'],
])('roles: after "%s" it fails and says why', async (harm, finding, undo) => {
  const fill = (text: string) => text.replaceAll('ROLE', prefix);
  await asOwner(fresh.owner, fill(harm));
  const { code, json } = await interlock('doctor', '--json');
  await asOwner(fresh.owner, fill(undo));
  expect(code).toBe(1);
  expect(check(json, 'roles')).toMatchObject({ status: 'fail', findings: [fill(finding)] });
});

test('a role whose password somebody has changed cannot log in; commands and the doctor say so, and it can be mended', async () => {
  await asOwner(fresh.owner, `alter role ${prefix}_console password 'another'`);
  const listed = await interlock('keys', 'list');
  expect(listed).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining(`The role ${prefix}_console cannot log in`),
  });
  const { json } = await interlock('doctor', '--json');
  expect(check(json, 'roles')).toMatchObject({
    status: 'fail',
    detail: '1 cannot log in',
    mend: expect.stringContaining('delete from core.role_secrets'),
  });
  await asOwner(fresh.owner, 'delete from core.role_secrets');
  expect((await interlock('doctor', '--fix')).code).toBe(0);
});

test('bad configuration is listed, and what does not depend on it is checked all the same', async () => {
  const { code, json } = await callCommand({ ...env, PORT: 'x', NODE_ENV: 'production' })('doctor', '--json');
  expect(code).toBe(1);
  expect(check(json, 'configuration')).toMatchObject({
    status: 'fail',
    findings: expect.arrayContaining([
      'PORT must be a whole number from 0 to 65535',
      'SESSION_SECRET is missing; make one with: openssl rand -hex 32',
    ]),
  });
  expect(check(json, 'grants and policies')).toMatchObject({ status: 'ok' });
});

test('a service that cannot be loaded is one failed check; nothing is mended then, and the rest is looked at', async () => {
  const files = [join(home, 'nowhere.ts'), join(home, 'broken.ts')];
  await writeFile(join(home, 'broken.ts'), 'export const service = {');
  const broken = callCommand({ ...env, INTERLOCK_SERVICES: files.join(',') });
  const { code, json } = await broken('doctor', '--json');
  expect(code).toBe(1);
  expect(check(json, 'services')).toMatchObject({
    status: 'fail',
    findings: files.map((file) => expect.stringContaining(`${file}, which cannot be loaded`)),
    mend: 'mend these files, or take them out of INTERLOCK_SERVICES',
  });
  expect(Object.fromEntries(json.checks.map(({ name, status }: Check) => [name, status]))).toEqual({
    runtime: 'ok',
    services: 'fail',
    configuration: 'ok',
    database: 'ok',
    migrations: 'ok',
    roles: 'ok',
    'grants and policies': 'skipped',
    clock: 'ok',
  });
  const { json: fixed } = await broken('doctor', '--fix', '--json');
  expect(check(fixed, 'migrations')?.detail).toBe('nothing is mended while a service cannot be loaded');
});

test('a database that does not answer is one failed check', async () => {
  const url = urlOf({ ...fresh.owner, host: '/tmp/nowhere' });
  const { code, json } = await callCommand({ ...env, DATABASE_URL: url })('doctor', '--json');
  expect(code).toBe(1);
  expect(json.checks.map(({ status }: Check) => status)).toEqual([
    'ok',
    'ok',
    'ok',
    'fail',
    'skipped',
    'skipped',
    'skipped',
    'skipped',
  ]);
  expect(check(json, 'database')?.detail).toContain('No PostgreSQL answers at');
});
