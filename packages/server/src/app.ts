/** Operations become routes here; the only file that knows the HTTP framework. */
import { Readable } from 'node:stream';
import Fastify, {
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { OnBug } from './answer-outside-line.ts';
import { type Call, routesOf } from './core/call.ts';
import { ApiError, refuse } from './core/errors.ts';
import { newRequestId } from './core/ids.ts';
import type { Incoming, Reply } from './core/incoming.ts';
import type { Operation, Service, ServiceContract } from './core/service.ts';
import { HttpIncoming } from './http-incoming.ts';

/** The HTTP framework's instance, for those who only pass it on. */
export type App = FastifyInstance;

/** One service on the line. */
export interface MountedService {
  readonly service: Service;
  call(operation: Operation): Call;
  /** Answers what no operation answers, in the service's words. */
  refusal(error: Error): Call;
  /** The refusal of a request that could not even be read. */
  render(error: ApiError): { status: number; contentType: string; body: string };
}

/** A route of the server itself rather than of a service: health, metrics, documents, the console. */
export interface SystemRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  handle(incoming: Incoming): Promise<Reply>;
}

export interface AppOptions {
  readonly services: readonly MountedService[];
  readonly systemRoutes: readonly SystemRoute[];
  /** Addresses or CIDR ranges whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies: readonly string[];
  /** Aborted when the server stops: open streams end. */
  readonly stopping: AbortSignal;
  readonly onBug: OnBug;
}

/** Node cuts off beyond this with an answer of its own; below it the service's own limit and words hold. */
const maxHeaderBytes = 64 * 1024;
const maxServiceHeaderBytes = 16 * 1024;

/**
 * What a plugin of the framework answers at a URL, asked of an instance that lives for this one question: so a plugin
 * that is large and seldom needed is loaded when it is needed.
 */
export async function askPlugin<Options extends object>(
  plugin: FastifyPluginCallback<Options>,
  options: Options,
  url: string,
): Promise<string> {
  const app = Fastify({ logger: false });
  // The framework infers the options of a plugin from a literal only.
  await app.register(plugin as FastifyPluginCallback, options);
  const { statusCode, body } = await app.inject(url);
  await app.close();
  if (statusCode !== 200) throw new Error(`the plugin answers ${url} with ${statusCode}`);
  return body;
}

export async function createApp(options: AppOptions): Promise<App> {
  const app = Fastify({
    logger: false,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    // What a path means must not depend on the router's leniency, nor its length on the router's default of 100.
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 16_384, querystringParser: () => ({}) },
    exposeHeadRoutes: false,
    http: { maxHeaderSize: maxHeaderBytes, requireHostHeader: false },
    // What arrives while the server stops is still answered, in the service's own words.
    return503OnClosing: false,
    keepAliveTimeout: 72_000,
    requestTimeout: 60_000,
    clientErrorHandler: (error, socket) => answerUnreadable(options.services, error, socket),
    frameworkErrors: (error, request, reply) => void refuseUnread(error, request, reply),
  });
  const refuseUnread = async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const incoming = incomingOf(request, reply, options.stopping);
    const mounted = serviceAt(options.services, incoming.path) ?? options.services[0];
    if (mounted === undefined) return reply.code(500).send({ error: 'No service answers here.' });
    const problem =
      unacceptable(mounted.service.contract, request) ??
      (error instanceof ApiError ? error : readable(error as Error & { statusCode?: number }));
    allowAnyOrigin(mounted.service.contract, request, reply);
    return write(reply, await mounted.refusal(problem)(incoming));
  };
  app.decorate(bugReporter, options.onBug);
  // An expectation that nobody here knows is no reason to leave the request unanswered, as Node would.
  app.server.on('checkExpectation', app.routing);
  // The line reads bodies itself, after it knows who calls.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  // Before the services, whose scopes take over what is set by then.
  app.setErrorHandler(refuseUnread);
  app.setNotFoundHandler(async (request, reply) => {
    const incoming = incomingOf(request, reply, options.stopping);
    const mounted = serviceAt(options.services, incoming.path);
    if (mounted === undefined) {
      return reply
        .code(404)
        .header('x-request-id', newRequestId())
        .send({ error: `Nothing answers at ${incoming.method} ${incoming.path}.`, code: 'not_found' });
    }
    allowAnyOrigin(mounted.service.contract, request, reply);
    const problem =
      unacceptable(mounted.service.contract, request) ??
      refuse('route_not_found', `Nothing answers at ${incoming.method} ${shown(incoming.path)}.`);
    return write(reply, await mounted.refusal(problem)(incoming));
  });

  for (const mounted of options.services) {
    await app.register(async (scope) => {
      if (mounted.service.contract.cors) answerPreflights(scope, mounted, options.services);
      for (const operation of mounted.service.operations) mount(scope, mounted, operation, options.stopping);
      refuseOtherMethods(scope, mounted, options.stopping);
    });
  }
  for (const route of options.systemRoutes) {
    app.route({
      // A monitor that asks for the head alone is told as much.
      method: route.method === 'GET' ? ['GET', 'HEAD'] : route.method,
      url: route.path,
      handler: async (request, reply) => write(reply, await route.handle(incomingOf(request, reply, options.stopping))),
    });
  }

  return app;
}

function mount(scope: FastifyInstance, mounted: MountedService, operation: Operation, stopping: AbortSignal): void {
  const { contract } = mounted.service;
  const call = mounted.call(operation);
  const methods = typeof operation.method === 'string' ? [operation.method] : [...operation.method];
  for (const url of routesOf(contract, operation)) {
    scope.route({
      method: methods,
      url,
      handler: (request, reply) => answer(contract, call, mounted, request, reply, stopping),
    });
  }
}

async function answer(
  contract: ServiceContract,
  call: Call,
  mounted: MountedService,
  request: FastifyRequest,
  reply: FastifyReply,
  stopping: AbortSignal,
): Promise<FastifyReply> {
  const incoming = incomingOf(request, reply, stopping);
  const problem = unacceptable(contract, request);
  return write(reply, await (problem === null ? call : mounted.refusal(problem))(incoming));
}

/** Why a request is refused before anybody looks at who sends it, or `null`. */
function unacceptable(contract: ServiceContract, request: FastifyRequest): ApiError | null {
  if ((request.raw.url ?? '').length > contract.maxUriBytes) {
    return refuse(
      'uri_too_long',
      `The request target is longer than ${contract.maxUriBytes} bytes; send long lists as a JSON body with POST.`,
    );
  }
  if (headerBytes(request) > maxServiceHeaderBytes) {
    return refuse('headers_too_large', `The headers are larger than ${maxServiceHeaderBytes} bytes.`);
  }
  // Node would answer this itself, without a body.
  return request.headers.host === undefined && request.raw.httpVersion === '1.1'
    ? refuse('invalid_input', 'An HTTP/1.1 request must carry a Host header.', { param: 'Host' })
    : null;
}

/** What the framework refuses before a route is found or a body is read, in the platform's words. */
function readable(error: Error & { statusCode?: number }): Error {
  switch (error.statusCode ?? 500) {
    case 413:
      return refuse('body_too_large', `The body is too large: ${error.message}.`, { param: 'body', cause: error });
    case 415:
      return refuse('unsupported_media_type', 'Send the body as application/json; this Content-Type cannot be read.', {
        param: 'Content-Type',
        cause: error,
      });
    default:
      return (error.statusCode ?? 500) < 500
        ? refuse('invalid_input', `The request cannot be read: ${error.message}.`, { param: 'path', cause: error })
        : error;
  }
}

function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}

/** Lets a browser's page read an answer; other callers are not sent what only browsers look at. */
function allowAnyOrigin(contract: ServiceContract, request: FastifyRequest, reply: FastifyReply): void {
  if (!contract.cors || request.headers.origin === undefined) return;
  reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', exposedHeaders);
}

/** Those that the framework routes; of a service that browsers may call, `OPTIONS` is a preflight. */
const otherMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/** A path that answers to other methods says which, in the service's own words. */
function refuseOtherMethods(scope: FastifyInstance, mounted: MountedService, stopping: AbortSignal): void {
  const { contract, operations } = mounted.service;
  const byRoute = Map.groupBy(operations, (operation) => routesOf(contract, operation).join(' '));
  for (const [urls, group] of byRoute) {
    const allowed = new Set<string>(group.flatMap((operation) => operation.method));
    const others = [...(contract.cors ? [] : ['OPTIONS']), ...otherMethods].filter((method) => !allowed.has(method));
    const allow = [...allowed].join(', ');
    const call = mounted.refusal(
      refuse('method_not_allowed', `This path answers to ${allow} only.`, { headers: { allow } }),
    );
    for (const url of urls.split(' ')) {
      scope.route({
        method: others,
        url,
        handler: async (request, reply) => write(reply, await call(incomingOf(request, reply, stopping))),
      });
    }
  }
}

function incomingOf(request: FastifyRequest, reply: FastifyReply, stopping: AbortSignal): Incoming {
  return new HttpIncoming(request.raw, reply.raw, request, stopping);
}

function write(reply: FastifyReply, answer: Reply): FastifyReply {
  const { status, headers, body } = answer;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    reply.code(status).headers(headers);
    return reply.send(Readable.from(body, { objectMode: false, highWaterMark: 64 * 1024 }));
  }
  // Nothing is left for the framework to serialise or hook into, and its way to the socket takes as long as the gates.
  reply.hijack();
  if (finished.push({ reply, status, headers, body }) === 1) setImmediate(sendFinished);
  return reply;
}

interface Finished {
  readonly reply: FastifyReply;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * Answers that were ready in the same turn of the event loop leave together. A write to a socket whose reader sleeps
 * has to wake him, which takes 20 µs and more on a virtual machine; back to back, the first one wakes him for all.
 */
let finished: Finished[] = [];

function sendFinished(): void {
  const batch = finished;
  finished = [];
  for (const answer of batch) {
    try {
      send(answer);
    } catch (error) {
      // Node refuses a header with a line break in it. Nobody above could catch that, and it would end the process.
      sendFailure(answer, error);
    }
  }
}

function send({ reply, status, headers, body }: Finished): void {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(reply.getHeaders())) fields.push(name, String(value));
  for (const name in headers) {
    if (status !== 204 || name !== 'content-type') fields.push(name, headers[name] ?? '');
  }
  if (status !== 204) fields.push('content-length', String(Buffer.byteLength(body)));
  reply.raw.writeHead(status, fields).end(body);
}

/** Under which name the instance keeps who is told of bugs. */
const bugReporter = 'onBug';

function sendFailure({ reply }: Finished, error: unknown): void {
  const requestId = newRequestId();
  const { server, request } = reply;
  server.getDecorator<OnBug>(bugReporter)(error, {
    requestId,
    route: `${request.method} ${request.routeOptions.url ?? ''}`,
  });
  const message = 'Something failed on our side. Give the request id when you report it.';
  const body = JSON.stringify({ error: message, code: 'internal' });
  reply.raw.writeHead(500, { 'content-type': 'application/json; charset=utf-8', 'x-request-id': requestId }).end(body);
}

function headerBytes(request: FastifyRequest): number {
  let bytes = 0;
  for (const text of request.raw.rawHeaders) bytes += text.length;
  return bytes;
}

/** The service whose base path a path lies under; the longest wins, since `/api/v1` lies under `/api`. */
function serviceAt(services: readonly MountedService[], path: string): MountedService | undefined {
  return services
    .flatMap((mounted) => basePathsOf(mounted.service.contract).map((basePath) => ({ mounted, basePath })))
    .filter(({ basePath }) => path === basePath || path.startsWith(`${basePath}/`))
    .sort((a, b) => b.basePath.length - a.basePath.length)[0]?.mounted;
}

function basePathsOf({ basePath, aliases = [] }: ServiceContract): string[] {
  return [basePath, ...aliases];
}

const exposedHeaders = [
  'Idempotent-Replayed',
  'Retry-After',
  'Server-Timing',
  'X-Request-Id',
  'Interlock-Mode',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
].join(', ');

/**
 * Lets browsers of any origin call a service: no cookie is ever believed across origins, so `*` gives nothing away.
 * The headers are sent to browsers only; the usual plugin computes them for every request, a tenth of a whole call.
 */
function answerPreflights(scope: FastifyInstance, mounted: MountedService, services: readonly MountedService[]): void {
  const { contract } = mounted.service;
  // `/api/v1` lies under `/api` and belongs to another service, which browsers may not call.
  const isOurs = (request: FastifyRequest): boolean =>
    serviceAt(services, (request.raw.url ?? '').split('?', 1)[0] ?? '') === mounted;
  const own = contract.keys.header === undefined ? [] : [contract.keys.header];
  const allowed = [...own, 'authorization', 'content-type', 'idempotency-key', 'last-event-id'].join(', ');
  scope.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS' || isOurs(request)) allowAnyOrigin(contract, request, reply);
    done();
  });
  scope.options(`${contract.basePath}/*`, (request, reply) =>
    isOurs(request)
      ? reply
          .code(204)
          .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
          .header('access-control-allow-headers', allowed)
          .header('access-control-max-age', '86400')
          .send()
      : reply.callNotFound(),
  );
}

/** What the HTTP parser cannot read never becomes a request; it is answered on the socket, still in the service's shape. */
function answerUnreadable(
  services: readonly MountedService[],
  error: Error & { code?: string; rawPacket?: unknown },
  socket: import('node:net').Socket,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const path =
    /^[A-Z]+ ([^ ?]*)/.exec(
      error.rawPacket instanceof Uint8Array ? Buffer.from(error.rawPacket.subarray(0, 2_048)).toString('latin1') : '',
    )?.[1] ?? '/';
  const mounted = serviceAt(services, path) ?? services[0];
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? refuse('headers_too_large', `The headers are larger than ${maxServiceHeaderBytes} bytes.`)
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? refuse('malformed_body', 'The request did not arrive within 60 seconds.', { param: 'request' })
        : error.code === 'HPE_INVALID_URL'
          ? refuse(
              'invalid_input',
              'Percent-encode what is not plain ASCII in the request target, such as %C3%A9 for é.',
              {
                param: 'path',
              },
            )
          : refuse('malformed_body', 'This is not a readable HTTP request.', { param: 'request' });
  if (mounted === undefined) {
    socket.destroy();
    return;
  }
  const { status, body, contentType } = mounted.render(problem);
  const reason = status === 431 ? 'Request Header Fields Too Large' : 'Bad Request';
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${newRequestId()}\r\nconnection: close\r\n\r\n${body}`,
  );
}
