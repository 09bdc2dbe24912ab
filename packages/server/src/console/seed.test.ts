import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEnvFile } from '../secrets.ts';
import { expectCleanLog } from '../testing/clean-log.ts';
import { createFreshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { freshAddress, signUp } from '../testing/person.ts';
import { writeDevEnv } from './dev-env.ts';

let fresh: FreshDatabase;
let t: TestPlatform;
let home: string;
beforeEach(async () => {
  fresh = await createFreshDatabase();
  t = await createTestPlatform({ owner: fresh.owner, env: fresh.env });
  home = await mkdtemp(join(tmpdir(), 'interlock-home-'));
});
afterEach(async () => {
  expectCleanLog(t.log);
  await t.close();
  await fresh.drop();
  await rm(home, { recursive: true, force: true });
});

const url = 'http://127.0.0.1:4000';
const write = () => writeDevEnv(t.platform, home, url);
const text = () => readFile(join(home, 'dev.env'), 'utf8');
const values = async () => readEnvFile(await text());

async function expectToWork(env: Record<string, string | undefined>): Promise<void> {
  for (const { contract } of t.platform.services) {
    for (const [name, mode] of [
      [contract.keys.env, 'live'],
      [`${contract.keys.env}_TEST`, 'test'],
    ] as const) {
      expect(env[name]).toMatch(new RegExp(`^${contract.keys.prefix[mode]}`));
    }
  }
  const drawn = await t.as(env.PROVABLE_API_KEY_TEST ?? '').get('/api/ints?count=1&min=1&max=6');
  expect(drawn.status).toBe(200);
  const body = { email: env.INTERLOCK_EMAIL, password: env.INTERLOCK_PASSWORD };
  const login = await t.as(null).post('/auth/login', body, { address: freshAddress() });
  expect(login.body.workspaces).toEqual([expect.objectContaining({ name: 'Demo', role: 'owner' })]);
}

it('writes a demo that works, for its owner alone, and leaves nothing else behind', async () => {
  expect(await write()).toBe(`${home}/dev.env`);
  const env = await values();
  expect(env.INTERLOCK_URL).toBe(url);
  await expectToWork(env);
  expect((await stat(join(home, 'dev.env'))).mode & 0o777).toBe(0o600);
  expect(await readdir(home)).toEqual(['dev.env']);
});

it('keeps it in a later run, to the byte', async () => {
  await write();
  const before = await text();
  await write();
  expect(await text()).toBe(before);
});

it('makes new keys and a new password when the file is lost', async () => {
  await write();
  const before = await values();
  await rm(join(home, 'dev.env'));
  await write();
  const after = await values();
  expect(after.PROVABLE_API_KEY).not.toBe(before.PROVABLE_API_KEY);
  expect(after.INTERLOCK_PASSWORD).not.toBe(before.INTERLOCK_PASSWORD);
  await expectToWork(after);
});

it('mends only what does not work any more', async () => {
  await write();
  const before = await values();
  const revoked = before.PROVABLE_API_KEY ?? '';
  const { workspaces } = (
    await t
      .as(null)
      .post(
        '/auth/login',
        { email: before.INTERLOCK_EMAIL, password: before.INTERLOCK_PASSWORD },
        { address: freshAddress() },
      )
  ).body;
  const ring = t.platform.keysOf(workspaces[0].id);
  const live = (await ring.list({ service: 'randomness', mode: 'live' }))[0];
  await ring.revoke(live?.id ?? '');
  await writeFile(
    join(home, 'dev.env'),
    (await text()).replace(/^PROVABLE_API_KEY_TEST=.*$/m, 'PROVABLE_API_KEY_TEST=pk_test_torn'),
  );
  await write();
  const after = await values();
  expect(after.PROVABLE_API_KEY).not.toBe(revoked);
  expect(after.INTERLOCK_PASSWORD).toBe(before.INTERLOCK_PASSWORD);
  await expectToWork(after);
});

it('seeds nothing beside people of one’s own, and nothing in production', async () => {
  await signUp(t);
  expect(await write()).toBeNull();
  expect(await readdir(home)).toEqual([]);
  const production = await createTestPlatform({ owner: fresh.owner, env: fresh.env, config: { production: true } });
  expect(await production.platform.people.seedDemo({})).toBeNull();
  await production.close();
});
