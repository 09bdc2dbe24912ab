import { unreadBody } from './comparable.ts';
import type { Gate, GateContext } from './gate.ts';
import type { KeptAnswer } from './idempotency.ts';
import { bytesOf, type HeaderValue, hasNoBody, joined, kept } from './kept.ts';

/** Fastify is known by its shape only. */
interface FastifyRequest {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly raw: { readonly readableDidRead?: boolean };
  gate: GateContext | null;
  gateAnswer: Settling | null;
}

interface Settling {
  readonly keeps: boolean;
  settle(answer?: KeptAnswer): Promise<void>;
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
  hasRequestDecorator(name: string): boolean;
  addHook: unknown;
}

interface FastifyHooks {
  addHook(name: 'onResponse', hook: (request: FastifyRequest) => Promise<unknown>): unknown;
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
  if (!scope.hasRequestDecorator('gate')) {
    scope.decorateRequest('gate', null);
    scope.decorateRequest('gateAnswer', null);
  }
  // Fastify's own type of `addHook` is a family of overloads that no shape of ours is assignable to.
  const hooks = scope as FastifyHooks;
  hooks.addHook('preHandler', async (request, reply) => {
    const { method, url, ip: address } = request;
    const header = (name: string) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : value?.[0];
    };
    const admission = await gate.admit({
      method,
      url,
      header,
      body: bodyOf(request),
      address,
      scope: options.scope,
      admitted: request.gate,
    });
    if (admission.type === 'answer') {
      const { status, headers, body: text } = admission.answer;
      return reply.code(status).headers(headers).send(text);
    }
    reply.headers(admission.headers);
    request.gate = admission.context;
    request.gateAnswer ??= admission;
    return undefined;
  });
  hooks.addHook('onSend', async (request, reply, payload) => {
    const admission = request.gateAnswer;
    request.gateAnswer = null;
    if (admission === null) return payload;
    if (!admission.keeps) {
      void admission.settle();
      return payload;
    }
    if (!isStream(payload) && !(payload instanceof Response)) {
      await admission.settle(kept(reply.statusCode, reply.getHeaders(), joined([bytesOf(payload)])));
      return payload;
    }
    const whole = await readWhole(payload).catch(async (error: unknown) => {
      await admission.settle();
      throw error;
    });
    if (!(payload instanceof Response)) {
      await admission.settle(kept(reply.statusCode, reply.getHeaders(), whole));
      return new Response(whole).body;
    }
    const { status, headers } = payload;
    await admission.settle(kept(status, { ...reply.getHeaders(), ...Object.fromEntries(headers) }, whole));
    return new Response(hasNoBody(status) ? null : whole, { status, headers });
  });
  // What a handler writes by itself, past Fastify, is not kept.
  hooks.addHook('onResponse', async ({ gateAnswer }) => gateAnswer?.settle());
}

/** Parsers of forms leave a body to their handlers, who read it part by part. */
function bodyOf({ body, headers, raw }: FastifyRequest): unknown {
  const length = headers['content-length'];
  const hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  const isUnread = raw.readableDidRead === false || /^multipart\//i.test(String(headers['content-type']));
  return hasBody && isUnread && (body === undefined || body === null) ? unreadBody : body;
}

/** One of Node, or of the web. */
function isStream(payload: unknown): payload is AsyncIterable<Uint8Array | string> {
  return typeof payload === 'object' && payload !== null && Symbol.asyncIterator in payload;
}

async function readWhole(stream: AsyncIterable<Uint8Array | string> | Response): Promise<Uint8Array<ArrayBuffer>> {
  if (stream instanceof Response) return new Uint8Array(await stream.arrayBuffer());
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(bytesOf(chunk));
  return joined(chunks);
}
