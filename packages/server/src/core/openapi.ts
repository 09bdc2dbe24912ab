import type { TObject, TSchema } from 'typebox';
import { routeOf } from './call.ts';
import type { PlatformRefusal } from './errors.ts';
import type { Method, Operation, Service, ServiceContract } from './service.ts';

/** Refusals that every operation can meet. */
const always: PlatformRefusal[] = ['invalid_input', 'internal', 'unavailable'];

/**
 * The OpenAPI 3.1 document of one service, from the declarations that the line itself runs on.
 *
 * @param serverUrl where the service answers, without a trailing slash
 * @see https://spec.openapis.org/oas/v3.1.1
 */
export function openApiOf(service: Service, serverUrl: string): Record<string, unknown> {
  const { contract, operations } = service;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const route = routeOf(contract, operation).replaceAll(/:(\w+)/g, '{$1}');
    const methods = typeof operation.method === 'string' ? [operation.method] : operation.method;
    paths[route] ??= {};
    for (const method of methods) {
      (paths[route] as Record<string, unknown>)[method.toLowerCase()] = operationOf(
        contract,
        operation,
        method,
        methods.length > 1,
      );
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: contract.title,
      version: '1',
      description: contract.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(operations.map((operation) => operation.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: securitySchemes(contract),
      schemas: { Error: plain(contract.dialect.errorSchema) },
      headers: {
        'X-Request-Id': { description: 'Names this request in logs and the audit log.', schema: { type: 'string' } },
        'Interlock-Mode': { description: 'The mode that the key decided.', schema: { enum: ['live', 'test'] } },
      },
    },
  };
}

function operationOf(
  contract: ServiceContract,
  operation: Operation,
  method: Method,
  isTwin: boolean,
): Record<string, unknown> {
  const takesBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const inPath = new Set([...operation.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? ''));
  const parameters = [
    ...parametersOf(operation.input, (name) => inPath.has(name), 'path'),
    ...(takesBody ? [] : parametersOf(operation.input, (name) => !inPath.has(name), 'query')),
    ...(operation.idempotent === true ? [idempotencyHeader(contract)] : []),
  ];
  return {
    operationId: isTwin && takesBody ? `${operation.id}.post` : operation.id,
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    tags: [operation.tag],
    security: securityOf(contract, operation),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(takesBody ? bodyOf(operation.input, inPath) : {}),
    responses: { ...successOf(operation), ...refusalsOf(contract, operation) },
    'x-interlock': {
      modes: operation.modes ?? ['live', 'test'],
      ...(operation.scope === null ? {} : { scope: operation.scope }),
    },
  };
}

function parametersOf(input: TObject, wanted: (name: string) => boolean, where: 'path' | 'query') {
  const required = new Set((input as { required?: string[] }).required ?? []);
  return Object.entries(input.properties)
    .filter(([name]) => wanted(name))
    .map(([name, schema]) => {
      const { description, ...rest } = plain(schema);
      return {
        name,
        in: where,
        required: where === 'path' || required.has(name),
        ...(description === undefined ? {} : { description }),
        schema: rest,
      };
    });
}

function bodyOf(input: TObject, inPath: ReadonlySet<string>): Record<string, unknown> {
  const schema = plain(input) as { properties?: Record<string, unknown>; required?: string[] };
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !inPath.has(name)));
  const required = (schema.required ?? []).filter((name) => !inPath.has(name));
  if (Object.keys(properties).length === 0) return {};
  return {
    requestBody: {
      required: required.length > 0,
      content: {
        'application/json': {
          schema: { ...schema, properties, ...(required.length === 0 ? { required: undefined } : { required }) },
        },
      },
    },
  };
}

function successOf(operation: Operation): Record<string, unknown> {
  const schema = plain(operation.output);
  const { 'x-content-type': contentType, ...rest } = schema as Record<string, unknown> & { 'x-content-type'?: string };
  const headers = {
    'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
    'Interlock-Mode': { $ref: '#/components/headers/Interlock-Mode' },
  };
  const status = String(operation.status ?? 200);
  if (status === '204') return { [status]: { description: 'Done.', headers } };
  return {
    [status]: { description: 'Success.', headers, content: { [contentType ?? 'application/json']: { schema: rest } } },
  };
}

function refusalsOf(contract: ServiceContract, operation: Operation): Record<string, unknown> {
  const platform: PlatformRefusal[] = [...always, 'invalid_key'];
  if (operation.limited !== false) platform.push('rate_limited');
  if (operation.modes !== undefined) platform.push('mode_forbidden');
  if (operation.scope !== null) platform.push('scope_missing', 'address_not_allowed', 'referer_not_allowed');
  if (operation.idempotent === true) platform.push('idempotency_conflict', 'idempotency_in_progress');
  const codes = new Set([...platform.map((code) => contract.dialect.codes[code]), ...(operation.errors ?? [])]);
  const byStatus = Map.groupBy(codes, (code) => contract.errors[code]?.status ?? 500);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, group]) => [
        String(status),
        {
          description: group.map((code) => `\`${code}\`: ${contract.errors[code]?.when ?? ''}`).join('; '),
          content: {
            [contract.dialect.errorContentType.split(';')[0] ?? '']: { schema: { $ref: '#/components/schemas/Error' } },
          },
        },
      ]),
  );
}

function securitySchemes(contract: ServiceContract): Record<string, unknown> {
  const bearer = {
    type: 'http',
    scheme: 'bearer',
    description: `A key: \`${contract.keys.prefix.live}…\` or \`${contract.keys.prefix.test}…\`.`,
  };
  const session = { type: 'apiKey', in: 'cookie', name: 'interlock.session_token', description: 'A signed-in person.' };
  if (contract.keys.header === undefined) return { bearer, session };
  return { bearer, key: { type: 'apiKey', in: 'header', name: contract.keys.header }, session };
}

function securityOf(contract: ServiceContract, operation: Operation): Record<string, string[]>[] {
  const keys: Record<string, string[]>[] = [
    { bearer: [] },
    ...(contract.keys.header === undefined ? [] : [{ key: [] }]),
  ];
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

/** A schema as plain JSON, without the marks that the schema library keeps on it. */
function plain(schema: TSchema): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema)) as Record<string, unknown>;
}
