import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came off the wire, whatever the HTTP framework. */
export interface Incoming {
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  /** What stands after `?`, undecoded. */
  readonly query: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The caller's address as the trusted proxies tell it. */
  readonly address: string;
  /** Reads the body; throws `body_too_large` past the limit, without reading on. */
  readBody(maxBytes: number): Promise<Buffer>;
  /** The bytes of the body as they come; throws `body_too_large` past the limit. */
  stream(maxBytes: number): AsyncIterable<Buffer>;
  readonly signal: AbortSignal;
}

/** An answer, for any HTTP framework to write. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | AsyncIterable<string>;
}
