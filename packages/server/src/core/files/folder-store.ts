import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { csprng } from '../sources.ts';
import type { FileStore, StoredFile } from './file-store.ts';

/** Files in a folder of this machine, for its owner's eyes only. */
export function openFolderStore(folder: string): FileStore {
  const pathOf = (key: string): string => join(folder, key);
  return {
    async put(key, bytes) {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
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
