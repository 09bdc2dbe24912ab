import type { ContactRow } from './contact-row.ts';
import type { CustomerFields, CustomerRow } from './customer-row.ts';
import type { Metadata } from './metadata.ts';

/** Something that both had: what stays, and what is only in the receipt from then on. */
export interface Dropped {
  readonly field: string;
  readonly kept: unknown;
  readonly dropped: unknown;
}

/** What is one customer's own, and no choice between two. */
const chosen = ['name', 'slug', 'status'] as const;
/** What the one that stays takes over where it has nothing itself. */
const taken = [
  'domain',
  'plan',
  'mrr',
  'monthly_orders',
  'health_score',
  'hubspot_company_id',
  'hubspot_deal_id',
  'stripe_customer_id',
  'intercom_company_id',
  'slack_channel_id',
] as const;

/** Two customers as one: the one that stays wins, and nothing goes without being told. */
export function planFields(
  target: CustomerRow,
  source: CustomerRow,
): { readonly fields: Partial<CustomerFields>; readonly dropped: readonly Dropped[] } {
  const dropped: Dropped[] = [];
  const fields: Record<string, unknown> = {};
  for (const field of chosen) {
    if (target[field] !== source[field]) dropped.push({ field, kept: target[field], dropped: source[field] });
  }
  for (const field of taken) {
    if (target[field] === null) fields[field] = source[field];
    else if (source[field] !== null && source[field] !== target[field]) {
      dropped.push({ field, kept: target[field], dropped: source[field] });
    }
  }
  const metadata = joinMetadata(target.metadata, source.metadata, 'metadata');
  dropped.push(...metadata.dropped);
  return { fields: { ...fields, metadata: metadata.metadata } as Partial<CustomerFields>, dropped };
}

/** Somebody whom both customers had, by the e-mail address. */
export interface Twin {
  readonly after: ContactRow;
  readonly source: ContactRow;
  readonly dropped: readonly Dropped[];
}

/** Who comes along, and who is there already. */
export function planContacts(
  target: readonly ContactRow[],
  source: readonly ContactRow[],
  at: Date,
): { readonly twins: readonly Twin[]; readonly moved: readonly ContactRow[]; readonly keepsPrimary: boolean } {
  const present = new Map(target.map((row) => [row.email, row]));
  const hasPrimary = target.some(({ is_primary }) => is_primary);
  const twins: Twin[] = [];
  const moved: ContactRow[] = [];
  for (const row of source) {
    const kept = present.get(row.email);
    if (kept === undefined) moved.push(row);
    else twins.push(twinOf(kept, row, !hasPrimary && row.is_primary, at));
  }
  return { twins, moved, keepsPrimary: !hasPrimary };
}

function twinOf(kept: ContactRow, source: ContactRow, becomesPrimary: boolean, at: Date): Twin {
  const dropped: Dropped[] = [];
  if (kept.name !== source.name) dropped.push({ field: 'name', kept: kept.name, dropped: source.name });
  if (kept.title !== null && source.title !== null && kept.title !== source.title) {
    dropped.push({ field: 'title', kept: kept.title, dropped: source.title });
  }
  const metadata = joinMetadata(kept.metadata, source.metadata, 'metadata');
  const after: ContactRow = {
    ...kept,
    title: kept.title ?? source.title,
    labels: [...new Set([...kept.labels, ...source.labels])],
    metadata: metadata.metadata,
    is_primary: kept.is_primary || becomesPrimary,
    updated_at: new Date(Math.max(at.getTime(), kept.updated_at.getTime() + 1)),
  };
  return { after, source, dropped: [...dropped, ...metadata.dropped] };
}

function joinMetadata(kept: Metadata, added: Metadata, path: string): { metadata: Metadata; dropped: Dropped[] } {
  const dropped = Object.entries(added)
    .filter(([key, value]) => Object.hasOwn(kept, key) && JSON.stringify(kept[key]) !== JSON.stringify(value))
    .map(([key, value]) => ({ field: `${path}.${key}`, kept: kept[key], dropped: value }));
  const more = Object.fromEntries(Object.entries(added).filter(([key]) => !Object.hasOwn(kept, key)));
  return { metadata: { ...kept, ...more }, dropped };
}
