import { type Static, type TObject, Type } from 'typebox';
import type { SystemRoute } from '../app.ts';
import { codeOf } from '../core/db/failures.ts';
import type { Incoming } from '../core/incoming.ts';
import { eraseWorkspace } from '../core/workspaces/erase-workspace.ts';
import { passwordLength } from './auth.ts';
import { consoleError } from './errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { answering, type ConsoleParts, inputReader } from './operation.ts';
import {
  deletePerson,
  findPersonById,
  listMembers,
  lockRoles,
  type Membership,
  setEmail,
} from './people-repository.ts';
import type { Role } from './roles.ts';
import { decideOrigin } from './same-origin.ts';
import { emailSchema } from './schemas.ts';
import { readSession, type Session } from './session.ts';

const passwordSchema = Type.String({ minLength: 1, maxLength: 1_000 });

/** A person's own account (randomness specification 3.9): what is changed here takes the current password. */
export function accountRoutes(parts: ConsoleParts): SystemRoute[] {
  const route = <Input extends TObject>(
    method: SystemRoute['method'],
    input: Input,
    run: (session: Session, input: Static<Input>, cookie: Headers) => Promise<object | undefined>,
  ): SystemRoute => {
    const read = inputReader(input);
    return answering(parts, method, '/api/account', async (incoming) => {
      const session = await admit(parts, incoming);
      const cookie = new Headers({ cookie: incoming.headers.cookie ?? '' });
      const body = await run(session, await read(incoming), cookie);
      return { status: body === undefined ? 204 : 200, body, setCookie: session.setCookie };
    });
  };

  return [
    route('GET', Type.Object({}), (session) => view(parts, session)),

    route(
      'PATCH',
      Type.Object(
        {
          currentPassword: passwordSchema,
          email: Type.Optional(emailSchema),
          password: Type.Optional(
            Type.String({ minLength: passwordLength.minimum, maxLength: passwordLength.maximum }),
          ),
        },
        { additionalProperties: false },
      ),
      async (session, { currentPassword, email, password }, cookie) => {
        await checkPassword(parts, currentPassword, cookie);
        if (email !== undefined) await changeEmail(parts, session.person.id, email);
        if (password !== undefined) {
          await parts.auth().api.changePassword({
            body: { currentPassword, newPassword: password, revokeOtherSessions: true },
            headers: cookie,
          });
        }
        return view(parts, session);
      },
    ),

    route(
      'DELETE',
      Type.Object({
        confirm: Type.String({ description: 'The e-mail address of the account, to show that it is meant.' }),
      }),
      async (session, { confirm }) => {
        if (confirm.toLowerCase() !== session.person.email.toLowerCase()) {
          throw consoleError(
            'invalid_input',
            'Give the e-mail address of this account as "confirm" to delete it for good.',
            {
              param: 'confirm',
            },
          );
        }
        await deleteAccount(parts, session);
        return undefined;
      },
    ),
  ];
}

async function admit(parts: ConsoleParts, incoming: Incoming): Promise<Session> {
  if (incoming.method !== 'GET' && decideOrigin(incoming.headers, parts.publicUrl()) !== 'same') {
    throw consoleError('cross_origin', 'An account is changed only from this server’s own pages.');
  }
  const session = await readSession(parts.auth(), parts.database, incoming.headers, true);
  if (session === null) throw consoleError('session_required', 'Sign in first.');
  return session;
}

async function view(parts: ConsoleParts, session: Session): Promise<object> {
  const person = await inWorkspace(parts.database, '', (db) => findPersonById(db, session.person.id));
  return {
    id: session.person.id,
    name: person?.name,
    email: person?.email,
    createdAt: person?.createdAt.getTime(),
    workspaces: session.memberships.map(({ workspaceId, name, role }) => ({ id: workspaceId, name, role })),
  };
}

async function checkPassword(parts: ConsoleParts, password: string, cookie: Headers): Promise<void> {
  try {
    await parts.auth().api.verifyPassword({ body: { password }, headers: cookie });
  } catch (cause) {
    throw consoleError('invalid_input', 'The current password is not right.', { param: 'currentPassword', cause });
  }
}

async function changeEmail(parts: ConsoleParts, personId: string, email: string): Promise<void> {
  try {
    await inWorkspace(parts.database, '', (db) => setEmail(db, personId, email.toLowerCase()));
  } catch (error) {
    if (codeOf(error) !== '23505') throw error;
    throw consoleError('conflict', 'Another account has this e-mail address.', { param: 'email' });
  }
}

/** The workspaces that are his alone go with him; one with other members needs another owner first. */
async function deleteAccount(parts: ConsoleParts, session: Session): Promise<void> {
  const personId = session.person.id;
  const own = session.memberships.filter(({ role }) => role === 'owner');
  const shared: Membership[] = [];
  const alone: Membership[] = [];
  for (const membership of own) {
    const { workspaceId } = membership;
    const members = await inWorkspace(parts.database, workspaceId, (db) => listMembers(db, workspaceId));
    refuseLastOwner(membership, members, personId);
    (members.length > 1 ? shared : alone).push(membership);
  }
  for (const { workspaceId } of alone) await eraseWorkspace(parts.database, parts.contracts, parts.files, workspaceId);
  const isGone = await inWorkspace(parts.database, '', async (db) => {
    // Looked at again, and held in one order for everybody: two owners may go at the same moment.
    for (const membership of shared.sort(byWorkspace)) {
      const members = await lockRoles(db, membership.workspaceId);
      refuseLastOwner(membership, members, personId);
      if (members.length === 1) return false;
    }
    await deletePerson(db, personId);
    return true;
  });
  // The others have left meanwhile: what is his alone by now goes with him, too.
  if (!isGone) await deleteAccount(parts, session);
}

function refuseLastOwner(
  { name }: Membership,
  members: readonly { readonly personId: string; readonly role: Role }[],
  personId: string,
): void {
  const isLast = members.every((member) => member.role !== 'owner' || member.personId === personId);
  if (members.length < 2 || !isLast) return;
  throw consoleError('conflict', `"${name}" has other members and no other owner; make one of them an owner first.`);
}

function byWorkspace(a: Membership, b: Membership): number {
  return a.workspaceId < b.workspaceId ? -1 : 1;
}
