import { errors } from 'undici';
import type { TransportError } from '../dispatch/transport.ts';
import { ConnectRefusal } from './connect.ts';

/** How far a request had come. */
export interface Progress {
  readonly isTls: boolean;
  /** Whether it was written to a connection. */
  readonly fired: boolean;
  /** Whether a 1xx response came. */
  readonly informed: boolean;
}

/** Sorts the errors of undici, of sockets and of TLS into the few that a record knows. */
export function readFailure(error: Error, progress: Progress): { error: TransportError; message: string } {
  if (error instanceof ConnectRefusal) return { error: error.error, message: error.message };
  const kind = progress.fired ? afterConnecting(error, progress.informed) : whileConnecting(error, progress.isTls);
  const code = codeOf(error);
  return { error: kind, message: code === '' ? `${sentences[kind]}.` : `${sentences[kind]} (${code}).` };
}

const sentences: Readonly<Record<TransportError, string>> = {
  timeout: 'The connection could not be made in time',
  dns: 'The name of the host could not be resolved',
  connect: 'The connection could not be made',
  tls: 'The TLS handshake failed',
  reset: 'The connection was closed before a response came',
  protocol: 'The response is not valid HTTP/1.1',
  url_blocked: 'The address is blocked',
  invalid_header: 'A header cannot be sent',
  not_configured: 'The channel is not connected',
  invalid_message: 'The message cannot be sent',
  refused: 'The message was refused',
  postponed: 'The message was refused for now',
};

const protocolCodes = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

function whileConnecting(error: Error, isTls: boolean): TransportError {
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') return 'invalid_header';
  // The kernel names the call that failed; an AggregateError holds one failure for each address that was tried.
  const byKernel = error instanceof AggregateError || ('syscall' in error && error.syscall === 'connect');
  return isTls && !byKernel ? 'tls' : 'connect';
}

function afterConnecting(error: Error, informed: boolean): TransportError {
  const code = codeOf(error);
  if (error instanceof errors.HTTPParserError || protocolCodes.has(code)) return 'protocol';
  // undici closes a connection itself on "100 Continue" and on an upgrade, which nobody asked for.
  if (error.message === 'bad response' || error.message === 'bad upgrade') return 'protocol';
  return informed ? 'protocol' : 'reset';
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
