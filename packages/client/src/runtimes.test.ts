import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../../dashboard/src/testing/browser.ts';
import { generateSecret } from '../../server/src/core/signing-secrets/secret-text.ts';
import { sched } from '../../server/src/dispatch/signing/sched.ts';
import { createTestPlatform, type TestPlatform } from '../../server/src/testing/harness.ts';
import { type InstalledPackage, installPackage, run } from './installed-package.fixture.ts';

/** What a user's program does with the package, wherever it runs. */
const program = `
import { ApiError, createRandomness, createScheduler, ModeError, verifyWebhook } from './node_modules/@interlock/client/dist/index.js';

export async function main({ baseUrl, sameOrigin, keys, webhook }) {
  const seen = {};
  const randomness = createRandomness({ baseUrl, key: keys.test }).requireMode('test');
  try { createRandomness({ baseUrl, key: keys.live }).requireMode('test'); } catch (error) { seen.offline = error instanceof ModeError; }
  const draw = { count: 3, min: 1, max: 100, clientSeed: 'ci-fixture-loot' };
  const [one, two] = [await randomness.ints(draw), await randomness.ints(draw)];
  seen.draws = [one.mode, one.outcome.length, JSON.stringify(one.outcome) === JSON.stringify(two.outcome)];
  try { await randomness.ints({ ...draw, min: 9, max: 1 }); } catch (error) { seen.refusal = error instanceof ApiError && error.status; }
  const scheduler = createScheduler({ baseUrl: sameOrigin ?? baseUrl, key: keys.scheduler });
  const names = [];
  for await (const { name } of scheduler.endpoints.list.all({ limit: 2 })) names.push(name);
  seen.walk = names.sort();
  const body = new TextEncoder().encode(webhook.body);
  const options = { scheme: 'sched', secret: webhook.secret };
  const verdict = (text) => verifyWebhook(options, { headers: webhook.headers, body: text, method: 'POST', path: '/hook' });
  seen.webhooks = [(await verdict(body)).ok, (await verdict(webhook.body + ' ')).ok];
  return seen;
}
`;

const secret = generateSecret('base64');
const names = ['five', 'four', 'one', 'three', 'two'];

let t: TestPlatform;
let client: InstalledPackage;
let files: Server;
let facts: object;
beforeAll(async () => {
  client = await installPackage();
  t = await createTestPlatform();
  const baseUrl = await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  const workspace = await t.workspace();
  const key = async (service: string, mode: 'live' | 'test') => (await t.key(workspace, { service, mode })).key;
  const keys = {
    live: await key('randomness', 'live'),
    test: await key('randomness', 'test'),
    scheduler: await key('scheduler', 'test'),
  };
  for (const name of names) {
    const made = await t.as(keys.scheduler).post('/v1/endpoints', { url: 'https://example.com/', name });
    expect(made.status, made.text).toBe(201);
  }
  const body = '{ "order": 17,  "name": "Zoë" }';
  const headers = sched.sign({
    ...{ id: 'dlv_1', attempt: 1, timestamp: Date.now(), method: 'POST', path: '/hook' },
    body: Buffer.from(body),
    secrets: [secret],
  });
  facts = { baseUrl, keys, webhook: { body, headers, secret } };
  await writeFile(join(client.folder, 'program.js'), program);
  await writeFile(join(client.folder, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(client.folder, 'run.js'),
    `import { main } from './program.js';\nconsole.log(JSON.stringify(await main(${JSON.stringify(facts)})));\n`,
  );
  files = createServer((request, response) => void serve(request, response, baseUrl)).listen(0, '127.0.0.1');
});
afterAll(async () => {
  files?.closeAllConnections();
  files?.close();
  await t?.close();
  await client?.remove();
});

/** The package's files, and the scheduler at the page's own origin: it answers no page of another one. */
async function serve(request: IncomingMessage, response: ServerResponse, baseUrl: string): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://_');
  if (pathname.startsWith('/v1/')) {
    const { authorization = '' } = request.headers;
    const answer = await fetch(baseUrl + pathname + search, { headers: { authorization } });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    return;
  }
  const isScript = pathname.endsWith('.js');
  const bytes = isScript ? await readFile(join(client.folder, normalize(pathname))) : '<!doctype html>';
  response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' }).end(bytes);
}

const expected = {
  offline: true,
  draws: ['test', 3, true],
  refusal: 400,
  walk: names,
  webhooks: [true, false],
};

const runtimes: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['Node', process.execPath, ['run.js']],
  ['Deno', 'deno', ['run', '--no-prompt', '--allow-net', '--allow-read', 'run.js']],
  ['Bun', 'bun', ['run', 'run.js']],
];
for (const [name, command, args] of runtimes) {
  test.skipIf(spawnSync(command, ['--version']).status !== 0)(
    `the same program runs in ${name} (skipped where that is not installed)`,
    async () => {
      const { code, out } = await run(command, args, client.folder);
      expect([code, out.trim()]).toEqual([0, JSON.stringify(expected)]);
    },
  );
}

test('the same program runs in a page and in a worker of a browser', async () => {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const sameOrigin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    const given = { ...facts, sameOrigin };
    await page.goto(sameOrigin);
    // As text: the test runner rewrites an import() that it sees.
    const inPage = await page.evaluate(`import('/program.js').then(({ main }) => main(${JSON.stringify(given)}))`);
    expect(inPage).toEqual(expected);
    const inWorker = await page.evaluate(
      ({ given }) =>
        new Promise((resolve, reject) => {
          const text = `import { main } from '${location.origin}/program.js';
            onmessage = ({ data }) => main(data).then(postMessage, (error) => postMessage(String(error)));
            postMessage('ready');`;
          const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
          const worker = new Worker(url, { type: 'module' });
          worker.onerror = (event) => reject(new Error(event.message));
          worker.onmessage = ({ data }) => (data === 'ready' ? worker.postMessage(given) : resolve(data));
        }),
      { given },
    );
    expect(inWorker).toEqual(expected);
  } finally {
    await browser.close();
  }
});
