import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { compileCache } from '../../../scripts/launch.mjs';
import { createTestPlatform, type TestPlatform } from '../../server/src/testing/harness.ts';
import { callCommand } from './interlock.fixture.ts';

/* An agent that starts a program: the official client drives the command over its standard input and output. */
let t: TestPlatform;
let home: string;
let variables: Record<string, string>;
beforeAll(async () => {
  t = await createTestPlatform();
  home = await mkdtemp(join(tmpdir(), 'interlock-mcp-'));
  const url = await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  t.platform.setPublicUrl(url);
  const workspaceId = await t.workspace();
  const keyOf = async (mode: 'live' | 'test') => (await t.key(workspaceId, { service: 'scheduler', mode })).key;
  variables = { INTERLOCK_URL: url, SCHED_API_KEY: await keyOf('live'), SCHED_API_KEY_TEST: await keyOf('test') };
  await writeFile(
    join(home, 'dev.env'),
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
});
afterAll(async () => {
  await t?.close();
  await rm(home, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [fileURLToPath(new URL('main.ts', import.meta.url)), 'mcp', ...args],
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, INTERLOCK_HOME: home },
  });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  onTestFinished(() => client.close());
  return client;
}

test('an agent schedules in words, in the mode of the key', async () => {
  const client = await start('--service', 'scheduler');
  expect(client.getInstructions()).toContain('test key');
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['scheduler_schedules_create', 'search_docs']));
  const made = await client.callTool({
    name: 'scheduler_schedules_create',
    arguments: { endpoint: 'https://example.com/hook', when: 'every weekday at 09:00', timezone: 'Europe/Berlin' },
  });
  expect(made.structuredContent).toMatchObject({
    mode: 'test',
    status: 201,
    body: { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' },
  });
  const hint = await client.callTool({
    name: 'scheduler_schedules_create',
    arguments: { endpoint: 'https://example.com/hook', when: '2001-01-01 09:00' },
  });
  expect(hint).toMatchObject({ isError: true, structuredContent: { mode: 'test' } });
  expect(JSON.stringify(hint.content)).toContain('for soon, send a delay');
}, 30_000);

test('live mode is asked for by name, and said', async () => {
  const client = await start('--service', 'scheduler', '--mode', 'live');
  expect(client.getInstructions()).toContain('LIVE key');
  expect((await client.callTool({ name: 'scheduler_me' })).structuredContent).toMatchObject({ mode: 'live' });
}, 30_000);

const ping = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}\n`;
const said = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: unknown; error?: { code: number; message: string } });

test('many messages at once, split anywhere, are each answered', async () => {
  const text = Array.from({ length: 20 }, (_, id) => ping(id)).join('');
  const pieces = [text.slice(0, 33), text.slice(33, 34), text.slice(34)];
  const { code, out } = await callCommand({ INTERLOCK_HOME: home }, pieces)('mcp', '--service', 'scheduler');
  expect(code).toBe(0);
  expect(new Set(said(out).map(({ id }) => id))).toEqual(new Set(Array.from({ length: 20 }, (_, id) => id)));
});

test('what is no message is said to be none; what is not a request is not answered', async () => {
  const input = ['hello\n', '[]\n', '\n', '{"jsonrpc":"2.0","method":"notifications/initialized"}\n', ping(7)];
  const { out } = await callCommand({ INTERLOCK_HOME: home }, input)('mcp', '--service', 'scheduler');
  expect(said(out).map(({ id, error }) => [id, error?.code])).toEqual(
    expect.arrayContaining([
      [null, -32_700],
      [7, undefined],
    ]),
  );
  expect(said(out)).toHaveLength(3);
});

test('a key that was revoked is refused in the answer to each message', async () => {
  const workspaceId = await t.workspace();
  const made = await t.key(workspaceId, { service: 'scheduler', mode: 'test' });
  await t.platform.keysOf(workspaceId).revoke(made.id);
  const env = { INTERLOCK_HOME: home, SCHED_API_KEY_TEST: made.key };
  const { out } = await callCommand(env, [ping(1), ping(2)])('mcp', '--service', 'scheduler');
  expect(said(out).map(({ id, error }) => [id, typeof error?.message])).toEqual(
    expect.arrayContaining([
      [1, 'string'],
      [2, 'string'],
    ]),
  );
  expect(out).not.toContain(made.key);
});

test('a server that is away is said to be, and a page is no MCP server', async () => {
  const page = createServer((_, response) => response.end('<html>'));
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  const { port } = page.address() as AddressInfo;
  const run = callCommand({ INTERLOCK_HOME: home, INTERLOCK_URL: `http://127.0.0.1:${port}` }, [ping(1)]);
  expect(said((await run('mcp', '--service', 'scheduler')).out)[0]?.error?.message).toContain(
    'does not answer as an MCP server',
  );
  page.closeAllConnections();
  await new Promise((resolve) => page.close(resolve));
  expect(said((await run('mcp', '--service', 'scheduler')).out)[0]?.error?.message).toContain('cannot be reached');
});

test.each([
  [['--service', 'nothing'], {}, 2, 'There is no service "nothing"'],
  [['--service', 'onboarding'], {}, 2, 'There is no test key: set PIVOTAL_API_KEY_TEST'],
  [['--service', 'scheduler'], { SCHED_API_KEY_TEST: 'sk_test_x' }, 3, 'mistyped or cut off'],
  [[], {}, 2, '--service'],
])('mcp %j %j is refused', async (args, env, code, says) => {
  const refused = await callCommand({ INTERLOCK_HOME: home, ...env })('mcp', ...args);
  expect(refused.err).toContain(says);
  expect(refused.code).toBe(code);
});

test('a live key where test is asked for is not used', async () => {
  const env = { INTERLOCK_HOME: home, SCHED_API_KEY_TEST: variables['SCHED_API_KEY'] ?? '' };
  const { code, err, out } = await callCommand(env, [ping(1)])('mcp', '--service', 'scheduler');
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain('insists on test mode');
});
