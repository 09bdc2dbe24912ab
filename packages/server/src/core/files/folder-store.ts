import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { csprng } from '../sources.ts';
import type { FileStore, StoredFile } from './file-store.ts';

/** Files in a folder of this machine, for its owner's eyes only. */
export function openFolderStore(folder: string): FileStore {
  const pathOf = (key: string): string => join(folder, key);
  return {
    async put(key, bytes) {
      const path = pathOf(key);
      const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Under another name first: a process that is killed in between leaves no half file where one is looked for.
      const draft = `${path}.${csprng.bytes(6).toString('hex')}.part`;
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, path);
      await syncFolders(dirname(path), made === undefined ? dirname(path) : dirname(made));
    },
    async get(key) {
      try {
        return await readFile(pathOf(key));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async *list(prefix) {
      // Whole folders first, so that one workspace costs its own folder alone.
      const from = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      for await (const path of filesBelow(pathOf(from))) {
        const key = relative(folder, path).split(sep).join('/');
        const storedAt = key.startsWith(prefix) ? await timeOf(path) : null;
        if (storedAt !== null) yield { key, storedAt } satisfies StoredFile;
      }
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    async close() {},
  };
}

/** What a folder names outlives a loss of power once the folder itself is written: the file, and each folder made for it. */
async function syncFolders(lowest: string, highest: string): Promise<void> {
  const last = resolve(highest);
  for (let folder = resolve(lowest); folder.startsWith(last); folder = dirname(folder)) {
    const handle = await open(folder).catch(orNoFolder);
    if (handle === null) return;
    await handle.sync().finally(() => handle.close());
    if (folder === last) return;
  }
}

/** Windows opens no folders. */
function orNoFolder(error: unknown): null {
  if (['EISDIR', 'EPERM'].includes((error as { code?: string }).code ?? '')) return null;
  throw error;
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  let entries: import('node:fs').Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** `null` for a file that somebody has taken away meanwhile. */
async function timeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: string }).code === 'ENOENT';
}
