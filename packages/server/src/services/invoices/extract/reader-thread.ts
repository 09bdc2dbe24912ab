// biome-ignore lint/style/noRestrictedImports: a thread keeps a hostile file from its process, and opens nothing outward
import { parentPort } from 'node:worker_threads';
import type { ReadingNews, ReadingOrder } from './document-readers.ts';
import { readDocument } from './read-document.ts';

/** Reads one document after the other, within the memory that its process allows it. */
parentPort?.on('message', async ({ bytes, hints, bounds }: ReadingOrder) => {
  const extraction = await readDocument(bytes, hints, bounds, (stage) => tell({ type: 'stage', stage }));
  tell({ type: 'done', extraction });
});

function tell(news: ReadingNews): void {
  parentPort?.postMessage(news);
}
