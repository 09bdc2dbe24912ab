import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { checkAddress, type EgressPolicy } from '../dispatch/egress.ts';
import type { TransportError } from '../dispatch/transport.ts';
import type { Resolve } from './resolve.ts';

export interface ConnectOptions {
  readonly policy: EgressPolicy;
  readonly resolve: Resolve;
  /** Name look-up and TLS included. */
  readonly timeoutMs: number;
  /** Certificate authorities to trust in place of Node's, as PEM. */
  readonly ca?: string;
}

/** Why no connection was made, where that was decided here. */
export class ConnectRefusal extends Error {
  readonly error: TransportError;

  constructor(error: TransportError, message: string, cause?: unknown) {
    super(message, { cause });
    this.error = error;
  }
}

/**
 * Makes the connections to one origin: to addresses that were checked and to nothing else. The name is resolved here,
 * every answer must be allowed, and the socket is given these answers, so that no later one can differ. Certificates are
 * verified whatever NODE_TLS_REJECT_UNAUTHORIZED says.
 */
export function createConnector(port: number, options: ConnectOptions): buildConnector.connector {
  const refuse = (address: string): ConnectRefusal | null => {
    const refusal = checkAddress(address, port, options.policy);
    return refusal === null ? null : new ConnectRefusal('url_blocked', refusal.message);
  };
  const resolveChecked = async (hostname: string) => {
    const addresses = await options.resolve(hostname).catch((cause: unknown) => {
      throw new ConnectRefusal('dns', 'The name of the host could not be resolved.', cause);
    });
    return addresses.map((address) => {
      const refusal = refuse(address);
      if (refusal !== null) throw refusal;
      return { address, family: isIP(address) };
    });
  };
  const lookup: LookupFunction = (hostname, _, callback) => {
    resolveChecked(hostname).then(
      (addresses) => callback(null, addresses),
      (error: Error) => callback(error, []),
    );
  };
  const connect = buildConnector({
    lookup,
    // With it the socket asks for all addresses, and so is given a list.
    autoSelectFamily: true,
    timeout: options.timeoutMs,
    rejectUnauthorized: true,
    allowH2: false,
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  return (target, callback) => {
    // A literal address is never looked up.
    const refusal = isIP(target.hostname) === 0 ? null : refuse(target.hostname);
    if (refusal === null) connect(target, callback);
    else queueMicrotask(() => callback(refusal, null));
  };
}
