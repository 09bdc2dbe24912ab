import { Type } from 'typebox';
import type { SystemRoute } from '../app.ts';
import type { Incoming } from '../core/incoming.ts';
import type { CreatedKey } from '../core/keys/key-ring.ts';
import { keyRingOf } from '../core/keys/key-ring.ts';
import { modes } from '../core/mode.ts';
import { addressHeader, authBasePath, passwordLength } from './auth.ts';
import { consoleError, refusalOf } from './errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { isOpenFor } from './invitations.ts';
import { type Answer, answering, type ConsoleParts, inputReader } from './operation.ts';
import { findInvitation } from './people-repository.ts';
import { decideOrigin } from './same-origin.ts';
import { emailSchema, idSchema, nameSchema } from './schemas.ts';
import { readSession, sessionCookieOf } from './session.ts';
import { meOf, openWorkspace } from './workspaces.ts';

const signupSchema = Type.Object(
  {
    email: emailSchema,
    password: Type.String({ minLength: passwordLength.minimum, maxLength: passwordLength.maximum }),
    acceptTerms: Type.Literal(true),
    name: Type.Optional(nameSchema),
    /** The id of an invitation, where only invited people may sign up. */
    invitation: Type.Optional(idSchema),
  },
  { additionalProperties: false },
);

const loginSchema = Type.Object(
  { email: emailSchema, password: Type.String({ minLength: 1, maxLength: 1_000 }) },
  { additionalProperties: false },
);

/** Signing up, in and out. */
export function signInRoutes(parts: ConsoleParts): SystemRoute[] {
  const readSignup = inputReader(signupSchema);
  const readLogin = inputReader(loginSchema);
  const post = (path: string, work: (incoming: Incoming) => Promise<Answer>): SystemRoute =>
    answering(parts, 'POST', path, (incoming) => {
      refuseOtherOrigins(parts, incoming);
      return work(incoming);
    });

  return [
    post('/auth/signup', async (incoming) => {
      const { email, password, invitation, name = nameIn(email) } = await readSignup(incoming);
      await checkSignup(parts, email, invitation);
      const { body, setCookie } = await forward(parts, incoming, '/sign-up/email', { name, email, password });
      const { user } = body as { user: { id: string; name: string; email: string } };
      const workspace = await openWorkspace(parts.auth(), name, { personId: user.id });
      return {
        status: 201,
        setCookie,
        body: {
          person: { id: user.id, name: user.name, email: user.email },
          workspace: { id: workspace.id, name, role: 'owner' },
          keys: await firstKeys(parts, workspace.id, user.id),
        },
      };
    }),

    post('/auth/login', async (incoming) => {
      const { setCookie } = await forward(parts, incoming, '/sign-in/email', await readLogin(incoming));
      const cookie = setCookie?.split(';', 1)[0] ?? '';
      const session = await readSession(parts.auth(), parts.database, { cookie }, false);
      if (session === null) throw new Error('a sign-in made no session');
      return { status: 200, setCookie, body: meOf(session) };
    }),

    post('/auth/logout', async (incoming) => {
      const { setCookie } = await forward(parts, incoming, '/sign-out', {});
      return { status: 204, setCookie, body: undefined };
    }),

    // better-auth's own handler, for what a person does about his account. The rest of its routes stay closed: the
    // workspace's would go past the console's rules.
    ...(
      [
        ['GET', '/get-session'],
        ['POST', '/sign-in/email'],
        ['POST', '/sign-out'],
        ['POST', '/update-user'],
        ['POST', '/change-password'],
        ['GET', '/list-sessions'],
        ['POST', '/revoke-session'],
        ['POST', '/revoke-other-sessions'],
      ] as const
    ).map(([method, path]) =>
      answering(parts, method, authBasePath + path, async (incoming) => {
        if (method !== 'GET') refuseOtherOrigins(parts, incoming);
        const sent = method === 'GET' ? null : await readAnything(incoming);
        const { body, setCookie } = await forward(parts, incoming, path, sent);
        return { status: 200, body: body ?? {}, setCookie };
      }),
    ),
  ];
}

const readAnything = inputReader(Type.Object({}, { additionalProperties: true }));

/** One live and one test key for each service: shown this once. */
async function firstKeys(parts: ConsoleParts, workspaceId: string, personId: string): Promise<CreatedKey[]> {
  const ring = keyRingOf(parts.database, parts.contracts, workspaceId, parts.clock, personId);
  const keys: CreatedKey[] = [];
  for (const { name } of parts.contracts) {
    for (const mode of modes) keys.push(await ring.create({ service: name, mode, name: `First ${mode} key` }));
  }
  return keys;
}

/** Whether this address may sign up here. */
async function checkSignup(parts: ConsoleParts, email: string, invitation: string | undefined): Promise<void> {
  if (parts.config.signup === 'open') return;
  if (parts.config.signup === 'off') {
    throw consoleError('signup_closed', 'Nobody can sign up on this installation; ask its operator for an account.');
  }
  const row =
    invitation === undefined
      ? undefined
      : await inWorkspace(parts.database, '', (db) => findInvitation(db, invitation));
  if (row !== undefined && isOpenFor(row, email, parts.clock.now())) return;
  throw consoleError(
    'signup_closed',
    'Only invited people can sign up on this installation; open the link of an invitation to your address.',
    { param: 'invitation' },
  );
}

/** A page of another origin may not sign a browser in or out; a program without a browser may. */
function refuseOtherOrigins(parts: ConsoleParts, incoming: Incoming): void {
  if (decideOrigin(incoming.headers, parts.publicUrl()) === 'other') {
    throw consoleError('cross_origin', 'People sign in and out on this server’s own pages only.');
  }
}

/** Hands a request to better-auth, whose limits count the caller's address. */
async function forward(
  parts: ConsoleParts,
  incoming: Incoming,
  path: string,
  body: object | null,
): Promise<{ body: object | null; setCookie: string | null }> {
  const publicUrl = parts.publicUrl();
  const headers = new Headers({
    origin: new URL(publicUrl).origin,
    [addressHeader]: incoming.address,
    'user-agent': incoming.headers['user-agent'] ?? '',
  });
  if (incoming.headers.cookie !== undefined) headers.set('cookie', incoming.headers.cookie);
  if (body !== null) headers.set('content-type', 'application/json');
  const response = await parts.auth().handler(
    new Request(publicUrl + authBasePath + path, {
      method: incoming.method,
      headers,
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  const answer = (text === '' ? null : JSON.parse(text)) as object | null;
  if (response.status === 429) {
    throw consoleError('rate_limited', 'There were too many attempts from this address; try again later.', {
      retryAfter: Math.max(1, Number(response.headers.get('x-retry-after') ?? 60)),
    });
  }
  if (response.ok) return { body: answer, setCookie: sessionCookieOf(response.headers) };
  throw refusalOf(response.status, answer) ?? new Error(`better-auth answered ${response.status} to ${path}`);
}

function nameIn(email: string): string {
  return email.split('@', 1)[0] || email;
}
