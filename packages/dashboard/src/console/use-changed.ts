import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useScope } from '../shell/scope.ts';
import { modes } from './types.ts';

/** Has all that is shown of a service read again, in both modes: some services share their data between them. */
export function useChanged(service: string): () => Promise<void> {
  const queries = useQueryClient();
  const { workspaceId } = useScope();
  return useCallback(async () => {
    await Promise.all(modes.map((mode) => queries.invalidateQueries({ queryKey: [workspaceId, mode, service] })));
  }, [queries, workspaceId, service]);
}
