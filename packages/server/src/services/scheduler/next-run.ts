import type { Cron } from './cron.ts';
import { countMatches, matches, nextMatch } from './cron-calendar.ts';
import { horizonOf } from './horizon.ts';
import type { Dst } from './wall-time.ts';
import type { Era, Zone } from './zone.ts';

/** One instant (Unix ms) at which a cron fires, and what daylight saving did to it. */
export interface Run {
  readonly at: number;
  readonly dst: Dst;
}

/**
 * The first run strictly after an instant; `null` when none comes within ten years (specification 4.4, 4.5).
 *
 * Goes from era to era: within one the offset is constant, so the runs are the matches of the calendar moved by it. A
 * fixed-time cron leaves out the second pass of a repeated hour, and the matches of a gap come after it, moved by its
 * length. What falls on one instant is one run.
 */
export function nextRun(cron: Cron, zone: Zone, after: number): Run | null {
  const horizon = horizonOf(after);
  let from = after + 1;
  while (from <= horizon) {
    const era = zone.eraAt(from);
    const run = firstInEra(cron, era, from);
    if (run !== null) return run.at <= horizon ? run : null;
    from = era.end;
  }
  return null;
}

/** The first `count` runs strictly after an instant. */
export function nextRuns(cron: Cron, zone: Zone, after: number, count: number): Run[] {
  return take(cron, zone, after, (_, length) => length < count);
}

/** All runs strictly after `after` and not later than `until`; the caller bounds the stretch. */
export function runsBetween(cron: Cron, zone: Zone, after: number, until: number): Run[] {
  return take(cron, zone, after, (run) => run.at <= until);
}

/** How many runs there are strictly after `after` and not later than `until`, without making them. */
export function countRuns(cron: Cron, zone: Zone, after: number, until: number): number {
  let count = 0;
  let from = after + 1;
  while (from <= until) {
    const era = zone.eraAt(from);
    const end = Math.min(until + 1, era.end);
    count += countMatches(cron, Math.max(from, firstPass(cron, era)) + era.offset, end + era.offset);
    count += countShifted(cron, era, from, end);
    from = end;
  }
  return count;
}

/** The last run strictly after `after` and not later than `until`, by halving what lies between. */
export function lastRun(cron: Cron, zone: Zone, after: number, until: number): Run | null {
  const first = nextRun(cron, zone, after);
  if (first === null || first.at > until) return null;
  let last = first;
  let end = until;
  while (last.at < end) {
    const middle = Math.floor((last.at + end) / 2);
    const run = nextRun(cron, zone, middle);
    if (run !== null && run.at <= end) last = run;
    else end = middle;
  }
  return last;
}

/**
 * The instant of the n-th run strictly after `after`, by halving; `after` itself when `n` is 0.
 *
 * @param until not earlier than that run
 */
export function nthRun(cron: Cron, zone: Zone, after: number, until: number, n: number): number {
  let low = after;
  let high = n === 0 ? after : until;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (countRuns(cron, zone, after, middle) >= n) high = middle;
    else low = middle;
  }
  return high;
}

function take(cron: Cron, zone: Zone, after: number, wanted: (run: Run, length: number) => boolean): Run[] {
  const runs: Run[] = [];
  let run = nextRun(cron, zone, after);
  while (run !== null && wanted(run, runs.length)) {
    runs.push(run);
    run = nextRun(cron, zone, run.at);
  }
  return runs;
}

function firstInEra(cron: Cron, era: Era, from: number): Run | null {
  const wall = nextMatch(cron, Math.max(from, firstPass(cron, era)) + era.offset, era.end + era.offset);
  const inPlace = wall === null ? null : { at: wall - era.offset, dst: repeats(cron, era, wall) };
  const shifted = firstShifted(cron, era, from);
  return shifted !== null && (inPlace === null || shifted < inPlace.at) ? { at: shifted, dst: 'gap_shifted' } : inPlace;
}

/** Where the runs of an era begin: after the wall times that the era before it had already. */
function firstPass(cron: Cron, era: Era): number {
  return cron.intervalLike ? era.start : era.start + Math.max(0, era.before - era.offset);
}

function repeats(cron: Cron, era: Era, wall: number): Dst {
  return !cron.intervalLike && wall >= era.end + era.after ? 'overlap_first' : 'none';
}

/** The first match of the gap that the era begins with, read with the offset before it, from `from` on. */
function firstShifted(cron: Cron, era: Era, from: number): number | null {
  if (cron.intervalLike || era.before >= era.offset) return null;
  const wall = nextMatch(cron, from + era.before, era.start + era.offset);
  return wall === null ? null : wall - era.before;
}

function countShifted(cron: Cron, era: Era, from: number, end: number): number {
  let count = 0;
  let at = firstShifted(cron, era, from);
  while (at !== null && at < end) {
    if (!matches(cron, at + era.offset)) count += 1;
    at = firstShifted(cron, era, at + 1);
  }
  return count;
}
