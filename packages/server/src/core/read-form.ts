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
 * Reads a `multipart/form-data` body with the parser of the runtime itself.
 *
 * @throws `unsupported_media_type`, `malformed_body` or `invalid_input`
 */
export async function readForm(bytes: Buffer, contentType: string | undefined): Promise<Form> {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'multipart/form-data') {
    throw refuse('unsupported_media_type', 'Send the body as multipart/form-data, as curl -F does.', {
      param: 'Content-Type',
    });
  }
  const data = await parse(bytes, contentType ?? '');
  const texts: Record<string, string | string[]> = Object.create(null);
  const files: Record<string, UploadedFile[]> = Object.create(null);
  let parts = 0;
  for (const [name, value] of data) {
    if (++parts > maxParts)
      throw refuse('malformed_body', `The form has more than ${maxParts} parts.`, { param: 'body' });
    const problem = unstorable(name) ?? unstorable(typeof value === 'string' ? value : value.name);
    if (problem !== null)
      throw refuse('invalid_input', `"${name.replaceAll('\0', '')}" ${problem}.`, { param: 'body' });
    if (typeof value === 'string') {
      const before = texts[name];
      texts[name] = before === undefined ? value : [before, value].flat();
    } else {
      const file = { name: value.name, bytes: Buffer.from(await value.arrayBuffer()) };
      files[name] = [...(files[name] ?? []), file];
    }
  }
  return { texts, files };
}

/** A body that was read from a socket never lies in shared memory, which the types cannot know. */
function bodyOf(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

async function parse(bytes: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(bodyOf(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch (cause) {
    throw refuse('malformed_body', 'The body is not the multipart form that its Content-Type says.', {
      param: 'body',
      cause,
    });
  }
}
