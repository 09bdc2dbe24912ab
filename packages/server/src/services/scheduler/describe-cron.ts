import type { Cron } from './cron.ts';
import { enumerate } from './problem.ts';

/**
 * Says in English when a cron fires, in local time: `at 02:30 every day, America/New_York`.
 *
 * @param timezone the name as the caller wrote it
 */
export function describeCron(cron: Cron, timezone: string): string {
  return [describeTimes(cron), describeDays(cron)].filter((part) => part !== '').join(' ') + `, ${timezone}`;
}

/** More times of day than this are told by their fields. */
const longestList = 6;

function describeTimes({ hour, minute }: Cron): string {
  const hours = hour.values;
  const minutes = minute.values;
  if (hours.length * minutes.length <= longestList) {
    return `at ${enumerate(hours.flatMap((h) => minutes.map((m) => `${twoDigits(h)}:${twoDigits(m)}`)))}`;
  }
  const often = stepOf(minutes, 60);
  const inHour = often === null ? `at ${counted('minute', minutes)}` : every(often, 'minute');
  if (hours.length === 24) return often === null ? `${inHour} of every hour` : inHour;
  const step = stepOf(hours, 24);
  return `${inHour} of ${step === null ? counted('hour', hours) : `every ${ordinal(step)} hour`}`;
}

function describeDays({ hour, dayOfMonth, month, dayOfWeek }: Cron): string {
  const either = dayOfMonth.restricted && dayOfWeek.restricted;
  const everyDate = dayOfMonth.values.length === 31;
  const everyWeekday = dayOfWeek.values.length === 7;
  const everyMonth = month.values.length === 12;
  const months = enumerate(spans(month.values, monthName));
  if (either ? everyDate || everyWeekday : everyDate && everyWeekday) {
    const days = hour.values.length === 24 ? '' : 'every day';
    return everyMonth ? days : `${days} in ${months}`.trim();
  }
  const dates = `on the ${enumerate(spans(dayOfMonth.values, ordinal))} of ${everyMonth ? 'every month' : months}`;
  const weekdays = describeWeekdays(dayOfWeek.values) + (everyMonth ? '' : ` in ${months}`);
  if (either) return `${dates} and ${weekdays}`;
  return everyWeekday ? dates : weekdays;
}

function describeWeekdays(days: readonly number[]): string {
  const [name = '', ...others] = spans(weekendTogether(days), weekdayName);
  return others.length === 0 && name.includes(' to ') ? `from ${name}` : `every ${enumerate([name, ...others])}`;
}

/** Sunday comes after Saturday when both are there. */
function weekendTogether(days: readonly number[]): readonly number[] {
  return days[0] === 0 && days.includes(6) ? [...days.slice(1), 7] : days;
}

/** The step of values that come round evenly, from 0 on: of 0, 15, 30, 45 out of 60 it is 15. */
function stepOf(values: readonly number[], size: number): number | null {
  const step = size / values.length;
  return values.length > 1 && values.every((value, index) => value === index * step) ? step : null;
}

/** Three or more in a row become `a to c`. */
function spans(values: readonly number[], name: (value: number) => string): string[] {
  const parts: string[] = [];
  for (let from = 0; from < values.length; ) {
    const first = values[from] ?? 0;
    let to = from;
    while (values[to + 1] === first + to + 1 - from) to += 1;
    const row = values.slice(from, to + 1).map(name);
    parts.push(...(row.length < 3 ? row : [`${row[0]} to ${row.at(-1)}`]));
    from = to + 1;
  }
  return parts;
}

function counted(unit: string, values: readonly number[]): string {
  return `${unit}${values.length === 1 ? '' : 's'} ${enumerate(spans(values, String))}`;
}

function every(step: number, unit: string): string {
  return step === 1 ? `every ${unit}` : `every ${step} ${unit}s`;
}

function ordinal(value: number): string {
  const teen = value % 100 >= 11 && value % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function monthName(month: number): string {
  return new Date(Date.UTC(2000, month - 1)).toLocaleDateString('en-US', { month: 'long', timeZone: 'UTC' });
}

/** The 2nd of January 2000 was a Sunday. */
function weekdayName(day: number): string {
  return new Date(Date.UTC(2000, 0, 2 + day)).toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' });
}
