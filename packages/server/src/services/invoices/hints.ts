import { refuseUnstorable } from '../../core/service.ts';
import { error } from './contract.ts';
import type { DocumentType } from './extract/extraction.ts';
import { invalidFields } from './fields.ts';
import { type Scenario, scenarioNames } from './scenarios.ts';

export const documentTypes = [
  'invoice',
  'credit_note',
  'debit_note',
  'prepayment',
  'proforma',
  'receipt',
  'other',
] as const satisfies readonly DocumentType[];

export const directions = ['purchase', 'sale', 'unknown'] as const;

/** What an upload says of its document beforehand. */
export interface Hints {
  readonly testScenario?: Scenario;
  readonly documentType?: DocumentType;
  readonly direction?: (typeof directions)[number];
  readonly language?: string;
  readonly currency?: string;
  readonly country?: string;
}

/** How each hint is held against what it may be, with what is wrong when it is not. */
const rules: Readonly<Record<keyof Hints, { readonly holds: (value: string) => boolean; readonly message: string }>> = {
  testScenario: {
    holds: (value) => scenarioNames.some((name) => name === value),
    message: `must be one of ${scenarioNames.join(', ')}`,
  },
  documentType: {
    holds: (value) => documentTypes.some((type) => type === value),
    message: `must be one of ${documentTypes.join(', ')}`,
  },
  direction: {
    holds: (value) => directions.some((direction) => direction === value),
    message: `must be one of ${directions.join(', ')}`,
  },
  language: {
    holds: (value) => /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(value),
    message: 'must be BCP 47, such as de',
  },
  currency: { holds: (value) => /^[A-Z]{3}$/.test(value), message: 'must be ISO 4217, such as EUR' },
  country: { holds: (value) => /^[A-Z]{2}$/.test(value), message: 'must be ISO 3166-1 alpha-2, such as LT' },
};

export const hintNames = Object.keys(rules) as (keyof Hints)[];

/**
 * Reads hints however they are spelled: as one JSON text in `hints`, as `hints.name`, or as `hints[name]`.
 *
 * @throws `validation.invalid_body` naming each hint that is not one
 */
export function readHints(fields: Readonly<Record<string, unknown>>): Hints {
  const found: Record<string, unknown> = { ...objectOf(fields.hints) };
  for (const name of hintNames) {
    const value = fields[`hints.${name}`] ?? fields[`hints[${name}]`];
    if (value !== undefined && value !== '') found[name] = value;
  }
  const known = hintNames.filter((name) => found[name] !== undefined && found[name] !== null);
  const wrong = known.filter((name) => {
    const value = found[name];
    return typeof value !== 'string' || !rules[name].holds(value);
  });
  if (wrong.length > 0) {
    throw invalidFields(
      wrong.map((name) => ({
        field: `hints.${name}`,
        code: 'validation.invalid_body',
        message: `${rules[name].message}; got "${String(found[name]).slice(0, 60)}"`,
      })),
    );
  }
  return Object.fromEntries(known.map((name) => [name, found[name]])) as Hints;
}

/** Scenarios belong to test mode. @throws `validation.test_scenario_in_live_mode` */
export function refuseScenario(hints: Hints, mode: 'live' | 'test'): void {
  if (mode === 'test' || hints.testScenario === undefined) return;
  throw error(
    'validation.test_scenario_in_live_mode',
    'hints.testScenario was sent with a live key; leave it out, or use a test key.',
    { param: 'hints.testScenario' },
  );
}

function objectOf(hints: unknown): Record<string, unknown> {
  if (hints === undefined || hints === null || hints === '') return {};
  let value: unknown = hints;
  if (typeof hints === 'string') {
    try {
      value = JSON.parse(hints);
    } catch {
      value = null;
    }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    refuseUnstorable(value, 'hints');
    return value as Record<string, unknown>;
  }
  const message = 'must be a JSON object such as {"language": "de"}';
  throw invalidFields([{ field: 'hints', code: 'validation.invalid_body', message }]);
}
