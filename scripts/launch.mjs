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
 * An idle server keeps the room that its start took for young objects: up to 134 MB of it without a bound, for the same number
 * of requests a second.
 *
 * And where most of what one place in the code made was still in use at a collection, V8 makes what it makes there on the old
 * heap from then on, for good. The first burst of requests after a start is such a moment, and the rows that the driver reads
 * and the objects that views make are such places: each page of twenty rows then left 17 KB of the old heap behind, what stood
 * there kept the rest of the request alive, and a collection of the young heap took 25 ms and more instead of 2.
 */
export const memoryOptions = ['--max-semi-space-size=16', '--no-allocation-site-pretenuring'];

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
