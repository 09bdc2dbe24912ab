/** How often what is under way is looked through. */
const sweepMs = 25;

/** What waits for something, and gives up. */
export interface Expiring {
  /** Ends it if its time is over; `now` is the machine's monotonic clock. */
  expireBy(now: number): void;
}

/** Ends what takes too long. */
export interface Sweeper {
  /** Goes on sweeping until nothing is under way. */
  wake(): void;
  stop(): void;
}

/**
 * One timer for all requests, which ends them a sweep too late at most: a deadline is a number to compare with, where
 * three timers for each request took 7 % of the whole request's time.
 */
export function createSweeper(running: ReadonlySet<Expiring>): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const sweep = (): void => {
    if (running.size === 0) stop();
    const now = performance.now();
    for (const exchange of running) exchange.expireBy(now);
  };
  return {
    wake() {
      timer ??= setInterval(sweep, sweepMs);
    },
    stop,
  };
}
