import type { Mode } from '../mode.ts';
import { type FileStore, fileKey, type ScopedFiles } from './file-store.ts';

/** The files of one request, tied to what becomes of its transaction. */
export class RequestFiles implements ScopedFiles {
  readonly #store: FileStore;
  readonly #workspaceId: string;
  readonly #mode: Mode;
  #put: string[] = [];
  #removed: string[] = [];

  constructor(store: FileStore, workspaceId: string, mode: Mode) {
    this.#store = store;
    this.#workspaceId = workspaceId;
    this.#mode = mode;
  }

  async put(id: string, bytes: Uint8Array): Promise<void> {
    const key = fileKey(this.#workspaceId, this.#mode, id);
    this.#put.push(key);
    await this.#store.put(key, bytes);
  }

  get(id: string): Promise<Buffer | null> {
    return this.#store.get(fileKey(this.#workspaceId, this.#mode, id));
  }

  removeAfterCommit(id: string): void {
    this.#removed.push(fileKey(this.#workspaceId, this.#mode, id));
  }

  /** Nobody waits: what a file that cannot be removed just now needs is a sweep, not an error to its caller. */
  committed(): void {
    this.#put = [];
    this.#remove(this.#removed.splice(0));
  }

  rolledBack(): void {
    this.#removed = [];
    this.#remove(this.#put.splice(0));
  }

  #remove(keys: readonly string[]): void {
    for (const key of keys) void this.#store.remove(key).catch(() => {});
  }
}
