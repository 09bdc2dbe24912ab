// biome-ignore lint/style/noRestrictedImports: a process of its own keeps a hostile file from the server, and opens nothing outward
import { type ChildProcess, fork } from 'node:child_process';
import { defaultBounds, type Extraction, type ReadingBounds, type ReadingHints } from './extraction.ts';
import { failed } from './reading-failure.ts';

export interface DocumentReaders {
  /** Reads one document. Never rejects: what goes wrong is a failure with its code. */
  read(bytes: Uint8Array, hints?: ReadingHints): Promise<Extraction>;
  /** Ends the processes; documents that are being read fail. */
  close(): Promise<void>;
}

/** What a process that reads is sent. */
export interface ReadingOrder {
  readonly bytes: Uint8Array;
  readonly hints: ReadingHints;
  readonly bounds: ReadingBounds;
}

/** What it answers. */
export type ReadingNews =
  | { readonly type: 'stage'; readonly stage: 'ocr' }
  | { readonly type: 'done'; readonly extraction: Extraction };

interface Task {
  readonly bytes: Uint8Array;
  readonly hints: ReadingHints;
  readonly settle: (extraction: Extraction) => void;
}

interface Reader {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  task: Task | null;
  timer: NodeJS.Timeout | null;
  stage: 'reading' | 'ocr';
}

/** The next document finds its reader warm for so long; after that its memory is given back. */
const idleMs = 60_000;

/**
 * Reads documents in processes of their own, so that a hostile one costs its own reading and nothing else: a process that
 * takes more time or memory than the bounds allow is ended, its document fails, and the next document gets a new one. A
 * process is started when there is work for it, and does not keep this one alive while it has none.
 *
 * ```ts
 * const readers = createDocumentReaders({ atOnce: 2 });
 * const extraction = await readers.read(bytes, { language: 'de' });
 * ```
 */
export function createDocumentReaders(
  options: { atOnce?: number; bounds?: Partial<ReadingBounds> } = {},
): DocumentReaders {
  const bounds: ReadingBounds = { ...defaultBounds, ...options.bounds };
  const most = Math.max(1, options.atOnce ?? 2);
  const readers = new Set<Reader>();
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
        [...readers].map((reader) => drop(reader, failed('internal.error', 'The readers are closed.'))),
      );
    },
  };

  function next(): void {
    if (waiting.length === 0) return;
    const reader = [...readers].find((each) => each.task === null) ?? (readers.size < most ? start() : undefined);
    const task = reader === undefined ? undefined : waiting.shift();
    if (reader === undefined || task === undefined) return;
    clear(reader);
    reader.task = task;
    reader.stage = 'reading';
    hold(reader, true);
    reader.timer = setTimeout(() => {
      const code = reader.stage === 'ocr' ? 'ocr.timeout' : 'extract.timeout';
      void drop(reader, failed(code, `Reading took longer than ${bounds.timeoutMs} ms.`));
    }, bounds.timeoutMs);
    const order: ReadingOrder = { bytes: task.bytes, hints: task.hints, bounds };
    // That it could not be sent is heard as the end of the process.
    reader.process.send(order, () => undefined);
    next();
  }

  function start(): Reader {
    const child = fork(new URL('./reading-process.ts', import.meta.url), {
      serialization: 'advanced',
      // A stranger's file is read without the server's secrets, and what a parser prints about it is no line of its log.
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const ended = new Promise<void>((resolve) => {
      child.on('exit', () => resolve());
      child.on('error', () => resolve());
    });
    const reader: Reader = { process: child, ended, task: null, timer: null, stage: 'reading' };
    readers.add(reader);
    child.on('message', (news: ReadingNews) => {
      if (news.type === 'stage') reader.stage = news.stage;
      else finish(reader, news.extraction);
    });
    void ended.then(() => drop(reader, failed('internal.error', 'The reader ended.')));
    return reader;
  }

  function finish(reader: Reader, extraction: Extraction): void {
    const task = reader.task;
    clear(reader);
    reader.task = null;
    hold(reader, false);
    task?.settle(extraction);
    next();
    if (reader.task === null) reader.timer = setTimeout(() => void drop(reader), idleMs).unref();
  }

  async function drop(reader: Reader, extraction?: Extraction): Promise<void> {
    if (!readers.delete(reader)) return;
    if (extraction !== undefined) finish(reader, extraction);
    clear(reader);
    hold(reader, true);
    reader.process.kill('SIGKILL');
    await reader.ended;
  }
}

function clear(reader: Reader): void {
  if (reader.timer !== null) clearTimeout(reader.timer);
  reader.timer = null;
}

/** Whether this process waits for the other one before it ends. */
function hold({ process: child }: Reader, yes: boolean): void {
  if (yes) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}
