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

/** As it is answered: UTC, with milliseconds. */
export function formatInstant(at: Date): string {
  return at.toISOString();
}

export function formatInstantOrNull(at: Date | null): string | null {
  return at === null ? null : formatInstant(at);
}
