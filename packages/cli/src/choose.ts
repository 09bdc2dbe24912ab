import { inWorkspace } from '../../server/src/console/in-workspace.ts';
import { refuse } from '../../server/src/core/errors.ts';
import type { ServiceContract } from '../../server/src/core/service.ts';
import { decideWorkspace } from './decide-workspace.ts';
import type { Installation } from './installation.ts';
import { UsageError } from './terminal.ts';
import { findWorkspaces, type WorkspaceRow } from './workspaces-repository.ts';

/** The workspace that a command is about. */
export async function chooseWorkspace(
  { database }: Pick<Installation, 'database'>,
  wanted: string | undefined,
): Promise<WorkspaceRow> {
  const decision = decideWorkspace(await inWorkspace(database, '', findWorkspaces), wanted);
  if (decision.type === 'chosen') return decision.workspace;
  throw decision.type === 'missing' ? refuse('not_found', decision.message) : new UsageError(decision.message);
}

/** The contract of the named service. */
export function contractOf({ contracts }: Pick<Installation, 'contracts'>, name: string): ServiceContract {
  const contract = contracts.find((candidate) => candidate.name === name);
  if (contract !== undefined) return contract;
  throw new UsageError(
    `There is no service "${name}"; there are: ${contracts.map((candidate) => candidate.name).join(', ')}.`,
  );
}
