import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { csprng } from '../sources.ts';
import type { FileStore } from './file-store.ts';

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
        if ((error as { code?: string }).code === 'ENOENT') return null;
        throw error;
      }
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    async close() {},
  };
}
