import type { InvoiceFields } from './invoice-fields.ts';

const lists = ['lineItems', 'taxes'] as const;

/**
 * Where what was read of a value belongs after a correction: at its path, at another one where rows before it came or went, and
 * nowhere (`null`) where the value is another one now. A patch replaces lists whole, though most often it means one row.
 *
 * @param isSet whether the correction names a path
 */
export function followPaths(
  before: InvoiceFields,
  after: InvoiceFields,
  isSet: (path: string) => boolean,
): (path: string) => string | null {
  const rows = {
    lineItems: new Map(followRows(before.lineItems, after.lineItems).map((from, to) => [from, to])),
    taxes: new Map(followRows(before.taxes, after.taxes).map((from, to) => [from, to])),
  };
  return (path) => {
    const [, list, number, name] = /^(\w+)\[(\d+)\](?:\.(\w+))?/.exec(path) ?? [];
    const known = lists.find((one) => one === list);
    if (known === undefined) return isSet(path) ? null : path;
    if (!isSet(known)) return path;
    const from = Number(number);
    const to = rows[known].get(from);
    if (to === undefined) return null;
    const [old, now] = [own(before[known][from]), own(after[known][to])];
    const same = name === undefined ? textOf(old) === textOf(now) : textOf(old[name]) === textOf(now[name]);
    return same ? path.replace(`[${number}]`, `[${to}]`) : null;
  };
}

/**
 * For each row the one that it was before, or -1. Rows that are as they were tell where others came or went; between two of them, as
 * many as there were are the same ones with other values.
 */
export function followRows(before: readonly object[], after: readonly object[]): number[] {
  const [old, now] = [before.map((row) => textOf(own(row))), after.map((row) => textOf(own(row)))];
  const from: number[] = [];
  let next = 0;
  for (const row of now) {
    const found = old.indexOf(row, next);
    from.push(found);
    if (found !== -1) next = found + 1;
  }
  let [start, startOld] = [0, 0];
  for (let end = 0; end <= from.length; end++) {
    const endOld = end === from.length ? old.length : (from[end] ?? -1);
    if (endOld === -1) continue;
    if (end - start === endOld - startOld) for (let row = start; row < end; row++) from[row] = startOld + row - start;
    [start, startOld] = [end + 1, endOld + 1];
  }
  return from;
}

/** A row without what only the server sets. */
function own(row: object | undefined): Record<string, unknown> {
  const { index: _index, page: _page, accounting, ...values } = (row ?? {}) as Record<string, unknown>;
  const { ruleId: _rule, assignedBy: _by, ...accounts } = (accounting ?? {}) as Record<string, unknown>;
  return { ...values, accounting: accounting == null ? null : accounts };
}

/** The same for the same values: the database gives fields back in another order. */
export function textOf(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
