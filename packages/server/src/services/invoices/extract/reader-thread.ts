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

parentPort?.on('message', async ({ bytes, hints, bounds }: Order) => {
  const extraction = await readDocument(bytes, hints, bounds, (stage) =>
    parentPort?.postMessage({ type: 'stage', stage }),
  );
  parentPort?.postMessage({ type: 'done', extraction });
});
