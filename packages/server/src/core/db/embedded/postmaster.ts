import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from './binaries.ts';
import { type Command, commandAs } from './command.ts';
import type { LogFile } from './log-file.ts';
import { findOccupant } from './occupant.ts';
import { decidePidFile, readPidFile } from './pid-file.ts';
import type { Placement } from './placement.ts';
import { run } from './run.ts';
import { postgresSettings, settingArguments } from './settings.ts';
import { stopProcess } from './stop-process.ts';

export interface Postmaster {
  pid: number;
  /** Settles when the server has ended, for whatever reason. */
  ended: Promise<void>;
  stop(): Promise<void>;
  /** Asks it to stop and does not wait. */
  interrupt(): void;
}

export interface Launch {
  placement: Placement;
  data: string;
  socketDirectory: string;
  port: number;
  logFile: LogFile;
}

/** The server ended before it was ready; `output` is what it wrote. */
export class LaunchFailure extends Error {
  readonly output: string;
  constructor(output: string, cause?: unknown) {
    super('PostgreSQL did not start', { cause });
    this.output = output;
  }
}

/** Starts the server and waits until it accepts connections. */
export async function launchPostmaster(launch: Launch): Promise<Postmaster> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    try {
      return await attempt(launch);
    } catch (error) {
      // The sessions of a server that was killed need a moment to notice; until then its shared memory is in use.
      const passing = error instanceof LaunchFailure && /pre-existing shared memory block/.test(error.output);
      if (!passing || performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

/** Stops what a killed process left running on this data and removes pid files that mean nothing any more. */
export async function clearTheWay(data: string, log: (line: string) => void): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const file = readPidFile(await readFile(path, 'utf8').catch(() => ''));
  const meaning = decidePidFile(file, file ? await findOccupant(file.pid, data) : 'gone');
  if (meaning.type === 'orphan') {
    log(`A PostgreSQL left over from an earlier run (process ${meaning.pid}) is stopped first.`);
    await stopProcess(meaning.pid);
  }
  if (meaning.type === 'orphan' || meaning.type === 'stale') await rm(path, { force: true });
}

async function attempt({ placement, data, socketDirectory, port, logFile }: Launch): Promise<Postmaster> {
  const settings = postgresSettings({ platform: process.platform, socketDirectory, port });
  const command = commandAs(
    placement.identity,
    [
      program(placement.binaries, 'postgres', process.platform),
      '-D',
      placement.dataArgument(data),
      ...settingArguments(settings),
    ],
    { endsWithParent: placement.endsWithParent },
  );
  const start = await logFile.size();
  const child = spawn(command.file, command.args, {
    ...command.options,
    cwd: data,
    // A group of its own: Ctrl-C in a terminal is for us, and the server must outlive our last transactions.
    detached: true,
    windowsHide: true,
    stdio: ['ignore', logFile.handle.fd, logFile.handle.fd],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let running = true;
  ended.then(() => {
    running = false;
  });
  const spawned = await Promise.race([once(child, 'spawn').then(() => undefined), once(child, 'error')]).catch(
    (error: unknown) => [error],
  );
  const pid = child.pid;
  if (spawned !== undefined || pid === undefined) throw new LaunchFailure('', spawned?.[0]);
  child.unref();

  for (let file = await readPid(data); !(file?.pid === pid && file.ready); file = await readPid(data)) {
    if (!running) throw new LaunchFailure(await logFile.since(start));
    await sleep(5);
  }
  return {
    pid,
    ended,
    stop: async () => {
      if (!running) return;
      child.ref();
      if (process.platform === 'win32') await run(stopOnWindows(placement, data));
      else await stopProcess(pid);
      await ended;
    },
    interrupt: () => {
      if (running) child.kill('SIGINT');
    },
  };
}

async function readPid(data: string) {
  return readPidFile(await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => ''));
}

/** There are no signals on Windows. */
function stopOnWindows(placement: Placement, data: string): Command {
  return commandAs(placement.identity, [
    program(placement.binaries, 'pg_ctl', process.platform),
    'stop',
    '-D',
    data,
    '-m',
    'fast',
    '-w',
  ]);
}
