import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';

const source = fileURLToPath(new URL('..', import.meta.url));
const root = join(source, '..', '..');
const require = createRequire(import.meta.url);

/** A folder with the package as it would be installed, in `node_modules/@interlock/client`. */
let folder: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-client-'));
  installed = join(folder, 'node_modules', '@interlock', 'client');
  await mkdir(installed, { recursive: true });
  await cp(join(source, 'package.json'), join(installed, 'package.json'));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const built = await run(compiler, ['-p', join(source, 'tsconfig.build.json'), '--outDir', join(installed, 'dist')]);
  expect(built).toEqual({ code: 0, out: '' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(script: string, args: readonly string[], cwd = root) {
  const child = spawn(process.execPath, [script, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
  }
  return new Promise<{ code: number | null; out: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out }));
  });
}

test('publint finds nothing to say about the package', async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages).toEqual([]);
});

test('the types are right for every way in which the package can be resolved', async () => {
  const checker = join(require.resolve('@arethetypeswrong/cli/package.json'), '..', 'dist', 'index.js');
  const { code, out } = await run(checker, ['--pack', installed, '--profile', 'esm-only', '--no-emoji', '--no-color']);
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
  expect(await run(join(folder, 'program.mjs'), [], folder)).toEqual({
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
  expect(await run(compiler, [...options, '--types', '', 'program.ts'], folder)).toEqual({ code: 0, out: '' });
});
