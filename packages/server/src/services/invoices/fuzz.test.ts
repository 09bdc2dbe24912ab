import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolderStore } from '../../core/files/folder-store.ts';
import { openApiOf } from '../../core/openapi.ts';
import type { Answer } from '../../testing/harness.ts';
import {
  base,
  createInvoicesWorld,
  form,
  type InvoicesWorld,
  made,
  type Part,
  pdf,
  processed,
  refusal,
  type Team,
} from './invoices.fixture.ts';

/*
 * Calls of every operation, made up from its OpenAPI document: whatever comes, nothing answers 500, and a refusal is a
 * problem that names the field and says how to mend it.
 */

const runs = Number(process.env['INVOICES_FUZZ_RUNS'] ?? 15);
const seed = Number(process.env['INVOICES_FUZZ_SEED'] ?? 20_260_414);

let world: InvoicesWorld;
let team: Team;
let folder: string;
/** Ids that mean something, of both modes. */
let known: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-fuzz-'));
  world = await createInvoicesWorld({ FILES_FOLDER: folder, MAX_FILE_BYTES: '100000' });
  team = await world.team();
  const invoice = await processed(team);
  const contact = await made(team.live.post(`${base}/contacts`, { name: 'A' }));
  const hook = await made(team.test.post(`${base}/webhooks`, { url: 'https://example.com/hook', events: ['*'] }));
  const stranger = await world.team();
  known = [
    ...[invoice.id, invoice.jobId, invoice.sellerContactId, contact.id, hook.id, team.client.live, team.client.test],
    ...[stranger.client.live, stranger.client.test],
  ];
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

interface Schema {
  readonly $ref?: string;
  readonly type?: string | string[];
  readonly const?: unknown;
  readonly enum?: unknown[];
  readonly anyOf?: Schema[];
  readonly oneOf?: Schema[];
  readonly items?: Schema;
  readonly properties?: Record<string, Schema>;
  readonly required?: string[];
  readonly additionalProperties?: Schema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Described {
  readonly operationId: string;
  readonly parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
}

const nonsense: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 53, '', ' ', '\0', '\ud800', '💥', '\u202e', 'null', 'NaN', '-0', '1e999'],
  ...[
    '9'.repeat(400),
    'x'.repeat(5_000),
    '../../etc/passwd',
    "'; drop table x; --",
    '%00',
    '{{7*7}}',
    '[object Object]',
  ],
  ...['2026-02-30', '0000-00-00', '9999-12-31T23:59:60Z', '275760-09-13', '*', '"v1"', 'W/"v1"', '€', 'a,b,,c'],
  ...[[], {}, [[]], [null], { a: { b: [1] } }, { toString: 'x' }, { length: 3 }, ['x', 'x'], Array(200).fill('x')],
];

/** Something like what a schema wants, and now and then something else. */
function anythingLike(schema: Schema, named: Readonly<Record<string, Schema>>, depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 3, arbitrary: wanted(schema, named, depth) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...nonsense) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...known) },
  );
}

function wanted(schema: Schema, named: Readonly<Record<string, Schema>>, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return wanted(named[schema.$ref.split('/').at(-1) ?? ''] ?? {}, named, depth);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom<unknown>(...schema.enum);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return fc.oneof(...branches.map((branch) => wanted(branch, named, depth)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (depth > 4) return fc.constant(null);
  switch (type) {
    case 'integer':
    case 'number':
      return fc.integer({ min: (schema.minimum ?? 0) - 1, max: Math.min(2 ** 31, (schema.maximum ?? 1_000) + 1) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(anythingLike(schema.items ?? {}, named, depth + 1), { maxLength: 4 });
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(([name, one]) => [
        name,
        anythingLike(one, named, depth + 1),
      ]);
      const record = fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: [],
      });
      return fields.length > 0
        ? record
        : fc.dictionary(fc.string(), fc.constantFrom<unknown>(...nonsense), { maxKeys: 4 });
    }
    default:
      return fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.constantFrom(
          'EUR',
          'LT',
          'de',
          '2026-01-15',
          '2026-01-15T00:00:00Z',
          '163.00',
          'a@b.example',
          'https://example.com/x',
        ),
      );
  }
}

function operationsOf(): { method: string; path: string; described: Described }[] {
  const service = world.t.platform.services.find(({ contract }) => contract.name === 'invoices');
  if (service === undefined) throw new Error('there is a service of invoices');
  const document = JSON.parse(JSON.stringify(openApiOf(service, ''))) as {
    paths: Record<string, Record<string, Described>>;
    components: { schemas: Record<string, Schema> };
  };
  schemas = document.components.schemas;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({ method: method.toUpperCase(), path, described })),
  );
}
let schemas: Record<string, Schema> = {};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
/** Of what a header can carry at all. */
const headerOf = (value: unknown): string =>
  textOf(value)
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 500);
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

interface Made {
  readonly values: Record<string, unknown>;
  readonly body: unknown;
  readonly raw: string | null;
  readonly mode: 'live' | 'test';
  readonly client: string | null;
}

async function send({ method, path, described }: ReturnType<typeof operationsOf>[number], made: Made): Promise<Answer> {
  const caller = team[made.mode];
  let url = path;
  const query: string[] = [];
  const headers: Record<string, string> = {};
  for (const { name, in: where } of described.parameters ?? []) {
    const value = made.values[name];
    if (where === 'path') url = url.replace(`{${name}}`, encoded(textOf(value ?? 'x')) || 'x');
    else if (value === undefined) continue;
    else if (where === 'query') query.push(`${encoded(name)}=${encoded(textOf(value))}`);
    else headers[name.toLowerCase()] = headerOf(value);
  }
  // Most calls come as far as the handler.
  if (made.client !== null) headers['x-client-id'] = made.client;
  if (query.length > 0) url += `?${query.join('&')}`;
  const content = described.requestBody?.content;
  if (content === undefined) return caller.send(method, url, undefined, { headers });
  if (content['multipart/form-data'] !== undefined) {
    const fields = Object.entries((made.body ?? {}) as Record<string, unknown>);
    const parts: Part[] = fields.map(([name, value]) =>
      name === 'file'
        ? {
            name,
            value: made.raw === null ? pdf('fuzz') : Buffer.from(made.raw),
            fileName: headerOf(value).replaceAll('"', ''),
          }
        : { name: name.replaceAll(/["\r\n]/g, ''), value: textOf(value).toWellFormed() },
    );
    const sent = form(parts);
    return caller.send(method, url, sent.payload, { headers: { ...headers, ...sent.headers } });
  }
  const payload = made.raw ?? JSON.stringify(made.body) ?? '';
  return caller.send(method, url, payload, { headers: { ...headers, 'content-type': 'application/json' } });
}

/** What nobody may see in an answer. */
const inside = /at \w+ \(|node_modules|\/src\/|select .+ from|syntax error at|invoices_\w+|pg_|ECONN|TypeError/;

async function check(answer: Answer): Promise<void> {
  expect(answer.status, answer.text).toBeLessThan(500);
  if (answer.status < 400) return;
  const [status, code] = await refusal(Promise.resolve(answer));
  expect(answer.body.detail).not.toMatch(inside);
  if (!code.startsWith('validation.') || status !== 400) return;
  expect(answer.body.errors, answer.text).toEqual(
    expect.arrayContaining([
      {
        field: expect.stringMatching(/./),
        code: expect.stringMatching(/^[a-z_]+\.[a-z_]+$/),
        message: expect.stringMatching(/.{6,}/),
      },
    ]),
  );
}

describe('every operation', () => {
  it('answers anything with a result, or with a problem that names the field and the mend', {
    timeout: 600_000,
  }, async () => {
    const operations = operationsOf();
    expect(operations.length).toBeGreaterThan(40);
    const seen = new Map<number, number>();
    for (const operation of operations) {
      const { described } = operation;
      const parameters = Object.fromEntries(
        (described.parameters ?? []).map(({ name, schema }) => [name, anythingLike(schema, schemas)]),
      );
      const content = Object.values(described.requestBody?.content ?? {})[0];
      const call = fc.record({
        values: fc.record(parameters, { requiredKeys: [] }),
        body: content === undefined ? fc.constant(undefined) : anythingLike(content.schema, schemas),
        raw: fc.option(
          fc.constantFrom(
            '',
            '{',
            '[]',
            'null',
            '"x"',
            '{"a":1,"a":2}',
            '\0',
            '{"__proto__":{"x":1}}',
            'x'.repeat(200_000),
          ),
          { freq: 8, nil: null },
        ),
        mode: fc.constantFrom('live' as const, 'test' as const),
        client: fc.constantFrom(null, team.client.live, team.client.test),
      });
      await fc.assert(
        fc.asyncProperty(call, async (made) => {
          const answer = await send(operation, made);
          seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
          await check(answer);
        }),
        { numRuns: runs, seed, endOnFailure: true },
      );
    }
    // A run that is refused everywhere has tried little.
    expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 400, 404]));
  });

  it('answers headers and targets that are too large, and methods and paths that are not there', async () => {
    const huge = { headers: { 'x-client-id': 'x'.repeat(20_000) } };
    expect(await refusal(team.test.get(`${base}/invoices`, huge))).toEqual([431, 'request.headers_too_large']);
    expect(await refusal(team.test.get(`${base}/invoices?q=${'x'.repeat(20_000)}`))).toEqual([
      414,
      'request.uri_too_long',
    ]);
    expect(await refusal(team.test.send('PUT', `${base}/invoices`))).toEqual([405, 'route.method_not_allowed']);
    expect(await refusal(team.test.get(`${base}/nothing/here`))).toEqual([404, 'route.not_found']);
    const large = JSON.stringify({ name: 'x'.repeat(1_100_000) });
    const json = { headers: { 'content-type': 'application/json' } };
    expect(await refusal(team.test.send('POST', `${base}/contacts`, large, json))).toEqual([413, 'request.too_large']);
  });
});

describe('an upload', () => {
  // What was made up above may have deleted what it was made with.
  beforeAll(async () => {
    team = await world.team();
  });
  const boundary = 'edge';
  const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const head = (disposition: string) => `--${boundary}\r\nContent-Disposition: ${disposition}\r\n\r\n`;
  const end = `\r\n--${boundary}--\r\n`;
  const many = Array.from({ length: 1_200 }, (_, part) => `${head(`form-data; name="tags${part}"`)}x\r\n`).join('');

  it.each([
    ['nothing', '', type],
    ['no boundary', 'x', { 'content-type': 'multipart/form-data' }],
    ['another boundary', `--other\r\n\r\nx\r\n--other--`, type],
    ['an end that never comes', `${head('form-data; name="file"; filename="a.pdf"')}%PDF-`, type],
    ['a part without a name', `${head('form-data')}x${end}`, type],
    ['a part of another kind', `${head('attachment; name="file"')}x${end}`, type],
    ['more parts than any form has', `${many}--${boundary}--\r\n`, type],
    ['a file that is a text', `${head('form-data; name="file"')}x${end}`, type],
    ['a NUL in a text', `${head('form-data; name="externalId"')}a\0b${end}`, type],
    [
      'two files',
      `${head('form-data; name="file"; filename="a"')}x\r\n${head('form-data; name="file"; filename="b"')}y${end}`,
      type,
    ],
    ['JSON that says it is a form', '{"file": "x"}', type],
    [
      'a form that says it is JSON',
      `${head('form-data; name="file"; filename="a"')}x${end}`,
      { 'content-type': 'application/json' },
    ],
  ])('of %s is refused as such, and leaves nothing', async (_, payload, headers) => {
    const before = await stored();
    const answer = await team.test.send('POST', `${base}/invoices`, payload, {
      headers: { ...headers, 'x-client-id': team.client.test },
    });
    const [status] = await refusal(Promise.resolve(answer));
    expect([400, 413, 415]).toContain(status);
    await check(answer);
    expect(await stored()).toEqual(before);
  });

  it('that is slow arrives, and one that is cut off leaves nothing behind', { timeout: 60_000 }, async () => {
    await world.t.platform.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = world.t.platform.app.server.address() as AddressInfo;
    const sent = form([{ name: 'file', value: pdf('slow'), fileName: 'slow.pdf' }], boundary);
    const request = [
      `POST ${base}/invoices HTTP/1.1`,
      'Host: 127.0.0.1',
      `Authorization: Bearer ${team.keys.test.key}`,
      `X-Client-Id: ${team.client.test}`,
      `Content-Type: ${sent.headers['content-type']}`,
      `Content-Length: ${sent.payload.length}`,
      'Connection: close',
      '\r\n',
    ].join('\r\n');
    const before = await stored();
    for (const part of [0, 0.5, 0.99]) {
      const socket = await opened(port);
      socket.write(request);
      socket.write(sent.payload.subarray(0, Math.floor(sent.payload.length * part)));
      await flushed(socket);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.destroy();
      await closed;
    }
    const half = await opened(port);
    half.write(request.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked'));
    half.write('5\r\n--edg\r\nnot a length\r\n');
    expect(await answered(half)).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/);

    const slow = await opened(port);
    slow.write(request);
    for (let at = 0; at < sent.payload.length; at += 40) {
      slow.write(sent.payload.subarray(at, at + 40));
      await flushed(slow);
    }
    expect(await answered(slow)).toMatch(/^HTTP\/1\.1 202 /);
    const after = await stored();
    expect([after.files, after.jobs]).toEqual([before.files + 1, before.jobs + 1]);
  });
});

/** What this team's uploads have left in the tables and in the store. */
async function stored() {
  const [row] = await world.rows<{ files: number; jobs: number }>(
    `select (select count(*)::int from test.invoices_files where workspace_id = $1) as files,
      (select count(*)::int from test.invoices_jobs where workspace_id = $1) as jobs`,
    [team.id],
  );
  let bytes = 0;
  for await (const _ of openFolderStore(folder).list(`${team.id}/test/`)) bytes++;
  return { files: row?.files ?? 0, jobs: row?.jobs ?? 0, bytes };
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** What was written has left this process, and the other side has had a turn. */
async function flushed(socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.write('', resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

function answered(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.once('close', () => resolve(text)).once('error', reject);
  });
}
