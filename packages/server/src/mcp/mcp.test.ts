import { spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sql } from '../core/db/sql.ts';
import { modes } from '../core/mode.ts';
import { services } from '../services/index.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { idempotencyArgument } from './operation-tools.ts';

let t: TestPlatform;
let url: string;
let workspace: string;
beforeAll(async () => {
  t = await createTestPlatform();
  const origin = await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  t.platform.setPublicUrl(origin);
  url = `${origin}/_mcp/server`;
  workspace = await t.workspace();
});
afterAll(() => t.close());

const auditRow = sql`select operation, actor, caller, status from test.audit_log where request_id = $1`;

/** The official client, connected as the holder of a key or as nobody. */
async function connect(key: string | null, header = 'authorization'): Promise<Client> {
  const headers: Record<string, string> =
    key === null ? {} : { [header]: header === 'authorization' ? `Bearer ${key}` : key };
  const client = new Client({ name: 'test', version: '1' });
  // The client's types are written for a compiler that is less exact about what may be undefined.
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  onTestFinished(() => client.close());
  return client;
}

interface Answered {
  readonly isError?: boolean;
  readonly content: { type: string; text?: string }[];
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of a body
  readonly structuredContent: { mode: string; status: number; request_id: string; replayed: boolean; body: any };
}

const callTool = async (client: Client, name: string, args: Record<string, unknown> = {}): Promise<Answered> =>
  (await client.callTool({ name, arguments: args })) as unknown as Answered;

const keyOf = async (service: string, mode: 'live' | 'test', more: object = {}) =>
  (await t.key(workspace, { service, mode, ...more })).key;

describe('without a key', () => {
  test('the documentation is searched and read', async () => {
    const client = await connect(null);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['search_docs', 'get_page', 'list_pages']);
    for (const { annotations } of tools)
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });

    const found = await callTool(client, 'search_docs', { query: 'idempotency key conflict' });
    expect(found.content[0]?.text).toContain('page: concepts/idempotency');
    const page = await callTool(client, 'get_page', { page: 'concepts/idempotency' });
    expect(page.content[0]?.text).toContain('# Idempotency');
    const list = await callTool(client, 'list_pages');
    expect(list.content[0]?.text).toContain('- concepts/two-gates: Two gates');
  });

  test('a search finds what is half typed or typed wrong, and says so when there is nothing', async () => {
    const client = await connect(null);
    for (const query of ['idempot', 'idempotencie', 'transparency log merkle']) {
      const { content, isError } = await callTool(client, 'search_docs', { query, limit: 3 });
      expect(isError).toBeUndefined();
      expect(content[0]?.text).toMatch(/^## /);
    }
    expect((await callTool(client, 'search_docs', { query: 'zzzzqqqq' })).content[0]?.text).toContain(
      'Nothing is found',
    );
  });

  test.each([
    ['search_docs', {}, '"query" must be'],
    ['search_docs', { query: 'x'.repeat(401) }, '"query" must be'],
    ['search_docs', { query: 'x', limit: 0 }, '"limit" must be'],
    ['get_page', { page: '../package.json' }, 'There is no page'],
    ['get_page', {}, '# Interlock'],
  ])('%s with %j: %s', async (name, args, says) => {
    expect((await callTool(await connect(null), name, args)).content[0]?.text).toContain(says);
  });

  test('each page is a resource', async () => {
    const client = await connect(null);
    const { resources } = await client.listResources();
    const page = resources.find(({ name }) => name === 'concepts/modes');
    const read = await client.readResource({ uri: page?.uri ?? '' });
    expect(read.contents[0]).toMatchObject({ mimeType: 'text/markdown', text: expect.stringContaining('# Modes') });
    expect((await fetch(page?.uri ?? '')).headers.get('content-type')).toContain('text/markdown');
    await expect(client.readResource({ uri: `${page?.uri}x` })).rejects.toThrow('There is no page');
  });

  test('an operation is no tool', async () => {
    await expect(callTool(await connect(null), 'randomness_ints')).rejects.toThrow('send Authorization: Bearer');
  });
});

describe.each(services.flatMap(({ contract: { name } }) => modes.map((mode) => ({ name, mode }))))(
  'with a $mode key of $name',
  ({ name, mode }) => {
    const service = services.find(({ contract }) => contract.name === name);
    let tools: Tool[];
    beforeAll(async () => {
      const client = new Client({ name: 'test', version: '1' });
      const headers = { authorization: `Bearer ${await keyOf(name, mode)}` };
      const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
      await client.connect(transport as Parameters<Client['connect']>[0]);
      tools = (await client.listTools()).tools;
      await client.close();
    });

    test('the operations that a key can call in this mode are tools, and no others', () => {
      const operations = service?.operations ?? [];
      const callable = operations.filter(
        ({ caller, modes: exists = modes, input, output, takesStream }) =>
          caller !== 'person' &&
          exists.includes(mode) &&
          takesStream !== true &&
          !JSON.stringify(input).includes('"x-file":true') &&
          (output as { 'x-content-type'?: string })['x-content-type'] !== 'text/event-stream',
      );
      const names = tools.map((tool) => tool.name).filter((tool) => tool.startsWith(`${name}_`));
      expect(names).toEqual(callable.map(({ id }) => id.replaceAll('.', '_')));
      expect(new Set(names).size).toBe(names.length);
      for (const tool of names) expect(tool).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    });

    test('what changes something is marked: destructive in live mode, never in test mode', () => {
      for (const { id, writes } of service?.operations ?? []) {
        const tool = tools.find((each) => each.name === id.replaceAll('.', '_'));
        if (tool === undefined) continue;
        const changes = writes === true && service?.contract.modes.data[mode] !== 'pure';
        expect(tool.annotations, id).toMatchObject({
          readOnlyHint: !changes,
          destructiveHint: changes && mode === 'live',
        });
        if (changes && mode === 'live') expect(tool.description, id).toMatch(/^LIVE: /);
      }
    });
  },
);

describe('with a key', () => {
  test('a test draw and a live draw say their mode, and are the ones that HTTP gives', async () => {
    const key = await keyOf('randomness', 'test');
    const input = { clientSeed: 'agent', count: 3, min: 1, max: 100 };
    const drawn = await callTool(await connect(key), 'randomness_ints', input);
    expect(drawn.structuredContent).toMatchObject({ mode: 'test', status: 200, replayed: false });
    expect(drawn.content[0]?.text).toMatch(/^test mode, answered with 200, request req_/);
    const overHttp = await t.as(key).post('/api/ints', input);
    expect(drawn.structuredContent.body.outcome).toEqual(overHttp.body.outcome);

    const live = await callTool(await connect(await keyOf('randomness', 'live')), 'randomness_ints', input);
    expect(live.structuredContent.mode).toBe('live');
    expect(live.content[0]?.text).toMatch(/^live mode/);
  });

  test('the key may come in the header of its service', async () => {
    const client = await connect(await keyOf('randomness', 'test'), 'x-api-key');
    expect((await callTool(client, 'randomness_usage')).structuredContent).toMatchObject({ mode: 'test', status: 200 });
  });

  test('path, query and body reach the operation; what one mode made does not exist in the other', async () => {
    const client = await connect(await keyOf('scheduler', 'test'));
    const made = await callTool(client, 'scheduler_schedules_create', {
      endpoint: 'https://example.com/hook',
      delay: '1h',
      metadata: { by: 'agent' },
    });
    expect(made.structuredContent).toMatchObject({
      mode: 'test',
      status: 201,
      body: { object: 'schedule', mode: 'test' },
    });
    const { id } = made.structuredContent.body as { id: string };
    expect((await callTool(client, 'scheduler_schedules_get', { id })).structuredContent.body.id).toBe(id);
    const listed = await callTool(client, 'scheduler_schedules_list', { limit: 1, state: 'active' });
    expect(listed.structuredContent.body.data).toHaveLength(1);

    const live = await connect(await keyOf('scheduler', 'live'));
    const missing = await callTool(live, 'scheduler_schedules_get', { id });
    expect(missing).toMatchObject({ isError: true, structuredContent: { mode: 'live', status: 404 } });
  });

  test('a bad argument is refused in the words of the service, naming the field', async () => {
    const refused = await callTool(await connect(await keyOf('randomness', 'test')), 'randomness_ints', { count: 0 });
    expect(refused).toMatchObject({ isError: true, structuredContent: { status: 400, body: { param: 'count' } } });
    expect(refused.content[0]?.text).toContain('test mode, refused with 400');
  });

  test('a time is said in words, and what cannot be read is answered with what can', async () => {
    const client = await connect(await keyOf('scheduler', 'test'));
    const at = (when: string) =>
      callTool(client, 'scheduler_schedules_create', { endpoint: 'https://example.com/hook', when });
    expect((await at('in 2 hours')).structuredContent).toMatchObject({ status: 201, body: { kind: 'one_shot' } });
    expect((await at('*/5 * * * *')).structuredContent).toMatchObject({ status: 201, body: { cron: '*/5 * * * *' } });
    const { structuredContent, isError, content } = await at('when pigs fly');
    expect([isError, structuredContent.status]).toEqual([true, 422]);
    expect(content[1]?.text).toContain('write a duration such as');
  });

  test('descriptions say which of several tools to use, by the names that tools have', async () => {
    const client = await connect(await keyOf('scheduler', 'test'));
    const { tools } = await client.listTools();
    const saysOf = (name: string) => tools.find((tool) => tool.name === name)?.description ?? '';
    expect(saysOf('scheduler_schedules_pause')).toContain('there is scheduler_schedules_cancel');
    expect(saysOf('scheduler_schedules_create')).toMatch(/Use it to have one request sent later/);
    const names = new Set(tools.map(({ name }) => name));
    for (const { description = '' } of tools) {
      for (const [, name = ''] of description.matchAll(/\b(scheduler_\w+)/g)) expect(names).toContain(name);
    }
  });

  test.each([
    ['a text where an object belongs', { metadata: 'x' }],
    ['a list where a text belongs', { endpoint: ['https://example.com'] }],
    ['an object a thousand deep', { metadata: JSON.parse(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`) as object }],
    ['two megabytes', { body: 'x'.repeat(2 * 1024 * 1024) }],
    ['a field that there is not', { nonsense: true }],
    ['NUL', { endpoint: 'https://example.com/\u0000' }],
  ])('%s is refused in the words of the service, in its mode', async (_, wrong: Record<string, unknown>) => {
    const client = await connect(await keyOf('scheduler', 'live'));
    const input = { endpoint: 'https://example.com/hook', delay: '1h', ...wrong };
    const refused = await callTool(client, 'scheduler_schedules_create', input);
    expect(refused).toMatchObject({ isError: true, structuredContent: { mode: 'live' } });
    expect(refused.structuredContent.status).toBeGreaterThanOrEqual(400);
    expect(refused.structuredContent.status).toBeLessThan(500);
    expect(refused.structuredContent.body.error.code).toEqual(expect.any(String));
  });

  test('a path parameter cannot lead elsewhere', async () => {
    const client = await connect(await keyOf('scheduler', 'test'));
    for (const id of ['../me', '..%2Fme', '?mode=live', '', 'a/b/c', '\u0000', 'x'.repeat(9_000)]) {
      const { structuredContent, isError } = await callTool(client, 'scheduler_schedules_get', { id });
      expect([isError, structuredContent.mode], id).toEqual([true, 'test']);
      expect(structuredContent.status, id).toBeGreaterThanOrEqual(400);
      expect(structuredContent.status, id).toBeLessThan(500);
    }
  });

  test('sessions at once, of both modes and of nobody, are each answered in their own', async () => {
    const keys = [await keyOf('randomness', 'test'), await keyOf('randomness', 'live'), null];
    const clients = await Promise.all(Array.from({ length: 12 }, (_, i) => connect(keys[i % 3] ?? null)));
    const answers = await Promise.all(
      clients.flatMap((client, i) =>
        [0, 1, 2].map(() =>
          keys[i % 3] === null
            ? callTool(client, 'get_page', { page: 'concepts/modes' }).then(() => 'nobody')
            : callTool(client, 'randomness_usage').then(({ structuredContent }) => structuredContent.mode),
        ),
      ),
    );
    expect(answers).toEqual(clients.flatMap((_, i) => Array(3).fill(['test', 'live', 'nobody'][i % 3])));
  });

  test('a call that is canceled is no bug, and the next one is answered', async () => {
    const client = await connect(await keyOf('randomness', 'test'));
    const abort = new AbortController();
    const call = client.callTool({ name: 'randomness_ints', arguments: { clientSeed: 'x' } }, undefined, {
      signal: abort.signal,
    });
    abort.abort();
    await expect(call).rejects.toThrow();
    expect((await callTool(client, 'randomness_usage')).structuredContent.status).toBe(200);
  });

  test('a repeated call with one idempotency key does the work once', async () => {
    const client = await connect(await keyOf('scheduler', 'test'));
    const input = { endpoint: 'https://example.com/hook', delay: '1h', [idempotencyArgument]: 'agent-1' };
    const first = await callTool(client, 'scheduler_schedules_create', input);
    const second = await callTool(client, 'scheduler_schedules_create', input);
    expect(second.structuredContent).toMatchObject({ replayed: true, body: { id: first.structuredContent.body.id } });
    const other = await callTool(client, 'scheduler_schedules_create', { ...input, delay: '2h' });
    expect(other.isError).toBe(true);
  });

  test('every call is in the audit log like one over HTTP', async () => {
    const client = await connect(await keyOf('scheduler', 'test', { name: 'agent' }));
    const { structuredContent } = await callTool(client, 'scheduler_me');
    await t.platform.flush();
    const db = t.platform.database.as('console', workspace);
    const row = await db.row<Record<string, unknown>>(auditRow, [structuredContent.request_id]);
    await db.commit();
    expect(row).toEqual({ operation: 'scheduler.me', actor: 'agent', caller: 'key', status: 200 });
  });

  test('tools that the scopes do not permit are not shown, and calling one is refused', async () => {
    const client = await connect(await keyOf('scheduler', 'test', { scopes: ['deliveries:read'] }));
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain('scheduler_deliveries_list');
    expect(names).not.toContain('scheduler_schedules_create');
    await expect(callTool(client, 'scheduler_schedules_create')).rejects.toThrow('There is no tool');
  });

  test('a picture is a picture', async () => {
    const key = await keyOf('randomness', 'test');
    const drawn = await t.as(key).get('/api/ints?clientSeed=picture');
    const link = new URL(drawn.body.permalink as string);
    const args = { shortId: link.pathname.split('/').at(-1), t: link.searchParams.get('t') };
    const { content } = await callTool(await connect(key), 'randomness_card', args);
    expect(content[1]).toMatchObject({ type: 'image', mimeType: 'image/png' });
  });

  test('the instructions name the mode', async () => {
    expect((await connect(await keyOf('scheduler', 'live'))).getInstructions()).toContain('LIVE key');
    expect((await connect(await keyOf('scheduler', 'test'))).getInstructions()).toContain('test key');
  });
});

describe('what is refused, and how', () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

  test.each([
    ['a key that is cut off', { authorization: 'Bearer sk_test_short' }, 401],
    ['a key of nobody', { authorization: 'Bearer something' }, 401],
    ['no key behind the word', { authorization: 'Bearer ' }, 401],
    ['an empty Accept', { accept: 'text/html' }, 406],
    ['another content type', { 'content-type': 'text/plain' }, 415],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['a protocol version of no day', { 'mcp-protocol-version': '1999-01-01' }, 400],
  ])('%s: %j → %i', async (_, more: Record<string, string>, status) => {
    const answer = await fetch(url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(ping) });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', error: { message: expect.any(String) } });
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  });

  test.each([
    ['no JSON', '{', 400, -32_700],
    ['no body', '', 400, -32_700],
    ['a batch of too many', `[${Array(21).fill('{"jsonrpc":"2.0","id":1,"method":"ping"}').join()}]`, 400, -32_600],
    ['an empty batch', '[]', 400, -32_600],
    ['no JSON-RPC', '{"hello":1}', 400, undefined],
    ['a method that there is not', '{"jsonrpc":"2.0","id":1,"method":"x/y"}', 200, -32_601],
    ['a call without a name', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}', 200, -32_602],
    ['a beginning without a version', '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}', 200, -32_602],
    ['more than 4 MB', `"${'x'.repeat(4 * 1024 * 1024)}"`, 413, -32_600],
    [
      'NUL and lone surrogates',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_page","arguments":{"page":"\\u0000\\ud800"}}}',
      200,
      undefined,
    ],
  ])('%s → %i %s', async (_, body: string, status, code) => {
    const answer = await fetch(url, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    const said = (await answer.json()) as { error?: { code: number }; result?: { isError: boolean } };
    if (code !== undefined) expect(said.error?.code).toBe(code);
    else expect(said.error !== undefined || said.result?.isError === true).toBe(true);
  });

  test('parameters that do not fit are named, in words', async () => {
    const body = JSON.stringify({
      ...ping,
      method: 'tools/call',
      params: { name: 'get_page', arguments: ['concepts/modes'] },
    });
    const { error } = (await (await fetch(url, { method: 'POST', headers, body })).json()) as { error: object };
    expect(error).toEqual({ code: -32_602, message: expect.stringMatching(/^"params\.arguments": .*expected record/) });
  });

  test.each([
    ['get_page', { path: 'concepts/modes' }, 'get_page has no argument "path"; it takes "page".'],
    ['get_page', { page: 7 }, '"page" must be a text of at most 200 characters, such as "concepts/modes".'],
    ['list_pages', { all: true }, 'list_pages has no argument "all"; it takes nothing.'],
    ['search_docs', { q: 'modes' }, 'search_docs has no argument "q"; it takes "query" and "limit".'],
  ])('%s with %o says what it takes', async (name, args, words) => {
    const body = JSON.stringify({ ...ping, method: 'tools/call', params: { name, arguments: args } });
    const { result } = (await (await fetch(url, { method: 'POST', headers, body })).json()) as { result: object };
    expect(result).toEqual({ isError: true, content: [{ type: 'text', text: words }] });
  });

  test('whoever takes anything is answered, as by a plain HTTP client', async () => {
    const body = JSON.stringify(ping);
    const answer = await fetch(url, { method: 'POST', headers: { ...headers, accept: '*/*' }, body });
    expect(await answer.json()).toMatchObject({ id: 1, result: {} });
  });

  test('a batch, which the first versions of the protocol have, is answered as one', async () => {
    const body = JSON.stringify([ping, { ...ping, id: 2, method: 'tools/list' }]);
    const answer = await fetch(url, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject([{ id: 1, result: {} }, { id: 2 }]);
  });

  test('a notification is taken without an answer', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const answer = await fetch(url, { method: 'POST', headers, body });
    expect([answer.status, await answer.text()]).toEqual([202, '']);
  });

  test.each(['GET', 'DELETE'])('%s is answered 405: there is no session and no stream', async (method) => {
    const answer = await fetch(url, { method, headers: { accept: 'text/event-stream' } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('a name that was made to resolve to this machine is refused', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers: { ...headers, host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      request.once('error', reject);
      request.end(JSON.stringify(ping));
    });
    expect(status).toBe(403);
  });

  test('a revoked key is refused at the next message', async () => {
    const made = await t.key(workspace, { service: 'scheduler', mode: 'test' });
    const client = await connect(made.key);
    await client.ping();
    await t.platform.keysOf(workspace).revoke(made.id);
    await expect
      .poll(() =>
        client.ping().then(
          () => 'answers',
          () => 'refused',
        ),
      )
      .toBe('refused');
  });

  test('nothing was a bug, and no key is in the log', () => {
    expect(t.log.filter((line) => line.includes('a request failed'))).toEqual([]);
    expect(t.log.join('\n')).not.toMatch(/(sk|pk)_(live|test)_\w{20}/);
  });
});

const conformance = fileURLToPath(
  new URL('../../../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
);

/** A scenario of the public suite; answers what it printed and its exit code. */
async function runScenario(scenario: string): Promise<{ code: unknown; output: string }> {
  const child = spawn(process.execPath, [conformance, 'server', '--url', url, '--scenario', scenario], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return { code: await new Promise((resolve) => child.once('close', resolve)), output };
}

// The others ask for a server with example tools, prompts and resources of the suite's own.
test.concurrent.each(['server-initialize', 'ping', 'tools-list', 'resources-list', 'dns-rebinding-protection'])(
  'the public conformance suite is content: %s',
  async (scenario) => {
    const { code, output } = await runScenario(scenario);
    expect(output).toMatch(/Passed: ([1-9]\d*)\/\1, 0 failed, 0 warnings/);
    expect(code).toBe(0);
  },
);
