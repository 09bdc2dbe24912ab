/**
 * Verification inside web frameworks, each on the bytes that arrived. The frameworks are known by their shape only, so
 * this needs none of them installed.
 */
import { verifyWebhook, type WebhookOptions, type WebhookVerdict } from './verify-webhook.ts';

/** A webhook that was believed. */
export type VerifiedWebhook = Extract<WebhookVerdict, { ok: true }>;

type Refused = Extract<WebhookVerdict, { ok: false }>;

/** More than a webhook has; a sender who has no secret must not fill the memory. */
const maxBytes = 1024 * 1024;

/** The part of a Node request that adapters read; Express, Fastify and the pages of Next all have it. */
export interface NodeRequest extends AsyncIterable<Uint8Array | string> {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Express: the path before a router took its part of it. */
  readonly originalUrl?: string | undefined;
  readonly readableEnded?: boolean;
  readonly body?: unknown;
  readonly rawBody?: unknown;
}

interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

/** Verifies a request of Node, whose body nobody has read yet, or which was kept in `rawBody` or `body` as bytes. */
export async function verifyNodeRequest(options: WebhookOptions, request: NodeRequest): Promise<WebhookVerdict> {
  const body = await bodyOf(request);
  return verifyWebhook(options, {
    headers: request.headers,
    body,
    method: request.method ?? 'POST',
    path: request.originalUrl ?? request.url ?? '/',
  });
}

/** Verifies a `Request` of the web, such as workers, Deno, Bun and the routes of Next receive. */
export async function verifyRequest(options: WebhookOptions, request: Request): Promise<WebhookVerdict> {
  const { pathname } = new URL(request.url);
  const body = request.bodyUsed ? { parsed: true } : await request.arrayBuffer();
  return verifyWebhook(options, { headers: request.headers, body, method: request.method, path: pathname });
}

/**
 * Express: verifies before the next handler, which finds the webhook in `request.webhook`.
 *
 * @example
 * app.post('/hooks', expressWebhook({ scheme: 'standard', secret }), (request, response) => { … });
 */
export function expressWebhook(options: WebhookOptions) {
  return (
    request: NodeRequest & { webhook?: VerifiedWebhook },
    response: NodeResponse,
    next: (error?: unknown) => void,
  ): void => {
    verifyNodeRequest(options, request).then((verdict) => {
      if (!verdict.ok) {
        refuseNode(response, verdict);
        return;
      }
      request.webhook = verdict;
      next();
    }, next);
  };
}

/**
 * Next, `pages/api`: export `config = { api: { bodyParser: false } }` beside it.
 *
 * @example
 * export default nextPagesWebhook({ scheme: 'standard', secret }, async (webhook) => { … });
 */
export function nextPagesWebhook(options: WebhookOptions, handle: (webhook: VerifiedWebhook) => unknown) {
  return async (request: NodeRequest, response: NodeResponse): Promise<void> => {
    const verdict = await verifyNodeRequest(options, request);
    if (!verdict.ok) {
      refuseNode(response, verdict);
      return;
    }
    await handle(verdict);
    response.statusCode = 204;
    response.end('');
  };
}

/**
 * Next, `app/…/route.ts`, and every runtime that answers a `Request` with a `Response`.
 *
 * @param handle may answer itself; otherwise the sender is told 204
 * @example
 * export const POST = nextWebhook({ scheme: 'standard', secret }, async (webhook) => { … });
 */
export function nextWebhook(
  options: WebhookOptions,
  handle: (webhook: VerifiedWebhook, request: Request) => unknown,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const verdict = await verifyRequest(options, request);
    if (!verdict.ok) return refusalResponse(verdict);
    const answer = await handle(verdict, request);
    return answer instanceof Response ? answer : new Response(null, { status: 204 });
  };
}

interface HonoContext {
  readonly req: {
    readonly raw: Request;
    readonly path: string;
    readonly method: string;
    arrayBuffer(): Promise<ArrayBuffer>;
  };
  set(name: 'webhook', webhook: VerifiedWebhook): void;
}

/**
 * Hono: verifies before the next handler, which finds it with `c.get('webhook')`.
 *
 * @example
 * app.post('/hooks', honoWebhook({ scheme: 'standard', secret }), (c) => { … });
 */
export function honoWebhook(options: WebhookOptions) {
  return async (c: HonoContext, next: () => Promise<void>): Promise<Response | undefined> => {
    // What an earlier handler read through the context is kept there as bytes; what it read past it is gone.
    const body = await c.req.arrayBuffer().catch(() => ({ parsed: true }));
    const { headers, method } = c.req.raw;
    const verdict = await verifyWebhook(options, { headers, body, method, path: new URL(c.req.raw.url).pathname });
    if (!verdict.ok) return refusalResponse(verdict);
    c.set('webhook', verdict);
    await next();
    return undefined;
  };
}

interface FastifyLike {
  removeContentTypeParser(types: string[]): unknown;
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer'; bodyLimit: number },
    parser: (request: never, body: never, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  addHook: unknown;
  decorateRequest(name: string, value: null): unknown;
}

interface FastifyRequestLike {
  readonly headers: NodeRequest['headers'];
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  webhook: VerifiedWebhook | null;
}

interface FastifyReplyLike {
  code(status: number): { send(body: unknown): unknown };
}

/**
 * Fastify: a plugin for the scope of the routes that receive webhooks. In it bodies stay bytes, and every request is
 * verified before its handler, which finds the webhook in `request.webhook`.
 *
 * @example
 * app.register(async (hooks) => {
 *   fastifyWebhook(hooks, { scheme: 'standard', secret });
 *   hooks.post('/hooks', async (request) => { … });
 * });
 */
export function fastifyWebhook(scope: FastifyLike, options: WebhookOptions): void {
  scope.removeContentTypeParser(['application/json', 'text/plain']);
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBytes }, (_, body, done) => done(null, body));
  scope.decorateRequest('webhook', null);
  hooksOf(scope).addHook('preHandler', async (request: FastifyRequestLike, reply: FastifyReplyLike) => {
    const { headers, method, url, body } = request;
    const verdict = await verifyWebhook(options, { headers, method, path: url, body });
    if (!verdict.ok) return reply.code(statusOf(verdict)).send(refusalBody(verdict));
    request.webhook = verdict;
    return undefined;
  });
}

interface Hooks {
  addHook(
    name: 'preHandler',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>,
  ): unknown;
}

/** Fastify's own type of `addHook` is a family of overloads that no shape of ours is assignable to. */
function hooksOf(scope: FastifyLike): Hooks {
  return scope as Hooks;
}

async function bodyOf(request: NodeRequest): Promise<unknown> {
  if (request.rawBody !== undefined) return request.rawBody;
  const { body } = request;
  // A body that stands there was parsed: as bytes or text by a raw parser, as something else by another one.
  if (body !== undefined && (typeof body === 'string' || ArrayBuffer.isView(body))) return body;
  if (request.readableEnded === true) return body ?? { parsed: true };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
    size += bytes.length;
    if (size <= maxBytes) chunks.push(bytes);
  }
  const whole = new Uint8Array(Math.min(size, maxBytes));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function refuseNode(response: NodeResponse, verdict: Refused): void {
  response.statusCode = statusOf(verdict);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(refusalBody(verdict)));
}

function refusalResponse(verdict: Refused): Response {
  return Response.json(refusalBody(verdict), { status: statusOf(verdict) });
}

/** Faults of the receiver are 500, so that the sender tries again once they are mended. */
function statusOf({ fault }: Refused): number {
  return fault === 'parsed_body' || fault === 'bad_secret' ? 500 : 400;
}

function refusalBody({ fault, message }: Refused): { error: string; code: string } {
  return { error: message, code: `webhook_${fault}` };
}
