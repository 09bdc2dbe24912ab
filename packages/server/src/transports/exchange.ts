import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, Pool } from 'undici';
import type { Clock } from '../core/sources.ts';
import type { Target } from '../dispatch/egress.ts';
import type { OutboundRequest, TransportError, TransportResult } from '../dispatch/transport.ts';
import { readFailure } from './failure.ts';
import { BodyHead, selectHeaders } from './response.ts';
import type { Expiring } from './sweeper.ts';

/** How much of a body is read before its connection is dropped. */
const maxBodyBytes = 65_536;
/** How much of the body of an answer that is not 2xx is kept. */
const keptBodyBytes = 4_096;

export interface ExchangeParts {
  readonly timeouts: { readonly connectMs: number; readonly bodyMs: number };
  readonly clock: Clock;
}

/** One request and its response. */
export class Exchange implements Dispatcher.DispatchHandler, Expiring {
  readonly #request: OutboundRequest;
  readonly #target: Target;
  readonly #timeouts: ExchangeParts['timeouts'];
  readonly #clock: Clock;
  readonly #settle: (result: TransportResult) => void;
  #controller: Dispatcher.DispatchController | null = null;
  /** When to give up what it waits for, by the monotonic clock, which nobody sets. */
  #deadline = Number.POSITIVE_INFINITY;
  #settled = false;
  #firedAt: number | null = null;
  #informed = false;
  #status: number | null = null;
  #headers: Record<string, string> = {};
  #received = 0;
  #body: BodyHead | null = null;

  constructor(
    request: OutboundRequest,
    target: Target,
    { timeouts, clock }: ExchangeParts,
    settle: (result: TransportResult) => void,
  ) {
    this.#request = request;
    this.#target = target;
    this.#timeouts = timeouts;
    this.#clock = clock;
    this.#settle = settle;
  }

  start(pool: Pool): void {
    const { method, headers, body } = this.#request;
    this.#arm(this.#timeouts.connectMs);
    pool.dispatch({ method, path: this.#target.path, headers, body }, this);
  }

  abort(): void {
    this.#finish({ type: 'aborted', firedAt: this.#firedAt, completedAt: this.#clock.now() });
    this.#drop();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // What nobody waits for any more is not written, and nothing is written twice; the connection stays for others.
    if (this.#settled || this.#firedAt !== null) throw new Error('the request is over');
    this.#controller = controller;
    this.#firedAt = this.#clock.now();
    this.#arm(this.#request.timeoutMs);
    this.#request.onFired?.(this.#firedAt);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) {
      this.#informed = true;
      return;
    }
    this.#status = status;
    this.#headers = selectHeaders(headers);
    if (this.#request.keepsBody === true) this.#body = new BodyHead(maxBodyBytes);
    else if (status > 299) this.#body = new BodyHead(keptBodyBytes);
    this.#arm(this.#timeouts.bodyMs);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.add(chunk);
    this.#received += chunk.length;
    if (this.#received < maxBodyBytes) return;
    this.#respond();
    this.#drop();
  }

  onResponseEnd(): void {
    this.#respond();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // Once there are headers, the status says what came of the request, however its body ends.
    if (this.#status !== null) {
      this.#respond();
      return;
    }
    const { origin } = this.#target;
    const failure = readFailure(error, {
      isTls: origin.startsWith('https:'),
      fired: this.#firedAt !== null,
      informed: this.#informed,
    });
    this.#fail(failure.error, failure.message);
  }

  #arm(ms: number): void {
    this.#deadline = performance.now() + ms;
  }

  expireBy(now: number): void {
    if (now < this.#deadline) return;
    if (this.#status !== null) {
      this.#respond();
    } else if (this.#firedAt === null) {
      this.#fail('timeout', `No connection within ${seconds(this.#timeouts.connectMs)}.`);
    } else {
      this.#fail('timeout', `No response within ${seconds(this.#request.timeoutMs)}.`);
    }
    this.#drop();
  }

  /** Closes the connection: what still comes on it belongs to nobody. */
  #drop(): void {
    this.#controller?.abort(new Error('the rest is not read'));
  }

  #respond(): void {
    if (this.#status === null || this.#firedAt === null) return;
    this.#finish({
      type: 'response',
      status: this.#status,
      headers: this.#headers,
      body: this.#body?.text() ?? null,
      firedAt: this.#firedAt,
      completedAt: this.#clock.now(),
    });
  }

  #fail(error: TransportError, message: string): void {
    this.#finish({ type: 'failure', error, message, firedAt: this.#firedAt, completedAt: this.#clock.now() });
  }

  #finish(result: TransportResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(result);
  }
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
