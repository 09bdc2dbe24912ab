import type { TSchema } from 'typebox';

const codeKey = 'x-refused-as';

/**
 * A field of an input whose violations have a code of their own in the service's catalogue.
 *
 * @example
 * input: Type.Object({ limit: refusedAs('invalid_limit', Type.Integer({ maximum: 100, default: 20 })) })
 */
export function refusedAs<Schema extends TSchema>(code: string, schema: Schema): Schema {
  // Not by spreading: the library marks optional schemas by properties that cannot be enumerated.
  return Object.defineProperties({ [codeKey]: code } as unknown as Schema, Object.getOwnPropertyDescriptors(schema));
}

const checkKey = 'x-checked-by';

/** Refuses a value that its schema lets through, naming the field. @throws `ApiError` */
export type FieldCheck = (value: unknown) => unknown;

/**
 * A field of an input that is held against more than its schema can say. It is checked in its place among the other
 * fields, so that the first fault that is reported is the first in the reference.
 *
 * @example
 * input: Type.Object({ domain: checkedBy(readDomain, Type.String()), plan: Type.String({ maxLength: 200 }) })
 */
export function checkedBy<Schema extends TSchema>(check: FieldCheck, schema: Schema): Schema {
  const own = { [checkKey]: { value: check } };
  return Object.defineProperties({} as Schema, { ...Object.getOwnPropertyDescriptors(schema), ...own });
}

/** The check of a field that has one. */
export function fieldCheckOf(schema: TSchema): FieldCheck | undefined {
  return (schema as { [checkKey]?: FieldCheck })[checkKey];
}

/** The code of a field that has one of its own. */
export function fieldCodeOf(schema: TSchema): string | undefined {
  const { [codeKey]: code } = schema as { [codeKey]?: string };
  return code;
}
