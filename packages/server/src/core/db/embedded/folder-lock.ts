import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface FolderLock {
  release(): void;
}

/** Another process has the folder. */
export class FolderInUse extends Error {}

/**
 * Takes the folder for this process or says who has it.
 *
 * The lock is the kernel's (an SQLite file opened exclusively is the only one Node can take), so it ends with its
 * holder however that dies, and a reused pid cannot hold it. The pid file beside it only serves the sentence.
 */
export async function lockFolder(folder: string, pid = process.pid): Promise<FolderLock> {
  const pidFile = join(folder, 'server.pid');
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw new Error(`The folder ${folder} could not be locked.`, { cause });
    throw new FolderInUse(refusal(folder, await readFile(pidFile, 'utf8').catch(() => '')), { cause });
  }
  await writeFile(pidFile, `${pid}\n`, { mode: 0o600 });
  return { release: () => database.isOpen && database.close() };
}

function refusal(folder: string, pidText: string): string {
  const holder = /^\d+\n$/.test(pidText) ? `process ${pidText.trim()}` : 'another process';
  return `The database in ${folder} is in use by ${holder}: stop it first, or give this one a folder of its own with INTERLOCK_HOME.`;
}

function isBusy(error: unknown): boolean {
  const busy = 5;
  return error instanceof Error && 'errcode' in error && error.errcode === busy;
}
