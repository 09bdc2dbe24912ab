import { type TSchema, type TString, Type } from 'typebox';
import { type RefusedItem, refuse } from './errors.ts';
import { modeOfId } from './ids.ts';
import type { Mode } from './mode.ts';
import type { ServiceContract } from './service.ts';

/**
 * An input that names a resource by an id which carries its mode. Where the contract answers foreign references with
 * `mismatch`, the line refuses an id of the other mode from its text, without looking at the other side.
 *
 * @example
 * input: Type.Object({ clientId: reference('cl', { description: 'Whose invoice this is.' }) })
 */
export function reference(noun: string, options: { description?: string } = {}): TString {
  return Type.String({ minLength: 1, maxLength: 100, ...options, [nounKey]: noun });
}

/** The noun of a reference to whatever has an id. */
export const anyNoun = '*';

/** Throws `mode_mismatch`, naming the field, when the input refers to the other mode. */
export type ForeignCheck = (mode: Mode, input: unknown) => void;

/** Compiles the check of one input schema, once at start-up; `null` when it could refuse nothing. */
export function compileForeignCheck(contract: Pick<ServiceContract, 'modes'>, schema: TSchema): ForeignCheck | null {
  const { foreign } = contract.modes;
  if (foreign.live !== 'mismatch' && foreign.test !== 'mismatch') return null;
  const visit = visitorOf(schema);
  if (visit === null) return null;
  return (mode, input) => {
    if (foreign[mode] !== 'mismatch') return;
    const found: RefusedItem[] = [];
    visit(input, mode, '', found);
    const [first] = found;
    if (first !== undefined) {
      throw refuse('mode_mismatch', first.message, {
        ...(first.param === undefined ? {} : { param: first.param }),
        items: found,
      });
    }
  };
}

const nounKey = 'x-reference';

type Visitor = (value: unknown, mode: Mode, at: string, found: RefusedItem[]) => void;

function visitorOf(schema: TSchema): Visitor | null {
  const {
    [nounKey]: noun,
    properties,
    items,
    anyOf,
  } = schema as {
    [nounKey]?: string;
    properties?: Record<string, TSchema>;
    items?: TSchema;
    anyOf?: TSchema[];
  };
  if (noun !== undefined) return (value, mode, at, found) => checkId(noun, value, mode, at, found);
  if (properties !== undefined) {
    const visitors = Object.entries(properties)
      .map(([name, property]) => ({ name, visit: visitorOf(property) }))
      .filter((entry): entry is { name: string; visit: Visitor } => entry.visit !== null);
    if (visitors.length === 0) return null;
    return (value, mode, at, found) => {
      if (typeof value !== 'object' || value === null) return;
      for (const { name, visit } of visitors) {
        visit((value as Record<string, unknown>)[name], mode, at === '' ? name : `${at}.${name}`, found);
      }
    };
  }
  if (items !== undefined) {
    const visit = visitorOf(items);
    if (visit === null) return null;
    return (value, mode, at, found) => {
      if (!Array.isArray(value)) return;
      for (const [index, item] of value.entries()) visit(item, mode, `${at}[${index}]`, found);
    };
  }
  const members = (anyOf ?? []).map(visitorOf).filter((visit): visit is Visitor => visit !== null);
  if (members.length === 0) return null;
  return (value, mode, at, found) => {
    for (const visit of members) visit(value, mode, at, found);
  };
}

function checkId(noun: string, value: unknown, mode: Mode, param: string, found: RefusedItem[]): void {
  if (typeof value !== 'string') return;
  const named = modeOfId(noun === anyNoun ? value.slice(0, value.indexOf('_')) : noun, value);
  if (named === null || named === mode) return;
  found.push({
    index: found.length,
    code: 'mode_mismatch',
    message: `"${param}" names a resource of ${named} mode, and this is a ${mode} key; send an id of ${mode} mode, or a ${named} key.`,
    param,
  });
}
