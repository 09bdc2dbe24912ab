import { readRetryAfter } from './retry-after.ts';
import type { TransportError, TransportResult } from './transport.ts';

/** What an attempt's record says went wrong, besides the status. */
export type AttemptError = TransportError | 'redirect';

/** What an attempt means for its delivery. */
export type AttemptClass =
  | { readonly class: 'success' }
  | { readonly class: 'retryable'; readonly error: AttemptError | null; readonly retryAfterMs: number | null }
  | {
      readonly class: 'terminal';
      readonly reason: 'terminal_response' | TerminalError;
      readonly error: AttemptError | null;
      /** The receiver is gone for good: send nothing more to this endpoint. */
      readonly disablesEndpoint: boolean;
    }
  /** Cut off by us, or by the end of the node that made it: nobody knows what the receiver did. */
  | { readonly class: 'lost' };

/** Errors that another attempt would meet again. */
const terminalErrors = ['url_blocked', 'invalid_header', 'not_configured', 'invalid_message', 'refused'] as const;

export type TerminalError = (typeof terminalErrors)[number];

/** Where the services differ in reading a response. */
export interface ClassifyRules {
  /** What 3xx is, and 4xx other than 408, 425 and 429. */
  readonly refusals: 'terminal' | 'retryable';
  /** Whether a 410 ends the delivery and disables the endpoint. */
  readonly goneDisables: boolean;
  /** The response header that forbids a retry by saying `false`, in lower case. */
  readonly retryHeader: string | null;
}

/** Scheduled deliveries: a request that the receiver refuses would be refused again. */
export const deliveryRules: ClassifyRules = {
  refusals: 'terminal',
  goneDisables: false,
  retryHeader: 'sched-retry',
};

/** Webhooks: whatever is not 2xx is tried again, because the owner of the endpoint may be mending it; 410 ends it. */
export const webhookRules: ClassifyRules = { refusals: 'retryable', goneDisables: true, retryHeader: null };

/** Success is 2xx and nothing else. `now` is what a date in `Retry-After` is measured from. */
export function classify(result: TransportResult, rules: ClassifyRules, now: number): AttemptClass {
  if (result.type === 'aborted') return { class: 'lost' };
  if (result.type === 'failure') return classifyFailure(result.error, result.retryAfterMs ?? null);
  const { status, headers } = result;
  if (status >= 200 && status <= 299) return { class: 'success' };
  const error = status >= 300 && status <= 399 ? 'redirect' : null;
  const gone = status === 410 && rules.goneDisables;
  const forbidden = rules.retryHeader !== null && headers[rules.retryHeader]?.trim().toLowerCase() === 'false';
  if (gone || forbidden || (rules.refusals === 'terminal' && !isTemporary(status))) {
    return { class: 'terminal', reason: 'terminal_response', error, disablesEndpoint: gone };
  }
  return { class: 'retryable', error, retryAfterMs: retryAfter(status, headers['retry-after'], now) };
}

function classifyFailure(error: TransportError, retryAfterMs: number | null): AttemptClass {
  const terminal = terminalErrors.find((one) => one === error);
  if (terminal !== undefined) return { class: 'terminal', reason: terminal, error, disablesEndpoint: false };
  return { class: 'retryable', error, retryAfterMs };
}

/** A status outside 100 to 599 counts as 5xx (RFC 9110, section 15). */
function isTemporary(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500 || status < 200;
}

function retryAfter(status: number, value: string | undefined, now: number): number | null {
  return value !== undefined && (status === 429 || status === 503) ? readRetryAfter(value, now) : null;
}
