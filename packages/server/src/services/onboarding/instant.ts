const isoInstant = /^(\d{4}-\d\d-\d\dT)(\d\d):(\d\d):(\d\d)(?:\.(\d{1,60}))?(Z|[+-]\d\d:\d\d)$/;

/** An instant as it is written in JSON, and digits of its second beyond the millisecond. */
export interface ReadInstant {
  /** Unix milliseconds. */
  readonly at: number;
  readonly beyond: string;
}

/** Reads an ISO 8601 instant with its offset; `null` for anything else, a date without time among it. */
export function readInstant(text: string): ReadInstant | null {
  const match = isoInstant.exec(text);
  if (match === null) return null;
  const [, date = '', hour = '', minute = '', second = '', digits = '', offset = ''] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const at = Date.parse(`${date}${hour}:${minute}:${second}.${digits.slice(0, 3).padEnd(3, '0')}${offset}`);
  if (Number.isNaN(at) || !hasDay(date)) return null;
  return { at, beyond: digits.slice(3) };
}

/** The parser takes 31 February for a day in March. */
function hasDay(date: string): boolean {
  const day = date.slice(0, 10);
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** As it is answered: UTC, with milliseconds. A page has forty; the day of one is mostly that of the one before. */
export function formatInstant(at: Date): string {
  const ms = at.getTime();
  const day = Math.floor(ms / dayMs);
  if (day !== written.day) written = { day, text: at.toISOString().slice(0, -'09:00:00.000Z'.length) };
  const ofDay = ms - day * dayMs;
  const second = Math.floor(ofDay / 1_000);
  return `${written.text}${two(Math.floor(second / 3_600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}.${three(ofDay % 1_000)}Z`;
}

const dayMs = 86_400_000;
let written = { day: 0, text: '1970-01-01T' };
const two = (number: number): string => (number < 10 ? `0${number}` : `${number}`);
const three = (number: number): string => (number < 100 ? `0${two(number)}` : `${number}`);

export function formatInstantOrNull(at: Date | null): string | null {
  return at === null ? null : formatInstant(at);
}
