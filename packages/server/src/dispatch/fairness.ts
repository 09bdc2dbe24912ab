import { type Mode, modes } from '../core/mode.ts';

export interface FairQueueOptions {
  /** How many entries may be in flight at once. */
  readonly slots: number;
  /** How many of them one workspace may have in one mode. */
  readonly perWorkspace: number;
  /** The part of the slots that test entries never take; 0.75 unless told otherwise. */
  readonly reservedForLive?: number;
}

/** Entries that are due, by workspace and mode. */
export interface FairQueue<T extends object> {
  add(mode: Mode, workspaceId: string, entry: T): void;
  /** The entry that goes next, now in flight; `null` while nothing may go. */
  next(): Released<T> | null;
  /** Entries that wait. */
  readonly waiting: number;
  readonly inFlight: number;
  /** Takes out everything that waits, as when the node stops. */
  drain(): T[];
}

export interface Released<T> {
  readonly entry: T;
  /** Gives the slot back; once, however often it is called. */
  done(): void;
}

/** One workspace in one mode. */
interface Lane<T extends object> {
  readonly key: string;
  readonly entries: Fifo<T>;
  inFlight: number;
  /** Whether it stands in the line of lanes that can go. */
  queued: boolean;
}

/**
 * Releases due entries in turns: every workspace that has any gives one before anybody gives a second, so the length
 * of one's backlog is nothing to the others. Live goes before test and keeps slots for itself. Each step costs the same
 * however much waits.
 *
 * @see https://en.wikipedia.org/wiki/Deficit_round_robin, here with every entry of size one
 */
export function createFairQueue<T extends object>(options: FairQueueOptions): FairQueue<T> {
  const limits = {
    live: options.slots,
    // At least one: on a tiny node a late live delivery is better than a test delivery that never goes.
    test: Math.max(1, Math.floor(options.slots * (1 - (options.reservedForLive ?? 0.75)))),
  };
  const lanes = { live: new Map<string, Lane<T>>(), test: new Map<string, Lane<T>>() };
  const lines = { live: new Fifo<Lane<T>>(), test: new Fifo<Lane<T>>() };
  const inFlight = { live: 0, test: 0 };
  let waiting = 0;

  const enqueue = (mode: Mode, lane: Lane<T>): void => {
    if (lane.queued || lane.entries.size === 0 || lane.inFlight >= options.perWorkspace) return;
    lane.queued = true;
    lines[mode].push(lane);
  };
  const release = (mode: Mode): Released<T> | null => {
    if (inFlight.live + inFlight.test >= options.slots || inFlight[mode] >= limits[mode]) return null;
    const lane = lines[mode].shift();
    const entry = lane?.entries.shift();
    if (lane === undefined || entry === undefined) return null;
    lane.queued = false;
    lane.inFlight++;
    inFlight[mode]++;
    waiting--;
    enqueue(mode, lane);
    let isDone = false;
    return {
      entry,
      done() {
        if (isDone) return;
        isDone = true;
        lane.inFlight--;
        inFlight[mode]--;
        enqueue(mode, lane);
        if (lane.inFlight === 0 && lane.entries.size === 0) lanes[mode].delete(lane.key);
      },
    };
  };

  return {
    add(mode, workspaceId, entry) {
      let lane = lanes[mode].get(workspaceId);
      if (lane === undefined) {
        lane = { key: workspaceId, entries: new Fifo(), inFlight: 0, queued: false };
        lanes[mode].set(workspaceId, lane);
      }
      lane.entries.push(entry);
      waiting++;
      enqueue(mode, lane);
    },
    next: () => release('live') ?? release('test'),
    get waiting() {
      return waiting;
    },
    get inFlight() {
      return inFlight.live + inFlight.test;
    },
    drain() {
      const all: T[] = [];
      for (const mode of modes) {
        while (lines[mode].shift() !== undefined);
        for (const lane of lanes[mode].values()) {
          lane.queued = false;
          for (let entry = lane.entries.shift(); entry !== undefined; entry = lane.entries.shift()) all.push(entry);
          if (lane.inFlight === 0) lanes[mode].delete(lane.key);
        }
      }
      waiting = 0;
      return all;
    },
  };
}

/** A queue whose ends both cost the same at any length; `shift` of an array moves all that remains. */
class Fifo<T> {
  #items: T[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#first++];
    // Half of it gone: cutting it off moves no more items than have been taken.
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
