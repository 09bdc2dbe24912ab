import type { MisfirePolicy } from './misfire-policy.ts';
import { countRuns, lastRun, nextRun, nthRun, type Run, runsBetween } from './next-run.ts';
import { countOccurrences, nextOccurrence, nextOccurrences, type Recurrence } from './recurrence.ts';

/** How a delivery is released; everything but `on_time` and `late` is left out of the SLO. */
export type FireClass = 'on_time' | 'late' | 'dst_shifted' | 'catch_up' | 'coalesced';

/** A delivery to send. */
export interface Release {
  readonly scheduledFor: number;
  readonly fireClass: FireClass;
  /** Of a coalesced delivery: the occurrences folded into it and the earliest of them. */
  readonly coalescedCount: number | null;
  readonly coalescedFrom: number | null;
}

/** A terminal row that stands for occurrences nobody will send: the latest of them, how many, and the earliest. */
export interface Expired {
  readonly scheduledFor: number;
  readonly coalescedCount: number;
  readonly coalescedFrom: number;
}

/** What to write, oldest first, and which occurrence comes next. */
export interface MisfireDecision {
  readonly releases: readonly Release[];
  readonly expired: readonly Expired[];
  readonly next: Run | null;
}

/** A recurring schedule of which an occurrence is due. */
export interface DueRecurrence {
  readonly recurrence: Recurrence;
  /** The earliest occurrence that has not fired, not later than `now`. */
  readonly due: Run;
  /** How many occurrences there were before it. */
  readonly fired: number;
  readonly policy: MisfirePolicy;
  readonly now: number;
}

/** Later than this is `late` (specification 2.5). */
const onTimeMs = 1000;

/**
 * Decides about all occurrences that are due and have not fired (specification 4.6). If the earliest is later than the
 * grace, they are missed together, and the mode decides; otherwise each is released.
 *
 * What it costs and what it returns is bounded by the window and by `maxFires`, however long nothing ran: older
 * occurrences are counted without being made, and one row stands for them.
 */
export function decideMisfire(input: DueRecurrence): MisfireDecision {
  const { recurrence, due, fired, now } = input;
  const total = 1 + countOccurrences(recurrence, { after: due.at, fired: fired + 1 }, now);
  const next = nextOccurrence(recurrence, { after: now, fired: fired + total });
  if (now - due.at <= input.policy.graceMs) {
    const releases = [due, ...nextOccurrences(recurrence, { after: due.at, fired: fired + 1 }, total - 1)];
    return { releases: releases.map((run) => release(run, now)), expired: [], next };
  }
  return { ...decideMissed(input, total), next };
}

/** A one-shot that is due. */
export interface DueOneShot extends Run {
  readonly deadline: number | null;
  readonly policy: MisfirePolicy;
  readonly now: number;
}

/** Decides about a one-shot: it is never skipped, and fires however late, unless its deadline has passed. */
export function decideLateOneShot({
  at,
  dst,
  deadline,
  policy,
  now,
}: DueOneShot): Release | { readonly type: 'expire' } {
  if (deadline !== null && now >= deadline) return { type: 'expire' };
  const run = release({ at, dst }, now);
  return now - at > policy.graceMs ? { ...run, fireClass: 'catch_up' } : run;
}

function release({ at, dst }: Run, now: number): Release {
  const fireClass = dst === 'gap_shifted' ? 'dst_shifted' : now - at > onTimeMs ? 'late' : 'on_time';
  return { scheduledFor: at, fireClass, coalescedCount: null, coalescedFrom: null };
}

function decideMissed(input: DueRecurrence, total: number): Pick<MisfireDecision, 'releases' | 'expired'> {
  const { recurrence, due, policy, now } = input;
  const { cron, zone } = recurrence;
  const until = endOfDue(input, total);
  const cutoff = Math.max(now - policy.windowMs, due.at);
  const old = due.at < cutoff ? 1 + countRuns(cron, zone, due.at, Math.min(until, cutoff - 1)) : 0;
  const oldRows = expiredBefore(recurrence, due, Math.min(until + 1, cutoff), old);
  if (old === total) return { releases: [], expired: oldRows };
  const inWindow = () =>
    (old === 0 ? [due] : []).concat(runsBetween(cron, zone, old === 0 ? due.at : cutoff - 1, until));
  switch (policy.mode) {
    case 'coalesce': {
      const first = old === 0 ? due : (nextRun(cron, zone, cutoff - 1) ?? due);
      const last = lastRun(cron, zone, due.at, until) ?? due;
      const folded = { coalescedCount: total - old, coalescedFrom: first.at };
      return { releases: [{ scheduledFor: last.at, fireClass: 'coalesced', ...folded }], expired: oldRows };
    }
    case 'catch_up': {
      const kept = inWindow().slice(-policy.maxFires);
      const releases = kept.map((run): Release => ({ ...release(run, now), fireClass: 'catch_up' }));
      return { releases, expired: expiredBefore(recurrence, due, kept[0]?.at ?? cutoff, total - kept.length) };
    }
    case 'skip': {
      const rows = inWindow().map(({ at }) => ({ scheduledFor: at, coalescedCount: 1, coalescedFrom: at }));
      return { releases: [], expired: [...oldRows, ...rows] };
    }
  }
}

/** The last instant at which one of the `total` occurrences from `due` on can lie. */
function endOfDue({ recurrence, due, fired, now }: DueRecurrence, total: number): number {
  const { cron, zone, bounds } = recurrence;
  const end = Math.min(now, bounds.endAt ?? now);
  const spent = fired + total >= (bounds.maxFires ?? Number.POSITIVE_INFINITY);
  return spent ? nthRun(cron, zone, due.at, end, total - 1) : end;
}

/** One row for the `count` occurrences from `due` on that lie before `end`. */
function expiredBefore({ cron, zone }: Recurrence, due: Run, end: number, count: number): Expired[] {
  if (count === 0) return [];
  const last = lastRun(cron, zone, due.at, end - 1) ?? due;
  return [{ scheduledFor: last.at, coalescedCount: count, coalescedFrom: due.at }];
}
