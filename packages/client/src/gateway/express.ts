import { unreadBody } from './comparable.ts';
import type { Gate, GateContext } from './gate.ts';
import type { KeptAnswer } from './idempotency.ts';
import { bytesOf, type HeaderValue, joined, kept } from './kept.ts';

/** Express is known by its shape only. */
interface ExpressRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly body?: unknown;
  /** Of parsers of uploads. */
  readonly file?: unknown;
  readonly files?: unknown;
  readonly ip?: string | undefined;
  readonly readableDidRead?: boolean;
  get(name: string): string | undefined;
}

interface ExpressResponse {
  statusCode: number;
  statusMessage: string;
  setHeader(name: string, value: string | readonly string[]): unknown;
  getHeaders(): Readonly<Record<string, HeaderValue>>;
  once(event: 'close', listener: () => void): unknown;
  end: unknown;
  write: unknown;
  writeHead: unknown;
  flushHeaders: unknown;
}

/**
 * Express: behind the parsers of bodies and whatever compresses answers, before your routes, which find the gate in
 * `request.gate`.
 *
 * @example
 * app.use(express.json(), expressGate(gate));
 */
export function expressGate<Names extends string>(gate: Gate<Names>, options: { readonly scope?: string } = {}) {
  return (
    request: ExpressRequest & { gate?: GateContext<Names> },
    response: ExpressResponse,
    next: (error?: unknown) => void,
  ): void => {
    const { method, originalUrl: url, ip: address } = request;
    const header = (name: string) => request.get(name);
    const { scope } = options;
    const admitted = request.gate;
    gate.admit({ method, url, header, body: bodyOf(request), address, scope, admitted }).then((admission) => {
      if (admission.type === 'answer') {
        const { status, headers, body: text } = admission.answer;
        response.statusCode = status;
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        endOf(response)(text);
        return;
      }
      for (const [name, value] of Object.entries(admission.headers)) response.setHeader(name, value);
      request.gate = admission.context;
      if (admission.keeps) holdAnswer(response, (answer) => admission.settle(answer), next);
      else response.once('close', () => void admission.settle());
      next();
    }, next);
  };
}

/** With what a parser of uploads took out of it; of files that it wrote elsewhere, all that it says of them. */
function bodyOf(request: ExpressRequest): unknown {
  const { body, file, files } = request;
  const uploads = filesIn([file, files]).map(({ path: _path, tempFilePath: _temporary, filename: _name, ...told }) =>
    Object.fromEntries(Object.entries(told).filter(([, value]) => typeof value !== 'function')),
  );
  if (uploads.length > 0) return { body, uploads };
  const length = request.get('content-length');
  const hasBody = request.get('transfer-encoding') !== undefined || (length !== undefined && length !== '0');
  return hasBody && request.readableDidRead === false && isEmpty(body) ? unreadBody : body;
}

/** One file, a list of them, or lists of them by field. */
function filesIn(value: unknown): Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(filesIn);
  return 'mimetype' in value ? [value as Readonly<Record<string, unknown>>] : Object.values(value).flatMap(filesIn);
}

/** Parsers that leave a body to others leave nothing, or an object without fields. */
function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0);
}

type End = (chunk?: unknown, ...rest: unknown[]) => unknown;

function endOf(response: ExpressResponse): End {
  return (response.end as End).bind(response);
}

/** Keeps what a handler writes, and lets it go when the answer has been settled. */
function holdAnswer(
  response: ExpressResponse,
  settle: (answer: KeptAnswer) => Promise<void>,
  fail: (error: unknown) => void,
): void {
  const { end, write, writeHead, flushHeaders } = response;
  const chunks: Uint8Array[] = [];
  const told = (rest: readonly unknown[]) => rest.find((arg) => typeof arg === 'function') as (() => void) | undefined;
  const letGo = () => Object.assign(response, { end, write, writeHead, flushHeaders });
  // A head that is written by hand would set off what compresses answers, before there is one.
  response.writeHead = (status: number, ...rest: unknown[]): ExpressResponse => {
    response.statusCode = status;
    const [reason, headers] = typeof rest[0] === 'string' ? rest : [undefined, rest[0]];
    if (typeof reason === 'string') response.statusMessage = reason;
    for (const [name, value] of headersIn(headers)) response.setHeader(name, value);
    return response;
  };
  response.flushHeaders = () => {};
  response.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    chunks.push(bytesOf(chunk, rest[0]));
    const done = told(rest);
    if (done !== undefined) queueMicrotask(done);
    return true;
  };
  response.end = (chunk?: unknown, ...rest: unknown[]): ExpressResponse => {
    chunks.push(bytesOf(chunk, rest[0]));
    // An answer ends once, and what is written after its end is nowhere.
    response.end = () => response;
    response.write = () => false;
    response.writeHead = () => response;
    const whole = joined(chunks);
    settle(kept(response.statusCode, response.getHeaders(), whole)).then(
      () => {
        letGo();
        endOf(response)(whole, told([chunk, ...rest]));
      },
      (error: unknown) => {
        letGo();
        fail(error);
      },
    );
    return response;
  };
}

/** As `writeHead` takes them: by name, or as names and values in turn. */
function headersIn(headers: unknown): (readonly [string, string | readonly string[]])[] {
  if (typeof headers !== 'object' || headers === null) return [];
  const text = (value: unknown) => (Array.isArray(value) ? value.map(String) : String(value));
  if (!Array.isArray(headers)) {
    return Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, text(value)] as const],
    );
  }
  const flat = headers.flat() as unknown[];
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[String(name), text(flat[at + 1])] as const] : []));
}
