/** One HTTP request to somebody else's server. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent byte for byte, with any method; text as UTF-8. */
  readonly body: Uint8Array | string | null;
  /** From the first byte out to the headers of the response. */
  readonly timeoutMs: number;
  /** Called when the first byte goes out, so that it can be written down while the answer is still awaited. */
  readonly onFired?: (firedAt: number) => void;
  /** Keeps the body of a 2xx answer too, up to 64 KB: for vendors who answer there what came of a request. */
  readonly keepsBody?: boolean;
}

/** Why a request got no response. */
export type TransportError =
  | 'timeout'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'reset'
  | 'protocol'
  | 'url_blocked'
  | 'invalid_header'
  /** Of channels: nothing to log in with, what cannot be sent to anybody, a no for good, and one for now. */
  | 'not_configured'
  | 'invalid_message'
  | 'refused'
  | 'postponed';

/** What came of a request. Instants are Unix milliseconds; without a `firedAt` no byte has left. */
export type TransportResult =
  | {
      readonly type: 'response';
      readonly status: number;
      /** At most 16, of a fixed list of names, in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** The first 4 KB of an answer that is not 2xx, as text that every database can store. */
      readonly body: string | null;
      readonly firedAt: number;
      readonly completedAt: number;
    }
  | {
      readonly type: 'failure';
      readonly error: TransportError;
      /** A sentence for whoever owns the endpoint. */
      readonly message: string;
      /** What is written down in place of an answer, where the other side gave one in words of its own. */
      readonly said?: string;
      /** How long the other side asks to be left alone. */
      readonly retryAfterMs?: number;
      readonly firedAt: number | null;
      readonly completedAt: number;
    }
  /** The transport was closed. With a `firedAt`, nobody knows whether the receiver acted. */
  | { readonly type: 'aborted'; readonly firedAt: number | null; readonly completedAt: number };

/** What carries requests out. The dispatcher is handed one and bounds how many requests are in flight. */
export interface Transport {
  /** Never rejects: whatever happens to a request is a result. */
  send(request: OutboundRequest): Promise<TransportResult>;
  /** Opens connections to the origin of a URL a moment before they are needed; connections that idle there count. */
  warm(url: string, connections?: number): void;
  /** Aborts what is in flight and closes every connection. */
  close(): Promise<void>;
}
