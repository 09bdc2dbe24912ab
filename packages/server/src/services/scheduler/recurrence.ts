import type { Cron } from './cron.ts';
import { countRuns, nextRun, type Run } from './next-run.ts';
import type { Zone } from './zone.ts';

/** A cron in a zone within bounds: the first `maxFires` of its runs from `startAt` to `endAt`, both included. */
export interface Recurrence {
  readonly cron: Cron;
  readonly zone: Zone;
  readonly bounds: Bounds;
}

/** What limits a recurring schedule; `null` where nothing does. Instants are Unix ms. */
export interface Bounds {
  readonly startAt: number | null;
  readonly endAt: number | null;
  readonly maxFires: number | null;
}

export const unbounded: Bounds = { startAt: null, endAt: null, maxFires: null };

/** Where a recurrence stands: what comes is strictly after an instant, and so many occurrences have been. */
export interface Progress {
  readonly after: number;
  readonly fired: number;
}

/** The next occurrence; `null` when the bounds permit no more. */
export function nextOccurrence({ cron, zone, bounds }: Recurrence, { after, fired }: Progress): Run | null {
  if (bounds.maxFires !== null && fired >= bounds.maxFires) return null;
  const run = nextRun(cron, zone, Math.max(after, (bounds.startAt ?? Number.NEGATIVE_INFINITY) - 1));
  return run !== null && run.at <= (bounds.endAt ?? Number.POSITIVE_INFINITY) ? run : null;
}

/** The next `count` occurrences, fewer when the bounds permit no more. */
export function nextOccurrences(recurrence: Recurrence, progress: Progress, count: number): Run[] {
  const runs: Run[] = [];
  let next = nextOccurrence(recurrence, progress);
  while (next !== null && runs.length < count) {
    runs.push(next);
    next = nextOccurrence(recurrence, { after: next.at, fired: progress.fired + runs.length });
  }
  return runs;
}

/** How many occurrences there are after `progress` and not later than `until`, without making them. */
export function countOccurrences(
  { cron, zone, bounds }: Recurrence,
  { after, fired }: Progress,
  until: number,
): number {
  const from = Math.max(after, (bounds.startAt ?? Number.NEGATIVE_INFINITY) - 1);
  const count = countRuns(cron, zone, from, Math.min(until, bounds.endAt ?? Number.POSITIVE_INFINITY));
  return Math.min(count, (bounds.maxFires ?? Number.POSITIVE_INFINITY) - fired);
}

/** The next occurrence at an instant that no delivery of the schedule has; those that are taken do not count. */
export function nextFreeOccurrence(recurrence: Recurrence, progress: Progress, taken: ReadonlySet<number>): Run | null {
  let next = nextOccurrence(recurrence, progress);
  while (next !== null && taken.has(next.at)) {
    next = nextOccurrence(recurrence, { after: next.at, fired: progress.fired });
  }
  return next;
}
