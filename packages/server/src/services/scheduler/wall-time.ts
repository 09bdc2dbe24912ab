import { offsetAt, type Zone } from './zone.ts';

/** What daylight saving did to a wall time: moved it out of a gap, or made it the first of two. */
export type Dst = 'none' | 'gap_shifted' | 'overlap_first';

const dayMs = 86_400_000;

/**
 * The instant at which clocks in the zone show a wall time, which is given as the Unix ms at which UTC shows it. In a gap
 * it is read with the offset before the change, in an overlap it is the first of the two (specification 4.5).
 *
 * This is `disambiguation: "compatible"` of ECMAScript's Temporal.
 *
 * @see https://tc39.es/proposal-temporal/docs/timezone.html
 */
export function resolveWallTime(zone: Zone, wall: number): { readonly at: number; readonly dst: Dst } {
  const before = offsetAt(zone, wall - dayMs);
  const after = offsetAt(zone, wall + dayMs);
  const early = wall - before;
  const late = wall - after;
  if (before === after) return { at: early, dst: 'none' };
  const earlyExists = offsetAt(zone, early) === before;
  const lateExists = offsetAt(zone, late) === after;
  if (earlyExists) return { at: early, dst: lateExists ? 'overlap_first' : 'none' };
  return lateExists ? { at: late, dst: 'none' } : { at: early, dst: 'gap_shifted' };
}

/** The wall time of an instant, as the Unix ms at which UTC shows it. */
export function wallTimeAt(zone: Zone, instant: number): number {
  return instant + offsetAt(zone, instant);
}

/**
 * Reads `2027-07-01T09:00:00`, whole seconds and no offset; `null` for anything else, the 30th of February too.
 */
export function parseWallTime(text: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text);
  return match === null ? null : utcOf(match.slice(1).map(Number));
}

/** Writes `2027-07-01T09:00:00`. */
export function formatWallTime(wall: number): string {
  return new Date(wall).toISOString().slice(0, 19);
}

/** Writes an instant as clocks in the zone show it: `2027-03-14T03:30:00-04:00`. */
export function formatInZone(zone: Zone, instant: number): string {
  const offset = offsetAt(zone, instant);
  const minutes = Math.trunc(Math.abs(offset) / 60_000);
  const hours = String(Math.trunc(minutes / 60)).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  return `${formatWallTime(instant + offset)}${sign}${hours}:${String(minutes % 60).padStart(2, '0')}`;
}

/** `null` when a part is out of range: dates are checked by writing them back. */
function utcOf([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return same ? date.getTime() : null;
}
