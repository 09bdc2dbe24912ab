import { hash } from 'node:crypto';
import { sql } from '../core/db/sql.ts';
import { randomBase62 } from '../core/ids.ts';
import { type KeyRing, keyRingOf } from '../core/keys/key-ring.ts';
import { type Mode, modes } from '../core/mode.ts';
import { countPeople } from '../core/workspaces/count-people.ts';
import { demo } from './demo.ts';
import { inWorkspace } from './in-workspace.ts';
import type { ConsoleParts } from './operation.ts';
import { findPersonByEmail, listMemberships } from './people-repository.ts';
import { openWorkspace } from './workspaces.ts';

/** What a development installation is tried with, by the names under which it is written down. */
export type Seeded = Readonly<Record<string, string>>;

const findWorkingKey = sql`
  select 1 from core.api_key_secrets s join core.api_keys k on k.id = s.key_id
  where s.hash = $1 and k.service = $2 and k.mode = $3 and k.revoked_at is null
    and coalesce(least(k.expires_at, s.expires_at), 'infinity') > $4`;

/**
 * Makes a demo workspace with a person and one live and one test key for each service, where nobody has signed up
 * yet. On a later start it keeps what is known and still works, and makes the rest anew: a lost file cannot be read
 * back from the database, which holds only digests.
 *
 * @param known what an earlier start wrote down
 * @returns `null` where there is nothing to seed: in production, and beside people of one's own
 */
export async function seedDemo(parts: ConsoleParts, known: Seeded): Promise<Seeded | null> {
  if (parts.config.production) return null;
  const person = await demoPerson(parts, known.INTERLOCK_PASSWORD);
  if (person === null) return null;
  const seeded: Record<string, string> = { INTERLOCK_EMAIL: demo.email, INTERLOCK_PASSWORD: person.password };
  const ring = keyRingOf(parts.database, parts.contracts, person.workspaceId, parts.clock, null);
  for (const { name: service, keys } of parts.contracts) {
    for (const mode of modes) {
      const variable = mode === 'live' ? keys.env : `${keys.env}_TEST`;
      const text = known[variable];
      seeded[variable] =
        text !== undefined && (await works(parts, person.workspaceId, { text, service, mode }))
          ? text
          : await developmentKey(ring, service, mode);
    }
  }
  return seeded;
}

/** The key whose text is lost gets a new one: it keeps its name, which is nobody else's. */
async function developmentKey(ring: KeyRing, service: string, mode: Mode): Promise<string> {
  const name = `Development ${mode} key`;
  const lost = (await ring.list({ service, mode })).find(
    (key) => key.name === name && key.revokedAt === null && key.expiresAt === null,
  );
  return (lost === undefined ? await ring.create({ service, mode, name }) : await ring.rotate(lost.id, 0)).key;
}

async function demoPerson(
  parts: ConsoleParts,
  knownPassword: string | undefined,
): Promise<{ workspaceId: string; password: string } | null> {
  const auth = parts.auth();
  const existing = await inWorkspace(parts.database, '', (db) => findPersonByEmail(db, demo.email));
  if (existing === undefined) {
    if ((await countPeople(parts.database)) > 0) return null;
    const password = randomBase62(24);
    const { user } = await auth.api.signUpEmail({ body: { ...demo, password } });
    return { password, workspaceId: await demoWorkspace(parts, user.id) };
  }
  const workspaceId = await demoWorkspace(parts, existing.id);
  const context = await auth.$context;
  const account = (await context.internalAdapter.findAccounts(existing.id)).find((one) => one.password != null);
  if (knownPassword !== undefined && account?.password != null) {
    const holds = await context.password.verify({ hash: account.password, password: knownPassword });
    if (holds) return { password: knownPassword, workspaceId };
  }
  const password = randomBase62(24);
  await context.internalAdapter.updatePassword(existing.id, await context.password.hash(password));
  return { password, workspaceId };
}

async function demoWorkspace(parts: ConsoleParts, personId: string): Promise<string> {
  const memberships = await inWorkspace(parts.database, '', (db) => listMemberships(db, personId));
  const own = memberships.find(({ role }) => role === 'owner');
  return own?.workspaceId ?? (await openWorkspace(parts.auth(), demo.name, { personId })).id;
}

async function works(
  parts: ConsoleParts,
  workspaceId: string,
  key: { text: string; service: string; mode: string },
): Promise<boolean> {
  const row = await inWorkspace(parts.database, workspaceId, (db) =>
    db.row(findWorkingKey, [hash('sha256', key.text, 'buffer'), key.service, key.mode, new Date(parts.clock.now())]),
  );
  return row !== undefined;
}
