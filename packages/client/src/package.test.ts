import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPackage, run } from './installed-package.fixture.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const require = createRequire(import.meta.url);

let folder: string;
let installed: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, installed, remove } = await installPackage());
});
afterAll(() => remove?.());

const runNode = (script: string, args: readonly string[], cwd?: string) =>
  run(process.execPath, [script, ...args], cwd);

test('publint finds nothing to say about the package', async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages).toEqual([]);
});

test('the types are right for every way in which the package can be resolved', async () => {
  const checker = join(require.resolve('@arethetypeswrong/cli/package.json'), '..', 'dist', 'index.js');
  const { code, out } = await runNode(checker, [
    '--pack',
    installed,
    '--profile',
    'esm-only',
    '--no-emoji',
    '--no-color',
  ]);
  expect(code, out).toBe(0);
});

test('what is installed imports nothing but itself', async () => {
  const files = await readdir(join(installed, 'dist'), { recursive: true });
  const scripts = files.filter((file) => file.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(8);
  for (const file of scripts) {
    const text = await readFile(join(installed, 'dist', file), 'utf8');
    const imports = [...text.matchAll(/(?:^|[\s;}(])(?:from|import)\s*\(?['"]([^'"]+)['"]/gm)].map((match) => match[1]);
    expect(imports.filter((name) => !/^\.{1,2}\/.*\.js$/.test(name ?? ''))).toEqual([]);
    expect(text).not.toMatch(/\b(?:process|Buffer|require|__dirname)\b\s*[.(]/);
  }
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    dependencies?: object;
  };
  expect(dependencies).toBeUndefined();
});

test('a program in plain JavaScript and one in TypeScript use it from outside', async () => {
  await writeFile(
    join(folder, 'program.mjs'),
    `import { createScheduler, ModeError, verifyWebhook } from '@interlock/client';
import { verifyOutcome } from '@interlock/client/verify';
import { createRandomness } from '@interlock/client/services/randomness';
try { createScheduler({ baseUrl: 'http://127.0.0.1:1', key: 'sk_live_x' }).requireMode('test'); }
catch (error) { console.log(error instanceof ModeError, typeof verifyWebhook, typeof verifyOutcome, typeof createRandomness); }
`,
  );
  expect(await runNode(join(folder, 'program.mjs'), [], folder)).toEqual({
    code: 0,
    out: 'true function function function\n',
  });
  await writeFile(
    join(folder, 'program.ts'),
    `import { createScheduler, SchedulerError } from '@interlock/client';
const scheduler = createScheduler({ baseUrl: 'http://127.0.0.1:1', key: 'k' });
export async function ids(): Promise<string[]> {
  const found: string[] = [];
  for await (const delivery of scheduler.deliveries.list.all({ status: 'dead_letter' })) found.push(delivery.id);
  return found;
}
export const isGone = (error: unknown): boolean => error instanceof SchedulerError && error.code === 'schedule_not_found';
// @ts-expect-error an id is needed
scheduler.schedules.get({});
// @ts-expect-error there is no such field
scheduler.schedules.create({ endpoint: 'https://example.com', dealy: '1h' });
`,
  );
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom'];
  await symlink(join(root, 'node_modules', 'typescript'), join(folder, 'node_modules', 'typescript'));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  expect(await runNode(compiler, [...options, '--types', '', 'program.ts'], folder)).toEqual({ code: 0, out: '' });
});
