/** What somebody typed, by the path of the value. */
export type Draft = Readonly<Record<string, string>>;

/** The value at a path such as `lineItems[0].netAmount`; `null` where there is none. */
export function valueAt(of: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? ((at as Record<string, unknown>)[step] ?? null) : null),
    of,
  );
}

/**
 * The merge patch of a correction: what was cleared becomes `null`, what stands as it stood is left out, and a list in which
 * anything changed goes whole, because a patch replaces lists whole.
 */
export function patchOf(invoice: object, draft: Draft): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const [path, text] of Object.entries(draft)) {
    const value = readValue(path, text);
    if (value === valueAt(invoice, path)) continue;
    const [list, index] = stepsOf(path);
    const listed = valueAt(invoice, list ?? '');
    if (Array.isArray(listed)) {
      patch[list ?? ''] ??= listed.map(withoutOwn);
      const rows = patch[list ?? ''] as Record<string, unknown>[];
      const row = rows[Number(index)];
      if (row !== undefined) row[path.slice(path.indexOf('].') + 2)] = value;
    } else {
      setAt(patch, stepsOf(path), value);
    }
  }
  return patch;
}

function readValue(path: string, text: string): string | number | null {
  const plain = text.trim();
  if (plain === '') return null;
  // The only whole number of an invoice; what is no number is sent as it is, for the server to say so.
  return path === 'payment.termsDays' && /^\d+$/.test(plain) ? Number(plain) : plain;
}

/** A line without what only the server sets. */
function withoutOwn(row: Record<string, unknown>): Record<string, unknown> {
  const { index: _index, page: _page, accounting: _accounting, ...own } = row;
  const { ruleId: _rule, assignedBy: _by, ...accounting } = (_accounting ?? {}) as Record<string, unknown>;
  return _accounting == null ? own : { ...own, accounting };
}

function setAt(into: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  into[first] ??= {};
  setAt(into[first] as Record<string, unknown>, rest, value);
}

function stepsOf(path: string): string[] {
  return path.split(/[.[\]]+/).filter((step) => step !== '');
}
