import type { verifyById } from './lookups.ts';

/** What a permalink shows, on its page and on its card. */
export interface PermalinkView {
  readonly mode: 'live' | 'test';
  readonly shortId: string;
  readonly permalink: string;
  readonly endpoint: string;
  readonly verified: boolean;
  readonly reason: string;
  readonly serverHash: string;
  /** `null` for a password: nothing of its result is shown (specification 2.3). */
  readonly result: PermalinkResult | null;
}

export interface PermalinkResult {
  readonly clientSeed: string;
  readonly nonce: number;
  readonly cursor: number;
  /** Unix milliseconds; a test outcome is not recorded, so that nobody knows when it was first drawn. */
  readonly created: number | null;
  /** The values as texts, in their order. */
  readonly values: readonly string[];
  /** What the values come to, such as the total of dice. */
  readonly sum: string | null;
  /** The `outcome` field as JSON. */
  readonly json: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  /** Known once it is revealed. */
  readonly serverSeed: string | null;
  readonly commitId: string | null;
  readonly receipt: string | null;
}

/** What look-ups say of an outcome. */
export type Verification = NonNullable<Awaited<ReturnType<typeof verifyById>>>;

/** Puts what look-ups say into the form that is shown; here, and nowhere later, a password loses its result. */
export function viewOf(verification: Verification): PermalinkView {
  const { mode, shortId, permalink, endpoint, verified, reason, serverHash } = verification;
  const shown = { mode, shortId, permalink, endpoint, verified, reason, serverHash };
  if ('redacted' in verification) return { ...shown, result: null };
  const fields: Readonly<Record<string, unknown>> = verification;
  return {
    ...shown,
    result: {
      clientSeed: verification.clientSeed,
      nonce: verification.nonce,
      cursor: verification.cursor,
      created: verification.created,
      ...valuesOf(verification.outcome, fields),
      json: JSON.stringify(verification.outcome),
      parameters: parametersOf(verification.outcome, fields),
      serverSeed: textOrNull(fields.serverSeed),
      commitId: textOrNull(fields.commitId),
      receipt: textOrNull(fields.receipt),
    },
  };
}

function valuesOf(
  outcome: Verification['outcome'],
  fields: Readonly<Record<string, unknown>>,
): { values: readonly string[]; sum: string | null } {
  if (fields.endpoint === 'pick' && typeof fields.index === 'number') {
    return { values: [textOf(outcome)], sum: `item ${fields.index + 1} of those it was picked from` };
  }
  if (fields.endpoint === 'dice' && isDice(outcome)) {
    return { values: outcome.rolls.map(String), sum: `total ${outcome.total}` };
  }
  return { values: Array.isArray(outcome) ? outcome.map(textOf) : [textOf(outcome)], sum: null };
}

const parameterNames = [
  'notation',
  'count',
  'min',
  'max',
  'unique',
  'encoding',
  'distribution',
  'mean',
  'stddev',
  'lambda',
  'items',
  'weights',
];

/** The items of a draw are known here once its seed is: they belong to what is then needed to draw again. */
function parametersOf(outcome: unknown, fields: Readonly<Record<string, unknown>>) {
  const known: Readonly<Record<string, unknown>> = {
    ...fields,
    ...(fields.endpoint === 'dice' && isDice(outcome) ? { notation: outcome.notation, count: undefined } : {}),
    ...(typeof fields.params === 'object' ? fields.params : {}),
  };
  return parameterNames
    .filter((name) => known[name] !== undefined)
    .map((name) => ({ name, value: name === 'weights' && known[name] === null ? 'all equal' : textOf(known[name]) }));
}

function isDice(outcome: unknown): outcome is { notation: string; rolls: number[]; total: number } {
  return typeof outcome === 'object' && outcome !== null && 'rolls' in outcome && Array.isArray(outcome.rolls);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
