import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** How many late deliveries may be started in the present moment. */
export interface Pace {
  readonly left: number;
  /** Takes one of them. */
  take(): void;
  stop(): void;
}

/** What a moment was like. */
export interface Moment {
  /** How many could still have been started. */
  readonly left: number;
  /** How late the event loop was at its end. */
  readonly lateMs: number;
  /** The part of it that the event loop was busy for. */
  readonly busy: number;
  /** Whether anything is to leave on time. */
  readonly isAwaited: boolean;
}

/** How long a moment is. Short, because what is started together stands together in the way of others. */
const momentMs = 10;
/** Up to this the event loop counts as free: timers of Node ring late by a millisecond anyway. */
const freeMs = 3;
/** What it may be busy for beside what leaves on time: the database and the receivers need the machine as well. */
const mostBusy = 0.4;
const fewest = 2;
const first = 16;

/**
 * How many may be started in the next moment: fewer at once when others had to wait in this one, or might have; one by one more
 * while they do not and all were wanted (additive increase, multiplicative decrease).
 *
 * @see https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
 */
export function decidePace(allowed: number, { left, lateMs, busy, isAwaited }: Moment, most: number): number {
  if (lateMs > freeMs || (isAwaited && busy > mostBusy)) return Math.max(fewest, Math.floor(allowed * 0.7));
  return left > 0 ? allowed : Math.min(most, allowed + 1);
}

/**
 * Gives late work what the event loop has left. A backlog that took all it can would make what is due now late as well, which
 * helps nobody. Starts are counted, not what is out: a request that waits for a slow receiver costs nothing.
 *
 * @param most what one moment may ever start
 */
export function createPace(
  most: number,
  { isAwaited, onRoom }: { readonly isAwaited: () => boolean; readonly onRoom: () => void },
): Pace {
  let allowed = Math.min(first, most);
  let left = allowed;
  let timer: NodeJS.Timeout | undefined;
  const look = (dueAt: number, before: EventLoopUtilization): void => {
    timer = undefined;
    const wasUsedUp = left === 0;
    const lateMs = performance.now() - dueAt;
    const { utilization: busy } = performance.eventLoopUtilization(before);
    allowed = decidePace(allowed, { left, lateMs, busy, isAwaited: isAwaited() }, most);
    left = allowed;
    if (wasUsedUp) onRoom();
  };
  return {
    get left() {
      return left;
    },
    take() {
      left--;
      timer ??= setTimeout(look, momentMs, performance.now() + momentMs, performance.eventLoopUtilization()).unref();
    },
    stop: () => clearTimeout(timer),
  };
}
