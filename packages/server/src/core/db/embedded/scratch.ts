import { chmod, chown, lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * A short-lived folder of one run, outside the database's own: its path is short enough for a Unix socket and others
 * can enter it. It is noted in the database's folder, so that the next start removes what a crash has left.
 */
export interface Scratch {
  folder: string;
  /** Private to the server's identity. */
  socketDirectory: string;
  give(owner: { uid: number; gid: number } | undefined): Promise<void>;
  remove(): Promise<void>;
}

export async function createScratch(home: string, root: boolean): Promise<Scratch> {
  const bases = [...new Set([tmpdir(), '/tmp', '/var/tmp'])];
  const enterable = await Promise.all(bases.map((base) => (root ? othersMayEnter(base) : true)));
  const base = chooseBase(bases.map((path, index) => ({ path, enterable: enterable[index] === true })));
  if (base === undefined) {
    throw new Error(`No folder for a socket was found among ${bases.join(', ')}: set TMPDIR to a short path.`);
  }
  const folder = await mkdtemp(join(base, prefix));
  await writeFile(join(home, note), folder, { mode: 0o600 });
  if (root) await chmod(folder, 0o711);
  const socketDirectory = join(folder, 's');
  await mkdir(socketDirectory, { mode: 0o700 });
  return {
    folder,
    socketDirectory,
    give: async (owner) => {
      if (owner) await chown(socketDirectory, owner.uid, owner.gid);
    },
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
      await rm(join(home, note), { force: true });
    },
  };
}

/** Removes the scratch folder that an earlier run has left, if the database's folder notes one that is still ours. */
export async function removeOldScratch(home: string): Promise<void> {
  const folder = await readFile(join(home, note), 'utf8').catch(() => '');
  if (!basename(folder).startsWith(prefix)) return;
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() && found.uid === (process.getuid?.() ?? found.uid)) {
    await rm(folder, { recursive: true, force: true });
  }
  await rm(join(home, note), { force: true });
}

/** The first base where a socket's path fits; the kernel's limit is 107 bytes on Linux and 103 on macOS. */
export function chooseBase(bases: readonly { path: string; enterable: boolean }[]): string | undefined {
  return bases.find(({ path, enterable }) => {
    const socket = join(path, `${prefix}XXXXXX`, 's', '.s.PGSQL.5432');
    return enterable && Buffer.byteLength(socket) <= 103;
  })?.path;
}

async function othersMayEnter(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory() || (found.mode & 0o001) === 0) return false;
  return dirname(path) === path || othersMayEnter(dirname(path));
}

const prefix = 'interlock-';
const note = 'scratch';
