import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { ApiError, refuse } from './core/errors.ts';

/** What a request is here: bytes that come, and the way back. */
export interface Sent extends Readable {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { destroy(): void };
}

/**
 * Reads the body, and says so as soon as it is too large. By events: of a small body, an iterator takes longer than all that
 * is done with it.
 */
export function readBody(request: Sent, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      request.off('data', take);
      reject(tooLarge(request, `The body has more than ${maxBytes} bytes, the most this API reads.`));
    };
    // What was cut off before anybody listened tells nothing any more.
    if (request.destroyed) return reject(cutOff(undefined));
    request.on('data', take);
    request.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    request.once('error', (cause) => reject(cutOff(cause)));
  });
}

/** Hands the body over as it comes; what an announced length says is too much, not at all. */
export async function* streamBody(request: Sent, maxBytes: number): AsyncGenerator<Buffer> {
  const said = `The body has more than ${maxBytes} bytes, the most this operation reads; send it in parts.`;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(request, said);
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(request, said);
    yield chunk;
  }
}

/** Whoever stops reading leaves the socket open, for the answer. */
async function* chunksOf(request: Sent): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw cutOff(cause);
  }
}

function cutOff(cause: unknown): ApiError {
  return refuse('malformed_body', 'The body ended before its announced length.', { param: 'body', cause });
}

function tooLarge(request: Sent, message: string): ApiError {
  linger(request);
  return refuse('body_too_large', message, { param: 'body' });
}

const maxLingeredBytes = 16 * 1024 * 1024;
const maxLingerMs = 5_000;

/**
 * Throws away what still comes, for a while: a socket closed under a sender loses the answer on its way, and the sender would
 * see a reset instead of the refusal. Who sends on after that is cut off.
 */
function linger(request: Sent): void {
  let left = maxLingeredBytes;
  const end = () => void request.socket.destroy();
  const timer = setTimeout(end, maxLingerMs).unref();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  request.once('end', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
  request.once('error', () => clearTimeout(timer));
  request.resume();
}
