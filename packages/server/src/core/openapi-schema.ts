import type { TSchema } from 'typebox';

/** A JSON Schema as plain JSON. */
export type JsonSchema = Record<string, unknown>;

/** Schemas that carry a title, by that title; the rest of the document refers to them. */
export type NamedSchemas = Map<string, JsonSchema>;

/**
 * A schema as OpenAPI 3.1 shows it best: plain JSON without the library's marks, alternatives of constants as one
 * `enum`, and every part with a `title` moved to `named` and referred to.
 *
 * @throws when two different schemas carry one title
 */
export function documentSchema(schema: TSchema, named: NamedSchemas): JsonSchema {
  const plain: unknown = JSON.parse(JSON.stringify(schema));
  return isObject(plain) ? rewrite(plain, named) : {};
}

function rewrite(schema: JsonSchema, named: NamedSchemas): JsonSchema {
  if (schema['x-file'] === true) return fileOf(schema);
  const parts = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, literal.has(key) ? value : rewriteValue(value, named)]),
  );
  const written = joinConstants(parts);
  const { title } = written;
  if (typeof title !== 'string' || !/^[A-Z]\w+$/.test(title)) return written;
  const known = named.get(title);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(written)) {
    throw new Error(`two different schemas carry the title "${title}"`);
  }
  named.set(title, written);
  return { $ref: `#/components/schemas/${title}` };
}

/** As OpenAPI writes the bytes of a part of a form. */
function fileOf({ description }: JsonSchema): JsonSchema {
  return {
    type: 'string',
    contentMediaType: 'application/octet-stream',
    ...(description === undefined ? {} : { description }),
  };
}

/** Keywords whose values are data, not schemas. */
const literal = new Set(['const', 'default', 'enum', 'examples', 'required']);

function rewriteValue(value: unknown, named: NamedSchemas): unknown {
  if (Array.isArray(value)) return value.map((item) => rewriteValue(item, named));
  return isObject(value) ? rewrite(value, named) : value;
}

/** `anyOf` of constants as one `enum`; of a type and null as one schema with two types. */
function joinConstants(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf)) return schema;
  const options = anyOf as JsonSchema[];
  if (options.every((option) => typeof option.const === 'string')) {
    return { type: 'string', enum: options.map((option) => option.const), ...rest };
  }
  const [only, ...others] = options.filter((option) => option.type !== 'null');
  const isScalar =
    only !== undefined && others.length === 0 && ['string', 'integer', 'number'].includes(String(only.type));
  if (!isScalar) return schema;
  const { const: constant, enum: values = constant === undefined ? undefined : [constant], ...one } = only;
  // Whoever lists the values lists null among them, or refuses it.
  const listed = Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {};
  return { ...one, type: [only.type, 'null'], ...listed, ...rest };
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
