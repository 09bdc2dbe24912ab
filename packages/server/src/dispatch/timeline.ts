/** The clock that instants are measured on, and what wakes up by it. */
export interface Timers {
  /** Unix milliseconds. */
  now(): number;
  /** Calls `fn` once, after `ms` milliseconds or, with 0, as soon as other work had its turn; returns what cancels it. */
  setTimer(ms: number, fn: () => void): () => void;
}

export interface TimelineOptions<T> {
  readonly timers: Timers;
  /** Receives what is due, in the order of the instants, so many at a time. */
  readonly release: (due: readonly T[]) => void;
  /** The most that one call of `release` receives before other work has its turn; 64 unless told otherwise. */
  readonly slice?: number;
}

/** What falls due in the next seconds, held in memory. */
export interface Timeline<T> {
  /** Adds a value, or moves it if the id is there already. */
  add(id: string, dueAt: number, value: T): void;
  /** Whether there was something to cancel. */
  cancel(id: string): boolean;
  /** Takes everything out without releasing it, as when the node stops. */
  drain(): T[];
  readonly size: number;
}

/** The longest sleep: a clock that is set while everything waits is noticed this soon. */
const maxSleepMs = 1_000;

interface Entry<T> {
  readonly id: string;
  readonly dueAt: number;
  /** Keeps entries of one instant in the order they came. */
  readonly order: number;
  readonly value: T;
}

/**
 * Releases each value at its instant, never before it on the given clock. One timer serves all: it is armed for the
 * earliest instant, and looks at the clock when it rings, because a timer of Node can ring up to a millisecond early by
 * a clock of whole milliseconds. Thousands due at one instant are released in slices, with other work in between.
 */
export function createTimeline<T>({ timers, release, slice = 64 }: TimelineOptions<T>): Timeline<T> {
  const entries = new Map<string, Entry<T>>();
  const heap = new Heap<Entry<T>>(isBefore);
  let added = 0;
  let armedFor = Number.POSITIVE_INFINITY;
  let disarm = (): void => {};

  /** The earliest entry; what was canceled or moved is dropped on the way. */
  const earliest = (): Entry<T> | undefined => {
    for (let top = heap.peek(); top !== undefined; top = heap.peek()) {
      if (entries.get(top.id) === top) return top;
      heap.pop();
    }
    return undefined;
  };
  const arm = (): void => {
    const dueAt = earliest()?.dueAt ?? Number.POSITIVE_INFINITY;
    if (dueAt === armedFor) return;
    disarm();
    armedFor = dueAt;
    if (dueAt === Number.POSITIVE_INFINITY) return;
    disarm = timers.setTimer(Math.min(maxSleepMs, Math.max(0, dueAt - timers.now())), ring);
  };
  const ring = (): void => {
    armedFor = Number.POSITIVE_INFINITY;
    disarm = () => {};
    const now = timers.now();
    const due: T[] = [];
    for (let top = earliest(); due.length < slice && top !== undefined && top.dueAt <= now; top = earliest()) {
      heap.pop();
      entries.delete(top.id);
      due.push(top.value);
    }
    // Armed before anything is released: an error there must not stop the clock for the others.
    arm();
    if (due.length > 0) release(due);
  };

  return {
    add(id, dueAt, value) {
      const entry: Entry<T> = { id, dueAt, order: added++, value };
      entries.set(id, entry);
      heap.push(entry);
      arm();
    },
    cancel(id) {
      const found = entries.delete(id);
      if (found) arm();
      return found;
    },
    drain() {
      const all = [...entries.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1)).map((entry) => entry.value);
      entries.clear();
      arm();
      return all;
    },
    get size() {
      return entries.size;
    },
  };
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}

/** A binary heap with the smallest item on top. */
class Heap<T> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = items[parentAt] as T;
      if (!this.#isBefore(item, parent)) break;
      items[at] = parent;
      at = parentAt;
    }
    items[at] = item;
  }

  pop(): void {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= items.length) break;
      if (childAt + 1 < items.length && this.#isBefore(items[childAt + 1] as T, items[childAt] as T)) childAt++;
      if (!this.#isBefore(items[childAt] as T, last)) break;
      items[at] = items[childAt] as T;
      at = childAt;
    }
    items[at] = last;
  }
}
