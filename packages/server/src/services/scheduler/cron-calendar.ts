import type { Cron, CronField } from './cron.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const minutesOfDay = 1440;

/**
 * The first wall time that a cron matches, from `from` on and before `until`; `null` when there is none. Wall times are
 * the Unix ms at which UTC shows them: the calendar alone, without zones.
 *
 * Goes over months that the expression leaves out at once, then from day to day, and never from minute to minute.
 */
export function nextMatch(cron: Cron, from: number, until: number): number | null {
  const minute = Math.ceil(from / minuteMs);
  const firstDay = Math.floor(minute / minutesOfDay);
  const lastDay = Math.floor((until - 1) / dayMs);
  const day = nextDay(cron, firstDay, lastDay);
  if (day === null) return null;
  const time = nextTime(cron, day === firstDay ? minute - day * minutesOfDay : 0);
  if (time === null) return nextMatch(cron, (day + 1) * dayMs, until);
  const match = (day * minutesOfDay + time) * minuteMs;
  return match < until ? match : null;
}

/** How many wall times a cron matches from `from` on and before `until`, at the cost of a look at each day. */
export function countMatches(cron: Cron, from: number, until: number): number {
  const first = Math.ceil(from / minuteMs);
  const end = Math.ceil(until / minuteMs);
  if (first >= end) return 0;
  const firstDay = Math.floor(first / minutesOfDay);
  const lastDay = Math.floor((end - 1) / minutesOfDay);
  const timesOfDay = cron.hour.values.length * cron.minute.values.length;
  let count = 0;
  for (let day = nextDay(cron, firstDay, lastDay); day !== null; day = nextDay(cron, day + 1, lastDay)) {
    const start = day * minutesOfDay;
    const whole = first <= start && end >= start + minutesOfDay;
    count += whole ? timesOfDay : countTimes(cron, first - start, end - start);
  }
  return count;
}

/** Whether a cron matches this wall time, a whole minute. */
export function matches(cron: Cron, wall: number): boolean {
  return nextMatch(cron, wall, wall + 1) !== null;
}

/**
 * The first day that matches, from `from` to `last`, counted from the 1st of January 1970. Two restricted day fields are
 * joined by or; otherwise by and, which leaves the restricted one to decide.
 */
function nextDay({ dayOfMonth, month, dayOfWeek }: Cron, from: number, last: number): number | null {
  const either = dayOfMonth.restricted && dayOfWeek.restricted;
  let day = from;
  while (day <= last) {
    const date = new Date(day * dayMs);
    const year = date.getUTCFullYear();
    const thisMonth = date.getUTCMonth() + 1;
    const end = firstDayOf(year, thisMonth + 1);
    if (month.values.includes(thisMonth)) {
      for (let dateOfDay = date.getUTCDate(); day < end && day <= last; day += 1, dateOfDay += 1) {
        const byDate = dayOfMonth.values.includes(dateOfDay);
        const byWeekday = dayOfWeek.values.includes(weekdayOf(day));
        if (either ? byDate || byWeekday : byDate && byWeekday) return day;
      }
    } else {
      const later = atLeast(month, thisMonth + 1);
      day = later === undefined ? firstDayOf(year + 1, month.values[0] ?? 1) : firstDayOf(year, later);
    }
  }
  return null;
}

/** Day 0 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

function firstDayOf(year: number, month: number): number {
  return Date.UTC(year, month - 1, 1) / dayMs;
}

/** The first time of day, in minutes, from `from` on. */
function nextTime({ hour, minute }: Cron, from: number): number | null {
  const fromHour = Math.floor(from / 60);
  const thisHour = hour.values.includes(fromHour) ? atLeast(minute, from % 60) : undefined;
  if (thisHour !== undefined) return fromHour * 60 + thisHour;
  const nextHour = atLeast(hour, fromHour + 1);
  const [firstMinute = 0] = minute.values;
  return nextHour === undefined ? null : nextHour * 60 + firstMinute;
}

function atLeast(field: CronField, bound: number): number | undefined {
  return field.values.find((value) => value >= bound);
}

function countTimes({ hour, minute }: Cron, from: number, until: number): number {
  let count = 0;
  for (const h of hour.values) {
    for (const m of minute.values) {
      const time = h * 60 + m;
      if (time >= from && time < until) count += 1;
    }
  }
  return count;
}
