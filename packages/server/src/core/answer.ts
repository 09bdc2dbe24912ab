import { Compile } from 'typebox/compile';
import type { ServiceRuntime } from './context.ts';
import type { StoredAnswer } from './idempotency/decide.ts';
import type { Incoming } from './incoming.ts';
import { type Operation, RawBody, StreamedBody, WithHeaders } from './service.ts';

/** What an operation answers, before the line adds its headers. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  body: string | Uint8Array | AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

const json = 'application/json; charset=utf-8';

/** The answer that a result makes. */
export function answerOf(operation: Operation, result: unknown): Answer {
  if (result instanceof StreamedBody) {
    return { status: 200, contentType: result.contentType, body: result.chunks, headers: result.headers };
  }
  if (result instanceof RawBody) {
    return { status: result.status, contentType: result.contentType, body: result.bytes, headers: result.headers };
  }
  if (result === undefined) return { status: operation.status ?? 204, contentType: json, body: '' };
  if (result instanceof WithHeaders) {
    const { body, headers } = result;
    const answer = answerOf(operation, body);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }
  const answer = { status: operation.status ?? 200, contentType: json, body: JSON.stringify(result) };
  if (operation.location === undefined) return answer;
  return { ...answer, headers: { location: operation.location(result as { id: string }) } };
}

/** The same answer without its body, where the caller holds this version of it already. */
export function unlessKnown({ method, headers }: Pick<Incoming, 'method' | 'headers'>, answer: Answer): Answer {
  const version = answer.headers?.etag;
  const known = headers['if-none-match'];
  if (method !== 'GET' || answer.status !== 200 || version === undefined || known === undefined) return answer;
  const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(version) ? { ...answer, status: 304, body: '' } : answer;
}

/** What the compiler does not check: that an operation answers what it declares. */
export function checkOutput(operation: Operation, result: unknown): void {
  if (result instanceof StreamedBody || result instanceof RawBody) {
    checkContentType(operation, result);
    return;
  }
  const body = result instanceof WithHeaders ? result.body : result;
  const sent: unknown = body === undefined ? undefined : JSON.parse(JSON.stringify(body));
  const check = Compile(operation.output);
  if (check.Check(sent)) return;
  const { instancePath, message } = check.Errors(sent)[0] ?? { instancePath: '', message: 'it differs' };
  throw new Error(`${operation.id} answers something else than it declares: ${instancePath} ${message}`);
}

/** Clients read what the documents say; `application/octet-stream` may be anything, and browsers are shown pages. */
function checkContentType({ id, output }: Operation, { contentType }: RawBody | StreamedBody): void {
  const { 'x-content-type': declared = 'application/json' } = output as { 'x-content-type'?: string };
  const sent = contentType.split(';')[0] ?? '';
  if (![sent, 'application/octet-stream'].includes(declared) && sent !== 'text/html') {
    throw new Error(`${id} answers with ${sent} and declares ${declared}; declare its output by rawOutput('${sent}')`);
  }
}

/** The headers of an answer that is given again. */
export function repeated(
  { service: { contract } }: ServiceRuntime,
  operation: Operation,
  { body, requestId }: StoredAnswer,
): Record<string, string> {
  const original = contract.dialect.requestIds?.original;
  return {
    'idempotent-replayed': 'true',
    ...(original === undefined || requestId === null ? {} : { [original]: requestId }),
    ...(operation.location === undefined ? {} : { location: operation.location(JSON.parse(body) as { id: string }) }),
  };
}

/** A stream that fails half-way can only be cut off; that it was a bug must still be known. */
export async function* watched(chunks: AsyncIterable<string>, onBug: (error: unknown) => void): AsyncGenerator<string> {
  try {
    yield* chunks;
  } catch (error) {
    onBug(error);
    throw error;
  }
}
