/** What a field for a date and a time of day means in the reader's own zone; `null` for nothing, and for what is none. */
export function instantOf(local: string | null): Date | null {
  if (local === null) return null;
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? null : at;
}
