import type { Static, TObject } from 'typebox';
import type { SystemRoute } from '../app.ts';
import type { Config } from '../config.ts';
import type { ChannelDesk } from '../core/channels.ts';
import type { Database } from '../core/db/database.ts';
import { ApiError } from '../core/errors.ts';
import type { FileStore } from '../core/files/file-store.ts';
import { newRequestId } from '../core/ids.ts';
import type { Incoming, Reply } from '../core/incoming.ts';
import { type KeyRing, keyRingOf } from '../core/keys/key-ring.ts';
import { readJsonBody, unstorable } from '../core/read-body.ts';
import { compileInput } from '../core/read-input.ts';
import { readQuery } from '../core/read-query.ts';
import { type Service, type ServiceContract, StreamedBody } from '../core/service.ts';
import type { Clock } from '../core/sources.ts';
import type { WebhookDesk } from '../core/webhooks.ts';
import type { Auth } from './auth.ts';
import { consoleError, errorBody, refusalOf, statusOf } from './errors.ts';
import type { Membership } from './people-repository.ts';
import { isAtLeast, type Role } from './roles.ts';
import { decideOrigin } from './same-origin.ts';
import { readSession, type Session } from './session.ts';

/** What every operation of the console can reach. */
export interface ConsoleParts {
  readonly config: Config;
  readonly database: Database;
  readonly services: readonly Service[];
  readonly contracts: readonly ServiceContract[];
  readonly files: FileStore;
  readonly clock: Clock;
  readonly auth: () => Auth;
  readonly webhooks: { desk(workspaceId: string, personId: string): WebhookDesk };
  readonly channelsOf: (workspaceId: string, personId: string) => ChannelDesk;
  readonly publicUrl: () => string;
  readonly onBug: (error: unknown, about: { requestId: string; route: string }) => void;
}

/** A signed-in person calls. */
export interface PersonContext extends ConsoleParts {
  readonly session: Session;
  /** The session's cookie, for calls into better-auth in the person's name. */
  readonly cookie: Headers;
}

/** He calls about the workspace he works in. */
export interface WorkspaceContext extends PersonContext {
  readonly workspace: Membership;
  readonly keys: KeyRing;
  readonly desk: WebhookDesk;
  readonly channels: ChannelDesk;
}

interface Shape<Input extends TObject> {
  readonly method: SystemRoute['method'];
  /** Below `/console/v1`. */
  readonly path: string;
  readonly input: Input;
  readonly status?: number;
}

/** What a call answers: a JSON body; `undefined` for none; or a file that is written as it is read. */
type Body = object | StreamedBody | undefined;

export const consoleBasePath = '/console/v1';
const maxBodyBytes = 64 * 1024;

/** An operation for any signed-in person. */
export function personOperation<Input extends TObject>(
  operation: Shape<Input> & { run(ctx: PersonContext, input: Static<Input>): Promise<Body> },
): (parts: ConsoleParts) => SystemRoute {
  return (parts) => route(parts, operation, operation.run);
}

/** An operation for members of the active workspace, of the role it needs (`member` by default). */
export function workspaceOperation<Input extends TObject>(
  operation: Shape<Input> & { role?: Role; run(ctx: WorkspaceContext, input: Static<Input>): Promise<Body> },
): (parts: ConsoleParts) => SystemRoute {
  const { role = 'member' } = operation;
  const admit = (ctx: PersonContext): WorkspaceContext => {
    const workspace = ctx.session.active;
    if (workspace === null) {
      throw consoleError('not_found', 'There is no such workspace among yours; create one, or choose another.', {
        param: 'Interlock-Workspace',
      });
    }
    if (!isAtLeast(workspace.role, role)) {
      throw consoleError('role_missing', `Only an ${role === 'admin' ? 'owner or admin' : 'owner'} may do this.`);
    }
    const { workspaceId } = workspace;
    return {
      ...ctx,
      workspace,
      keys: keyRingOf(ctx.database, ctx.contracts, workspaceId, ctx.clock, ctx.session.person.id),
      desk: ctx.webhooks.desk(workspaceId, ctx.session.person.id),
      channels: ctx.channelsOf(workspaceId, ctx.session.person.id),
    };
  };
  return (parts) => route(parts, operation, (ctx, input) => operation.run(admit(ctx), input), admit);
}

function route<Input extends TObject>(
  parts: ConsoleParts,
  operation: Shape<Input>,
  run: (ctx: PersonContext, input: Static<Input>) => Promise<Body>,
  admit: (ctx: PersonContext) => unknown = () => {},
): SystemRoute {
  const path = consoleBasePath + operation.path;
  const read = inputReader(operation.input);
  return answering(parts, operation.method, path, async (incoming) => {
    if (operation.method !== 'GET' && decideOrigin(incoming.headers, parts.publicUrl()) !== 'same') {
      throw consoleError('cross_origin', 'The console takes changes only from its own pages.');
    }
    const session = await readSession(parts.auth(), parts.database, incoming.headers, true);
    if (session === null) throw consoleError('session_required', 'Sign in first.');
    const ctx = { ...parts, session, cookie: new Headers({ cookie: incoming.headers.cookie ?? '' }) };
    admit(ctx);
    const body = await run(ctx, await read(incoming));
    return {
      status: body === undefined ? 204 : (operation.status ?? 200),
      body,
      setCookie: session.setCookie,
    };
  });
}

export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly setCookie?: string | null;
}

/** A route that answers in the console's words whatever happens. */
export function answering(
  parts: Pick<ConsoleParts, 'onBug'>,
  method: SystemRoute['method'],
  path: string,
  work: (incoming: Incoming) => Promise<Answer>,
): SystemRoute {
  return {
    method,
    path,
    async handle(incoming): Promise<Reply> {
      const requestId = newRequestId();
      try {
        const { status, body, setCookie } = await work(incoming);
        return reply(status, requestId, body, setCookie == null ? {} : { 'set-cookie': setCookie });
      } catch (thrown) {
        return refusalReply(parts, `${method} ${path}`, requestId, thrown);
      }
    },
  };
}

/** A refusal, or a bug, in the console's words. */
export function refusalReply(
  parts: Pick<ConsoleParts, 'onBug'>,
  route: string,
  requestId: string,
  thrown: unknown,
): Reply {
  const error = readable(thrown);
  if (error === null || statusOf(error) >= 500) parts.onBug(thrown, { requestId, route });
  const refusal =
    error ?? consoleError('internal', 'Something failed on our side. Give the request id when you report it.');
  const { retryAfter } = refusal.details;
  const extra: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return reply(statusOf(refusal), requestId, errorBody(refusal, requestId), extra);
}

/** Reads the path, and the query or the JSON body, into what a schema declares. */
export function inputReader<Input extends TObject>(schema: Input): (incoming: Incoming) => Promise<Static<Input>> {
  const reader = compileInput(schema);
  return async (incoming) => {
    for (const [name, value] of Object.entries(incoming.params)) {
      const problem = unstorable(value);
      if (problem !== null) throw consoleError('invalid_input', `"${name}" ${problem}.`, { param: name });
    }
    const input =
      incoming.method === 'GET' || incoming.method === 'DELETE'
        ? reader.fromTexts({ ...readQuery(incoming.query), ...incoming.params })
        : reader.fromBody(
            incoming.params,
            readJsonBody(await incoming.readBody(maxBodyBytes), incoming.headers['content-type']),
          );
    // The reader has held it against the schema that the type is inferred from.
    return input as Static<Input>;
  };
}

/** Refusals, ours and better-auth's; `null` for bugs. */
function readable(thrown: unknown): ApiError | null {
  if (thrown instanceof ApiError) return thrown;
  const { statusCode, body } = (thrown ?? {}) as { statusCode?: unknown; body?: unknown };
  return typeof statusCode === 'number' ? refusalOf(statusCode, body) : null;
}

function reply(status: number, requestId: string, body: Body, extra: Record<string, string>): Reply {
  const headers = { 'cache-control': 'no-store', 'x-request-id': requestId, ...extra };
  if (body instanceof StreamedBody) {
    return { status, headers: { 'content-type': body.contentType, ...headers, ...body.headers }, body: body.chunks };
  }
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}
