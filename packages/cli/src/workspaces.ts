import { inWorkspace } from '../../server/src/console/in-workspace.ts';
import { refuse } from '../../server/src/core/errors.ts';
import { newId } from '../../server/src/core/ids.ts';
import { csprng } from '../../server/src/core/sources.ts';
import { withInstallation } from './installation.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';
import { textFacts, textTable, textTime } from './text-table.ts';
import { addOwner, addWorkspace, findPersonId, findWorkspaces } from './workspaces-repository.ts';

export async function createWorkspace(terminal: Terminal, options: { name: string; owner?: string }): Promise<Outcome> {
  const name = options.name.trim();
  if (name === '' || name.length > 100) throw new UsageError('The name must have 1 to 100 characters.');
  const id = newId('ws');
  const createdAt = new Date(terminal.clock.now());
  await withInstallation(terminal, ({ database }) =>
    inWorkspace(database, id, async (db) => {
      await addWorkspace(db, { id, name, slug: csprng.bytes(12).toString('hex'), createdAt });
      if (options.owner === undefined) return;
      const personId = await findPersonId(db, options.owner);
      if (personId === undefined) {
        throw refuse('not_found', `Nobody has signed up as ${options.owner}; let that person sign up first.`);
      }
      await addOwner(db, { id: newId('mem'), workspaceId: id, personId, createdAt });
    }),
  );
  return {
    json: { id, name, createdAt: createdAt.getTime(), owner: options.owner ?? null },
    text: textFacts([
      ['Workspace', name],
      ['Id', id],
      ['Owner', options.owner ?? 'nobody yet; only commands reach it'],
    ]),
  };
}

export async function listWorkspaces(terminal: Terminal): Promise<Outcome> {
  const rows = await withInstallation(terminal, ({ database }) => inWorkspace(database, '', findWorkspaces));
  const workspaces = rows.map((row) => ({ ...row, createdAt: row.createdAt.getTime() }));
  return {
    json: { workspaces },
    text:
      workspaces.length === 0
        ? 'There is no workspace yet; make one with: npx interlock workspaces create --name <name>\n'
        : textTable(
            ['ID', 'NAME', 'PEOPLE', 'CREATED'],
            workspaces.map(({ id, name, people, createdAt }) => [id, name, String(people), textTime(createdAt)]),
          ),
  };
}
