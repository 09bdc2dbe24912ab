import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSecret } from '../packages/server/src/core/signing-secrets/secret-text.ts';
import { composeWebhook } from '../packages/server/src/dispatch/webhooks/compose.ts';
import { provableDialect } from '../packages/server/src/dispatch/webhooks/dialects.ts';
import { createTestPlatform, type TestPlatform } from '../packages/server/src/testing/harness.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let t: TestPlatform;
/** A folder as a reader has it after `npm start`: with `.interlock/dev.env` in it. */
let folder: string;
let variables: Record<string, string>;

beforeAll(async () => {
  t = await createTestPlatform();
  const url = await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  t.platform.setPublicUrl(url);
  const workspace = await t.workspace();
  variables = {
    INTERLOCK_URL: url,
    PROVABLE_API_KEY: (await t.key(workspace, { mode: 'live' })).key,
    PROVABLE_API_KEY_TEST: (await t.key(workspace, { mode: 'test' })).key,
    PARSEO_API_KEY_TEST: (await t.key(workspace, { service: 'invoices', mode: 'test' })).key,
    PIVOTAL_API_KEY_TEST: (await t.key(workspace, { service: 'onboarding', mode: 'test' })).key,
    SCHED_API_KEY: (await t.key(workspace, { service: 'scheduler', mode: 'live' })).key,
    SCHED_API_KEY_TEST: (await t.key(workspace, { service: 'scheduler', mode: 'test' })).key,
    PARSEO_API_KEY: (await t.key(workspace, { service: 'invoices', mode: 'live' })).key,
    PIVOTAL_API_KEY: (await t.key(workspace, { service: 'onboarding', mode: 'live' })).key,
  };
  folder = mkdtempSync(join(tmpdir(), 'interlock-examples-'));
  mkdirSync(join(folder, '.interlock'));
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.interlock', 'dev.env'), lines.join(''));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await t.close();
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in a process of its own, as a reader does whose shell has exported `dev.env`. */
function run(command: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const { NODE_ENV: _, CI: __, ...env } = process.env;
  const child = spawn(command, args, { cwd: root, ...options, env: { ...env, ...(options.env ?? variables) } });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      texts[name] += chunk.toString();
    });
  }
  return new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });
}

/** Objects that stand one after the other, as two calls of curl print them. */
function objectsIn(text: string): { mode: string; outcome: unknown }[] {
  return JSON.parse(`[${text.replaceAll('}{', '},{')}]`) as { mode: string; outcome: unknown }[];
}

describe.skipIf(!hasCurl)('with curl (skipped where the machine has none)', () => {
  test('the first request of the README answers in test mode, with the same numbers each time', async () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const command = /```sh\n(\. \.interlock\/dev\.env\ncurl [\s\S]*?)```/.exec(readme)?.[1];
    expect(command, 'the README has a block that begins with ". .interlock/dev.env" and calls curl').toBeDefined();
    const answers: unknown[] = [];
    for (let time = 0; time < 2; time++) {
      const { code, stdout } = await run('sh', ['-c', command ?? ''], { cwd: folder, env: {} });
      expect(code).toBe(0);
      const [answer] = objectsIn(stdout);
      expect(answer?.mode).toBe('test');
      answers.push(answer?.outcome);
    }
    expect(answers[1]).toEqual(answers[0]);
  });

  test('randomness-test-keys.sh prints the same numbers twice', async () => {
    const { code, stdout } = await run('sh', ['examples/randomness-test-keys.sh']);
    expect(code).toBe(0);
    const [first, second] = objectsIn(stdout);
    expect(first?.mode).toBe('test');
    expect(first?.outcome).toHaveLength(3);
    expect(second?.outcome).toEqual(first?.outcome);
  });
});

// Programs of their own follow the first two, against servers that the guides set up.
const guidesWithoutRequests = new Set([
  'docs/guides/add-modes-to-your-api.md',
  'docs/guides/build-a-service.md',
  'docs/guides/ci-smoke-tests.md',
  'docs/guides/go-live.md',
]);
const pages = [
  'docs/index.md',
  ...['docs/concepts', 'docs/guides'].flatMap((place) =>
    readdirSync(join(root, place)).map((name) => `${place}/${name}`),
  ),
  'docs/services/randomness.md',
  'docs/services/scheduler.md',
  'docs/services/invoices.md',
  'docs/services/onboarding.md',
].filter((page) => !guidesWithoutRequests.has(page));

/** The commands of a page, each with the answer that the page shows; `…` stands for what it leaves out. */
function commandsOf(page: string): { page: string; command: string; shown: string }[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/```sh\n(curl [\s\S]*?)```\s+```json\n([\s\S]*?)```/g)].map(
    ([, command = '', shown = '']) => ({ page, command, shown }),
  );
}

test.each(pages)('%s shows a request and its answer', (page) => {
  expect(commandsOf(page).length).toBeGreaterThan(0);
});

describe.skipIf(!hasCurl)('with curl (skipped where the machine has none)', () => {
  test.each(pages.flatMap(commandsOf))('$page: $command', async ({ command, shown }) => {
    const { stdout } = await run('sh', ['-c', command]);
    const answer = JSON.parse(stdout) as Record<string, unknown>;
    const promised = JSON.parse(shown.replace(/,\s*…/, '')) as Record<string, unknown>;
    // Seeds, and what follows from them, are each account's own; names, modes and refusals are not.
    expect(Object.keys(answer)).toEqual(expect.arrayContaining(Object.keys(promised)));
    for (const fixed of ['mode', 'code', 'error', 'param', 'endpoint', 'count', 'clientSeed', 'algorithm', 'nonce']) {
      expect({ [fixed]: answer[fixed] }).toEqual({ [fixed]: promised[fixed] ?? answer[fixed] });
    }
    if (!shown.includes('…')) expect(Object.keys(promised)).toEqual(Object.keys(answer));
  });
});

test.skipIf(!hasCurl)('schedule-in-both-modes.sh makes a test schedule that a live key does not find', async () => {
  const { code, stdout } = await run('sh', ['examples/schedule-in-both-modes.sh']);
  expect(code).toBe(0);
  const [schedule = '', ...statuses] = stdout.trim().split('\n');
  expect(JSON.parse(schedule)).toMatchObject({
    object: 'schedule',
    mode: 'test',
    endpoint: 'https://example.com/hooks/orders',
    method: 'POST',
    state: 'active',
  });
  expect(statuses).toEqual(['200', '404', '200']);
});

test.skipIf(!hasCurl)('invoices-in-test-mode.sh uploads, lists contacts, and is refused a live client', async () => {
  writeFileSync(join(folder, 'invoice.pdf'), '%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\nstartxref\n0\n%%EOF\n');
  const { code, stdout } = await run('sh', [join(root, 'examples/invoices-in-test-mode.sh')], { cwd: folder });
  expect(code).toBe(0);
  const [uploaded, contacts, refused] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(uploaded).toEqual({ jobId: expect.stringMatching(/^job_test_/), status: 'processing' });
  expect(contacts).toMatchObject({ items: [], hasMore: false });
  expect(refused).toMatchObject({
    type: 'https://docs.parseo.app/errors/error-registry',
    title: 'Client mode mismatch',
    status: 400,
    code: 'validation.client_mode_mismatch',
    detail: 'The referenced client belongs to a different mode than the authenticating key.',
  });
});

test('ci-smoke-test.mjs is content with test keys, time after time, and refuses a live one', async () => {
  for (let time = 0; time < 2; time++) {
    const { code, stdout, stderr } = await run(process.execPath, ['examples/ci-smoke-test.mjs']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^smoke test .+: scheduled, found, canceled; drew \d+, \d+, \d+ twice\n$/);
  }
  const env = { ...variables, SCHED_API_KEY_TEST: variables['SCHED_API_KEY'] ?? '' };
  const refused = await run(process.execPath, ['examples/ci-smoke-test.mjs'], { env });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('this is a live key');
});

test('use-the-client.mjs is what the page shows, and works', async () => {
  const program = readFileSync(join(root, 'examples/use-the-client.mjs'), 'utf8');
  const page = readFileSync(join(root, 'docs/guides/client.md'), 'utf8');
  const shown = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  expect(shown).toHaveLength(4);
  for (const text of shown) expect(program).toContain(text);
  const { code, stdout, stderr } = await run(process.execPath, ['examples/use-the-client.mjs']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toBe('test made once\nfound on some page\n404 schedule_not_found id\n');
});

test('verify-offline.mjs finds a live outcome sound, and a changed one not', async () => {
  const { code, stdout, stderr } = await run(process.execPath, ['examples/verify-offline.mjs']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^(common|rare|legendary): commitment, values, receipt hold\nchanged afterwards: /);
});

test('loot-drop.spec.js writes its snapshot in the first run and meets it in the second, which may write none', async () => {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'examples/vitest.config.js'];
  const env = { ...variables, INTERLOCK_HOME: join(folder, '.interlock') };
  const first = await run(process.execPath, args, { env });
  expect(first.stdout).toMatch(/2 written/);
  expect(first.code).toBe(0);
  const second = await run(process.execPath, args, { env: { ...env, CI: 'true' } });
  expect(second.stdout).not.toMatch(/written/);
  expect(second.code).toBe(0);
});

test.each([
  { mode: 'test', environment: 'production', code: 1 },
  { mode: 'test', environment: 'development', code: 0 },
  { mode: 'live', environment: 'production', code: 0 },
])('refuse-test-outcomes.mjs: $mode outcome in $environment ends with $code', async ({ mode, environment, code }) => {
  const key = mode === 'test' ? variables['PROVABLE_API_KEY_TEST'] : variables['PROVABLE_API_KEY'];
  const ran = await run(process.execPath, ['examples/refuse-test-outcomes.mjs'], {
    env: { ...variables, PROVABLE_API_KEY: key ?? '', NODE_ENV: environment },
  });
  expect(ran.code).toBe(code);
  if (code === 0) expect(ran.stdout).toMatch(new RegExp(`^${mode}: \\d+\\n$`));
  else expect(ran.stderr).toContain('refusing to use a test-mode outcome in production');
});

describe('verify-webhook.mjs', () => {
  const program = readFileSync(join(root, 'examples/verify-webhook.mjs'), 'utf8');
  const secret = generateSecret('base64');

  test('is what the page shows', () => {
    const page = readFileSync(join(root, 'docs/concepts/webhooks.md'), 'utf8');
    const shown = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? 'nothing';
    expect(program).toContain(shown);
  });

  test.each([
    { what: 'a webhook as it is sent', secrets: [secret], agedMs: 0, status: 204, says: 'holds' },
    {
      what: 'one during a rotation',
      secrets: [generateSecret('base64'), secret],
      agedMs: 0,
      status: 204,
      says: 'holds',
    },
    {
      what: 'one of somebody else',
      secrets: [generateSecret('base64')],
      agedMs: 0,
      status: 401,
      says: 'does not hold',
    },
    { what: 'one without a signature', secrets: [], agedMs: 0, status: 401, says: 'does not hold' },
    { what: 'one that is played again', secrets: [secret], agedMs: 600_000, status: 401, says: 'does not hold' },
  ])('answers $what with $status', async ({ secrets, agedMs, status, says }) => {
    const env = { ...(process.env as Record<string, string>), WEBHOOK_SECRET: secret, PORT: '0' };
    const child = spawn(process.execPath, ['examples/verify-webhook.mjs'], { cwd: root, env });
    const lines: string[] = [];
    const url = await new Promise<string>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        lines.push(chunk.toString());
        resolve(lines[0]?.trim() ?? '');
      });
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const { headers, body } = composeWebhook(
      provableDialect(),
      {
        deliveryId: 'd',
        eventId: 'evt_1',
        eventType: 'outcome.created',
        mode: 'live',
        url,
        body: '{"id":"evt_1"}',
        attempt: 1,
        secrets,
      },
      Date.now() - agedMs,
    );
    const answer = await fetch(url, { method: 'POST', headers, body: String(body) });
    expect(answer.status).toBe(status);
    await ended;
    expect(lines.join('')).toContain(`evt_1: the signature ${says}`);
  });
});
