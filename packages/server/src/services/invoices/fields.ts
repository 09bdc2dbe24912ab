import { type TSchema, Type } from 'typebox';
import { reference } from '../../core/service.ts';
import { error } from './contract.ts';

export const nullable = <S extends TSchema>(schema: S, description?: string) =>
  Type.Union([schema, Type.Null()], description === undefined ? {} : { description });

/** A text of an input that may be cleared. */
export const text = (maxLength: number, description: string) =>
  Type.Optional(nullable(Type.String({ maxLength }), description));

/** A text of an answer that may be absent. */
export const seen = (description: string) => nullable(Type.String(), description);

export const decimal = (description: string) => nullable(Type.String(), `${description} A decimal text.`);

export const words = <const W extends readonly string[]>(values: W, description: string) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    { description },
  ) as unknown as ReturnType<typeof Type.Unsafe<W[number]>>;

export const metadataSchema = Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 500 }), {
  maxProperties: 50,
  description: 'Your own notes: up to 50 texts.',
});

export const timestamp = (description: string) => Type.String({ description: `${description} ISO 8601 in UTC.` });

export const listOf = (schema: TSchema) =>
  Type.Object({
    items: Type.Array(schema, { description: 'This page.' }),
    hasMore: Type.Boolean({ description: 'Whether there is another page.' }),
    nextCursor: nullable(Type.String(), 'Where it begins.'),
  });

/** A resource id that an answer shows. */
export const idOf = (noun: string, description: string) =>
  Type.String({ description: `${description} Begins with \`${noun}_live_\` or \`${noun}_test_\`.` });

/** A resource of another kind that an input refers to; an id of the other mode is refused by its text. */
export const ref = (noun: string, description: string) => Type.Optional(nullable(reference(noun, { description })));

export const refFilter = (noun: string, description: string) => Type.Optional(reference(noun, { description }));

export const clientHeader = {
  'X-Client-Id': Type.Optional(
    reference('cl', {
      description: 'The client that the request is about; a key that is bound to one may leave it out.',
    }),
  ),
};
/** The same in a query, where a key of a whole team may name it instead. */
export const clientFilter = {
  clientId: Type.Optional(
    reference('cl', { description: 'The same as `X-Client-Id`; a key that is bound to a client does without it.' }),
  ),
};
export const clientHeaders = { 'X-Client-Id': 'x-client-id' } as const;

const nouns = { cl: 'client', con: 'contact' } as const;

/**
 * Holds the form of an id in a body against what it names: `con_test_…`, or without the mode as in older samples.
 *
 * @throws `validation.invalid_body` with `validation.invalid_public_id`
 */
export function checkForm(noun: keyof typeof nouns, field: string, id: string | null | undefined): void {
  if (id === undefined || id === null || new RegExp(`^${noun}_(?:(?:live|test)_)?[0-9A-Za-z.…]+$`).test(id)) return;
  const message = `must be a ${nouns[noun]} ID (${noun}_…); got "${id.slice(0, 60)}"`;
  throw invalidFields([{ field, code: 'validation.invalid_public_id', message }]);
}

/** What a body refers to and is not there. */
export function unknownReference(field: string, id: string) {
  return invalidFields([
    { field, code: 'validation.unknown_reference', message: `"${id.slice(0, 60)}" is not visible to this key` },
  ]);
}

export function invalidFields(fields: readonly { field: string; code: string; message: string }[]) {
  return error(
    'validation.invalid_body',
    `The request body has ${fields.length} invalid field${fields.length === 1 ? '' : 's'}.`,
    { items: fields.map(({ field, code, message }, index) => ({ index, code, message, param: field })) },
  );
}

/** Reads an instant or a day that bounds a list. @throws `validation.invalid_query` */
export function readInstant(param: string, value: string | undefined): Date | null {
  if (value === undefined) return null;
  const at = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
  if (!Number.isNaN(at)) return new Date(at);
  throw error(
    'validation.invalid_query',
    `"${param}" must be a date such as 2026-04-14, or an instant such as 2026-04-14T12:00:00Z.`,
    { param },
  );
}

/** Reads a date of an invoice. */
export function isDate(value: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}
