// biome-ignore lint/style/noRestrictedImports: a thread keeps a hostile file from the process, and opens nothing outward
import { Worker } from 'node:worker_threads';
import {
  defaultBounds,
  type Extraction,
  type FailureCode,
  failureCodes,
  type ReadingBounds,
  type ReadingHints,
} from './extraction.ts';

export interface DocumentReaders {
  /** Reads one document. Never rejects: what goes wrong is a failure with its code. */
  read(bytes: Uint8Array, hints?: ReadingHints): Promise<Extraction>;
  /** Ends the threads; documents that are being read fail. */
  close(): Promise<void>;
}

interface Task {
  readonly bytes: Uint8Array;
  readonly hints: ReadingHints;
  readonly settle: (extraction: Extraction) => void;
}

interface Thread {
  readonly worker: Worker;
  task: Task | null;
  timer: NodeJS.Timeout | null;
  stage: 'reading' | 'ocr';
}

/**
 * Reads documents in threads of their own, so that a hostile one costs its own reading and nothing else: a thread that
 * takes more time or memory than the bounds allow is ended, its document fails, and the next document gets a new thread.
 * A thread is started when there is work for it, and does not keep the process alive while it has none.
 *
 * ```ts
 * const readers = createDocumentReaders({ threads: 2 });
 * const extraction = await readers.read(bytes, { language: 'de' });
 * ```
 */
export function createDocumentReaders(
  options: { threads?: number; bounds?: Partial<ReadingBounds> } = {},
): DocumentReaders {
  const bounds: ReadingBounds = { ...defaultBounds, ...options.bounds };
  const most = Math.max(1, options.threads ?? 2);
  const threads = new Set<Thread>();
  const waiting: Task[] = [];
  let closed = false;

  return {
    read(bytes, hints = {}) {
      if (closed) return Promise.resolve(failed('internal.error', 'The readers are closed.'));
      if (bytes.length > bounds.maxBytes) {
        return Promise.resolve(
          failed('file.too_large', `The file has ${bytes.length} bytes; at most ${bounds.maxBytes} are read.`),
        );
      }
      return new Promise((settle) => {
        waiting.push({ bytes, hints, settle });
        next();
      });
    },
    async close() {
      closed = true;
      for (const task of waiting.splice(0)) task.settle(failed('internal.error', 'The readers are closed.'));
      await Promise.all(
        [...threads].map((thread) => drop(thread, failed('internal.error', 'The readers are closed.'))),
      );
    },
  };

  function next(): void {
    if (waiting.length === 0) return;
    const thread = [...threads].find((each) => each.task === null) ?? (threads.size < most ? start() : undefined);
    const task = thread === undefined ? undefined : waiting.shift();
    if (thread === undefined || task === undefined) return;
    thread.task = task;
    thread.stage = 'reading';
    thread.worker.ref();
    thread.timer = setTimeout(() => {
      const code = thread.stage === 'ocr' ? 'ocr.timeout' : 'extract.timeout';
      void drop(thread, failed(code, `Reading took longer than ${bounds.timeoutMs} ms.`));
    }, bounds.timeoutMs);
    thread.worker.postMessage({ bytes: task.bytes, hints: task.hints, bounds });
    next();
  }

  function start(): Thread {
    const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: bounds.maxMemoryMb, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
      // What a parser prints about a stranger's file is no line of the server's log.
      stdout: true,
      stderr: true,
    });
    const thread: Thread = { worker, task: null, timer: null, stage: 'reading' };
    threads.add(thread);
    worker.stdout.resume();
    worker.stderr.resume();
    worker.on('message', (message: { type: 'stage'; stage: 'ocr' } | { type: 'done'; extraction: Extraction }) => {
      if (message.type === 'stage') thread.stage = message.stage;
      else finish(thread, message.extraction);
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'extract.out_of_memory' : 'internal.error';
      void drop(thread, failed(code, code === 'internal.error' ? `The reader failed: ${error.message}` : undefined));
    });
    worker.on('exit', () => void drop(thread, failed('internal.error', 'The reader ended.')));
    worker.unref();
    return thread;
  }

  function finish(thread: Thread, extraction: Extraction): void {
    const task = thread.task;
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.task = null;
    thread.timer = null;
    thread.worker.unref();
    task?.settle(extraction);
    next();
  }

  async function drop(thread: Thread, extraction: Extraction): Promise<void> {
    if (!threads.delete(thread)) return;
    finish(thread, extraction);
    await thread.worker.terminate();
  }
}

function failed(code: FailureCode, message?: string): Extraction {
  return { type: 'failed', code, message: message ?? `Not read: ${failureCodes[code]}.` };
}
