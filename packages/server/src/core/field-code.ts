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

/** The code of a field that has one of its own. */
export function fieldCodeOf(schema: TSchema): string | undefined {
  const { [codeKey]: code } = schema as { [codeKey]?: string };
  return code;
}
