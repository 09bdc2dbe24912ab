import fc from 'fast-check';

type JsonSchema = Readonly<Record<string, unknown>>;

/** An OpenAPI document, as far as requests can be made of it. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: JsonSchema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

/** A request that means something, or nothing at all. */
export interface MadeRequest {
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

/**
 * Requests to every operation of a document: as its schemas say, with single fields broken, and plain nonsense.
 *
 * @param words values that name something there, such as ids; they take turns with made-up ones
 */
export function requestsOf(document: Document, words: readonly string[]): fc.Arbitrary<MadeRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => requestOf(document, path, method, operation, words)),
  );
  return fc.oneof(...operations);
}

function requestOf(
  document: Document,
  path: string,
  method: string,
  { operationId, parameters = [], requestBody }: OperationObject,
  words: readonly string[],
): fc.Arbitrary<MadeRequest> {
  const texts = (place: string): fc.Arbitrary<Record<string, string>> => {
    const here = parameters.filter((parameter) => parameter.in === place);
    const values = here.map(({ schema }) =>
      fc.oneof({ arbitrary: valueFor(schema, document, words), weight: 3 }, nonsense(words)).map(asText),
    );
    // Of a path every parameter is there, of the others any.
    const sent = here.map(() => (place === 'path' ? fc.constant(true) : fc.boolean()));
    return fc
      .tuple(fc.tuple(...values), fc.tuple(...sent))
      .map(([made, is]) =>
        Object.fromEntries(here.flatMap(({ name }, at) => (is[at] ? [[name, made[at] ?? '']] : []))),
      );
  };
  const content = Object.entries(requestBody?.content ?? {})[0];
  const bodies: fc.Arbitrary<string | Buffer | undefined> =
    content === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          {
            arbitrary: fc
              .tuple(valueFor(content[1].schema, document, words), brokenFields(words))
              .map(([value, broken]) => JSON.stringify(withBroken(value, broken))),
            weight: 8,
          },
          nonsense(words).map((value) => JSON.stringify(value) ?? ''),
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
          fc.string({ unit: 'binary', maxLength: 200 }),
        );
  const types = fc.oneof(
    { arbitrary: fc.constant(content?.[0] ?? 'application/json'), weight: 20 },
    fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'multipart/form-data', 'x', ';', 'a/b/c'),
  );
  return fc
    .record({
      path: texts('path'),
      query: fc.oneof({ arbitrary: texts('query'), weight: 4 }, strangeQuery),
      header: texts('header'),
      type: types,
      body: bodies,
    })
    .map(({ path: inPath, query, header, type, body }) => ({
      operation: operationId,
      method: method.toUpperCase(),
      url: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeText(inPath[name] ?? '')) + queryOf(query),
      headers: {
        ...Object.fromEntries(Object.entries(header).map(([name, value]) => [name.toLowerCase(), inHeader(value)])),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      body,
    }));
}

const strangeQuery = fc.dictionary(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 30 }), {
  maxKeys: 4,
});

function queryOf(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Half of a character pair has no bytes; whoever sends one sends its three bytes of WTF-8. */
function encodeText(text: string): string {
  return text
    .split(/([\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff])/)
    .map((part) => (part.isWellFormed() ? encodeURIComponent(part) : '%ED%A0%80'))
    .join('');
}

/** What can stand in a header on the wire. */
function inHeader(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?').trim();
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

interface Broken {
  readonly name: string | null;
  readonly value: unknown;
}

const brokenFields = (words: readonly string[]): fc.Arbitrary<readonly Broken[]> =>
  fc.array(
    fc.record({
      name: fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, fc.string({ maxLength: 10 })),
      value: nonsense(words),
    }),
    { maxLength: 2 },
  );

/** Some fields hold something else; one without a name is the first that is there. */
function withBroken(value: unknown, broken: readonly Broken[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = { ...value } as Record<string, unknown>;
  for (const [at, { name, value: wrong }] of broken.entries()) {
    const names = Object.keys(fields);
    const field = name ?? names[(at * 7 + names.length) % Math.max(1, names.length)];
    if (field !== undefined) fields[field] = wrong;
  }
  return fields;
}

/** Whatever JSON can hold, and texts that others have stumbled over. */
function nonsense(words: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom<unknown>(
      ...words,
      null,
      '',
      ' ',
      0,
      -1,
      1e21,
      2 ** 53,
      -(2 ** 63),
      0.1,
      1e308,
      '0',
      '-0',
      '99999999999999999999',
      'NaN',
      '\u0000',
      '\ud800',
      '\u202e',
      'a'.repeat(300),
      "'; drop table x; --",
      '%00',
      '../..',
      '9999-12-31T23:59:59.999Z',
      '-271821-04-20T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '2026-01-01T00:00:00+23:59',
      { __proto__: null },
      [[[[]]]],
    ),
  );
}

/** What a schema lets through, and at its edges. */
function valueFor(schema: JsonSchema, document: Document, words: readonly string[], depth = 0): fc.Arbitrary<unknown> {
  const { $ref, enum: options, anyOf, type } = schema;
  const inner = (part: unknown) => valueFor(part as JsonSchema, document, words, depth + 1);
  if (typeof $ref === 'string') return inner(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(options)) return fc.constantFrom(...(options as unknown[]));
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map(inner));
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => inner({ ...schema, type: one as unknown })));
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({
        min: (schema.minimum as number | undefined) ?? -1000,
        max: (schema.maximum as number | undefined) ?? Number.MAX_SAFE_INTEGER,
      });
    case 'string':
      return textOf(schema, words);
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: (schema.minItems as number | undefined) ?? 0,
        maxLength: Math.min((schema.maxItems as number | undefined) ?? 3, 3),
      });
    case 'object':
      return depth > 5 ? fc.constant({}) : objectOf(schema, inner);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(schema: JsonSchema, inner: (part: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = schema.properties as Record<string, JsonSchema> | undefined;
  if (properties === undefined) {
    return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  }
  return fc.record(Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)])), {
    requiredKeys: (schema.required as string[] | undefined) ?? [],
  });
}

function textOf({ pattern, maxLength, format }: JsonSchema, words: readonly string[]): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((at) => at.toISOString());
  const most = Math.min((maxLength as number | undefined) ?? 60, 300);
  const likely = fc.constantFrom(
    ...words,
    'aurora.example',
    'mira@aurora.example',
    'münchen.de',
    '2026-07-15T00:00:00Z',
    'x'.repeat(most),
    '☕'.repeat(Math.floor(most / 2)),
  );
  const free = fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(most, 30) });
  if (typeof pattern !== 'string' || pattern === '\\S') return fc.oneof(likely, free);
  return fc.oneof(fc.stringMatching(new RegExp(pattern)), likely);
}
