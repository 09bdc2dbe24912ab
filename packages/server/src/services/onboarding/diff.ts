/** A field that a call changed. */
export interface Change {
  readonly field: string;
  readonly old_value: unknown;
  readonly new_value: unknown;
}

/** What differs between two views of a resource, but for when it was changed. */
export function diff(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): Change[] {
  return Object.keys(after)
    .filter((field) => field !== 'updated_at' && JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({ field, old_value: before[field] ?? null, new_value: after[field] ?? null }));
}

/** The former values of what changed, for events. */
export function previousAttributes(changes: readonly Change[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(changes.map(({ field, old_value }) => [field, old_value]));
}
