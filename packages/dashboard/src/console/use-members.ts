import { useQuery } from '@tanstack/react-query';
import { useConsole } from './console.ts';
import type { Member } from './types.ts';

/** The people of the workspace. */
export function useMembers(): readonly Member[] {
  const api = useConsole();
  const { data } = useQuery({
    queryKey: api.key('members'),
    queryFn: () => api.get<{ members: Member[] }>('/members').then(({ members }) => members),
  });
  return data ?? [];
}

export function nameOfMember(members: readonly Member[], personId: string): string {
  return members.find((member) => member.personId === personId)?.name ?? 'a former member';
}
