/** A row of a list, as a service answers it. */
export type Row = Readonly<Record<string, unknown>>;

/** A value as it stands in a cell: instants are recognised by the name of their field. */
export function shownIn(field: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  const isInstant = /(?:At|_at)$/.test(field) && (typeof value === 'number' || typeof value === 'string');
  if (isInstant) {
    const date = new Date(value);
    if (!Number.isNaN(date.getTime())) return format.format(date);
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
