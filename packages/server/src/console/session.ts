import type { IncomingHttpHeaders } from 'node:http';
import type { Database } from '../core/db/database.ts';
import { refuse } from '../core/errors.ts';
import type { Auth } from './auth.ts';
import { inWorkspace } from './in-workspace.ts';
import { listMemberships, type Membership } from './people-repository.ts';

/** A signed-in person, and the workspaces open to him. */
export interface Session {
  readonly person: { readonly id: string; readonly name: string; readonly email: string };
  readonly memberships: readonly Membership[];
  /** The one he works in; `null` when he belongs to none, or asks for one that is not his. */
  readonly active: Membership | null;
  /** The renewed cookie, when it is due. */
  readonly setCookie: string | null;
}

/** Finds the session of a cookie; `null` without one that holds. */
export async function readSession(
  auth: Auth,
  database: Database,
  headers: IncomingHttpHeaders,
  refresh: boolean,
): Promise<Session | null> {
  const { cookie } = headers;
  if (cookie === undefined || !cookie.includes('interlock.session_token=')) return null;
  const found = await auth.api
    .getSession({ headers: new Headers({ cookie }), query: { disableRefresh: !refresh }, returnHeaders: true })
    .catch((cause: unknown) => {
      // better-auth says no more than this when its query fails.
      throw refuse('unavailable', 'Sessions cannot be looked up just now. Try again in a few seconds.', {
        retryAfter: 2,
        cause,
      });
    });
  if (found.response === null) return null;
  const { user, session } = found.response;
  const memberships = await inWorkspace(database, '', (db) => listMemberships(db, user.id));
  return {
    person: { id: user.id, name: user.name, email: user.email },
    memberships,
    active: decideActive(memberships, headers['interlock-workspace'], session.activeOrganizationId ?? null),
    setCookie: sessionCookieOf(found.headers),
  };
}

/** The workspace asked for by the request, else the one chosen last, else the oldest membership. */
export function decideActive(
  memberships: readonly Membership[],
  asked: string | string[] | undefined,
  chosen: string | null,
): Membership | null {
  const find = (id: unknown) => memberships.find(({ workspaceId }) => workspaceId === id);
  if (asked !== undefined) return find(asked) ?? null;
  return find(chosen) ?? memberships[0] ?? null;
}

/** The session's cookie among those that an answer of better-auth sets; the others serve features we do not use. */
export function sessionCookieOf(headers: Headers): string | null {
  return headers.getSetCookie().find((line) => /^(?:__Secure-)?interlock\.session_token=/.test(line)) ?? null;
}
