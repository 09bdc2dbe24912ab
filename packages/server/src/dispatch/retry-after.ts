const longestMs = 86_400_000;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const time = String.raw`(\d\d):(\d\d):(\d\d)`;
const month = `(${months.join('|')})`;
const imfFixdate = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d\\d) ${month} (\\d{4}) ${time} GMT$`);
const rfc850 = new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d\\d)-${month}-(\\d\\d) ${time} GMT$`);
const asctime = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} ([ \\d]\\d) ${time} (\\d{4})$`);

/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `now`: seconds or a date, capped at 24 hours.
 * `null` for a value that is neither.
 *
 * @see RFC 9110, section 10.2.3
 */
export function readRetryAfter(value: string, now: number): number | null {
  const text = value.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestMs);
  const at = readHttpDate(text, now);
  return at === null ? null : Math.min(Math.max(at - now, 0), longestMs);
}

/** The instant of an HTTP-date, in each of the three forms that a recipient must accept (RFC 9110, section 5.6.7). */
function readHttpDate(text: string, now: number): number | null {
  const fixed = imfFixdate.exec(text);
  if (fixed !== null) {
    const [, day, name, year, ...clock] = fixed;
    return instant(Number(year), name, day, clock);
  }
  const obsolete = rfc850.exec(text);
  if (obsolete !== null) {
    const [, day, name, year, ...clock] = obsolete;
    return instant(fullYear(Number(year), now), name, day, clock);
  }
  const c = asctime.exec(text);
  if (c !== null) {
    const [, name, day, hour = '', minute = '', second = '', year] = c;
    return instant(Number(year), name, day, [hour, minute, second]);
  }
  return null;
}

/** A year of two digits that seems to lie more than 50 years ahead is the past one with the same digits. */
function fullYear(twoDigits: number, now: number): number {
  const current = new Date(now).getUTCFullYear();
  const year = current - (current % 100) + twoDigits;
  return year > current + 50 ? year - 100 : year;
}

function instant(
  year: number,
  monthName: string | undefined,
  dayText: string | undefined,
  clock: readonly string[],
): number | null {
  const monthIndex = months.indexOf(monthName ?? '');
  const day = Number(dayText);
  const [hour = 0, minute = 0, second = 0] = clock.map(Number);
  // Second 60 is a leap second, which Date.UTC carries into the next minute.
  if (hour > 23 || minute > 59 || second > 60) return null;
  const midnight = new Date(Date.UTC(year, monthIndex, day));
  if (midnight.getUTCMonth() !== monthIndex || midnight.getUTCDate() !== day) return null;
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}
