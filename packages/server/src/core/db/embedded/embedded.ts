import { chmod, mkdir, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connectionTo, dataFolder, InitialisationFailure, openCluster } from './cluster.ts';
import { complain } from './complaint.ts';
import { lockFolder } from './folder-lock.ts';
import { openLogFile } from './log-file.ts';
import { choosePlacement } from './placement.ts';
import { clearTheWay, LaunchFailure } from './postmaster.ts';
import { createScratch, removeOldScratch } from './scratch.ts';
import { supervise } from './supervisor.ts';

export interface EmbeddedPostgres {
  /** In the terms of `pg`: the host is the folder of a Unix socket, or the loopback address on Windows. */
  connection: { host: string; port: number; user: string; password: string; database: string };
  /** The server's process; another one after it had to be started again. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the PostgreSQL that comes with the packages on a folder of its own, making the database when there is none. */
export async function startEmbeddedPostgres({
  directory,
  log = () => {},
}: {
  directory: string;
  log?: (line: string) => void;
}): Promise<EmbeddedPostgres> {
  const logFilePath = join(directory, 'postgres.log');
  try {
    return await start(await makeHome(directory), log);
  } catch (error) {
    const output = error instanceof InitialisationFailure || error instanceof LaunchFailure ? error.output : undefined;
    const cause = error instanceof LaunchFailure ? (error.cause ?? error) : error;
    if (output === undefined && !isSystemError(error)) throw error;
    const problem = output === undefined ? { error: cause } : { error: cause, output };
    throw new Error(complain(directory, problem, logFilePath), { cause: error });
  }
}

async function start(home: string, log: (line: string) => void): Promise<EmbeddedPostgres> {
  const undo: (() => unknown)[] = [];
  const undoAll = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const lock = await lockFolder(home);
    undo.push(lock.release);
    await clearTheWay(dataFolder(home), log);
    await removeOldScratch(home);
    const scratch = await createScratch(home, process.getuid?.() === 0);
    undo.push(scratch.remove);
    const logFile = await openLogFile(join(home, 'postgres.log'));
    undo.push(logFile.close);
    const placement = await choosePlacement(home, scratch);
    const { data, password } = await openCluster(home, placement, scratch);
    const { socketDirectory } = scratch;
    const port = process.platform === 'win32' ? await freePort() : 5432;
    const supervisor = await supervise({ placement, data, socketDirectory, port, logFile }, log);
    undo.push(supervisor.stop);
    let stopped: Promise<void> | undefined;
    return {
      connection: connectionTo({ host: process.platform === 'win32' ? '127.0.0.1' : socketDirectory, port }, password),
      get pid() {
        return supervisor.pid;
      },
      stop: () => {
        stopped ??= undoAll();
        return stopped;
      },
    };
  } catch (error) {
    await undoAll();
    throw error;
  }
}

/** The folder is ours alone; as root it can be passed through, by the account that the server runs as. */
async function makeHome(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, process.getuid?.() === 0 ? 0o711 : 0o700);
  return realpath(directory);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 5432;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
