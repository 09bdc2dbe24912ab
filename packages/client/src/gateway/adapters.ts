/** The gate inside web frameworks, which are known by their shape only. */

import { decodeBase64 } from '../base64.ts';
import type { Gate, GateContext } from './gate.ts';
import type { KeptAnswer } from './idempotency.ts';

/** Headers that belong to one answer on the wire, and not to the answer itself. */
const passing = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding', 'content-length', 'set-cookie']);

type HeaderValue = number | string | readonly string[] | undefined;

function kept(status: number, headers: Readonly<Record<string, HeaderValue>>, body: KeptAnswer['body']): KeptAnswer {
  const entries = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !passing.has(name.toLowerCase()),
  );
  return { status, headers: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])), body };
}

interface ExpressRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly body?: unknown;
  readonly ip?: string | undefined;
  get(name: string): string | undefined;
}

interface ExpressResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  getHeaders(): Readonly<Record<string, HeaderValue>>;
  end: unknown;
  write: unknown;
}

/**
 * Express: behind the parser of bodies, before your routes, which find the gate in `request.gate`.
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
    const { method, originalUrl: url, body, ip: address } = request;
    const header = (name: string) => request.get(name);
    gate.admit({ method, url, header, body, address, scope: options.scope }).then((admission) => {
      if (admission.type === 'answer') {
        const { status, headers, body: text } = admission.answer;
        response.statusCode = status;
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        endOf(response)(text);
        return;
      }
      for (const [name, value] of Object.entries(admission.headers)) response.setHeader(name, value);
      request.gate = admission.context;
      holdAnswer(response, (answer) => admission.settle(answer), next);
      next();
    }, next);
  };
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
  const end = endOf(response);
  const write = response.write;
  const chunks: Uint8Array[] = [];
  const told = (rest: readonly unknown[]) => rest.find((arg) => typeof arg === 'function') as (() => void) | undefined;
  response.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    chunks.push(bytesOf(chunk, rest[0]));
    const done = told(rest);
    if (done !== undefined) queueMicrotask(done);
    return true;
  };
  response.end = (chunk?: unknown, ...rest: unknown[]): ExpressResponse => {
    chunks.push(bytesOf(chunk, rest[0]));
    response.end = end;
    response.write = write;
    const whole = joined(chunks);
    settle(kept(response.statusCode, response.getHeaders(), bodyOf(whole))).then(
      () => end(whole, told([chunk, ...rest])),
      fail,
    );
    return response;
  };
}

/** A piece of an answer as its bytes. Text is in the encoding that it was written with, UTF-8 by default. */
function bytesOf(chunk: unknown, encoding?: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice();
  if (typeof chunk !== 'string') return new Uint8Array();
  if (encoding === 'latin1' || encoding === 'binary') return Uint8Array.from(chunk, (char) => char.charCodeAt(0));
  if (encoding === 'base64') return decodeBase64(chunk);
  return new TextEncoder().encode(chunk);
}

/** Joined before they are read: a character may lie on the border of two pieces. */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Text where it is some that a database keeps, which NUL is not. */
function bodyOf(bytes: Uint8Array<ArrayBuffer>): string | Uint8Array<ArrayBuffer> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? bytes : text;
  } catch {
    return bytes;
  }
}

interface FastifyRequest {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  gate: unknown;
  gateSettle: ((answer: KeptAnswer) => Promise<void>) | null;
}

interface FastifyReply {
  readonly statusCode: number;
  code(status: number): FastifyReply;
  headers(headers: Readonly<Record<string, string>>): FastifyReply;
  send(body: unknown): unknown;
  getHeaders(): Readonly<Record<string, HeaderValue>>;
}

interface FastifyScope {
  decorateRequest(name: string, value: null): unknown;
  addHook: unknown;
}

interface FastifyHooks {
  addHook(name: 'preHandler', hook: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown;
  addHook(
    name: 'onSend',
    hook: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => Promise<unknown>,
  ): unknown;
}

/**
 * Fastify: for the routes of a scope, which find the gate in `request.gate`.
 *
 * @example
 * app.register(async (api) => {
 *   fastifyGate(api, gate);
 *   api.post('/orders', …);
 * });
 */
export function fastifyGate<Names extends string>(
  scope: FastifyScope,
  gate: Gate<Names>,
  options: { readonly scope?: string } = {},
): void {
  scope.decorateRequest('gate', null);
  scope.decorateRequest('gateSettle', null);
  // Fastify's own type of `addHook` is a family of overloads that no shape of ours is assignable to.
  const hooks = scope as FastifyHooks;
  hooks.addHook('preHandler', async (request, reply) => {
    const { method, url, body, ip: address } = request;
    const header = (name: string) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : value?.[0];
    };
    const admission = await gate.admit({ method, url, header, body, address, scope: options.scope });
    if (admission.type === 'answer') {
      const { status, headers, body: text } = admission.answer;
      return reply.code(status).headers(headers).send(text);
    }
    reply.headers(admission.headers);
    request.gate = admission.context;
    request.gateSettle = admission.settle;
    return undefined;
  });
  hooks.addHook('onSend', async (request, reply, payload) => {
    const settle = request.gateSettle;
    request.gateSettle = null;
    if (settle != null) {
      await settle(kept(reply.statusCode, reply.getHeaders(), bodyOf(joined([bytesOf(payload)]))));
    }
    return payload;
  });
}

interface HonoContext<Names extends string> {
  readonly req: {
    readonly raw: Request;
    readonly method: string;
    header(name: string): string | undefined;
    text(): Promise<string>;
  };
  res: Response;
  set(name: 'gate', gate: GateContext<Names>): void;
}

/**
 * Hono: before your routes, which find the gate with `c.get('gate')`.
 *
 * @param options.address how the caller's address is known, such as from a header of your proxy
 * @example
 * app.use('/orders/*', honoGate(gate));
 */
export function honoGate<Names extends string>(
  gate: Gate<Names>,
  options: { readonly scope?: string; readonly address?: (request: Request) => string | undefined } = {},
) {
  return async (c: HonoContext<Names>, next: () => Promise<void>): Promise<Response | undefined> => {
    const { method, raw } = c.req;
    const { pathname, search } = new URL(raw.url);
    const body = method === 'GET' || method === 'HEAD' ? '' : await c.req.text();
    const admission = await gate.admit({
      method,
      url: pathname + search,
      header: (name) => c.req.header(name),
      body,
      address: options.address?.(raw),
      scope: options.scope,
    });
    if (admission.type === 'answer') {
      const { status, headers, body: text } = admission.answer;
      return new Response(text, { status, headers });
    }
    c.set('gate', admission.context);
    await next();
    for (const [name, value] of Object.entries(admission.headers)) c.res.headers.set(name, value);
    const answer = c.res.clone();
    await admission.settle(
      kept(answer.status, Object.fromEntries(answer.headers), bodyOf(new Uint8Array(await answer.arrayBuffer()))),
    );
    return undefined;
  };
}
