import { decideMisfire, type FireClass } from './misfire.ts';
import type { MisfirePolicy } from './misfire-policy.ts';
import type { Run } from './next-run.ts';
import { nextFreeOccurrence, type Recurrence } from './recurrence.ts';

/** The occurrence of a recurring schedule that is kept ready, at the moment a node claims it. */
export interface ReadyOccurrence {
  readonly recurrence: Recurrence;
  readonly policy: MisfirePolicy;
  /** Its number, from 1. */
  readonly occurrence: number;
  readonly scheduledFor: number;
  readonly fireClass: string;
  /** A pause held it over its instant: what fell into the pause is not made up. */
  readonly pausedWhenDue: boolean;
  /** Instants ahead that have a delivery already. */
  readonly taken: ReadonlySet<number>;
  readonly now: number;
}

/** What a delivery stands for, or what is to be written about occurrences that nobody sends. */
export interface Outcome {
  readonly type: 'release' | 'expired';
  readonly scheduledFor: number;
  readonly fireClass: FireClass | null;
  readonly count: number | null;
  readonly from: number | null;
}

export interface OccurrencePlan {
  /** What becomes of the claimed delivery itself. */
  readonly own: Outcome;
  /** What else is due: deliveries to add, or rows that say what is not sent. */
  readonly others: readonly Outcome[];
  /** The occurrence to keep ready next, and its number. */
  readonly next: { readonly run: Run; readonly occurrence: number } | null;
}

/**
 * Decides what follows when the occurrence that is kept ready is claimed: misfire by its policy, and which occurrence is
 * kept ready next (specification 2.5, 4.6).
 */
export function decideOccurrence(ready: ReadyOccurrence): OccurrencePlan {
  const { recurrence, occurrence, scheduledFor, taken, now } = ready;
  const due: Run = { at: scheduledFor, dst: ready.fireClass === 'dst_shifted' ? 'gap_shifted' : 'none' };
  if (ready.pausedWhenDue || scheduledFor > now) {
    const after = Math.max(now, scheduledFor);
    return { own: unchanged(scheduledFor), others: [], next: follow(recurrence, after, occurrence, taken) };
  }
  const { releases, expired } = decideMisfire({
    recurrence,
    due,
    fired: occurrence - 1,
    policy: ready.policy,
    now,
  });
  const outcomes: Outcome[] = [
    ...releases.map(
      ({ scheduledFor: at, fireClass, coalescedCount: count, coalescedFrom: from }): Outcome => ({
        type: 'release',
        scheduledFor: at,
        fireClass,
        count,
        from,
      }),
    ),
    ...expired.map(
      ({ scheduledFor: at, coalescedCount: count, coalescedFrom: from }): Outcome => ({
        type: 'expired',
        scheduledFor: at,
        fireClass: null,
        count,
        from,
      }),
    ),
  ];
  // The claimed delivery becomes the row that its own occurrence went into.
  const own = outcomes.find(({ scheduledFor: at, from }) => (from ?? at) === scheduledFor) ?? unchanged(scheduledFor);
  const passed = outcomes.reduce((sum, { count }) => sum + (count ?? 1), 0);
  return {
    own,
    others: outcomes.filter((outcome) => outcome !== own),
    next: follow(recurrence, now, occurrence - 1 + passed, taken),
  };
}

/** @param fired how many occurrences there have been */
function follow(
  recurrence: Recurrence,
  after: number,
  fired: number,
  taken: ReadonlySet<number>,
): OccurrencePlan['next'] {
  const run = nextFreeOccurrence(recurrence, { after, fired }, taken);
  return run === null ? null : { run, occurrence: fired + 1 };
}

function unchanged(scheduledFor: number): Outcome {
  return { type: 'release', scheduledFor, fireClass: null, count: null, from: null };
}
