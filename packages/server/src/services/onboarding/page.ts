import { error } from './contract.ts';
import { readInstant } from './instant.ts';

/** A place in a list that is ordered by when its rows were made and, within a millisecond, by their ids. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

/** Before every row: no id begins with a letter after c, and none was made so late. */
const beginning: Place = { at: new Date('9999-12-31T23:59:59.999Z'), id: 'd' };

/** Ids are a c and 24 digits in base 36, which are as many decimal ones as this. */
const idDigits = 38;
const idBase36Digits = 24;

/**
 * Reads a cursor: an ISO 8601 instant. Ours carry the id of the last row in the digits of the second beyond the millisecond,
 * so that a walk neither misses nor repeats rows of one millisecond; anybody else's means strictly older than it.
 *
 * @throws `invalid_string` for anything else
 */
export function readCursor(cursor: string | undefined): Place {
  if (cursor === undefined) return beginning;
  const instant = readInstant(cursor);
  if (instant === null) throw error('invalid_string', 'Invalid datetime', { param: 'cursor' });
  const { at, beyond } = instant;
  if (beyond.length === idDigits) return { at: new Date(at), id: idOfDigits(beyond) };
  // Rows carry whole milliseconds, so those of this one are older than any part of it.
  return { at: new Date(at), id: /[1-9]/.test(beyond) ? 'd' : '' };
}

/** Whichever of two places comes later in the list. */
export function laterOf(a: Place, b: Place): Place {
  const between = a.at.getTime() - b.at.getTime();
  return between < 0 || (between === 0 && a.id <= b.id) ? a : b;
}

export function writeCursor({ at, id }: Place): string {
  return `${at.toISOString().slice(0, -1)}${digitsOfId(id)}Z`;
}

/** A page as it is answered, from one row more than it has. */
export function writePage<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => Place,
  view: (row: Row) => unknown,
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    object: 'list' as const,
    data: shown.map(view),
    has_more: more,
    next_cursor: more ? writeCursor(placeOf(last)) : null,
  };
}

function digitsOfId(id: string): string {
  let number = 0n;
  for (const digit of id.slice(1)) number = number * 36n + BigInt(Number.parseInt(digit, 36));
  return number.toString().padStart(idDigits, '0');
}

function idOfDigits(digits: string): string {
  return `c${BigInt(digits).toString(36).padStart(idBase36Digits, '0')}`;
}
