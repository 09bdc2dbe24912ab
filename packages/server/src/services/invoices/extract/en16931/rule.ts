import type { Decimal } from 'decimal.js';
import type { Finding } from '../extraction.ts';
import type { AllowanceOrCharge, Line, SemanticInvoice, TaxBreakdown } from './model.ts';

/**
 * A business rule as one row of a table: its name in the public validation artefacts, what holds in a right invoice, and
 * how to find where it does not.
 */
export interface Rule {
  readonly id: string;
  readonly layer: 'structure' | 'terms' | 'arithmetic' | 'codes';
  readonly severity: Finding['severity'];
  /** Whether it is about lines, or sums over them: profiles without lines are free of it. */
  readonly lines: boolean;
  readonly says: string;
  readonly broken: (invoice: SemanticInvoice) => readonly Breach[];
}

export interface Breach {
  /** The field by its path in the record. */
  readonly place: string;
  readonly expected?: string;
  readonly actual?: string;
}

type Layer = Rule['layer'];

interface Options {
  readonly layer?: Layer;
  readonly severity?: Finding['severity'];
  readonly lines?: boolean;
}

/** A rule about the invoice as a whole. */
export function whole(
  id: string,
  place: string,
  says: string,
  holds: (invoice: SemanticInvoice) => boolean,
  options: Options = {},
): Rule {
  return rule(id, says, options, (invoice) => (holds(invoice) ? [] : [{ place }]));
}

/** A rule about each member of a group. */
export function each<T>(
  id: string,
  group: Group<T>,
  field: string,
  says: string,
  holds: (member: T, invoice: SemanticInvoice) => boolean,
  options: Options = {},
): Rule {
  return rule(id, says, { lines: group.lines, ...options }, (invoice) =>
    group
      .members(invoice)
      .flatMap(([member, at], index) => (holds(member, invoice) ? [] : [{ place: at(index) + field }])),
  );
}

/** A rule that a number is what others make it; `null` where one of them is missing, which is another rule's matter. */
export function equals(
  id: string,
  place: string,
  says: string,
  compare: (invoice: SemanticInvoice) => Comparison | null,
  options: Options = {},
): Rule {
  return rule(id, says, { layer: 'arithmetic', ...options }, (invoice) => {
    const compared = compare(invoice);
    if (compared === null || compared.actual.equals(compared.expected)) return [];
    return [{ place, expected: written(compared.expected), actual: written(compared.actual) }];
  });
}

export interface Comparison {
  readonly expected: Decimal;
  readonly actual: Decimal;
}

export function rule(id: string, says: string, options: Options, broken: Rule['broken']): Rule {
  const { layer = 'terms', severity = 'error', lines = false } = options;
  return { id, says, layer, severity, lines, broken };
}

export function written(value: Decimal): string {
  return value.toFixed(Math.max(2, value.decimalPlaces()));
}

/** Members of a group, each with where it stands in the record. */
export interface Group<T> {
  readonly lines: boolean;
  readonly members: (invoice: SemanticInvoice) => readonly (readonly [T, (index: number) => string])[];
}

const at = <T>(list: readonly T[], place: (index: number) => string) => list.map((member) => [member, place] as const);

export const LINES: Group<Line> = {
  lines: true,
  members: (invoice) => at(invoice.lines, (index) => `lineItems[${index}]`),
};

export const BREAKDOWN: Group<TaxBreakdown> = {
  lines: false,
  members: (invoice) => at(invoice.breakdown, (index) => `taxes[${index}]`),
};

export const ALLOWANCES: Group<AllowanceOrCharge> = {
  lines: false,
  members: (invoice) => at(invoice.allowances, () => 'totals.discount'),
};

export const CHARGES: Group<AllowanceOrCharge> = {
  lines: false,
  members: (invoice) => at(invoice.charges, () => 'totals.charges'),
};

export const LINE_ALLOWANCES: Group<AllowanceOrCharge> = {
  lines: true,
  members: (invoice) => ofLines(invoice, (line) => line.allowances),
};

export const LINE_CHARGES: Group<AllowanceOrCharge> = {
  lines: true,
  members: (invoice) => ofLines(invoice, (line) => line.charges),
};

function ofLines<T>(invoice: SemanticInvoice, list: (line: Line) => readonly T[]) {
  return invoice.lines.flatMap((line, index) => at(list(line), () => `lineItems[${index}].discountAmount`));
}

/** A group that is no list of lines and has one place. */
export function group<T>(place: string, members: (invoice: SemanticInvoice) => readonly T[]): Group<T> {
  return { lines: false, members: (invoice) => at(members(invoice), () => place) };
}
