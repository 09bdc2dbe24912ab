import { useQuery } from '@tanstack/react-query';
import { useConsole } from '../../console/console.ts';
import type { AuditEntry } from '../../console/types.ts';

interface Member {
  readonly personId: string;
  readonly name: string;
}

/** Who made a request, by name. */
export function useActors(): (entry: AuditEntry) => string {
  const api = useConsole();
  const { data: members = [] } = useQuery({
    queryKey: api.key('members'),
    queryFn: () => api.get<{ members: Member[] }>('/members').then((answer) => answer.members),
  });
  return ({ caller, actor }) => {
    if (caller === 'key') return `Key ${actor}`;
    if (caller === 'person') return members.find(({ personId }) => personId === actor)?.name ?? 'a former member';
    return caller === 'anonymous' ? 'nobody' : `Interlock (${actor})`;
  };
}
