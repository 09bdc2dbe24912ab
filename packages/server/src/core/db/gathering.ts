export interface GatheringOptions<Item> {
  /** How many of a key may be on their way at once. */
  readonly maxOpen: number;
  /** How many items travel together. */
  readonly maxTogether: number;
  /** Takes what travels together on its way; done when there is room for the next. */
  readonly leave: (together: Item[]) => Promise<void>;
}

interface Queue<Item> {
  waiting: Item[];
  open: number;
  planned: boolean;
}

/** Items of one key that arrive together, or while others are on their way, leave together. */
export class Gathering<Item> {
  readonly #options: GatheringOptions<Item>;
  readonly #queues = new Map<string, Queue<Item>>();

  constructor(options: GatheringOptions<Item>) {
    this.#options = options;
  }

  add(key: string, item: Item): void {
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = { waiting: [], open: 0, planned: false };
      this.#queues.set(key, queue);
    }
    queue.waiting.push(item);
    this.#plan(key, queue);
  }

  /** Not before the turn ends, so that what arrived together travels together. */
  #plan(key: string, queue: Queue<Item>): void {
    const { maxOpen, maxTogether, leave } = this.#options;
    if (queue.planned || queue.open === maxOpen || queue.waiting.length === 0) return;
    queue.planned = true;
    setImmediate(() => {
      queue.planned = false;
      queue.open++;
      void leave(queue.waiting.splice(0, maxTogether)).then(() => {
        queue.open--;
        if (queue.open === 0 && queue.waiting.length === 0) this.#queues.delete(key);
        else this.#plan(key, queue);
      });
      this.#plan(key, queue);
    });
  }
}
