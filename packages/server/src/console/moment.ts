import { Type } from 'typebox';
import { consoleError } from './errors.ts';

/** A moment as a query or a body names it. */
export const momentSchema = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'Unix milliseconds, or a date and time such as 2026-01-31T08:00:00Z.',
});

/** The same in a body, where Unix milliseconds may stand as the number that answers give. */
export const momentInBodySchema = Type.Union([Type.Integer(), momentSchema]);

/** Ends of what a Date can hold and PostgreSQL can store: the years 1 to 9999 are plenty. */
const earliest = Date.UTC(1970, 0, 1);
const latest = Date.UTC(9999, 0, 1);

/** Unix milliseconds from either way of writing a moment. */
export function readMoment(name: string, given: string | number): number {
  const text = String(given);
  const moment = /^\d+$/.test(text) ? Number(text) : isoDate.test(text) ? Date.parse(text) : Number.NaN;
  if (moment >= earliest && moment <= latest) return moment;
  throw consoleError(
    'invalid_input',
    `"${name}" must be Unix milliseconds or a date and time such as 2026-01-31T08:00:00Z.`,
    { param: name },
  );
}

const isoDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;
