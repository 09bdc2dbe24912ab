import { parse } from 'secure-json-parse';
import { refuse } from './errors.ts';

const maxDepth = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON object. Refuses what is not UTF-8, not JSON, not an object, nested deeper than 64, or holds what
 * PostgreSQL cannot keep (NUL) or Unicode does not know (lone surrogates), and names the field where there is one.
 *
 * @throws `malformed_body`, `unsupported_media_type` or `invalid_input`
 */
export function readJsonBody(bytes: Buffer, contentType: string | undefined): Record<string, unknown> {
  if (bytes.length === 0) return {};
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json' && !(type?.startsWith('application/') && type.endsWith('+json'))) {
    throw refuse(
      'unsupported_media_type',
      `Send the body as application/json; ${contentType === undefined ? 'no Content-Type was sent' : `"${contentType.slice(0, 80)}" is not read here`}.`,
      { param: 'Content-Type' },
    );
  }
  const text = decode(bytes);
  if (isTooDeep(text)) {
    throw refuse('malformed_body', `The JSON body is nested deeper than ${maxDepth} levels.`, { param: 'body' });
  }
  let value: unknown;
  try {
    value = parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    throw refuse('malformed_body', `The body is not valid JSON: ${(cause as Error).message.slice(0, 120)}.`, {
      param: 'body',
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse('malformed_body', 'The JSON body must be an object such as {"count": 3}.', { param: 'body' });
  }
  // Only a text with such an escape can hold such a character: raw ones are no JSON, or no UTF-8.
  if (/\\u(?:0000|d[89a-f])/i.test(text)) refuseUnstorable(value, '');
  return value as Record<string, unknown>;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw refuse('malformed_body', 'The body is not valid UTF-8.', { param: 'body', cause });
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92) i++;
      else if (c === 34) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 91 || c === 123) {
      if (++depth > maxDepth) return true;
    } else if (c === 93 || c === 125) depth--;
  }
  return false;
}

/**
 * For JSON that came as a text inside something else, which the line reads as no more than a text.
 *
 * @throws `invalid_input` naming the place that holds what cannot be kept
 */
export function refuseUnstorable(value: unknown, path: string): void {
  if (typeof value === 'string') {
    const problem = unstorable(value);
    // The name of a field may be empty, and an empty name mends nothing.
    if (problem !== null) throw refuse('invalid_input', `"${path}" ${problem}.`, { param: path || 'body' });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseUnstorable(item, `${path}[${index}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      const at = path === '' ? name : `${path}.${name}`;
      const problem = unstorable(name);
      if (problem !== null)
        throw refuse('invalid_input', `A field name ${problem}.`, { param: path === '' ? 'body' : path });
      refuseUnstorable(item, at);
    }
  }
}

/** Why a text cannot be kept, or `null`. */
export function unstorable(text: string): string | null {
  if (text.includes('\0')) return 'must not hold a NUL character';
  return text.isWellFormed() ? null : 'must not hold a lone surrogate (half of a character pair)';
}
