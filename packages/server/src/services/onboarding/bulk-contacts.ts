import type { BulkContact } from './bulk-input.ts';
import type { ContactRow } from './contact-row.ts';
import { mergeMetadata } from './metadata.ts';

/** What becomes of the people of one customer. */
export interface ContactPlan {
  readonly added: readonly Omit<ContactRow, 'display_id' | 'updated_at' | 'deleted_at'>[];
  readonly changed: readonly { readonly before: ContactRow; readonly after: ContactRow }[];
  readonly unchanged: number;
  /** Whether somebody else than now is primary. */
  readonly movesPrimary: boolean;
}

/**
 * Who is added and who is changed, by e-mail address. The last one that says `is_primary` is it; where nobody does, it is who
 * was, or the first.
 */
export function planContacts(
  said: readonly BulkContact[],
  present: readonly ContactRow[],
  customerId: string,
  { mode, now, newId }: { readonly mode: 'live' | 'test'; readonly now: number; newId(): string },
): ContactPlan {
  const byEmail = new Map(present.map((row) => [row.email, row]));
  const former = present.find(({ is_primary }) => is_primary)?.email;
  const claimed = said.findLast(({ is_primary }) => is_primary === true)?.email;
  const released = said.some(({ email, is_primary }) => email === former && is_primary === false);
  const kept = former === undefined || released ? undefined : former;
  const primary =
    claimed ?? kept ?? (present.length === 0 ? said.find((one) => one.is_primary !== false)?.email : undefined);
  const added: ContactPlan['added'][number][] = [];
  const changed: ContactPlan['changed'][number][] = [];
  let unchanged = 0;
  for (const { metadata, ...contact } of said) {
    const before = byEmail.get(contact.email);
    const is_primary = contact.email === primary;
    if (before === undefined) {
      added.push({
        title: null,
        labels: [],
        ...contact,
        metadata: metadata ?? {},
        is_primary,
        id: newId(),
        customer_id: customerId,
        mode,
        created_at: new Date(now),
      });
      continue;
    }
    const after: ContactRow = {
      ...before,
      ...contact,
      is_primary,
      metadata: metadata === undefined ? before.metadata : mergeMetadata(before.metadata, metadata),
    };
    if (JSON.stringify(after) === JSON.stringify(before)) unchanged++;
    else
      changed.push({
        before,
        after: { ...after, updated_at: new Date(Math.max(now, before.updated_at.getTime() + 1)) },
      });
  }
  return { added, changed, unchanged, movesPrimary: former !== undefined && former !== primary };
}
