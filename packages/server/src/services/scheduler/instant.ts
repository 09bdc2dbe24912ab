import { parseWallTime } from './wall-time.ts';

/**
 * Reads an instant in strict RFC 3339, to the millisecond above; `null` for a lower-case `t` or `z`, a space, a missing
 * offset or a leap second (specification 4.3).
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function parseInstant(text: string): number | null {
  const match = /^(.{19})(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/.exec(text);
  if (match === null) return null;
  const [, local = '', fraction = '', sign, hours = '0', minutes = '0'] = match;
  const wall = parseWallTime(local);
  if (wall === null) return null;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return wall + Math.ceil(Number(fraction.padEnd(9, '0')) / 1_000_000) - (sign === '-' ? -offset : offset);
}

/** Writes an instant in UTC, with milliseconds where there are any: `2027-03-14T13:30:00Z`. */
export function formatInstant(at: number): string {
  if (at !== last.at) {
    const text = new Date(at).toISOString();
    last = { at, text: at % 1000 === 0 ? `${text.slice(0, 19)}Z` : text };
  }
  return last.text;
}

/** One instant stands in several fields of a schedule, and in all that are created at once. */
let last = { at: 0, text: '1970-01-01T00:00:00Z' };

/** The same for what may not be there. */
export function formatInstantOrNull(at: number | Date | null): string | null {
  return at === null ? null : formatInstant(Number(at));
}
