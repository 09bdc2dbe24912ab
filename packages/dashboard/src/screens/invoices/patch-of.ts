/** What somebody typed, by the path of the value. */
export type Draft = Readonly<Record<string, string>>;

/**
 * The rows of a list as somebody wants them, each by the number that it had; numbers past the end are rows that came.
 * A list that is not named stands as it stood.
 */
export type Orders = Readonly<Record<string, readonly number[]>>;

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
export function patchOf(invoice: object, draft: Draft, orders: Orders = {}): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  const changed: Record<string, { readonly row: number; readonly name: string; readonly value: unknown }[]> = {};
  for (const [path, text] of Object.entries(draft)) {
    const value = readValue(path, text);
    if (value === valueAt(invoice, path)) continue;
    const [list = '', row] = stepsOf(path);
    if (!Array.isArray(valueAt(invoice, list))) setAt(patch, stepsOf(path), value);
    else {
      changed[list] ??= [];
      changed[list].push({ row: Number(row), name: path.slice(path.indexOf('].') + 2), value });
    }
  }
  for (const list of new Set([...Object.keys(changed), ...Object.keys(orders)])) {
    const listed = valueAt(invoice, list) as readonly Record<string, unknown>[];
    const order = orders[list] ?? listed.map((_, row) => row);
    const rows = order.map((row) => {
      const values = (changed[list] ?? []).filter((one) => one.row === row).map(({ name, value }) => [name, value]);
      return { ...withoutOwn(listed[row] ?? {}), ...Object.fromEntries(values) };
    });
    const stands = order.length === listed.length && order.every((row, index) => row === index);
    if (!stands || changed[list]?.some(({ row }) => order.includes(row)) === true) patch[list] = rows;
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
