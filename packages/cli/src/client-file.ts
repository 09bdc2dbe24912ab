import type { WireOperation, WireService } from '../../client/src/calls.ts';
import { pageFieldsOf } from '../../server/src/core/paged-list.ts';

/** One service's typed client, written from its OpenAPI document and nothing else. */
type Json = Record<string, unknown>;

interface Document {
  readonly info: { readonly title: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly webhooks?: Readonly<Record<string, { readonly post: Described }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
  readonly 'x-interlock': {
    readonly service: string;
    readonly keys: { readonly prefix: { readonly live: string; readonly test: string }; readonly length: number };
    readonly codes: readonly string[];
  };
}

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly Json[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
  readonly 'x-interlock'?: { readonly writes?: boolean };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Json;
}

/**
 * @param base from where the file imports what all clients share
 */
export function clientFile(openApi: Record<string, unknown>, base: ClientBase = ownBase): string {
  // The document is our own, made a moment ago; this names the part of OpenAPI that it uses.
  const document = openApi as unknown as Document;
  const { service, keys, codes } = document['x-interlock'];
  const name = pascal(service);
  const operations = operationsOf(document);
  const schemas = Object.entries(document.components.schemas).map(
    ([title, schema]) => `${comment(schema.description, '')}export type ${typeName(title)} = ${typeOf(schema, '')};`,
  );
  const wire = operations.map((operation) => `  ${JSON.stringify(wireOf(operation))},`);
  const tree = treeOf(operations);
  const calls = ['Call', 'PagedCall', 'StreamCall'].filter((type) => new RegExp(`\\b${type}<`).test(tree));
  return `// Generated ${base.by}${service}.json; do not edit.
import { ${[...calls, 'ClientOptions', 'ServiceClient', 'WireOperation'].map((type) => `type ${type}`).join(', ')}, createCalls } from '${base.calls}';
import { ApiError } from '${base.errors}';
import { type KeyShape, type Mode, requireModeOf } from '${base.mode}';

${schemas.join('\n\n')}

/** Every code that the service refuses with. */
export type ${name}ErrorCode = ${codes.map((code) => JSON.stringify(code)).join(' | ')};

/** The ${document.info.title} API refused. */
export class ${name}Error extends ApiError<${name}ErrorCode> {
  override readonly name = '${name}Error';
}

${eventsOf(name, document)}/** Every operation of the ${document.info.title} API that a key may call. */
export interface ${name}Client extends ServiceClient ${tree}

const keys: KeyShape = ${JSON.stringify({ service, ...keys })};

const operations: readonly WireOperation[] = [
${wire.join('\n')}
];

/**
 * A client of the ${document.info.title} API.
 *
 * @example
 * const ${service} = create${name}({ baseUrl: 'http://127.0.0.1:4000', key });
 */
export function create${name}(options: ClientOptions): ${name}Client {
  // The names that the calls are hung under are those of the operations that the type is written from.
  return createCalls({ keys, operations, error: ${name}Error }, options) as unknown as ${name}Client;
}

/**
 * Throws unless a key of the ${document.info.title} API is a whole key of this mode. Offline: it only looks at the key.
 *
 * @throws ModeError
 */
export function require${name}Mode(key: unknown, mode: Mode): void {
  requireModeOf(keys, key, mode);
}
`;
}

/** What a verified webhook of the service is, by the event that it tells of. */
function eventsOf(name: string, { webhooks = {}, info }: Document): string {
  const events = Object.entries(webhooks).map(([type, { post }]) => {
    const body = Object.values(post.requestBody?.content ?? {})[0]?.schema ?? {};
    return `${comment(post.description, '  ')}  readonly ${JSON.stringify(type)}: ${typeOf(body, '  ')};`;
  });
  if (events.length === 0) return '';
  return `/** The bodies of the webhooks of the ${info.title} API, by their events. */
export interface ${name}Events {
${events.join('\n')}
}

`;
}

/** How the operations of a document go over the wire, for a client without types. */
export function wireServiceOf(openApi: Record<string, unknown>): Omit<WireService, 'error'> {
  const document = openApi as unknown as Document;
  const { service, keys } = document['x-interlock'];
  return { keys: { service, ...keys }, operations: operationsOf(document).map(wireOf) };
}

interface ClientBase {
  /** Which program writes the file, from which folder's document. */
  readonly by: string;
  readonly calls: string;
  readonly errors: string;
  readonly mode: string;
}

const ownBase: ClientBase = {
  by: 'by `npm run generate` from docs/reference/openapi/',
  calls: '../calls.ts',
  errors: '../errors.ts',
  mode: '../mode.ts',
};

/** For services of one's own, whose clients lie outside the package. */
export const packageBase: ClientBase = {
  by: 'by `npx interlock client` from ',
  calls: '@interlock/client',
  errors: '@interlock/client',
  mode: '@interlock/client',
};

/** What a program takes from the clients of the services by default; each one's own types lie in its own file. */
export function clientIndex(services: readonly string[]): string {
  const lines = services.map((service) => {
    const name = pascal(service);
    return `export { create${name}, require${name}Mode, type ${name}Client, ${name}Error, type ${name}ErrorCode } from './${service}.ts';\n`;
  });
  return `// Generated by \`npm run generate\`; do not edit.\n${lines.join('')}`;
}

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly described: Described;
  readonly media: string | null;
  readonly output: string;
  readonly page: { readonly items: string; readonly next: string; readonly item: string } | null;
}

function operationsOf(document: Document): Operation[] {
  const found = new Map<string, Operation>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, described] of Object.entries(item)) {
      if (!describedForKeys(described)) continue;
      // Of twins the one with a body: it has no limit of length, and its arrays are arrays.
      const id = described.operationId.replace(/\.post$/, '');
      if (found.has(id) && method !== 'post') continue;
      const [, answer] = Object.entries(described.responses).find(([status]) => status.startsWith('2')) ?? [];
      const [media = null] = Object.keys(answer?.content ?? {});
      const schema = media === null ? undefined : answer?.content?.[media]?.schema;
      found.set(id, {
        id,
        method: method.toUpperCase(),
        path,
        described,
        media,
        output: outputOf(media, schema),
        page: pageOf(document, described, schema),
      });
    }
  }
  return [...found.values()];
}

/** What only a signed-in person may call is the dashboard's. */
function describedForKeys({ security = [{}] }: Described): boolean {
  return security.some((way) => Object.keys(way).every((scheme) => scheme !== 'session'));
}

function outputOf(media: string | null, schema: Json | undefined): string {
  if (media === null) return 'undefined';
  if (media.endsWith('json')) return typeOf(schema ?? {}, '');
  return media.startsWith('text/') ? 'string' : 'Uint8Array';
}

function answerOf({ media }: Operation): WireOperation['answer'] {
  if (media === null) return 'none';
  if (media === 'text/event-stream') return 'events';
  if (media.endsWith('json')) return 'json';
  return media.startsWith('text/') ? 'text' : 'bytes';
}

/** A page takes a cursor, and holds one list and the next cursor. */
function pageOf(document: Document, described: Described, schema: Json | undefined): Operation['page'] {
  if (schema === undefined || !(described.parameters ?? []).some(({ name }) => name === 'cursor')) return null;
  const { properties } = resolve(document, schema) as { properties?: Record<string, Json> };
  const page = pageFieldsOf(properties ?? {});
  return page && { ...page, item: typeOf((properties?.[page.items]?.items ?? {}) as Json, '') };
}

function resolve(document: Document, schema: Json): Json {
  const title = referred(schema);
  return title === null ? schema : (document.components.schemas[title] ?? {});
}

function wireOf(operation: Operation): WireOperation {
  const { id, method, path, described, page } = operation;
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const form = Object.keys(described.requestBody?.content ?? {}).includes('multipart/form-data');
  const takesKey = (described.parameters ?? []).some((parameter) => parameter.name === 'Idempotency-Key');
  return {
    id,
    method,
    path,
    input: form ? 'form' : hasBody ? 'json' : 'query',
    ...(takesKey ? { idempotent: true } : {}),
    ...(described['x-interlock']?.writes === true ? {} : { reads: true }),
    answer: answerOf(operation),
    ...(page === null ? {} : { page: { items: page.items, next: page.next } }),
  };
}

interface Tree {
  readonly operation?: Operation;
  readonly children: Map<string, Tree>;
}

function treeOf(operations: readonly Operation[]): string {
  const root: Tree = { children: new Map() };
  for (const operation of operations) place(root, operation.id.split('.').slice(1), operation);
  return branches(root, '');
}

function place(tree: Tree, [name = '', ...rest]: string[], operation: Operation): void {
  const there = tree.children.get(name) ?? { children: new Map<string, Tree>() };
  tree.children.set(name, rest.length === 0 ? { ...there, operation } : there);
  if (rest.length > 0) place(there, rest, operation);
}

function branches({ children }: Tree, indent: string): string {
  const inner = `${indent}  `;
  const lines = [...children].map(([name, child]) => {
    const own = child.operation === undefined ? [] : [callOf(child.operation, inner)];
    const below = child.children.size === 0 ? [] : [branches(child, inner)];
    const about =
      child.operation === undefined
        ? ''
        : comment(child.operation.described.description ?? child.operation.described.summary, inner);
    return `${about}${inner}readonly ${name}: ${[...own, ...below].join(' & ')};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function callOf(operation: Operation, indent: string): string {
  const input = inputOf(operation, indent);
  if (operation.media === 'text/event-stream')
    return `StreamCall<${input} & { readonly [parameter: string]: unknown }>`;
  const output = operation.output.replaceAll('\n', `\n${indent}`);
  return operation.page === null
    ? `Call<${input}, ${output}>`
    : `PagedCall<${input}, ${output}, ${operation.page.item.replaceAll('\n', `\n${indent}`)}>`;
}

/** Parameters and the body's fields, as one object. */
function inputOf({ described }: Operation, indent: string): string {
  const parameters = (described.parameters ?? []).filter((parameter) => parameter.in !== 'header');
  const body = Object.values(described.requestBody?.content ?? {})[0]?.schema;
  const fields = {
    ...Object.fromEntries(parameters.map(({ name, description, schema }) => [name, { ...schema, description }])),
    ...((body?.properties ?? {}) as Record<string, Json>),
  };
  const required = new Set([
    ...parameters.filter((parameter) => parameter.required === true).map(({ name }) => name),
    ...((body?.required ?? []) as string[]),
  ]);
  // `Record<string, never>` is assignable to exactly those inputs that nothing is required of.
  return Object.keys(fields).length === 0 ? 'Record<string, never>' : objectType(fields, required, indent, false);
}

function typeOf(schema: Json, indent: string): string {
  const title = referred(schema);
  if (title !== null) return typeName(title);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const options = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (options !== undefined) return unique(options.map((option) => typeOf(option, indent))).join(' | ');
  if (Array.isArray(schema.allOf)) {
    return (schema.allOf as Json[]).map((part) => `(${typeOf(part, indent)})`).join(' & ');
  }
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]) as (string | undefined)[];
  return unique(types.map((type) => ofType(type, schema, indent))).join(' | ');
}

function ofType(type: string | undefined, schema: Json, indent: string): string {
  switch (type) {
    case 'string':
      // A part of a form that is a file; everything else in a form is text.
      return schema.format === 'binary' || 'contentMediaType' in schema ? 'Blob' : 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
    case 'null':
      return type;
    case 'array':
      return arrayType(schema, indent);
    case 'object':
      return mapOrObject(schema, indent);
    default:
      return 'properties' in schema ? mapOrObject(schema, indent) : 'unknown';
  }
}

function arrayType(schema: Json, indent: string): string {
  const places = schema.prefixItems ?? schema.items;
  if (Array.isArray(places)) return `readonly [${(places as Json[]).map((part) => typeOf(part, indent)).join(', ')}]`;
  return `readonly (${typeOf((schema.items ?? {}) as Json, indent)})[]`;
}

function mapOrObject(schema: Json, indent: string): string {
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  if (Object.keys(properties).length > 0) {
    const open = schema.additionalProperties === true;
    return objectType(properties, new Set((schema.required ?? []) as string[]), indent, open);
  }
  const [values] = Object.values((schema.patternProperties ?? {}) as Record<string, Json>);
  const others = values ?? schema.additionalProperties;
  return typeof others === 'object' && others !== null && Object.keys(others).length > 0
    ? `Readonly<Record<string, ${typeOf(others as Json, indent)}>>`
    : 'Readonly<Record<string, unknown>>';
}

function objectType(
  fields: Record<string, Json>,
  required: ReadonlySet<string>,
  indent: string,
  open: boolean,
): string {
  const inner = `${indent}  `;
  const lines = Object.entries(fields).map(([name, schema]) => {
    const written = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    const optional = required.has(name) ? ['', ''] : ['?', ' | undefined'];
    return `${comment(schema.description, inner)}${inner}readonly ${written}${optional[0]}: ${typeOf(schema, inner)}${optional[1]};`;
  });
  if (open) lines.push(`${inner}readonly [field: string]: unknown;`);
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function referred(schema: Json): string | null {
  return typeof schema.$ref === 'string' ? (schema.$ref.split('/').at(-1) ?? null) : null;
}

/** Titles that mean something else in every program, or in the head of the file. */
const taken = new Set([
  'ApiError',
  'Blob',
  'Call',
  'ClientOptions',
  'Error',
  'KeyShape',
  'Mode',
  'PagedCall',
  'Readonly',
  'Record',
  'ServiceClient',
  'StreamCall',
  'WireOperation',
]);

function typeName(title: string): string {
  return taken.has(title) ? `${title}Body` : title;
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|[-_])(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function comment(text: unknown, indent: string): string {
  if (typeof text !== 'string' || text === '') return '';
  const lines = text.replaceAll('*/', '*\\/').split('\n');
  return lines.length === 1
    ? `${indent}/** ${lines[0]} */\n`
    : `${indent}/**\n${lines.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}`).join('\n')}\n${indent} */\n`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
