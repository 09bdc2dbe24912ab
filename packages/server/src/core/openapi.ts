import type { TObject } from 'typebox';
import { routeOf } from './call.ts';
import type { PlatformRefusal } from './errors.ts';
import { fieldCodeOf } from './field-code.ts';
import { modes } from './mode.ts';
import { documentSchema, type JsonSchema, type NamedSchemas } from './openapi-schema.ts';
import type { Method, Operation, Service, ServiceContract } from './service.ts';

/** An event as it is sent to the endpoints that listen. */
export interface DescribedEvent {
  readonly type: string;
  /** When it happens, as a clause. */
  readonly when: string;
  /** The body of the request. */
  readonly schema: TObject;
  readonly example: unknown;
  /** What each of its headers says. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The OpenAPI 3.1 document of one service, from the declarations that the line itself runs on.
 *
 * @param serverUrl where the service answers, without a trailing slash
 * @param events what it sends, for those who receive it
 * @see https://spec.openapis.org/oas/v3.1.1
 */
export function openApiOf(
  service: Service,
  serverUrl: string,
  events: readonly DescribedEvent[] = [],
): Record<string, unknown> {
  const { contract, operations } = service;
  const named: NamedSchemas = new Map();
  const error = documentSchema(contract.dialect.errorSchema, named);
  named.set('Error', { description: 'A refusal: what happened, and what to do next.', ...error });
  const document: Parts = { named, refusals: {}, codes: new Set() };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const route = routeOf(contract, operation).replaceAll(/:(\w+)/g, '{$1}');
    const item = paths[route] ?? {};
    paths[route] = item;
    for (const method of methodsOf(operation)) {
      item[method.toLowerCase()] = operationOf(contract, operation, method, document);
    }
  }
  const webhooks = Object.fromEntries(
    events.map((event) => [event.type, { post: webhookOf(contract, event, named) }] as const),
  );
  return {
    openapi: '3.1.1',
    info: {
      title: contract.title,
      version: '1',
      description: `${contract.description}\n\n${modeTable(contract)}`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    tags: [
      ...[...new Set(operations.map((operation) => operation.tag))].map((name) => ({
        name,
        description: contract.tags?.[name] ?? name,
      })),
      ...(events.length === 0 ? [] : [{ name: eventsTag, description: 'What is sent to the endpoints that listen.' }]),
    ],
    paths,
    ...(events.length === 0 ? {} : { webhooks }),
    components: {
      securitySchemes: securitySchemes(service),
      schemas: Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: document.refusals,
      headers: responseHeaders(service),
      examples: Object.fromEntries(Object.entries(errorExamples(service)).filter(([code]) => document.codes.has(code))),
    },
    // What clients are generated from besides.
    'x-interlock': {
      service: contract.name,
      keys: { prefix: contract.keys.prefix, length: contract.keys.length },
      codes: Object.keys(contract.errors),
    },
  };
}

/** Under which the document shows what the service sends. */
const eventsTag = 'Events';

/** A request that the service makes: what the one who receives it has to answer. */
function webhookOf(
  contract: ServiceContract,
  { type, when, schema, example, headers }: DescribedEvent,
  named: NamedSchemas,
): Record<string, unknown> {
  return {
    operationId: `${contract.name}.events.${type}`,
    summary: type,
    description: `${when.charAt(0).toUpperCase()}${when.slice(1)}. Sent at least once, in any order, with the same bytes in every attempt.`,
    tags: [eventsTag],
    security: [],
    parameters: Object.entries(headers).map(([name, description]) => ({
      name,
      in: 'header',
      required: true,
      description,
      schema: { type: 'string' },
    })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: documentSchema(schema, named), example } },
    },
    responses: {
      '2XX': { description: 'It has arrived.' },
      '410': { description: 'Nobody listens here any more: the endpoint is disabled.' },
      default: { description: 'It has not arrived, and is sent again.' },
    },
  };
}

/** What operations refer to, gathered while they are written. */
interface Parts {
  readonly named: NamedSchemas;
  readonly refusals: Record<string, unknown>;
  /** Error codes that some operation answers with. */
  readonly codes: Set<string>;
}

function methodsOf(operation: Operation): readonly Method[] {
  return typeof operation.method === 'string' ? [operation.method] : operation.method;
}

function takesBody(method: Method): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}

function operationOf(
  contract: ServiceContract,
  operation: Operation,
  method: Method,
  document: Parts,
): Record<string, unknown> {
  const body = takesBody(method);
  const inPath = new Set([...operation.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? ''));
  const parameters = [
    ...parametersOf(operation, (name) => inPath.has(name), 'path'),
    ...(body ? [] : parametersOf(operation, (name) => !inPath.has(name), 'query')),
    // A twin's body carries them itself.
    ...(body && typeof operation.method !== 'string' ? [] : headerInputs(operation)),
    ...(operation.idempotent === true ? [idempotencyHeader(contract)] : []),
  ];
  return {
    operationId: body && methodsOf(operation).length > 1 ? `${operation.id}.post` : operation.id,
    summary: operation.summary,
    description: describe(contract, operation),
    tags: [operation.tag],
    security: securityOf(contract, operation),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body ? bodyOf(operation, inPath, document.named) : {}),
    responses: {
      ...successOf(contract, operation, document.named),
      ...refusalsOf(contract, operation, body, document),
    },
    'x-interlock': {
      modes: operation.modes ?? modes,
      ...(operation.scope === null ? {} : { scope: operation.scope }),
      ...(operation.writes === true ? { writes: true } : {}),
    },
  };
}

/** What the declaration says beyond the summary, in sentences. */
function describe(contract: ServiceContract, operation: Operation): string {
  const { dialect } = contract;
  const sentences = [operation.description ?? `${operation.summary}.`];
  if (operation.useWhen !== undefined) sentences.push(`Use it ${operation.useWhen}.`);
  if (operation.modes !== undefined) {
    const [mode = 'live'] = operation.modes;
    sentences.push(`Exists in ${mode} mode only; with a key of the other mode: \`${dialect.codes.mode_forbidden}\`.`);
  }
  if (operation.scope !== null && operation.caller !== 'person') {
    sentences.push(`A key needs the scope \`${operation.scope}\`.`);
  }
  if (operation.caller === 'person') {
    const who = operation.role === 'admin' ? 'an owner or admin of the workspace' : 'a signed-in person';
    sentences.push(`Belongs to the account: ${who} calls it, never a key.`);
  }
  if (operation.caller === 'either') {
    sentences.push('A key or a signed-in person calls it; a person chooses the mode with the header `Interlock-Mode`.');
  }
  if (operation.idempotent === true) {
    sentences.push('Honours `Idempotency-Key`: repeating a request with the same key gives the first answer again.');
  }
  if (operation.limited === false) sentences.push('Takes nothing from the rate limit.');
  return sentences.join(' ');
}

function parametersOf(
  operation: Operation,
  wanted: (name: string) => boolean,
  where: 'path' | 'query',
): Record<string, unknown>[] {
  const required = new Set((operation.input as { required?: string[] }).required ?? []);
  return Object.entries(operation.input.properties)
    .filter(([name]) => wanted(name) && operation.headers?.[name] !== name.toLowerCase())
    .map(([name, schema]) => {
      const { description, examples, ...rest } = asText(documentSchema(schema, new Map()));
      const example = operation.example?.input[name] ?? (Array.isArray(examples) ? examples[0] : undefined);
      return {
        name,
        in: where,
        required: where === 'path' || (required.has(name) && !('default' in rest)),
        ...(rest.type === 'object' ? { style: 'deepObject', explode: true } : {}),
        ...(description === undefined ? {} : { description }),
        schema: rest,
        ...(example === undefined ? {} : { example }),
      };
    });
}

/** A query carries texts: where a schema offers several forms, those that only a JSON body can hold are left out. */
function asText(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf)) return schema;
  const options = (anyOf as JsonSchema[]).filter(({ type }) => type !== 'object' && type !== 'null');
  const [only] = options;
  return options.length === 1 && only !== undefined ? { ...only, ...rest } : { ...rest, anyOf: options };
}

function headerInputs(operation: Operation): Record<string, unknown>[] {
  return Object.entries(operation.headers ?? {}).map(([input, header]) => ({
    name: header.replaceAll(/(^|-)(\w)/g, (_, dash: string, letter: string) => dash + letter.toUpperCase()),
    in: 'header',
    required: false,
    description: describedInput(operation, input),
    schema: { type: 'string' },
  }));
}

function describedInput(operation: Operation, input: string): string {
  const { description } = operation.input.properties[input] as { description?: string };
  return description ?? `Wins over the query parameter \`${input}\`.`;
}

function bodyOf(operation: Operation, inPath: ReadonlySet<string>, named: NamedSchemas): Record<string, unknown> {
  const schema = documentSchema(without(operation.input), named) as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  const kept = ([name]: [string, unknown]): boolean =>
    !inPath.has(name) && !Object.hasOwn(operation.headers ?? {}, name);
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).filter(kept));
  const required = (schema.required ?? []).filter((name) => kept([name, null]) && !hasDefault(properties[name]));
  if (Object.keys(properties).length === 0) return {};
  const example = operation.example && Object.fromEntries(Object.entries(operation.example.input).filter(kept));
  const { required: _, ...rest } = schema;
  return {
    requestBody: {
      required: required.length > 0,
      content: {
        [operation.files === undefined ? 'application/json' : 'multipart/form-data']: {
          schema: { ...rest, properties, ...(required.length === 0 ? {} : { required }) },
          ...(example === undefined ? {} : { example }),
        },
      },
    },
  };
}

/** The input of one operation is nobody else's schema, whatever its title. */
function without({ title: _, ...input }: TObject & { title?: string }): TObject {
  return input as TObject;
}

function hasDefault(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'default' in schema;
}

function successOf(contract: ServiceContract, operation: Operation, named: NamedSchemas): Record<string, unknown> {
  const { 'x-content-type': contentType, ...schema } = documentSchema(operation.output, named);
  const type = typeof contentType === 'string' ? contentType : 'application/json';
  const finite = type === 'application/json';
  const headers = headerRefs([
    'X-Request-Id',
    'Interlock-Mode',
    ...(isLimited(contract, operation) ? ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'] : []),
    ...(operation.location === undefined ? [] : ['Location']),
    ...Object.values(contract.dialect.requestIds ?? {})
      .slice(0, operation.idempotent === true ? 2 : 1)
      .map(headerName),
    ...(operation.idempotent === true ? ['Idempotent-Replayed'] : []),
    ...(finite ? Object.keys(serviceHeaders(contract)) : []),
  ]);
  const status = String(operation.status ?? 200);
  if (status === '204') return { [status]: { description: 'Done; the body is empty.', headers } };
  const example = operation.example === undefined ? {} : { example: operation.example.output };
  return {
    [status]: { description: `${operation.summary}.`, headers, content: { [type]: { schema, ...example } } },
  };
}

/** Refusals that an operation can meet, the line's and its own. */
function refusalCodes(contract: ServiceContract, operation: Operation, body: boolean): Set<string> {
  const { codes, finer } = contract.dialect;
  const platform: PlatformRefusal[] = ['invalid_input', 'headers_too_large', 'internal', 'unavailable'];
  const own = Object.values(operation.input.properties).flatMap((field) => fieldCodeOf(field) ?? []);
  if (body && finer?.unknown_field !== undefined) own.push(finer.unknown_field);
  if (operation.idempotent === true && finer?.bad_idempotency_key !== undefined) own.push(finer.bad_idempotency_key);
  const caller = operation.caller ?? 'key';
  if (caller !== 'person')
    platform.push('invalid_key', 'address_not_allowed', 'referer_not_allowed', 'too_many_bad_keys');
  if (caller !== 'key') platform.push('session_required');
  // Also where calls without a key are permitted: the operator may switch them off.
  if (caller === 'key') platform.push('key_required');
  if (operation.role === 'admin') platform.push('role_missing');
  if (operation.scope !== null && caller !== 'person') platform.push('scope_missing');
  if (isLimited(contract, operation)) platform.push('rate_limited');
  if (operation.modes !== undefined) platform.push('mode_forbidden');
  if (operation.idempotent === true) platform.push('idempotency_conflict', 'idempotency_in_progress');
  platform.push(...(body ? (['body_too_large', 'unsupported_media_type'] as const) : (['uri_too_long'] as const)));
  if (body) platform.push('malformed_body');
  return new Set([...platform.map((code) => codes[code]), ...own, ...(operation.errors ?? [])]);
}

function refusalsOf(
  contract: ServiceContract,
  operation: Operation,
  body: boolean,
  document: Parts,
): Record<string, unknown> {
  const codes = refusalCodes(contract, operation, body);
  const type = contract.dialect.errorContentType.split(';')[0] ?? '';
  const byStatus = Map.groupBy(codes, (code) => contract.errors[code]?.status ?? 500);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, group]) => {
        // Most operations share their refusals, so each group stands in the document once.
        const name = `${status}.${[...group].sort().join('.')}`;
        for (const code of group) document.codes.add(code);
        document.refusals[name] ??= {
          description: group.map((code) => `\`${code}\`: ${contract.errors[code]?.when ?? ''}.`).join('\n\n'),
          headers: headerRefs([
            'X-Request-Id',
            'Interlock-Mode',
            ...(status === 429 || status === 503 ? ['Retry-After'] : []),
          ]),
          content: {
            [type]: {
              schema: { $ref: '#/components/schemas/Error' },
              examples: Object.fromEntries(group.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
            },
          },
        };
        return [String(status), { $ref: `#/components/responses/${name}` }];
      }),
  );
}

/** The body of each refusal, made by the dialect that makes the real ones. */
function errorExamples({ contract, operations }: Service): Record<string, unknown> {
  const { dialect, errors } = contract;
  const [param] = operations.flatMap((operation) => Object.keys(operation.input.properties));
  return Object.fromEntries(
    Object.entries(errors).map(([code, { status, when }]) => {
      const value = dialect.error({
        status,
        code,
        message: `${when.charAt(0).toUpperCase()}${when.slice(1)}.`,
        param: code === dialect.codes.invalid_input ? param : undefined,
        retryAfter: status === 429 ? 30 : undefined,
        requestId: 'req_0123456789abcdef',
      });
      return [code, { summary: code, value }];
    }),
  );
}

function headerRefs(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function responseHeaders({ contract, operations }: Service): Record<string, unknown> {
  return {
    'X-Request-Id': {
      description: 'Names this request in logs and in the audit log.',
      schema: { type: 'string' },
      example: 'req_0123456789abcdef',
    },
    'Interlock-Mode': {
      description: 'The mode that the key decided.',
      schema: { type: 'string', enum: modes },
      example: 'test',
    },
    'X-RateLimit-Limit': { description: 'Requests allowed in a window.', schema: { type: 'integer' } },
    'X-RateLimit-Remaining': { description: 'Requests left in this window.', schema: { type: 'integer' } },
    'X-RateLimit-Reset': { description: 'When the window ends, in Unix seconds.', schema: { type: 'integer' } },
    'Retry-After': {
      description: 'Seconds after which trying again can succeed.',
      schema: { type: 'integer', minimum: 1 },
    },
    'Idempotent-Replayed': {
      description: '`true` when this is the stored answer of an earlier request with the same `Idempotency-Key`.',
      schema: { type: 'string', enum: ['true'] },
    },
    ...(operations.some(({ location }) => location !== undefined)
      ? { Location: { description: 'Where what was made can be read.', schema: { type: 'string' } } }
      : {}),
    ...requestIdHeaders(contract),
    ...serviceHeaders(contract),
  };
}

function requestIdHeaders({ dialect: { requestIds } }: ServiceContract): Record<string, unknown> {
  if (requestIds === undefined) return {};
  const schema = { type: 'string' };
  return {
    [headerName(requestIds.own)]: { description: 'The same as `X-Request-Id`.', schema },
    [headerName(requestIds.original)]: {
      description: 'With `Idempotent-Replayed`: the request that this answer was first given to.',
      schema,
    },
  };
}

/** The headers that the service's dialect adds, asked of the dialect itself. */
function serviceHeaders(contract: ServiceContract): Record<string, unknown> {
  const names = new Map<string, string[]>();
  for (const mode of modes) {
    for (const name of Object.keys(contract.dialect.headers?.({ mode, durationMs: 0 }) ?? {})) {
      names.set(name, [...(names.get(name) ?? []), mode]);
    }
  }
  return Object.fromEntries(
    [...names].map(([name, sentIn]) => [
      headerName(name),
      { description: `Sent in ${sentIn.join(' and ')} mode.`, schema: { type: 'string' } },
    ]),
  );
}

function headerName(name: string): string {
  return name.replaceAll(/(^|-)(\w)/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

/** Also where the operator has to switch the limit on first. */
function isLimited({ modes: { limits } }: ServiceContract, operation: Operation): boolean {
  return operation.limited !== false && (limits.live.max > 0 || limits.live.setting !== undefined);
}

function securitySchemes({ contract, operations }: Service): Record<string, unknown> {
  const { prefix, header } = contract.keys;
  const shape = `A key: \`${prefix.live}…\` for live mode, \`${prefix.test}…\` for test mode.`;
  return {
    bearer: { type: 'http', scheme: 'bearer', description: shape },
    ...(header === undefined
      ? {}
      : { key: { type: 'apiKey', in: 'header', name: header, description: `${shape} Wins over \`Authorization\`.` } }),
    ...(operations.some(({ caller = 'key' }) => caller !== 'key')
      ? {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'interlock.session_token',
            description: 'A signed-in person; the console sets it.',
          },
        }
      : {}),
  };
}

function securityOf(contract: ServiceContract, operation: Operation): Record<string, string[]>[] {
  const keys: Record<string, string[]>[] = [
    { bearer: [] },
    ...(contract.keys.header === undefined ? [] : [{ key: [] }]),
  ];
  if (operation.anonymous !== undefined) return [...keys, {}];
  switch (operation.caller ?? 'key') {
    case 'person':
      return [{ session: [] }];
    case 'either':
      return [...keys, { session: [] }];
    case 'key':
      return contract.keys.anonymous === 'live' ? [...keys, {}] : keys;
  }
}

function idempotencyHeader(contract: ServiceContract): Record<string, unknown> {
  return {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key with the same request gives the first answer again, with `Idempotent-Replayed: true`.',
    schema: { type: 'string', minLength: 1, maxLength: contract.idempotency.maxLength },
  };
}

/** The promises of the two modes, test beside live. */
function modeTable({ modes: rules, keys }: ServiceContract): string {
  const rows = [
    ['keys', `\`${keys.prefix.live}…\``, `\`${keys.prefix.test}…\``],
    ['data', rules.data.live, rules.data.test],
    ...Object.entries(rules.effects).map(([name, rule]) => [`\`${name}\``, rule.live, rule.test]),
    ['chance', rules.entropy.live, rules.entropy.test],
  ];
  return ['| | live | test |', '|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}
