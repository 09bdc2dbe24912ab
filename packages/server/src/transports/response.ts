import type { IncomingHttpHeaders } from 'node:http';
import { StringDecoder } from 'node:string_decoder';

/** What is kept of a response's headers: what explains an answer and finds it in the receiver's logs. */
const keptHeaders = [
  'content-type',
  'content-length',
  'date',
  'location',
  'retry-after',
  'sched-retry',
  'server',
  'www-authenticate',
  'request-id',
  'x-request-id',
  'x-correlation-id',
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-cloud-trace-context',
  'cf-ray',
  'traceparent',
];
const maxValueLength = 1_024;

export function selectHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = headers[name];
    if (value === undefined) continue;
    kept[name] = (typeof value === 'string' ? value : value.join(', ')).slice(0, maxValueLength);
  }
  return kept;
}

/** Keeps the beginning of a body, whatever its length. */
export class BodyHead {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  #kept = 0;
  #isCut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    const room = this.#limit - this.#kept;
    if (chunk.length > room) this.#isCut = true;
    if (room === 0) return;
    // A copy: the chunk is a view of a whole read of the socket.
    const head = Buffer.from(chunk.subarray(0, room));
    this.#chunks.push(head);
    this.#kept += head.length;
  }

  /**
   * As text, with U+FFFD for what is not UTF-8. A character that the cut went through is left out, and U+0000 is
   * replaced too, because PostgreSQL has no text with it.
   */
  text(): string {
    const decoder = new StringDecoder('utf8');
    const text = decoder.write(Buffer.concat(this.#chunks)) + (this.#isCut ? '' : decoder.end());
    return text.replaceAll('\u0000', '\ufffd');
  }
}
