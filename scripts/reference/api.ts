import { openApiOf } from '../../packages/server/src/core/openapi.ts';
import type { Service } from '../../packages/server/src/core/service.ts';
import { describeEvents } from '../../packages/server/src/dispatch/webhooks/describe-events.ts';
import { code, table } from './table.ts';

/** Every operation of a service with its inputs and refusals, as text that can be searched. */
export function apiPage(service: Service, serverUrl: string): string {
  const { contract } = service;
  const document = openApiOf(service, serverUrl, describeEvents(service)) as unknown as Document;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Listed => ({ ...operation, path, method: method.toUpperCase() })),
  );
  const byTag = Map.groupBy(operations, ({ tags: [tag = ''] }) => tag);
  const events = Object.entries(document.webhooks ?? {});
  const sections = document.tags.map(({ name, description }) => {
    const entries = (byTag.get(name) ?? []).map((each) => entry(document, each));
    const sent = events.filter(([, { post }]) => post.tags.includes(name));
    return [`## ${name}`, description, ...entries, ...(sent.length === 0 ? [] : [eventTable(sent)])].join('\n\n');
  });
  const { prefix, header } = contract.keys;
  const sent = header === undefined ? '`Authorization: Bearer`' : `\`${header}\` or \`Authorization: Bearer\``;
  return `# ${contract.title}: operations

${contract.description}

Base path \`${contract.basePath}\`. Keys start with \`${prefix.live}\` in live and \`${prefix.test}\` in test mode, and are sent as
${sent}. The same as [pages to try](/docs/api/${contract.name}) and as [OpenAPI 3.1](/openapi/${contract.name}.json).

${sections.join('\n\n')}
`;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Described {
  readonly operationId: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
}

type Listed = Described & { readonly path: string; readonly method: string };

interface WebhookItem {
  readonly post: Described & {
    readonly requestBody: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  };
}

interface Document {
  readonly webhooks?: Readonly<Record<string, WebhookItem>>;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: {
    readonly responses: Readonly<
      Record<string, { readonly content: Readonly<Record<string, { readonly examples: Record<string, unknown> }>> }>
    >;
  };
}

/** What the service sends, with what lies in the `data` of each. */
function eventTable(events: readonly (readonly [string, WebhookItem])[]): string {
  const rows = events.map(([type, { post }]) => {
    const body = Object.values(post.requestBody.content)[0]?.schema;
    return [code(type), post.description.replace(/ Sent at least once.*$/, ''), dataOf(body?.properties?.data)];
  });
  return `Each is a \`POST\` to every endpoint that is subscribed to it; its whole body and its headers, with an example, stand in the
OpenAPI document under \`webhooks\`. [Webhooks](../concepts/webhooks.md) says what is promised, and how to verify one.

${table(['event', 'what happened', '`data`'], rows)}`;
}

function dataOf(data: Schema | undefined): string {
  if (data?.anyOf !== undefined) return data.anyOf.map(dataOf).join('; or ');
  if (data?.$ref !== undefined) return typeOf(data);
  const fields = Object.entries(data?.properties ?? {});
  return fields.map(([name, schema]) => `${code(name)}: ${typeOf(schema)}`).join(', ');
}

function entry(document: Document, operation: Listed): string {
  const { method, path, operationId, description } = operation;
  const rows = inputsOf(operation);
  const inputs = rows.length === 0 ? '' : `\n\n${table(['input', 'in', 'type', 'required', 'meaning'], rows)}`;
  return `### ${method} ${path}

\`${operationId}\`. ${description}${inputs}

Refusals: ${refusalsOf(document, operation)}.`;
}

function inputsOf({ parameters = [], requestBody }: Listed): string[][] {
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  const required = new Set(body?.required ?? []);
  return [
    ...parameters.map(({ name, in: where, required: must, schema, description = '' }) => [
      code(name),
      where,
      typeOf(schema),
      must ? 'yes' : '',
      description,
    ]),
    ...Object.entries(body?.properties ?? {}).map(([name, schema]) => [
      code(name),
      'body',
      typeOf(schema),
      required.has(name) ? 'yes' : '',
      schema.description ?? '',
    ]),
  ];
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace(/^.*\//, '');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return schema.items === undefined ? 'array' : `array of ${typeOf(schema.items)}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

/** The codes by status, such as 404 `not_found`. */
function refusalsOf({ components }: Document, { responses }: Listed): string {
  return Object.entries(responses)
    .flatMap(([status, { $ref }]) => {
      const response = components.responses[$ref?.replace('#/components/responses/', '') ?? ''];
      const [content] = Object.values(response?.content ?? {});
      const codes = Object.keys(content?.examples ?? {}).map(code);
      return codes.length === 0 ? [] : [`${status} ${codes.join(', ')}`];
    })
    .join('; ');
}
