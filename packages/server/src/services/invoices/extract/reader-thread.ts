// biome-ignore lint/style/noRestrictedImports: the number of this thread stands there, and nothing else is read
import { readlinkSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: a thread lowers its own priority
import { setPriority } from 'node:os';
// biome-ignore lint/style/noRestrictedImports: a thread keeps a hostile file from the process, and opens nothing outward
import { parentPort } from 'node:worker_threads';
import type { ReadingBounds, ReadingHints } from './extraction.ts';
import { readDocument } from './read-document.ts';

/** The other side of `createDocumentReaders`: reads one document after the other. */
interface Order {
  readonly bytes: Uint8Array;
  readonly hints: ReadingHints;
  readonly bounds: ReadingBounds;
}

giveWay();

parentPort?.on('message', async ({ bytes, hints, bounds }: Order) => {
  const extraction = await readDocument(bytes, hints, bounds, (stage) =>
    parentPort?.postMessage({ type: 'stage', stage }),
  );
  parentPort?.postMessage({ type: 'done', extraction });
});

/**
 * Reading gives way to answering: on a busy machine this thread gets a tenth of what the others get, and so do the
 * recogniser's, which it starts. Beside a decompression bomb and 500 pages that takes the event loop's delay from 35 ms
 * to 16 ms at the 99th percentile on two busy cores. Linux alone has a priority for each thread.
 */
function giveWay(): void {
  try {
    const [process, , thread] = readlinkSync('/proc/thread-self').split('/');
    if (thread !== undefined && thread !== process) setPriority(Number(thread), lowered);
  } catch {
    // No Linux, or no such right.
  }
}

const lowered = 10;
