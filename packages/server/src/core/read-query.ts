import { parse } from 'node:querystring';
import { refuse } from './errors.ts';
import { unstorable } from './read-body.ts';

export type Query = Readonly<Record<string, string | string[] | undefined>>;

const none: Query = Object.freeze({});

/**
 * Reads a query string; a repeated parameter is an array. Refuses malformed percent-encoding (which decoders would
 * quietly turn into U+FFFD) and NUL, naming the parameter.
 *
 * @param text what stands after the `?`
 */
export function readQuery(text: string): Query {
  if (text === '') return none;
  const query = parse(text, '&', '=', { maxKeys: 0 }) as Query;
  if (text.includes('%')) checkEncoding(text, query);
  return query;
}

function checkEncoding(text: string, query: Query): void {
  if (!decodes(text)) {
    const part = text.split('&').find((piece) => !decodes(piece)) ?? '';
    const name = part.split('=', 1)[0] ?? '';
    throw refuse(
      'invalid_input',
      `The parameter "${decodes(name) ? decodeURIComponent(name) : name}" is not valid percent-encoded UTF-8.`,
      {
        param: decodes(name) ? decodeURIComponent(name) : name,
      },
    );
  }
  if (!text.includes('%00')) return;
  for (const [name, value] of Object.entries(query)) {
    for (const item of [name, ...(Array.isArray(value) ? value : [value ?? ''])]) {
      const problem = unstorable(item);
      if (problem !== null)
        throw refuse('invalid_input', `"${name}" ${problem}.`, { param: name.replaceAll('\0', '') });
    }
  }
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
