/** Where files lie that are too large for rows. Keys are paths of plain words, such as `ws_…/test/file_…`. */
export interface FileStore {
  /** Durable once it resolves. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** `null` when there is no such file. */
  get(key: string): Promise<Buffer | null>;
  /** Also when there is none. */
  remove(key: string): Promise<void>;
  /** Every file whose key begins so, in no order; also what a process that was killed left half written. */
  list(prefix: string): AsyncIterable<StoredFile>;
  close(): Promise<void>;
}

export interface StoredFile {
  readonly key: string;
  /** When it was put, in Unix milliseconds. */
  readonly storedAt: number;
}

/** What a request may do with files: only those of its own workspace and mode. */
export interface ScopedFiles {
  /** Kept if the transaction commits, taken away again if it is rolled back. */
  put(id: string, bytes: Uint8Array): Promise<void>;
  get(id: string): Promise<Buffer | null>;
  /** Taken away once the transaction has committed. */
  removeAfterCommit(id: string): void;
}

/** The key of one file: nothing in an id can lead out of its workspace and mode. */
export function fileKey(workspaceId: string, mode: 'live' | 'test', id: string): string {
  if (!/^[\w-]{1,100}$/.test(id)) throw new Error(`"${id}" is no id of a file`);
  return `${workspaceId}/${mode}/${id}`;
}

/** Whose file a key names; `null` for a key that no request makes. */
export function readFileKey(key: string): { workspaceId: string; mode: 'live' | 'test'; id: string } | null {
  const [workspaceId = '', mode, id = '', ...rest] = key.split('/');
  if (workspaceId === '' || id === '' || rest.length > 0 || (mode !== 'live' && mode !== 'test')) return null;
  return { workspaceId, mode, id };
}
