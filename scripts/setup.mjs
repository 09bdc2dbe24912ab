import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { areDependenciesCurrent } from './dependencies.mjs';
import { withLock } from './folder-lock.mjs';

/** The clone's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A refusal to start, told in one sentence without a stack. */
export class SetupError extends Error {}

/** Makes sure that the dependencies are installed and answers the path of the pinned runtime. */
export async function setup() {
  await ensureDependencies();
  return resolveRuntime();
}

/** Runs `work` and turns a refusal into its sentence and exit code 1. */
export async function orExplain(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

async function ensureDependencies() {
  if (areDependenciesCurrent(root)) return;
  try {
    await withLock(
      join(root, '.installing'),
      'Waiting for another process that installs the dependencies …',
      async () => {
        if (areDependenciesCurrent(root)) return;
        process.stderr.write('Installing the dependencies …\n');
        await npmCi();
      },
    );
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(`The dependencies could not be installed in ${root}: ${error.message}.`);
  }
}

/** Install scripts are not run: nothing here needs them. */
async function npmCi() {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const windows = process.platform === 'win32';
  const child = npm
    ? spawn(process.execPath, [npm, ...args], { cwd: root, env: npmEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('npm', args, { cwd: root, env: npmEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], shell: windows });
  let output = '';
  const keep = (chunk) => {
    output += chunk;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const end = () => child.kill();
  process.once('exit', end);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', resolve);
  });
  process.off('exit', end);
  if (code !== 0) {
    process.stderr.write(`${output.split('\n').slice(0, 15).join('\n').trimEnd()}\n`);
    throw new SetupError(
      `The dependencies could not be installed (npm ci: ${code}); see npm's words above, then try again.`,
    );
  }
}

/** Without what an outer npm says about its own run: a workspace or a dry run would be repeated by the inner one. */
function npmEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(lifecycle|package|command|config_(workspace|omit|include|production|dry_run))/i.test(name) &&
        name !== 'NODE_ENV',
    ),
  );
}

/** The pinned Node 24 when this machine has one, else the running Node when it is new enough. */
function resolveRuntime() {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned) && spawnSync(pinned, ['--version']).status === 0) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new SetupError(
    `Interlock needs Node 24 or newer, and no pinned one is installed for ${process.platform} ${process.arch}: this is Node ${process.versions.node}.`,
  );
}
