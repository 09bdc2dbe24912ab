import { refuse } from '../errors.ts';
import type { Bounds } from './arrivals.ts';

/**
 * A place in a walk through a log, newest first: the last row shown, and the bounds drawn at the first page. Rows are
 * ordered by instant and id, neither of which ever changes, and what arrives after the bounds is no part of the walk;
 * so a walk shows every row that was there when it began exactly once, whatever is written meanwhile.
 */
export interface Cursor {
  /** Unix microseconds. */
  readonly atUs: number;
  readonly id: string;
  readonly bounds: Bounds;
}

/** The cursor as an opaque word. */
export function writeCursor({ atUs, id, bounds }: Cursor): string {
  return Buffer.from(JSON.stringify([atUs, id, bounds.live, bounds.test])).toString('base64url');
}

/** @throws `invalid_input` for what `writeCursor` did not write */
export function readCursor(text: string): Cursor {
  const [atUs, id, live, test, ...rest] = listIn(text);
  if (!isCount(atUs) || typeof id !== 'string' || !/^\w{1,64}$/.test(id) || !isCount(live) || !isCount(test)) {
    throw invalidCursor();
  }
  if (rest.length > 0) throw invalidCursor();
  return { atUs, id, bounds: { live, test } };
}

function listIn(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value)) return value;
  } catch {
    // What cannot be read is refused below.
  }
  throw invalidCursor();
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function invalidCursor(): Error {
  return refuse('invalid_input', '"cursor" is not one that this list gave out; start again without it.', {
    param: 'cursor',
  });
}
