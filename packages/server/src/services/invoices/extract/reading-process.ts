// biome-ignore lint/style/noRestrictedImports: lists the threads of this process and lowers its claim to memory, and nothing else
import { readdirSync, writeFileSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: a process lowers its own priority
import { setPriority } from 'node:os';
// biome-ignore lint/style/noRestrictedImports: this is a process of its own
import process from 'node:process';
// biome-ignore lint/style/noRestrictedImports: a thread has a limit of memory, and can be ended
import { Worker } from 'node:worker_threads';
import type { ReadingNews, ReadingOrder } from './document-readers.ts';
import type { ReadingBounds } from './extraction.ts';
import { failed } from './reading-failure.ts';

/*
 * The other side of `createDocumentReaders`: one document after the other is read in a thread, and this thread hears
 * meanwhile that the server is gone.
 */

const lowered = 10;
giveWay();

// The server alone says when it ends: a terminal and a supervisor send their signals to every process of it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

let thread: Worker | null = null;
process.on('message', (order: ReadingOrder) => {
  thread ??= start(order.bounds);
  thread.postMessage(order);
});

function start({ maxMemoryMb }: ReadingBounds): Worker {
  const started = new Worker(new URL('./reader-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
  });
  started.on('message', tell);
  started.on('error', (error: NodeJS.ErrnoException) => {
    thread = null;
    const extraction =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? failed('extract.out_of_memory')
        : failed('internal.error', `The reader failed: ${error.message}`);
    tell({ type: 'done', extraction });
  });
  return started;
}

function tell(news: ReadingNews): void {
  process.send?.(news);
}

/**
 * Reading gives way to answering: on a busy machine the threads of this process, and those that they start, get what the
 * server and its database leave. Where memory runs out, it is this process that the kernel ends. Linux alone has both.
 */
function giveWay(): void {
  try {
    for (const id of readdirSync('/proc/self/task')) setPriority(Number(id), lowered);
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    setPriority(lowered);
  }
}
