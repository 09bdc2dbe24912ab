import { refuse } from '../../core/errors.ts';

/** A place in a list that is ordered by an instant and an id, newest first. */
export interface Place {
  /** Unix milliseconds. */
  readonly at: number;
  readonly id: string;
}

/** The place as an opaque word. */
export function writePlace({ at, id }: Place): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** @throws `invalid_input` for what `writePlace` did not write */
export function readPlace(cursor: string | null): Place | null {
  if (cursor === null) return null;
  const [at, id, ...rest] = listIn(cursor);
  if (Number.isSafeInteger(at) && Number(at) >= 0 && typeof id === 'string' && isId(id) && rest.length === 0) {
    return { at: Number(at), id };
  }
  throw invalidCursor();
}

const latest = 8_640_000_000_000_000;

function isId(id: string): boolean {
  return /^[\w-]{1,64}$/.test(id);
}

function listIn(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value) && Number(value[0]) <= latest) return value;
  } catch {
    // What cannot be read is refused below.
  }
  throw invalidCursor();
}

function invalidCursor(): Error {
  return refuse('invalid_input', '"cursor" is not one that this list gave out; start again without it.', {
    param: 'cursor',
  });
}
