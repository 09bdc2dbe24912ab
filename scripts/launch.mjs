import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './builds.mjs';
import { orExplain, root, setup } from './setup.mjs';

const preload = new URL('./end-with-parent.mjs', import.meta.url).href;

/**
 * Where the runtime keeps what it has compiled: a command starts in half the time. Where this cannot be written, it compiles
 * each time.
 */
export const compileCache = join(root, 'node_modules', '.cache', 'compile');

/**
 * An idle server keeps the room that its start took for young objects: up to 134 MB of it without this bound, for the same
 * number of requests a second.
 */
export const memoryOptions = ['--max-semi-space-size=16'];

/**
 * Runs a program with the pinned runtime in this process's place: its terminal, its signals, its exit code. `builds: 'built'`
 * waits for what is made from the sources; with `'building'` it is made beside the program, which finds it when it is there,
 * and a failure is told while the program goes on.
 */
export async function launch(entry, args, { builds } = {}) {
  const runtime = await orExplain(async () => {
    const found = await setup();
    if (builds === 'built') await ensureBuilt(found);
    return found;
  });
  if (process.env.npm_lifecycle_event) await import(preload);
  const child = spawn(runtime, [...memoryOptions, '--import', preload, entry, ...args], {
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group, so the program has it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  if (builds === 'building') {
    // The first answer comes before the pages do.
    ensureBuilt(runtime, { priority: constants.priority.PRIORITY_LOW }).catch((error) =>
      process.stderr.write(`${error.message}\n`),
    );
  }
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${runtime} could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? 128 + (constants.signals[signal] ?? 0)));
  });
  process.exit(code);
}
