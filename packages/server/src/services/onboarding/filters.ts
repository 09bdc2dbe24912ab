import { Type } from 'typebox';
import { checkedBy } from '../../core/service.ts';
import { error } from './contract.ts';
import { readInstantField } from './onboarding-input.ts';
import { laterOf, type Place, readCursor } from './page.ts';
import { pageInput } from './schemas.ts';

export const timeInput = {
  created_after: instantParameter('created_after', 'Only what was made after this ISO 8601 instant.'),
  created_before: instantParameter('created_before', 'Only what was made before this ISO 8601 instant.'),
};

/** The parameters of every list, with the filters that fit all of them. */
export const filteredPage = {
  ...pageInput,
  ...timeInput,
  metadata: Type.Optional(
    Type.Record(Type.String(), Type.String({ maxLength: 1_000 }), {
      description:
        'Only what has this value under this key: `metadata[test]=true`, or `metadata.test=true`. `true`, `false` and `null` are the values of JSON, digits a number or a text, and anything in double quotes is a text.',
    }),
  ),
};

function instantParameter(param: string, description: string) {
  return checkedBy(
    (value) => readInstantField(param, String(value)),
    Type.Optional(Type.String({ maxLength: 100, description })),
  );
}

interface Asked {
  readonly cursor?: string;
  readonly created_after?: string;
  readonly created_before?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What part of a list is asked for: what comes after a place, is not older than an instant, and has some metadata. */
export interface Span {
  readonly after: Place;
  readonly since: Date;
  readonly metadata: readonly MetadataFilter[];
}

/** One key, and the values that will do, as JSON writes them. */
export interface MetadataFilter {
  readonly key: string;
  readonly values: readonly string[];
}

/** Before any row: no customer is as old as that. */
const always = new Date(0);
const maxMetadataFilters = 10;

/** @throws `invalid_string` or `too_big`, naming the parameter */
export function readSpan({ cursor, created_after, created_before, metadata = {} }: Asked): Span {
  const since = created_after === undefined ? always : readInstantField('created_after', created_after);
  const filters = Object.entries(metadata).map(([key, text]) => ({ key, values: valuesMeantBy(text) }));
  if (filters.length > maxMetadataFilters) {
    throw error('too_big', `A list is filtered by at most ${maxMetadataFilters} keys of metadata; leave some out.`, {
      param: 'metadata',
    });
  }
  const after = readCursor(cursor);
  if (created_before === undefined) return { after, since, metadata: filters };
  readInstantField('created_before', created_before);
  return { after: laterOf(after, readCursor(created_before)), since, metadata: filters };
}

/** A query has no types, and metadata keeps them: `true` is the boolean that people tag with, never somebody's text. */
export function valuesMeantBy(text: string): readonly string[] {
  if (text === 'true' || text === 'false' || text === 'null') return [text];
  const quoted = textIn(text);
  if (quoted !== null) return [JSON.stringify(quoted)];
  const number = Number(text);
  const isNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) && Math.abs(number) <= Number.MAX_SAFE_INTEGER;
  return isNumber ? [JSON.stringify(text), JSON.stringify(number)] : [JSON.stringify(text)];
}

function textIn(quoted: string): string | null {
  if (!quoted.startsWith('"')) return null;
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
