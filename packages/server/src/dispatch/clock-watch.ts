import type { Database } from '../core/db/database.ts';
import type { Clock } from '../core/sources.ts';

/** How far this node's clock is from the database's, by which all nodes mean the same instant. */
export interface ClockWatch {
  /** Milliseconds that this node is ahead; `null` before the first measurement. */
  readonly offsetMs: number | null;
  /** Whether it is so far off that deliveries would leave early or late. */
  readonly isOff: boolean;
  /** Measures once. */
  measure(): Promise<void>;
  start(): void;
  stop(): void;
}

const everyMs = 10_000;
/** A node further off than this dispatches nothing. */
const maxOffsetMs = 1_000;

/** Measures against the database every 10 s; so that no instant means two things. */
export function createClockWatch(options: {
  readonly database: Pick<Database, 'pools'>;
  readonly clock: Clock;
  /** Called whenever the clock has gone off, or is right again. */
  readonly onChange: (isOff: boolean, offsetMs: number) => void;
}): ClockWatch {
  const { database, clock, onChange } = options;
  let offsetMs: number | null = null;
  let isOff = false;
  let timer: NodeJS.Timeout | undefined;

  const measure = async (): Promise<void> => {
    const before = Math.floor(clock.now());
    const { rows } = await database.pools.live_dispatch.query<{ at: string }>(
      'select extract(epoch from clock_timestamp()) * 1000 as at',
    );
    const after = Math.floor(clock.now());
    // In whole milliseconds, as clocks of Node may count: half of one beyond them is no offset.
    offsetMs = decideOffset(before, after, Math.floor(Number(rows[0]?.at)));
    const wasOff = isOff;
    isOff = Math.abs(offsetMs) > maxOffsetMs;
    if (isOff !== wasOff) onChange(isOff, offsetMs);
  };

  return {
    get offsetMs() {
      return offsetMs;
    },
    get isOff() {
      return isOff;
    },
    measure,
    start() {
      // A database that does not answer is the leases' to notice.
      const turn = (): void => void measure().catch(() => {});
      turn();
      timer = setInterval(turn, everyMs);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}

/**
 * How far a clock is ahead of another that was read between two readings of its own. The other may have been read at
 * any instant between the two, so only what lies outside of them counts.
 */
export function decideOffset(before: number, after: number, other: number): number {
  if (other < before) return before - other;
  if (other > after) return after - other;
  return 0;
}
