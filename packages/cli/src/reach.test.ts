import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { compileCache } from '../../../scripts/launch.mjs';
import { findRunningPostgres } from '../../server/src/core/db/embedded/running.ts';
import { createCommand } from './interlock.fixture.ts';

let home: string;
let interlock: ReturnType<typeof createCommand>;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'interlock-command-'));
  await chmod(home, 0o711);
  interlock = createCommand({ INTERLOCK_HOME: home });
});
afterAll(() => rm(home, { recursive: true, force: true }));

const directory = () => join(home, 'postgres');

test('the doctor makes no database where there is none', async () => {
  const { code, json, err } = await interlock('doctor', '--json');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(json.ok).toBe(false);
  expect(json.checks.find((check: { name: string }) => check.name === 'database')).toEqual({
    name: 'database',
    status: 'fail',
    detail: `there is none yet in ${directory()}`,
    mend: 'make it with: npm start',
  });
  expect(await readdir(home)).toEqual([]);
});

test('the embedded PostgreSQL runs for a command and is stopped after it', async () => {
  const created = await interlock('workspaces', 'create', '--name', 'Acme', '--json');
  expect(created).toMatchObject({ code: 0, err: '', json: { name: 'Acme' } });
  expect(await findRunningPostgres({ directory: directory() })).toBeUndefined();
  const { code, json } = await interlock('doctor', '--json');
  expect({ code, ok: json.ok }).toEqual({ code: 0, ok: true });
  expect(await findRunningPostgres({ directory: directory() })).toBeUndefined();
});

test('commands at the same time share one PostgreSQL, and none loses it under its work', async () => {
  const names = Array.from({ length: 4 }, (_, index) => `At once ${index}`);
  const runs = await Promise.all(names.map((name) => interlock('workspaces', 'create', '--name', name)));
  expect(runs.map(({ code, err }) => ({ code, err }))).toEqual(names.map(() => ({ code: 0, err: '' })));
  const { json } = await interlock('workspaces', 'list', '--json');
  expect(json.workspaces.map((workspace: { name: string }) => workspace.name).sort()).toEqual(['Acme', ...names]);
});

test('a command joins the server that runs on the folder, which knows its keys and revocations at once', async () => {
  const server = spawn(process.execPath, [fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: compileCache,
      INTERLOCK_HOME: home,
      PORT: '0',
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  onTestFinished(async () => {
    server.kill('SIGTERM');
    await ended;
  });
  let said = '';
  for await (const chunk of server.stdout) {
    said += chunk;
    if (/Interlock +http/.test(said) && said.endsWith('\n')) break;
  }
  const url = /Interlock +(http\S+)/.exec(said)?.[1] ?? '';
  const before = await findRunningPostgres({ directory: directory() });

  const listed = await interlock('workspaces', 'list', '--json');
  expect(listed.json.workspaces.filter((workspace: { demo: boolean }) => workspace.demo)).toMatchObject([
    { name: 'Demo' },
  ]);
  const created = await interlock(
    'keys',
    'create',
    '--service',
    'randomness',
    '--mode',
    'test',
    '--name',
    'CI',
    '--json',
  );
  expect(created).toMatchObject({ code: 0, err: '' });
  const call = async () => {
    const headers = { authorization: `Bearer ${created.json.key}` };
    return (await fetch(`${url}/api/ints?count=1&min=1&max=6`, { headers })).status;
  };
  expect(await call()).toBe(200);
  expect((await interlock('keys', 'revoke', created.json.id)).code).toBe(0);
  await expect.poll(call, { timeout: 1_000, interval: 20 }).toBe(401);

  const doctor = await interlock('doctor', '--json');
  expect(doctor.json.checks.filter((check: { status: string }) => check.status !== 'ok')).toEqual([]);
  expect(doctor.json.checks).toContainEqual(
    expect.objectContaining({ detail: expect.stringContaining(`running, process ${before?.pid}`) }),
  );
  // The server's own PostgreSQL outlives the commands.
  expect(await findRunningPostgres({ directory: directory() })).toEqual(before);
});

test('the command that npm installs runs with the pinned runtime', async () => {
  const bin = fileURLToPath(new URL('../bin/interlock.mjs', import.meta.url));
  const installed = createCommand({ INTERLOCK_HOME: home }, [process.execPath, bin]);
  expect(await installed('workspaces', 'list', '--json')).toMatchObject({ code: 0, json: { workspaces: {} } });
  expect((await installed('keys', 'list', '--nothing')).code).toBe(2);
});

test('a folder that cannot be used is one sentence', async () => {
  const file = join(home, 'file');
  await writeFile(file, '');
  const { code, out, err } = await createCommand({ INTERLOCK_HOME: file })('keys', 'list');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err.trim().split('\n')).toHaveLength(1);
});
