import { type Problem, quote } from './problem.ts';
import { abbreviations, zoneNames } from './zone-names.ts';

/** A time zone of the IANA database, as the runtime knows it. */
export interface Zone {
  /** As the caller wrote it: a link stays the link. */
  readonly name: string;
  /** The era that an instant (Unix ms) lies in. */
  readonly eraAt: (instant: number) => Era;
}

/**
 * A stretch of time with one offset, `start ≤ instant < end`, in Unix ms; `before` and `after` are the offsets on its
 * other sides. Where no change lies within a year of the instant that was asked about, it is cut off there, with the same
 * offset on both sides of the cut.
 */
export interface Era {
  readonly start: number;
  readonly end: number;
  /** What is added to an instant to get its wall time. */
  readonly offset: number;
  readonly before: number;
  readonly after: number;
}

/**
 * The zone of an IANA name, canonical or link, in the database's own case (specification 4.4). Offsets such as `+02:00`
 * and abbreviations such as `EST5EDT` are no names of zones here, though the runtime takes them.
 */
export function readZone(name: string): Zone | Problem {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const formatter = isName(name) ? formatterOf(name) : null;
  if (formatter === null) return { problem: `${quote(name)} is not an IANA time zone; ${mend(name)}` };
  const zone = { name, eraAt: erasOf(formatter) };
  zones.set(name, zone);
  return zone;
}

/** What is added to this instant to get its wall time, in ms. */
export function offsetAt(zone: Zone, instant: number): number {
  return zone.eraAt(instant).offset;
}

/** Holds one entry for each name of the database at most. */
const zones = new Map<string, Zone>();

/** By the runtime's name for them, so that links share what was searched for the zone they lead to. */
const searched = new Map<string, Zone['eraAt']>();

/** The runtime's own list counts too: a newer runtime brings newer zones. */
const runtimeNames: ReadonlySet<string> = new Set(Intl.supportedValuesOf('timeZone'));

function isName(name: string): boolean {
  return (zoneNames.has(name) || runtimeNames.has(name)) && !abbreviations.has(name);
}

function mend(name: string): string {
  const place = abbreviations.get(name);
  if (place !== undefined) return `name a place: ${place}`;
  const sameLetters = [...zoneNames].find((known) => known.toLowerCase() === name.toLowerCase());
  return sameLetters === undefined ? 'write for instance America/New_York or UTC' : `write ${sameLetters}`;
}

/** `null` when the runtime's database is older than the name. */
function formatterOf(name: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
}

function erasOf(formatter: Intl.DateTimeFormat): Zone['eraAt'] {
  const { timeZone } = formatter.resolvedOptions();
  const eraAt = searched.get(timeZone) ?? rememberEras(remember(yearReader(formatter)));
  searched.set(timeZone, eraAt);
  return eraAt;
}

/** The offset with which a year begins, and the instants in it from which on another one holds. */
interface Year {
  readonly offset: number;
  readonly changes: readonly Change[];
}

interface Change {
  readonly at: number;
  readonly offset: number;
}

/** Keeps for each year the eras from the year before to the year after, so that every cut is a year away or more. */
function rememberEras(readYear: (year: number) => Year): Zone['eraAt'] {
  const eras = remember((year) => erasOfYears([year - 1, year, year + 1].map(readYear), year - 1));
  return (instant) => {
    const found = eras(new Date(instant).getUTCFullYear()).find((era) => instant < era.end);
    if (found === undefined) throw new RangeError(`${instant} is not an instant`);
    return found;
  };
}

function erasOfYears(years: readonly Year[], firstYear: number): Era[] {
  const first = { at: yearStart(firstYear), offset: years[0]?.offset ?? 0 };
  const changes = [first, ...years.flatMap((year) => year.changes)];
  const end = yearStart(firstYear + years.length);
  return changes.map(({ at, offset }, index) => ({
    start: at,
    end: changes[index + 1]?.at ?? end,
    offset,
    before: changes[index - 1]?.offset ?? offset,
    after: changes[index + 1]?.offset ?? offset,
  }));
}

/**
 * How far apart offsets are looked at. No zone has had two changes within it since 1900: 4.0 days lay between those of
 * Freetown in 1939, 7.0 between those of Recife in 2000.
 */
const stepMs = 3 * 24 * 3_600_000;

/** Reads a year in some 120 steps, 0.4 ms, and searches a change only where two steps differ. */
function yearReader(formatter: Intl.DateTimeFormat): (year: number) => Year {
  return (year) => {
    const start = yearStart(year);
    const end = yearStart(year + 1);
    const changes: Change[] = [];
    const first = readOffset(formatter, start);
    let offset = first;
    for (let at = start; at < end; at += stepMs) {
      const until = Math.min(at + stepMs, end);
      const later = readOffset(formatter, until);
      if (later !== offset) changes.push({ at: searchChange(formatter, at, until), offset: later });
      offset = later;
    }
    return { offset: first, changes };
  };
}

/** The first instant after `from`, to the second, whose offset is not that of `from`; at the latest `until`. */
function searchChange(formatter: Intl.DateTimeFormat, from: number, until: number): number {
  const offset = readOffset(formatter, from);
  let low = from / 1000;
  let high = until / 1000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (readOffset(formatter, middle * 1000) === offset) low = middle;
    else high = middle;
  }
  return high * 1000;
}

function readOffset(formatter: Intl.DateTimeFormat, instant: number): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(formatter.format(instant)) ?? [];
  const magnitude = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -magnitude : magnitude;
}

function yearStart(year: number): number {
  return Date.UTC(year, 0, 1);
}

function remember<Value>(read: (year: number) => Value): (year: number) => Value {
  const known = new Map<number, Value>();
  return (year) => {
    const value = known.get(year) ?? read(year);
    known.set(year, value);
    return value;
  };
}
