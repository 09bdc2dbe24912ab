import { type Problem, quote } from './problem.ts';

/** A cron expression of five fields, read. */
export interface Cron {
  /** As written, with single spaces. */
  readonly expression: string;
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  /** Sunday is 0. */
  readonly dayOfWeek: CronField;
  /**
   * The hour field is `*`, alone or with a step: matched on elapsed real time, in both passes of a repeated hour and
   * never in a gap. Every other expression fires exactly once for each matching local date and time.
   */
  readonly intervalLike: boolean;
}

export interface CronField {
  /** In ascending order. */
  readonly values: readonly number[];
  /** Holds something else than `*`: of two day fields like this one, either is enough. */
  readonly restricted: boolean;
}

/** Every value of every field, listed, takes about 400. */
const maxLength = 512;

/**
 * Reads minute, hour, day of month, month and day of week (specification 4.4): `*`, lists, ranges, steps of `*` or of a
 * range, the names of months and days in any case, 7 for Sunday. Whether the expression ever occurs is not looked at.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html
 */
export function readCron(text: string): Cron | Problem {
  if (text.length > maxLength) return { problem: `a cron expression has at most ${maxLength} characters` };
  const fields = text.split(/[ \t]+/).filter((field) => field !== '');
  const foreign = foreignSyntax(fields);
  if (foreign !== null) return { problem: foreign };
  const [minuteText = '', hourText = '', dayOfMonthText = '', monthText = '', dayOfWeekText = ''] = fields;
  const minute = readField(minuteText, ranges.minute);
  if ('problem' in minute) return minute;
  const hour = readField(hourText, ranges.hour);
  if ('problem' in hour) return hour;
  const dayOfMonth = readField(dayOfMonthText, ranges.dayOfMonth);
  if ('problem' in dayOfMonth) return dayOfMonth;
  const month = readField(monthText, ranges.month);
  if ('problem' in month) return month;
  const dayOfWeek = readField(dayOfWeekText, ranges.dayOfWeek);
  if ('problem' in dayOfWeek) return dayOfWeek;
  const intervalLike = /^\*(\/|$)/.test(hourText);
  return { expression: fields.join(' '), minute, hour, dayOfMonth, month, dayOfWeek, intervalLike };
}

interface Range {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const ranges = {
  minute: { name: 'minute', min: 0, max: 59, names: [] },
  hour: { name: 'hour', min: 0, max: 23, names: [] },
  dayOfMonth: { name: 'day of month', min: 1, max: 31, names: [] },
  month: { name: 'month', min: 1, max: 12, names: months },
  dayOfWeek: { name: 'day of week', min: 0, max: 6, names: days },
} as const satisfies Record<string, Range>;

const macros: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** What other crons read and this one does not, each with what to write instead. */
function foreignSyntax(fields: readonly string[]): string | null {
  const [first = ''] = fields;
  if (first.startsWith('@')) {
    const known = macros.get(first.toLowerCase());
    const instead = known === undefined ? 'five fields, or a delay' : quote(known);
    return `macros such as ${quote(first)} are not read; write ${instead}`;
  }
  if (/^(CRON_)?TZ=/i.test(first)) return `${quote(first)} is not read here; name the zone in timezone`;
  if (fields.length === 6) return `there are 6 fields; leave out the seconds: ${quote(fields.slice(1).join(' '))}`;
  if (fields.length !== 5) {
    return `there are ${fields.length} fields; write 5: minute, hour, day of month, month, day of week`;
  }
  return fields.map(foreignCharacter).find((found) => found !== null) ?? null;
}

function foreignCharacter(field: string): string | null {
  if (field.includes('?')) return `"?" is not read; write "*" where a day field is free`;
  if (field.includes('#')) return `"#" (the nth weekday of a month) is not read; write the weekday alone, such as MON`;
  if (/(^|,)\d*L(-\d+)?(,|$)/i.test(field)) return `"L" (the last day) is not read; write the days, such as 28-31`;
  if (/(^|,)(\d+|L)W(,|$)/i.test(field))
    return `"W" (the nearest workday) is not read; write the days, such as MON-FRI`;
  const other = /[^\dA-Za-z*,/-]/u.exec(field);
  return other === null ? null : `${quote(other[0])} is not read; write digits, names, "*", ",", "-" and "/"`;
}

function readField(text: string, range: Range): CronField | Problem {
  const values = new Set<number>();
  let restricted = true;
  for (const item of text.split(',')) {
    const read = readItem(item, range);
    if ('problem' in read) return { problem: `${range.name} ${quote(text)}: ${read.problem}` };
    for (const value of read.values) values.add(value);
    if (item === '*' || item === '*/1') restricted = false;
  }
  return { values: [...values].sort((a, b) => a - b), restricted };
}

/** `*`, a value or a range, and the step of `*` or of a range. */
function readItem(item: string, range: Range): { readonly values: readonly number[] } | Problem {
  if (item === '') return { problem: 'an item of the list is empty; leave out the comma' };
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
  if (match === null)
    return { problem: `${quote(item)} is no value, range or step; write for instance ${range.min}-${range.max}/2` };
  const [, star, lowText = '', highText, stepText] = match;
  const step = Number(stepText ?? 1);
  const size = range.max - range.min + 1;
  if (step < 1 || step > size)
    return { problem: `the step is ${step > size ? 'longer than the field' : 0}; write 1 to ${size}` };
  if (star !== undefined) return { values: stepped(range.min, range.max, step) };
  const low = readValue(lowText, range);
  if (typeof low !== 'number') return low;
  if (highText === undefined) {
    if (stepText !== undefined) return { problem: `a step needs a range; write ${lowText}-${range.max}/${stepText}` };
    return { values: [low === 7 && range === ranges.dayOfWeek ? 0 : low] };
  }
  const high = readRangeEnd(highText, low, range);
  if (typeof high !== 'number') return high;
  if (high < low) return { problem: `the range is reversed; write ${wrapped(low, high, range)}` };
  return { values: stepped(low, high, step).map((value) => (range === ranges.dayOfWeek ? value % 7 : value)) };
}

function readValue(text: string, range: Range): number | Problem {
  const named = range.names.indexOf(text.toUpperCase());
  if (named >= 0) return named + range.min;
  const value = Number(text);
  if (!/^\d+$/.test(text)) {
    const numbers = `write ${range.min} to ${range.max}`;
    const [, name] = range.names;
    if (name === undefined) return { problem: `${quote(text)} is not a number; ${numbers}` };
    return { problem: `${quote(text)} is not a name; ${numbers}, or a name such as ${name}` };
  }
  const max = range === ranges.dayOfWeek ? 7 : range.max;
  return value >= range.min && value <= max
    ? value
    : { problem: `${quote(text)} is out of range; write ${range.min} to ${range.max}` };
}

/** The name of Sunday ends a week as well as it begins one: `FRI-SUN` is `5-7`. */
function readRangeEnd(text: string, low: number, range: Range): number | Problem {
  return range === ranges.dayOfWeek && text.toUpperCase() === 'SUN' && low > 0 ? 7 : readValue(text, range);
}

function stepped(low: number, high: number, step: number): number[] {
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}

function wrapped(low: number, high: number, range: Range): string {
  if (range === ranges.dayOfWeek && high === 0) return `${low}-7`;
  return `${low}-${range.max},${range.min}-${high}`;
}
