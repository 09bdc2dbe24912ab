import { createContext, useContext } from 'react';
import type { Mode, Role } from '../console/types.ts';

/** The workspace and mode that the address bar shows. */
export interface Scope {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly role: Role;
  readonly mode: Mode;
}

export const ScopeContext = createContext<Scope | null>(null);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope === null) throw new Error('this screen stands outside the shell');
  return scope;
}
