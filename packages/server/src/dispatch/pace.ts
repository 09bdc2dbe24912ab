/** How many late deliveries may be started in the present moment. */
export interface Pace {
  readonly left: number;
  /** Takes one of them. */
  take(): void;
  stop(): void;
}

/** How long a moment is. Short, because what is started together stands together in the way of others. */
const momentMs = 10;
/** Up to this the event loop counts as free: timers of Node ring late by a millisecond anyway. */
const freeMs = 3;
const fewest = 2;
const first = 16;

/**
 * How many may be started in the next moment, after the event loop was late by so much: fewer at once when it had no time for
 * others, one by one more while it has and all were wanted (additive increase, multiplicative decrease).
 *
 * @see https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
 */
export function decidePace(allowed: number, left: number, lateMs: number, most: number): number {
  if (lateMs > freeMs) return Math.max(fewest, Math.floor(allowed * 0.7));
  return left > 0 ? allowed : Math.min(most, allowed + 1);
}

/**
 * Gives late work what the event loop has left. A backlog that took all it can would make what is due now late as well, which
 * helps nobody. Starts are counted, not what is out: a request that waits for a slow receiver costs nothing.
 *
 * @param most what one moment may ever start
 * @param onRoom called when there is room again
 */
export function createPace(most: number, onRoom: () => void): Pace {
  let allowed = Math.min(first, most);
  let left = allowed;
  let timer: NodeJS.Timeout | undefined;
  const look = (dueAt: number): void => {
    timer = undefined;
    const wasUsedUp = left === 0;
    allowed = decidePace(allowed, left, performance.now() - dueAt, most);
    left = allowed;
    if (wasUsedUp) onRoom();
  };
  return {
    get left() {
      return left;
    },
    take() {
      left--;
      timer ??= setTimeout(look, momentMs, performance.now() + momentMs).unref();
    },
    stop: () => clearTimeout(timer),
  };
}
