import { refuse } from './errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a header that carries an input. Node hands headers over as Latin-1, whatever they hold; browsers send
 * `Last-Event-ID` as UTF-8, so that is what the bytes are read as.
 *
 * @throws `invalid_input` for bytes that are no UTF-8
 */
export function readHeaderText(name: string, value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value.join(', ') : value;
  if (text === undefined || !/[\x80-\xff]/.test(text)) return text;
  try {
    return utf8.decode(Buffer.from(text, 'latin1'));
  } catch (cause) {
    throw refuse('invalid_input', `The header "${name}" is not valid UTF-8.`, { param: name, cause });
  }
}
