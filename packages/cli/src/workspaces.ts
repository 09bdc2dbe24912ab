import { inWorkspace } from '../../server/src/console/in-workspace.ts';
import { refuse } from '../../server/src/core/errors.ts';
import { newId } from '../../server/src/core/ids.ts';
import { csprng } from '../../server/src/core/sources.ts';
import { chooseWorkspace } from './choose.ts';
import type { Filled } from './fill-workspace.ts';
import { withInstallation } from './installation.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';
import { textFacts, textTable, textTime } from './text-table.ts';
import { addOwner, addWorkspace, changePlan, findPersonId, findWorkspaces } from './workspaces-repository.ts';

export interface CreateWorkspaceOptions {
  readonly name?: string;
  readonly owner?: string;
  /** With sample data, and keys to try it with. */
  readonly demo?: boolean;
}

export async function createWorkspace(terminal: Terminal, options: CreateWorkspaceOptions): Promise<Outcome> {
  const name = nameOf(options);
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
  const filled = options.demo === true ? await fill(terminal, id) : null;
  return {
    json: { id, name, createdAt: createdAt.getTime(), owner: options.owner ?? null, ...filled },
    text: textFacts([
      ['Workspace', name],
      ['Id', id],
      ['Owner', options.owner ?? 'nobody yet; only commands reach it'],
      ...(filled === null ? [] : factsOf(filled)),
    ]),
  };
}

function nameOf({ name, demo }: CreateWorkspaceOptions): string {
  if (name === undefined && demo !== true) throw new UsageError("required option '--name <name>' not specified");
  return (name ?? 'Demo').trim();
}

/** Brings the whole server along, which no other command waits for. */
async function fill(terminal: Terminal, workspaceId: string): Promise<Filled> {
  const { fillWorkspace } = await import('./fill-workspace.ts');
  return fillWorkspace(terminal, workspaceId);
}

function factsOf({ keys, sample }: Filled): [string, string][] {
  return [
    ['Live key', keys.live],
    ['Test key', keys.test],
    [
      'Sample',
      `${sample.customers} customers, ${sample.contacts} contacts, ${sample.onboardings} onboardings, ${sample.tasks} tasks`,
    ],
  ];
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

export async function setWorkspacePlan(
  terminal: Terminal,
  plan: string,
  options: { readonly workspace?: string },
): Promise<Outcome> {
  const { id, name } = await withInstallation(terminal, async (installation) => {
    const workspace = await chooseWorkspace(installation, options.workspace);
    await inWorkspace(installation.database, workspace.id, (db) => changePlan(db, workspace.id, plan));
    return workspace;
  });
  return {
    json: { id, name, plan },
    text: textFacts([
      ['Workspace', name],
      ['Id', id],
      ['Plan', plan],
    ]),
  };
}
