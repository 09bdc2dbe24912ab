import { type Dispatcher, Pool } from 'undici';
import type { Clock } from '../core/sources.ts';
import { checkTarget, type EgressPolicy, type Target } from '../dispatch/egress.ts';
import { checkHeader } from '../dispatch/header-rules.ts';
import type { Transport, TransportError, TransportResult } from '../dispatch/transport.ts';
import { type ConnectOptions, createConnector } from './connect.ts';
import { Exchange } from './exchange.ts';
import { createNameServerResolve, type Resolve, shareQuestions, systemResolve } from './resolve.ts';
import { createSweeper } from './sweeper.ts';

export interface HttpTransportOptions {
  readonly clock: Clock;
  readonly policy: EgressPolicy;
  /** In place of the name servers, or of the system where private targets are permitted. */
  readonly resolve?: Resolve;
  /** Until a connection stands, name look-up and TLS included; 10 s unless told otherwise. */
  readonly connectTimeoutMs?: number;
  /** How long the body of a response is read; 5 s unless told otherwise. */
  readonly bodyTimeoutMs?: number;
  /** How many origins keep connections; 1,000 unless told otherwise. */
  readonly maxOrigins?: number;
  /** Certificate authorities to trust in place of Node's, as PEM. */
  readonly ca?: string;
}

/** An origin that nobody sent anything to for so long is forgotten. */
const originIdleMs = 60_000;
/** How finely origins are ordered by their last use, and how many URLs are remembered as read: both cost per request. */
const useGrainMs = 1_000;
const maxReadUrls = 1_000;

/** The connections of one origin. */
interface Origin {
  readonly pool: Pool;
  inFlight: number;
  usedAt: number;
}

/**
 * Sends requests over HTTP/1.1 with connections that are kept and reused, one request at a time on each. Redirects are
 * not followed, proxies of the environment are not used, and the URL, the headers and every address that is connected
 * to are checked here whoever calls, because this is the door to the network.
 *
 * A pool has no limit of its own: the dispatcher bounds what is in flight, so that no request waits for another's
 * connection.
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const { clock, policy, maxOrigins = 1_000 } = options;
  const timeouts = { connectMs: options.connectTimeoutMs ?? 10_000, bodyMs: options.bodyTimeoutMs ?? 5_000 };
  const connecting: ConnectOptions = {
    policy,
    resolve: shareQuestions(
      options.resolve ?? (policy.allowPrivateTargets ? systemResolve : createNameServerResolve()),
    ),
    timeoutMs: timeouts.connectMs,
    ...(options.ca !== undefined && { ca: options.ca }),
  };
  /** The least recently used first. */
  const origins = new Map<string, Origin>();
  const targets = new Map<string, Target>();
  const running = new Set<Exchange>();
  const sweeper = createSweeper(running);
  let closed = false;

  const read = (url: string): ReturnType<typeof checkTarget> => {
    const known = targets.get(url);
    if (known !== undefined) return { ok: true, target: known };
    const reading = checkTarget(url, policy);
    if (!reading.ok) return reading;
    if (targets.size >= maxReadUrls) targets.clear();
    targets.set(url, reading.target);
    return reading;
  };
  const originOf = (target: Target): Origin => {
    const now = clock.now();
    const known = origins.get(target.origin);
    if (known !== undefined && now - known.usedAt < useGrainMs) return known;
    const origin = known ?? { pool: createPool(target, connecting), inFlight: 0, usedAt: 0 };
    origin.usedAt = now;
    origins.delete(target.origin);
    origins.set(target.origin, origin);
    if (known === undefined) evictBefore(origin);
    return origin;
  };
  /** Forgets origins that nobody used for long, and as many more as are too many. */
  const evictBefore = (newest: Origin): void => {
    const idleSince = clock.now() - originIdleMs;
    for (const [name, origin] of origins) {
      if (origin === newest || (origins.size <= maxOrigins && origin.usedAt >= idleSince)) return;
      if (origin.inFlight > 0) continue;
      origins.delete(name);
      void origin.pool.destroy();
    }
  };

  return {
    send(request) {
      if (closed) return Promise.resolve({ type: 'aborted', firedAt: null, completedAt: clock.now() });
      const reading = read(request.url);
      if (!reading.ok) return Promise.resolve(refused('url_blocked', reading.message, clock));
      for (const name in request.headers) {
        const refusal = checkHeader(name, request.headers[name] ?? '');
        if (refusal !== null) return Promise.resolve(refused('invalid_header', refusal.message, clock));
      }
      const origin = originOf(reading.target);
      origin.inFlight++;
      return new Promise((resolve) => {
        const exchange = new Exchange(request, reading.target, { timeouts, clock }, (result) => {
          origin.inFlight--;
          running.delete(exchange);
          resolve(result);
        });
        running.add(exchange);
        sweeper.wake();
        exchange.start(origin.pool);
      });
    },
    warm(url, connections = 1) {
      const reading = read(url);
      if (closed || !reading.ok) return;
      const { pool } = originOf(reading.target);
      for (let count = 0; count < connections; count++) pool.dispatch({ method: 'GET', path: '/' }, warmUp);
    },
    async close() {
      closed = true;
      for (const exchange of running) exchange.abort();
      sweeper.stop();
      await Promise.all([...origins.values()].map(({ pool }) => pool.destroy()));
      origins.clear();
    },
  };
}

function createPool(target: Target, connecting: ConnectOptions): Pool {
  return new Pool(target.origin, {
    connect: createConnector(target.port, connecting),
    // Where it could be HTTP/2, undici makes every request wait for the first connection to find out.
    allowH2: false,
    // The exchange has timers of its own: these are exact to half a second, and begin anew with every byte.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveMaxTimeout: 30_000,
    maxHeaderSize: 16_384,
  });
}

function refused(error: TransportError, message: string, clock: Clock): TransportResult {
  return { type: 'failure', error, message, firedAt: null, completedAt: clock.now() };
}

/** Makes a connection and asks nothing: a request whose start throws is never written, and its connection stays. */
const warmUp: Dispatcher.DispatchHandler = {
  onRequestStart() {
    throw new Error('the connection is warm');
  },
  onResponseStart() {},
  onResponseData() {},
  onResponseEnd() {},
  onResponseError() {},
};
