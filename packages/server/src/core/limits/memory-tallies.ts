import type { LimitAlgorithm, Tally } from './window.ts';

/** A tally in memory, which moves on with the time. */
export interface MovingTally extends Tally {
  /** Lets go of what has left the window. */
  moveTo(now: number): void;
  add(now: number): void;
}

/** The tallies of all callers of one window. */
export interface Tallies {
  /** The caller's tally, moved to this instant. */
  of(who: string, now: number): MovingTally;
  readonly size: number;
}

/** Callers that have not come for a window are forgotten, a few at each new caller, so that no request waits for a sweep. */
const looksPerNewcomer = 2;

export function createTallies(algorithm: LimitAlgorithm, windowMs: number): Tallies {
  const tallies = new Map<string, MovingTally>();
  const create = (): MovingTally => new kinds[algorithm](windowMs);
  let sweep = tallies.entries();
  const forgetSome = (now: number): void => {
    for (let looks = 0; looks < looksPerNewcomer; looks++) {
      const { value, done } = sweep.next();
      if (done === true) {
        sweep = tallies.entries();
        return;
      }
      const [who, tally] = value;
      tally.moveTo(now);
      if (tally.current === 0 && tally.previous === 0) tallies.delete(who);
    }
  };
  return {
    of(who, now) {
      let tally = tallies.get(who);
      if (tally === undefined) {
        forgetSome(now);
        tally = create();
        tallies.set(who, tally);
      }
      tally.moveTo(now);
      return tally;
    },
    get size() {
      return tallies.size;
    },
  };
}

class FixedWindow implements MovingTally {
  start = 0;
  current = 0;
  readonly previous = 0;
  readonly #windowMs: number;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  moveTo(now: number): void {
    if (now - this.start >= this.#windowMs) this.current = 0;
  }

  add(now: number): void {
    if (this.current === 0) this.start = now;
    this.current++;
  }
}

class SlidingLog implements MovingTally {
  readonly previous = 0;
  readonly #windowMs: number;
  /** Ascending; what stands before `#head` has left. */
  #instants: number[] = [];
  #head = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get start(): number {
    return this.#instants[this.#head] ?? 0;
  }

  get current(): number {
    return this.#instants.length - this.#head;
  }

  moveTo(now: number): void {
    while (this.#head < this.#instants.length && now - this.start >= this.#windowMs) this.#head++;
    // At most as many as are kept, so that moving them costs no more than having added them did.
    if (this.#head > 0 && this.#head * 2 >= this.#instants.length) {
      this.#instants = this.#instants.slice(this.#head);
      this.#head = 0;
    }
  }

  add(now: number): void {
    this.#instants.push(now);
  }
}

class SlidingCounter implements MovingTally {
  start = 0;
  current = 0;
  previous = 0;
  readonly #windowMs: number;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  moveTo(now: number): void {
    const start = now - (now % this.#windowMs);
    if (start <= this.start) return;
    this.previous = start - this.start === this.#windowMs ? this.current : 0;
    this.current = 0;
    this.start = start;
  }

  add(_now: number): void {
    this.current++;
  }
}

const kinds = { fixed_window: FixedWindow, sliding_log: SlidingLog, sliding_counter: SlidingCounter };
