import type { AuditEntry } from '../../console/types.ts';
import { nameOfMember, useMembers } from '../../console/use-members.ts';

/** Who made a request, by name. */
export function useActors(): (entry: AuditEntry) => string {
  const members = useMembers();
  return ({ caller, actor }) => {
    if (caller === 'key') return `Key ${actor}`;
    if (caller === 'person') return nameOfMember(members, actor ?? '');
    return caller === 'anonymous' ? 'nobody' : `Interlock (${actor})`;
  };
}
