import { readCron } from './cron.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { parseInstant } from './instant.ts';
import { quote } from './problem.ts';
import { formatWallTime, parseWallTime, resolveWallTime, wallTimeAt } from './wall-time.ts';
import type { Zone } from './zone.ts';

/** One timing field of a schedule, with the zone where the field is read in one. */
export type SpokenTiming =
  | { readonly delay: string }
  | { readonly fire_at: string }
  | { readonly local_fire_at: string; readonly timezone: string }
  | { readonly cron: string; readonly timezone: string };

export type SpokenReading =
  | { readonly ok: true; readonly timing: SpokenTiming }
  | { readonly ok: false; readonly message: string };

/** What "now" and a bare wall time mean. */
export interface Here {
  /** Unix ms. */
  readonly now: number;
  readonly zone: Zone;
}

/**
 * Reads the forgiving `when` of people and agents (specification 9.1): five cron fields, a duration in Go's spelling or in
 * words, an instant, a wall time, a day with a time, or a repetition. Whether the time can be scheduled is not looked at.
 */
export function readWhen(text: string, here: Here): SpokenReading {
  const words = text.length > maxLength ? [] : text.trim().toLowerCase().split(/\s+/);
  const said = words.join(' ');
  for (const read of readers) {
    const reading = read(said, here);
    if (reading !== null) return reading;
  }
  return refuse(`${quote(text.trim())} is not a time; write a duration such as "in 2h", ${otherForms}`);
}

const otherForms =
  'a time such as "2027-07-01 09:00" or "tomorrow at 9am", or a repetition such as "every weekday at 09:00"';

/** Longer than any cron expression. */
const maxLength = 600;

/** In the order in which they are tried; `null` leaves the text to the next one. */
const readers: readonly ((said: string, here: Here) => SpokenReading | null)[] = [
  readFiveFields,
  readDuration,
  readInstant,
  readWallTime,
  readDayAndTime,
  readInterval,
  readDaily,
];

/** What begins with two fields of digits and signs is meant as cron, so its own complaint helps more than the general one. */
function readFiveFields(said: string, { zone }: Here): SpokenReading | null {
  if (said.split(' ').length !== 5) return null;
  const cron = readCron(said);
  if (!('problem' in cron)) return spoken({ cron: said, timezone: zone.name });
  return /^[\d*][\d*,/-]* [\d*][\d*,/-]* /.test(said) ? refuse(cron.problem) : null;
}

const unitSeconds: readonly (readonly [spelling: RegExp, seconds: number])[] = [
  [/^(s|secs?|seconds?)$/, 1],
  [/^(m|mins?|minutes?)$/, 60],
  [/^(h|hrs?|hours?)$/, 3600],
  [/^(d|days?)$/, 86_400],
  [/^(w|wks?|weeks?)$/, 604_800],
];

function secondsOf(unit: string): number | null {
  return unitSeconds.find(([spelling]) => spelling.test(unit))?.[1] ?? null;
}

function readDuration(said: string): SpokenReading | null {
  const amount = said.replace(/^in /, '');
  const exact = parseDuration(amount) ?? sumOfWords(amount);
  return exact === null ? null : spoken({ delay: formatDuration(exact) });
}

/** Nanoseconds of `2 hours and 30 minutes`, `a week`, `1d 12h`; a day is 24 hours. */
function sumOfWords(said: string): bigint | null {
  if (said === '') return null;
  const part = /(?:an? |(\d{1,9}(?:\.\d{1,9})?) ?)([a-z]+)(?:,? and |, | |(?=\d)|$)/y;
  let total = 0n;
  while (part.lastIndex < said.length) {
    const [, count = '1', unit = ''] = part.exec(said) ?? [];
    const seconds = secondsOf(unit);
    const times = parseDuration(`${count}s`);
    if (seconds === null || times === null) return null;
    total += times * BigInt(seconds);
  }
  return parseDuration(formatDuration(total));
}

function readInstant(said: string): SpokenReading | null {
  const instant = said.toUpperCase();
  return parseInstant(instant) === null ? null : spoken({ fire_at: instant });
}

function readWallTime(said: string, { zone }: Here): SpokenReading | null {
  const match = /^(\d{4}-\d\d-\d\d)[ t](\d\d:\d\d)(:\d\d)?$/.exec(said);
  if (match === null) return null;
  const [, date, minute, seconds = ':00'] = match;
  const local = `${date}T${minute}${seconds}`;
  if (parseWallTime(local) === null) return refuse(`${quote(said)} is not in the calendar; check the day and the time`);
  return spoken({ local_fire_at: local, timezone: zone.name });
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const dayMs = 86_400_000;

/** A weekday is the next one whose time is still to come: today, if it is one and the time has not passed. */
function readDayAndTime(said: string, { now, zone }: Here): SpokenReading | null {
  const match = /^(?:on )?([a-z]+) (?:at )?(\d.*)$/.exec(said);
  const time = readClock(match?.[2] ?? '');
  if (match === null || time === null) return null;
  const wall = wallTimeAt(zone, now);
  const today = Math.floor(wall / dayMs);
  const at = (day: number) => day * dayMs + (time.hour * 60 + time.minute) * 60_000;
  const local = (day: number) => spoken({ local_fire_at: formatWallTime(at(day)), timezone: zone.name });
  const [, word = ''] = match;
  if (word === 'today') return local(today);
  if (word === 'tomorrow') return local(today + 1);
  const weekday = weekdayOf(word);
  if (weekday === null) return null;
  const day = today + ((weekday - new Date(wall).getUTCDay() + 7) % 7);
  return local(resolveWallTime(zone, at(day)).at > now ? day : day + 7);
}

function readInterval(said: string, { zone }: Here): SpokenReading | null {
  const [, count = '1', unit = ''] = /^every (?:(\d{1,6}) ?)?([a-z]+)$/.exec(said) ?? [];
  const seconds = secondsOf(unit);
  if (seconds === null || seconds > 3600) return null;
  const cron = intervalCron((Number(count) * seconds) / 60);
  if (cron !== null) return spoken({ cron, timezone: zone.name });
  return refuse(`no cron fires ${quote(said)}; name minutes that divide an hour, or hours that divide a day`);
}

/** The cron that fires every so many minutes, where an hour or a day is a multiple of them. */
function intervalCron(minutes: number): string | null {
  if (minutes === 1) return '* * * * *';
  if (minutes > 1 && 60 % minutes === 0) return minutes === 60 ? '0 * * * *' : `*/${minutes} * * * *`;
  if (minutes > 60 && minutes % 60 === 0 && 1440 % minutes === 0) {
    return minutes === 1440 ? '0 0 * * *' : `0 */${minutes / 60} * * *`;
  }
  return null;
}

function readDaily(said: string, { zone }: Here): SpokenReading | null {
  const match = /^every ([a-z, ]+?) (?:at )?(\d.*)$/.exec(said);
  const time = readClock(match?.[2] ?? '');
  const days = readDays(match?.[1] ?? '');
  if (time === null || days === null) return null;
  return spoken({ cron: `${time.minute} ${time.hour} * * ${days}`, timezone: zone.name });
}

/** The day-of-week field of `day`, `weekday`, `weekend` or `monday, wednesday and friday`. */
function readDays(said: string): string | null {
  if (said === 'day') return '*';
  if (said === 'weekday') return '1-5';
  if (said === 'weekend') return '0,6';
  const days = said.split(/,? and |, ?/).map(weekdayOf);
  return days.includes(null) ? null : [...new Set(days)].join(',');
}

/** Monday, in full, in the plural or by its first three letters. */
function weekdayOf(word: string): number | null {
  const index = weekdays.findIndex((name) => [name, `${name}s`, name.slice(0, 3)].includes(word));
  return index < 0 ? null : index;
}

/** `9:00`, `09:00`, `9am`, `9:30 pm`. */
function readClock(said: string): { readonly hour: number; readonly minute: number } | null {
  const match = /^(\d\d?)(?::(\d\d))? ?(am|pm)?$/.exec(said);
  if (match === null) return null;
  const [, hourText, minuteText, half] = match;
  if (minuteText === undefined && half === undefined) return null;
  const hour = Number(hourText);
  const minute = Number(minuteText ?? 0);
  const inRange = half === undefined ? hour <= 23 : hour >= 1 && hour <= 12;
  if (!inRange || minute > 59) return null;
  return { hour: half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0), minute };
}

function spoken(timing: SpokenTiming): SpokenReading {
  return { ok: true, timing };
}

function refuse(message: string): SpokenReading {
  return { ok: false, message };
}
