import type { Json } from './request.ts';

const maxItems = 1000;
const maxItemBytes = 256;

/** What a caller has to mend: the parameter, and a sentence that says how. */
export interface Refusal {
  readonly ok: false;
  readonly param: string;
  readonly message: string;
}

export function refusal(param: string, message: string): Refusal {
  return { ok: false, param, message };
}

/**
 * Reads a list in any of its three spellings (specification 3.2): a JSON array, a comma list, or values one by one.
 * A text that starts with `[` must be a JSON array; any other text is split at its commas.
 */
export function readList(param: string, value: unknown): readonly unknown[] | Refusal {
  if (typeof value !== 'string') {
    return Array.isArray(value)
      ? checkLength(param, value)
      : refusal(param, `"${param}" must be a list: a JSON array, or values separated by commas.`);
  }
  if (value.startsWith('[')) {
    const list = parseArray(value);
    return list === null
      ? refusal(param, `"${param}" starts with "[" but is not a JSON array; write it as ["a","b"].`)
      : checkLength(param, list);
  }
  const list = value.split(',').map((entry) => entry.trim());
  return list.includes('')
    ? refusal(param, `"${param}" has an empty entry; remove the extra comma, or use a JSON array for empty texts.`)
    : checkLength(param, list);
}

/** Reads the items of a shuffle or a pick: JSON values of at most 256 bytes each. */
export function readItems(value: unknown): readonly Json[] | Refusal {
  if (value === undefined) {
    return refusal('items', '"items" is missing; give a JSON array such as ["a","b"], or a,b.');
  }
  const list = readList('items', value);
  if (!isList(list)) return list;
  for (let index = 0; index < list.length; index++) {
    const problem = itemProblem(list[index]);
    if (problem !== null) return refusal('items', `Entry ${index + 1} of "items" ${problem}.`);
  }
  // Every entry has just been found to be a JSON value.
  return list as readonly Json[];
}

export function isList<T>(value: readonly T[] | Refusal): value is readonly T[] {
  return Array.isArray(value);
}

function checkLength(param: string, list: readonly unknown[]): readonly unknown[] | Refusal {
  if (list.length > 0 && list.length <= maxItems) return list;
  return refusal(param, `"${param}" must hold 1 to ${maxItems} entries; it holds ${list.length}.`);
}

/** A text that starts with `[` is an array when it is JSON at all. */
function parseArray(text: string): readonly unknown[] | null {
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return null;
  }
}

function itemProblem(item: unknown): string | null {
  const problem = jsonProblem(item, maxItemBytes);
  if (problem === 'too large') return tooLarge;
  if (problem !== null) return problem;
  return Buffer.byteLength(JSON.stringify(item)) > maxItemBytes ? tooLarge : null;
}

const tooLarge = `is longer than ${maxItemBytes} bytes as JSON; send an id in its place`;

/**
 * Why a value cannot be kept and shown again as JSON, as the end of a sentence, or `null`. Every value takes a byte of
 * JSON at least, so counting values bounds depth and work before anything is written.
 *
 * @param maxValues more of them, inner ones included, are `too large`
 */
export function jsonProblem(value: unknown, maxValues: number): string | null {
  return valueProblem(value, { values: maxValues });
}

function valueProblem(value: unknown, budget: { values: number }): string | null {
  budget.values -= 1;
  if (budget.values < 0) return 'too large';
  switch (typeof value) {
    case 'boolean':
      return null;
    case 'number':
      return Number.isFinite(value) ? null : 'holds a number outside the range of JSON';
    case 'string':
      return textProblem(value);
    case 'object':
      return value === null ? null : compoundProblem(value, budget);
    default:
      return 'is not a JSON value';
  }
}

function compoundProblem(value: object, budget: { values: number }): string | null {
  const isArray = Array.isArray(value);
  if (!isArray && !isPlain(value)) return 'is not a JSON value';
  if (isArray && value.length > budget.values) return 'too large';
  const members = isArray ? Array.from(value, (member): [string, unknown] => ['', member]) : Object.entries(value);
  for (const [name, member] of members) {
    const problem = nameProblem(name) ?? valueProblem(member, budget);
    if (problem !== null) return problem;
  }
  return null;
}

/** A body that holds such a name is refused as a whole, so a list that is written as a text must not hold it either. */
function nameProblem(name: string): string | null {
  return name === '__proto__' ? 'holds a field named "__proto__"' : textProblem(name);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What a database cannot keep, or what has no UTF-8, could not be shown again as it was drawn. */
function textProblem(text: string): string | null {
  if (text.includes('\0')) return 'holds a NUL character';
  return text.isWellFormed() ? null : 'holds half of a surrogate pair';
}
