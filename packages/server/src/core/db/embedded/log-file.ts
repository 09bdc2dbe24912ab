import { copyFile, type FileHandle, open, stat, truncate } from 'node:fs/promises';

export interface LogFile {
  path: string;
  handle: FileHandle;
  /** What was written since a position. */
  since(position: number): Promise<string>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/**
 * PostgreSQL's log: a file that it appends to itself, so that nothing is lost or blocked when this process is busy or
 * dies, kept below twice a bound by moving its contents aside.
 */
export async function openLogFile(path: string, { maxBytes = 2_000_000, everyMs = 30_000 } = {}): Promise<LogFile> {
  await setAside(path, maxBytes);
  const handle = await open(path, 'a+', 0o600);
  const timer = setInterval(() => setAside(path, maxBytes).catch(() => {}), everyMs);
  timer.unref();
  return {
    path,
    handle,
    size: async () => (await handle.stat()).size,
    since: async (position) => {
      const { size } = await handle.stat();
      const from = position > size ? 0 : position;
      const { buffer } = await handle.read(Buffer.alloc(Math.min(size - from, 16_384)), { position: from });
      return buffer.toString('utf8');
    },
    close: async () => {
      clearInterval(timer);
      await handle.close();
    },
  };
}

/** Copy and truncate: the server keeps its descriptor, and appending to a truncated file starts at its beginning. */
async function setAside(path: string, maxBytes: number): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found || found.size <= maxBytes) return;
  await copyFile(path, `${path}.1`);
  await truncate(path);
}
