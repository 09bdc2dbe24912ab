import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FileStore } from './file-store.ts';
import { openFolderStore } from './folder-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function keysOf(store: FileStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys.sort();
}

test.each([
  ['an absolute', (path: string) => path],
  ['a relative', (path: string) => relative('.', path)],
])(
  'a file is kept in %s folder that is made for it, for its owner alone, and nothing else is left there',
  async (_, spelled) => {
    const store = openFolderStore(spelled(join(folder, 'deep', 'files')));
    await store.put('ws_1/test/file_a', Buffer.from('first'));
    await store.put('ws_1/test/file_a', Buffer.from('second'));
    expect(String(await store.get('ws_1/test/file_a'))).toBe('second');
    expect(await readdir(join(folder, 'deep/files/ws_1/test'))).toEqual(['file_a']);
    expect((await stat(join(folder, 'deep/files/ws_1'))).mode & 0o077).toBe(0);
    expect((await stat(join(folder, 'deep/files/ws_1/test/file_a'))).mode & 0o077).toBe(0);
  },
);

test('only the files of a prefix are listed, and what is taken away is gone', async () => {
  const store = openFolderStore(folder);
  for (const key of ['ws_1/test/a', 'ws_1/live/b', 'ws_10/test/c']) await store.put(key, Buffer.from(key));
  expect(await keysOf(store, 'ws_1/')).toEqual(['ws_1/live/b', 'ws_1/test/a']);
  await store.remove('ws_1/test/a');
  await store.remove('ws_1/test/a');
  expect(await store.get('ws_1/test/a')).toBeNull();
  expect(await keysOf(store, 'ws_1/')).toEqual(['ws_1/live/b']);
  expect(await keysOf(openFolderStore(join(folder, 'nowhere')), '')).toEqual([]);
});
