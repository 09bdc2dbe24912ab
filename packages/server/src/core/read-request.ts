import { hash } from 'node:crypto';
import type { ServiceRuntime } from './context.ts';
import { ApiError, coarseRefusal, refuse } from './errors.ts';
import type { Incoming } from './incoming.ts';
import { readJsonBody, unstorable } from './read-body.ts';
import { type Form, readForm } from './read-form.ts';
import { readHeaderText } from './read-header.ts';
import type { InputReader } from './read-input.ts';
import { readQuery } from './read-query.ts';
import type { Dialect, Operation } from './service.ts';

/** What came with a request besides its path, query and headers. */
export interface Sent {
  readonly bytes: Buffer | null;
  readonly form: Form | null;
  /** The bytes by which two requests are the same. */
  readonly same: Buffer | null;
}

/** Room for the texts of a form and what stands between its parts. */
const formOverhead = 1024 * 1024;

export async function readSent(
  { service: { contract }, settings }: ServiceRuntime,
  operation: Operation,
  incoming: Incoming,
  hasBody: boolean,
): Promise<Sent> {
  if (!hasBody || operation.takesStream === true) return { bytes: null, form: null, same: null };
  const { files } = operation;
  if (files === undefined) {
    const bytes = await incoming.readBody(operation.maxBodyBytes ?? contract.maxBodyBytes);
    return { bytes, form: null, same: bytes };
  }
  const maxBytes = files.maxBytes(settings);
  const tooLarge = (param: string): ApiError =>
    new ApiError(files.tooLarge, `The file has more than ${maxBytes} bytes, the most this API reads.`, { param });
  let body: Buffer;
  try {
    body = await incoming.readBody(maxBytes + formOverhead);
  } catch (error) {
    throw error instanceof ApiError && error.code === 'body_too_large' ? tooLarge('file') : error;
  }
  const form = await readForm(body, incoming.headers['content-type']);
  for (const [name, parts] of Object.entries(form.files)) {
    if (parts.some(({ bytes }) => bytes.length > maxBytes)) throw tooLarge(name);
  }
  return { bytes: null, form, same: sameForm(form) };
}

/** What is wrong with a query is worded apart from what is wrong with a body, where a dialect does. */
export function readingQuery<T>({ finer }: Dialect, { bytes, form }: Sent, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const inQuery =
      finer?.bad_query !== undefined &&
      bytes === null &&
      form === null &&
      error instanceof ApiError &&
      coarseRefusal(error.code) === 'invalid_input';
    throw inQuery ? refuse('bad_query', error.message, error.details) : error;
  }
}

/** The boundary between parts and the name of a temporary file are others at every attempt, and the order means nothing. */
function sameForm({ texts, files }: Form): Buffer {
  const digests = Object.entries(files).map(([name, parts]) => [name, parts.map(({ bytes }) => hash('sha256', bytes))]);
  return Buffer.from(JSON.stringify([Object.entries(texts).sort(byName), digests.sort(byName)]));
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

export function readInput(
  reader: InputReader,
  operation: Operation,
  incoming: Incoming,
  { bytes, form }: Sent,
): Record<string, unknown> {
  let inPath = false;
  for (const name in incoming.params) {
    inPath = true;
    const problem = unstorable(incoming.params[name] ?? '');
    if (problem !== null) throw refuse('invalid_input', `"${name}" ${problem}.`, { param: name });
  }
  const fromHeaders = operation.headers === undefined ? {} : headersOf(operation.headers, incoming);
  if (form !== null) return reader.fromForm({ ...form.texts, ...fromHeaders, ...incoming.params }, form.files);
  if (bytes !== null) {
    const body = readJsonBody(bytes, incoming.headers['content-type']);
    // What a header carries is the header's alone.
    for (const name in operation.headers) delete body[name];
    return reader.fromBody({ ...fromHeaders, ...incoming.params }, body);
  }
  const query = readQuery(incoming.query);
  if (operation.headers === undefined) return reader.fromTexts(inPath ? { ...query, ...incoming.params } : query);
  return reader.fromTexts({ ...query, ...fromHeaders, ...incoming.params });
}

function headersOf(headers: Readonly<Record<string, string>>, incoming: Incoming): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, header] of Object.entries(headers)) {
    const value = readHeaderText(header, incoming.headers[header]);
    if (value === undefined) continue;
    const problem = unstorable(value);
    if (problem !== null) throw refuse('invalid_input', `"${name}" ${problem}.`, { param: name });
    found[name] = value;
  }
  return found;
}

/** What `read` makes of the input is what `run` takes: the operation's own type ties the two together. */
export function requestOf(
  read: (input: Record<string, unknown>) => unknown,
  input: Record<string, unknown>,
): Record<string, unknown> {
  return read(input) as Record<string, unknown>;
}
