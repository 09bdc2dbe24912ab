/**
 * One at a time for each name, in this process: requests with one idempotency key wait here, where waiting costs
 * nothing, and not in the database, where each would hold a connection.
 */
export class InFlight {
  readonly #running = new Map<string, Promise<void>>();

  /**
   * Runs the work when no other of this name is running.
   *
   * @param waitMs how long to wait for the others; 0 gives up at once
   * @returns `null` when the wait ended first
   */
  async alone<T>(name: string, waitMs: number, work: () => Promise<T>): Promise<{ result: T } | null> {
    const deadline = performance.now() + waitMs;
    for (let other = this.#running.get(name); other !== undefined; other = this.#running.get(name)) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || !(await endsWithin(other, leftMs))) return null;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#running.set(name, promise);
    try {
      return { result: await work() };
    } finally {
      this.#running.delete(name);
      resolve();
    }
  }
}

async function endsWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([promise.then(() => true as const), late]).finally(() => clearTimeout(timer));
}
