/** What is built from the sources and not committed: made when it is stale, before the tests run and beside the server. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { withLock } from './folder-lock.mjs';
import { root, SetupError } from './setup.mjs';

/**
 * Each build: the folder that it fills, what it is made of, and the program that makes it, told where to.
 * `inputs` are files and folders of the clone; what starts with a dot in a folder counts only if it is named.
 */
const builds = [
  {
    name: 'documentation site',
    output: 'docs/.vitepress/dist',
    inputs: [
      ...[
        'docs',
        'docs/.vitepress/config.ts',
        'docs/.vitepress/outside.ts',
        'docs/.vitepress/sidebar.ts',
        'docs/.vitepress/tsconfig.json',
      ],
      ...['docs/.vitepress/theme', 'examples', 'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
      ...['node_modules/vitepress/package.json', 'node_modules/vitepress-plugin-llms/package.json'],
    ],
    command: (folder) => ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs', '--outDir', folder],
  },
  {
    name: 'dashboard',
    output: 'packages/dashboard/dist',
    inputs: [
      ...['index.html', 'build.mjs', 'vite.config.ts', 'package.json', 'public', 'src'].map(
        (path) => `packages/dashboard/${path}`,
      ),
      'packages/client/src',
      ...['react', 'vite', '@mantine/core', '@tanstack/react-router', 'pdfjs-dist'].map(
        (name) => `node_modules/${name}/package.json`,
      ),
    ],
    command: (folder) => ['packages/dashboard/build.mjs', folder],
  },
];

/** Builds what is stale, side by side; all of it, or what is named. `priority` is the niceness of the builds, as nice(1) counts. */
export async function ensureBuilt(runtime, { names = builds.map(({ name }) => name), priority } = {}) {
  await Promise.all(builds.filter(({ name }) => names.includes(name)).map((build) => ensure(build, runtime, priority)));
}

async function ensure(build, runtime, priority) {
  if (isCurrent(build)) return;
  const { name, output } = build;
  await withLock(
    join(root, `${output}.building`),
    `Waiting for another process that builds the ${name} …`,
    async () => {
      if (isCurrent(build)) return;
      process.stderr.write(`Building the ${name} …\n`);
      const stamp = digestOf(build.inputs);
      const fresh = join(root, `${output}.new`);
      const old = join(root, `${output}.old`);
      for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
      const { code, text } = await run(runtime, build.command(fresh), priority);
      if (code !== 0) throw new SetupError(`The ${name} could not be built:\n${text.trim()}`);
      writeFileSync(join(fresh, stampName), stamp);
      // Readers find the old one or the new one, never half of one.
      mkdirSync(join(root, output), { recursive: true });
      renameSync(join(root, output), old);
      renameSync(fresh, join(root, output));
      rmSync(old, { recursive: true, force: true });
      process.stderr.write(`The ${name} is built.\n`);
    },
  );
}

const preload = new URL('./end-with-parent.mjs', import.meta.url).href;
const stampName = '.built-from';

function isCurrent({ output, inputs }) {
  try {
    return readFileSync(join(root, output, stampName), 'utf8') === digestOf(inputs);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function digestOf(inputs) {
  const digest = createHash('sha256');
  for (const path of inputs.flatMap(filesAt)) {
    digest
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return digest.digest('hex');
}

function filesAt(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .filter((name) => !name.startsWith('.') && name !== 'node_modules')
    .sort()
    .flatMap((name) => filesAt(`${path}/${name}`));
}

function run(runtime, args, priority) {
  const child = spawn(runtime, ['--import', preload, ...args], {
    cwd: root,
    // Whoever runs the server in production still reads pages that were built for production.
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (priority !== undefined && child.pid !== undefined) setPriority(child.pid, priority);
  const end = () => child.kill();
  process.once('exit', end);
  let text = '';
  const keep = (chunk) => {
    text += chunk;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, text: error.message }));
    child.once('close', (code) => {
      process.off('exit', end);
      resolve({ code: code ?? 1, text });
    });
  });
}
