import type { WorkspaceRow } from './workspaces-repository.ts';

export type WorkspaceDecision =
  | { readonly type: 'chosen'; readonly workspace: WorkspaceRow }
  | { readonly type: 'unclear' | 'missing'; readonly message: string };

/** Which workspace a command is about: the named one, the only one, or the demo's. */
export function decideWorkspace(workspaces: readonly WorkspaceRow[], wanted: string | undefined): WorkspaceDecision {
  if (wanted !== undefined) {
    const byId = workspaces.find(({ id }) => id === wanted);
    if (byId !== undefined) return { type: 'chosen', workspace: byId };
    return onlyOne(
      workspaces.filter(({ name }) => name === wanted),
      `There is no workspace "${wanted}"; "npx interlock workspaces list" shows those there are.`,
      `Several workspaces are called "${wanted}"; give the id of one`,
    );
  }
  const demo = workspaces.find((workspace) => workspace.demo);
  return onlyOne(
    workspaces.length > 1 && demo !== undefined ? [demo] : workspaces,
    'There is no workspace yet; make one with: npx interlock workspaces create --name <name>',
    'There are several workspaces; choose one with --workspace',
  );
}

function onlyOne(workspaces: readonly WorkspaceRow[], none: string, several: string): WorkspaceDecision {
  const [first, ...others] = workspaces;
  if (first === undefined) return { type: 'missing', message: none };
  if (others.length === 0) return { type: 'chosen', workspace: first };
  const shown = workspaces.slice(0, 10).map(({ id, name }) => `${id} (${name})`);
  return { type: 'unclear', message: `${several}: ${shown.join(', ')}${workspaces.length > 10 ? ', …' : ''}` };
}
