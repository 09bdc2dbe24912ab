import type { Clock } from '../core/sources.ts';
import type { OutboundRequest, Transport, TransportResult } from '../dispatch/transport.ts';

/** What a vendor's library is given in place of the global `fetch`. */
export type VendorFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** What a vendor makes of a message that reached him. */
export type Verdict =
  | { readonly type: 'taken'; readonly id: string | null }
  /** He said no with a 2xx, or the library found out by itself that the message cannot be sent. */
  | { readonly type: 'refused'; readonly said: string; readonly isForGood: boolean };

/** From the first byte out to the headers of the answer. */
const timeoutMs = 15_000;
/** The library says how long a body is; the connection says it again. */
const ofTheConnection = new Set(['content-length', 'connection', 'host', 'keep-alive']);
const withoutBody = new Set([204, 205, 304]);
const maxSaid = 1_024;

/**
 * One attempt by a vendor's library, which words the request and reads the answer. The request itself goes through the
 * one HTTP transport, with its checks of addresses and its time-outs, and what came of it is that transport's word: the
 * library's own errors only decide where it was answered with 2xx.
 */
export async function callVendor(
  http: Transport,
  clock: Clock,
  work: (fetch: VendorFetch) => Promise<Verdict>,
): Promise<TransportResult> {
  let last: TransportResult | null = null;
  const viaTransport: VendorFetch = async (url, init = {}) => {
    const result = await http.send({
      method: (init.method ?? 'GET').toUpperCase() as OutboundRequest['method'],
      url: String(url),
      headers: headersOf(init.headers),
      body: bodyOf(init.body),
      timeoutMs,
      keepsBody: true,
    });
    last = result;
    if (result.type !== 'response') throw new Error(`no answer: ${result.type}`);
    const { status, headers, body } = result;
    if (status < 200 || status > 599) throw new Error(`no answer: status ${status}`);
    return new Response(withoutBody.has(status) ? null : body, { status, headers });
  };
  const verdict = await work(viaTransport).catch(
    (error: unknown): Verdict => ({ type: 'refused', said: messageOf(error), isForGood: true }),
  );
  return resultOf(last, verdict, clock);
}

function resultOf(last: TransportResult | null, verdict: Verdict, clock: Clock): TransportResult {
  if (last === null) {
    const said = verdict.type === 'refused' ? verdict.said : 'Nothing was sent.';
    return {
      type: 'failure',
      error: 'invalid_message',
      message: said,
      said: said.slice(0, maxSaid),
      firedAt: null,
      completedAt: clock.now(),
    };
  }
  if (last.type !== 'response') return last;
  const { status, body, headers } = last;
  if (status < 200 || status > 299) return { ...last, body: body?.slice(0, maxSaid) ?? null };
  if (verdict.type === 'taken') {
    return { ...last, body: null, headers: verdict.id === null ? headers : { ...headers, 'message-id': verdict.id } };
  }
  return {
    type: 'failure',
    error: verdict.isForGood ? 'refused' : 'postponed',
    message: verdict.said,
    said: verdict.said.slice(0, maxSaid),
    firedAt: last.firedAt,
    completedAt: last.completedAt,
  };
}

function headersOf(headers: RequestInit['headers']): Record<string, string> {
  return Object.fromEntries([...new Headers(headers)].filter(([name]) => !ofTheConnection.has(name)));
}

/** What our vendors send is text; anything else would be a change of theirs that nobody has looked at. */
function bodyOf(body: RequestInit['body']): string | null {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new Error('the body of a vendor is not text');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
