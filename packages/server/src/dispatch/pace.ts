/** How many slots late work may take at this moment. */
export interface Pace {
  readonly slots: number;
  start(): void;
  stop(): void;
}

const lookEveryMs = 20;
/** Up to this the event loop counts as free: timers of Node ring late by a millisecond anyway. */
const freeMs = 3;
const fewest = 4;

/**
 * How many slots come next, after the event loop was late by so much: fewer at once when it had no time for others, one
 * by one more while it has (additive increase, multiplicative decrease).
 *
 * @see https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
 */
export function decidePace(slots: number, lateMs: number, most: number): number {
  if (lateMs > freeMs) return Math.max(fewest, Math.floor(slots * 0.7));
  return Math.min(most, slots + 1);
}

/**
 * Gives late work what the event loop has left. A backlog that took all it can would make what is due now late as
 * well, which helps nobody.
 *
 * @param onRoom called when there is more room than before
 */
export function createPace(most: number, onRoom: () => void): Pace {
  let slots = Math.min(32, most);
  let timer: NodeJS.Timeout | undefined;
  const look = (dueAt: number): void => {
    const next = decidePace(slots, performance.now() - dueAt, most);
    const grows = next > slots;
    slots = next;
    arm();
    if (grows) onRoom();
  };
  const arm = (): void => {
    timer = setTimeout(look, lookEveryMs, performance.now() + lookEveryMs).unref();
  };
  return {
    get slots() {
      return slots;
    },
    start: arm,
    stop: () => clearTimeout(timer),
  };
}
