import { Busboy } from '@fastify/busboy';
import { refuse } from './errors.ts';
import { unstorable } from './read-body.ts';
import type { UploadedFile } from './service.ts';

/** A multipart form: its texts, and its files by the name of their part. */
export interface Form {
  readonly texts: Readonly<Record<string, string | string[]>>;
  readonly files: Readonly<Record<string, readonly UploadedFile[]>>;
}

/** More parts than any form has; each costs the parser an object. */
const maxParts = 1_000;

/**
 * Reads a `multipart/form-data` body, with names as browsers and every version of curl escape them. The parser of the
 * runtime itself refuses a quotation mark behind a backslash.
 *
 * @throws `unsupported_media_type`, `malformed_body` or `invalid_input`
 */
export async function readForm(bytes: Buffer, contentType: string | undefined): Promise<Form> {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (contentType === undefined || type !== 'multipart/form-data') {
    throw refuse('unsupported_media_type', 'Send the body as multipart/form-data, as curl -F does.', {
      param: 'Content-Type',
    });
  }
  const texts: Record<string, string | string[]> = Object.create(null);
  const files: Record<string, UploadedFile[]> = Object.create(null);
  for (const { name, value } of await parse(bytes, contentType)) {
    const problem = unstorable(name) ?? unstorable(typeof value === 'string' ? value : value.name);
    if (problem !== null)
      throw refuse('invalid_input', `"${name.replaceAll('\0', '')}" ${problem}.`, { param: 'body' });
    if (typeof value === 'string') {
      const before = texts[name];
      texts[name] = before === undefined ? value : [before, value].flat();
    } else {
      files[name] = [...(files[name] ?? []), value];
    }
  }
  return { texts, files };
}

interface Part {
  readonly name: string;
  readonly value: string | UploadedFile;
}

async function parse(bytes: Buffer, contentType: string): Promise<Part[]> {
  const parts: Part[] = [];
  let isCrowded = false;
  let isNameless = false;
  // What is thrown here nobody catches: the parser calls it on its own time.
  const add = (name: string | null | undefined, value: Part['value']): void => {
    if (name == null) isNameless = true;
    else parts.push({ name: unescaped(name), value });
  };
  try {
    await new Promise<void>((done, fail) => {
      const parser = new Busboy({
        headers: { 'content-type': contentType },
        preservePath: true,
        // The body is in memory and was measured there.
        limits: { fieldSize: bytes.length, parts: maxParts },
      });
      parser.on('field', add);
      parser.on('file', (name, content, fileName) => {
        const chunks: Buffer[] = [];
        content.on('data', (chunk: Buffer) => chunks.push(chunk));
        content.on('error', fail);
        content.on('end', () => add(name, { name: unescaped(fileName ?? ''), bytes: Buffer.concat(chunks) }));
      });
      parser.on('partsLimit', () => {
        isCrowded = true;
      });
      parser.on('error', fail);
      parser.on('finish', done);
      parser.end(bytes);
    });
  } catch (cause) {
    throw refuse('malformed_body', 'The body is not the multipart form that its Content-Type says.', {
      param: 'body',
      cause,
    });
  }
  if (isNameless) throw refuse('malformed_body', 'A part of the form has no name.', { param: 'body' });
  if (isCrowded) throw refuse('malformed_body', `The form has more than ${maxParts} parts.`, { param: 'body' });
  return parts;
}

/** What browsers, and curl of today, write for the three characters that cannot stand in a name. */
function unescaped(name: string): string {
  return name.replaceAll(/%(22|0D|0A)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
