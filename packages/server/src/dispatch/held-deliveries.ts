import { type Held, heldName } from './held.ts';

/** What one node has leased and not yet given up: waiting for its instant, for a slot, or out. */
export class HeldDeliveries {
  readonly #byName = new Map<string, Held>();
  readonly #perWorkspace = new Map<string, number>();

  get size(): number {
    return this.#byName.size;
  }

  [Symbol.iterator](): MapIterator<Held> {
    return this.#byName.values();
  }

  /** How many of them are of one workspace. */
  of({ mode, workspaceId }: Pick<Held, 'mode' | 'workspaceId'>): number {
    return this.#perWorkspace.get(`${mode} ${workspaceId}`) ?? 0;
  }

  /** Whether it is held still, and as this very object: not taken back, taken over or changed meanwhile. */
  has(held: Held): boolean {
    return this.#byName.get(heldName(held)) === held;
  }

  find(one: Pick<Held, 'mode' | 'workspaceId' | 'id'>): Held | undefined {
    return this.#byName.get(heldName(one));
  }

  add(held: Held): void {
    this.#byName.set(heldName(held), held);
    this.#perWorkspace.set(`${held.mode} ${held.workspaceId}`, this.of(held) + 1);
  }

  /** Puts a changed one in the place of what it was. */
  replace(held: Held): void {
    this.#byName.set(heldName(held), held);
  }

  /** Gives up this lease, whatever became of the object; `false` when it was given up already. */
  delete(held: Held): boolean {
    const name = heldName(held);
    if (this.#byName.get(name)?.token !== held.token) return false;
    this.#byName.delete(name);
    const left = this.of(held) - 1;
    const workspace = `${held.mode} ${held.workspaceId}`;
    if (left > 0) this.#perWorkspace.set(workspace, left);
    else this.#perWorkspace.delete(workspace);
    return true;
  }
}
