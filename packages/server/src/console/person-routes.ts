import type { SystemRoute } from '../app.ts';
import type { Authenticated } from '../core/authenticate.ts';
import type { Call } from '../core/call.ts';
import { newRequestId } from '../core/ids.ts';
import type { Incoming } from '../core/incoming.ts';
import type { Operation, Service } from '../core/service.ts';
import { consoleError } from './errors.ts';
import { type ConsoleParts, consoleBasePath, refusalReply } from './operation.ts';
import { decideOrigin } from './same-origin.ts';
import { readSession } from './session.ts';

/**
 * Every operation of a service as a signed-in person calls it: the same operation on the same line, under
 * `/console/v1/workspaces/:workspaceId/:mode/services/<service>`, in a workspace of his and the mode of his choice. The
 * line holds his role against the operation's and writes the audit row in his name; the answer is the service's own.
 */
export function personRoutes(
  parts: ConsoleParts,
  { contract, operations }: Service,
  callOf: (operation: Operation) => Call,
): SystemRoute[] {
  return operations.filter(standsBelowBasePath).flatMap((operation) => {
    const call = callOf(operation);
    const methods = typeof operation.method === 'string' ? [operation.method] : operation.method;
    const path = `${consoleBasePath}/workspaces/:${workspaceParam}/:${modeParam}/services/${contract.name}${operation.path}`;
    return methods.map((method): SystemRoute => {
      const route = `${method} ${path}`;
      return {
        method,
        path,
        async handle(incoming) {
          try {
            const { who, setCookie } = await admit(parts, operation, incoming);
            const reply = await call(asOwnPath(incoming), who);
            const cookie: Record<string, string> = setCookie === null ? {} : { 'set-cookie': setCookie };
            return { ...reply, headers: { 'cache-control': 'no-store', ...reply.headers, ...cookie } };
          } catch (thrown) {
            return refusalReply(parts, route, newRequestId(), thrown);
          }
        },
      };
    });
  });
}

/** Names that no operation's own path has. */
const workspaceParam = 'consoleWorkspace';
const modeParam = 'consoleMode';

/** Pages at the root, such as permalinks, are everybody's. */
function standsBelowBasePath({ path }: Operation): boolean {
  return !path.startsWith('//');
}

async function admit(
  parts: ConsoleParts,
  operation: Operation,
  incoming: Incoming,
): Promise<{ who: Authenticated; setCookie: string | null }> {
  const origin = decideOrigin(incoming.headers, parts.publicUrl());
  // Some operations change something by GET, and a link on another page sends the cookie along.
  const changes = incoming.method !== 'GET' || operation.writes === true;
  if (changes ? origin !== 'same' : origin === 'other') {
    throw consoleError('cross_origin', 'A person’s calls are taken only from the console’s own pages.');
  }
  const session = await readSession(parts.auth(), parts.database, incoming.headers, true);
  if (session === null) throw consoleError('session_required', 'Sign in first.');
  const { [workspaceParam]: workspaceId, [modeParam]: mode } = incoming.params;
  const membership = session.memberships.find((one) => one.workspaceId === workspaceId);
  if (membership === undefined) {
    throw consoleError('not_found', 'There is no such workspace among yours.', { param: 'workspaceId' });
  }
  if (mode !== 'live' && mode !== 'test') {
    throw consoleError('not_found', 'The mode is "live" or "test".', { param: 'mode' });
  }
  const caller = { type: 'person', personId: session.person.id, role: membership.role } as const;
  return { who: { caller, workspaceId: membership.workspaceId, mode, key: null }, setCookie: session.setCookie };
}

/** The request as the operation reads it, without what only the console's path says. */
function asOwnPath(incoming: Incoming): Incoming {
  const { [workspaceParam]: _workspace, [modeParam]: _mode, ...params } = incoming.params;
  return {
    method: incoming.method,
    path: incoming.path,
    query: incoming.query,
    params,
    headers: incoming.headers,
    address: incoming.address,
    readBody: (maxBytes) => incoming.readBody(maxBytes),
    stream: (maxBytes) => incoming.stream(maxBytes),
    signal: incoming.signal,
  };
}
