import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { TObject } from 'typebox';
import type { Mode } from '../core/mode.ts';
import { documentSchema, type JsonSchema, type NamedSchemas } from '../core/openapi-schema.ts';
import type { Operation, Service, ServiceContract } from '../core/service.ts';

/** What a key may call, each as a tool. */
export interface OperationTool {
  readonly tool: Tool;
  readonly operation: Operation;
}

/** The argument that becomes the `Idempotency-Key` of the call; long, so that no operation has an input of that name. */
export const idempotencyArgument = 'interlock_idempotency_key';

/**
 * The operations of a service that a key can call, as tools: those of its mode and its scopes. What people call when they are
 * signed in, what never ends and what takes files instead of JSON is left out.
 */
export function operationTools(service: Service, mode: Mode, scopes: ReadonlySet<string>): OperationTool[] {
  return service.operations
    .filter(
      (operation) =>
        operation.caller !== 'person' &&
        (operation.modes ?? [mode]).includes(mode) &&
        (operation.scope === null || scopes.has(operation.scope)) &&
        !isEndless(operation) &&
        !takesFiles(operation),
    )
    .map((operation) => ({ operation, tool: toolOf(service.contract, operation, mode) }));
}

function isEndless(operation: Operation): boolean {
  return (operation.output as { 'x-content-type'?: string })['x-content-type'] === 'text/event-stream';
}

function takesFiles({ input, takesStream }: Operation): boolean {
  const isFile = (schema: unknown): boolean => (schema as { 'x-file'?: boolean })['x-file'] === true;
  return takesStream === true || Object.values(input.properties).some(isFile);
}

function toolOf(contract: ServiceContract, operation: Operation, mode: Mode): Tool {
  const writes = operation.writes === true && contract.modes.data[mode] !== 'pure';
  const sends = writes && Object.values(contract.modes.effects).some((rule) => rule[mode] === 'deliver');
  return {
    name: operation.id.replaceAll('.', '_'),
    title: operation.summary,
    description: describe(contract, operation, mode, writes),
    inputSchema: inputSchema(contract, operation),
    outputSchema,
    annotations: {
      readOnlyHint: !writes,
      destructiveHint: writes && mode === 'live',
      idempotentHint: !writes,
      openWorldHint: sends,
    },
  };
}

function describe(contract: ServiceContract, operation: Operation, mode: Mode, writes: boolean): string {
  const what = operation.description ?? `${operation.summary}.`;
  const text = operation.useWhen === undefined ? what : `${what} Use it ${inToolNames(operation.useWhen)}.`;
  if (mode === 'live') {
    return writes ? `LIVE: changes real data, and what its contract lets out is really sent. ${text}` : `Live. ${text}`;
  }
  switch (contract.modes.data.test) {
    case 'pure':
      return `Test mode: changes nothing. ${text}`;
    case 'shared':
      return `Test mode: works on the same rows as live, marked as test. ${text}`;
    case 'isolated':
      return `Test mode: sees test data only. ${text}`;
  }
}

/** A tool is named as its operation is, but for the dots. */
function inToolNames(words: string): string {
  return words.replaceAll(/`(\w+(?:\.\w+)+)`/g, (_, id: string) => id.replaceAll('.', '_'));
}

function inputSchema(contract: ServiceContract, operation: Operation): Tool['inputSchema'] {
  const named: NamedSchemas = new Map();
  // The input of one operation is its own, whatever its title.
  const { title: _, ...input } = operation.input as TObject & { title?: string };
  const schema = documentSchema(input as TObject, named);
  const properties = { ...(schema['properties'] as Record<string, JsonSchema> | undefined) };
  const required = ((schema['required'] as string[] | undefined) ?? []).filter(
    (name) => properties[name] !== undefined && !('default' in properties[name]),
  );
  if (operation.idempotent === true) {
    properties[idempotencyArgument] = {
      type: 'string',
      minLength: 1,
      maxLength: contract.idempotency.maxLength,
      description: 'Made once for one intention and sent again with every retry of it: then the work is done once.',
    };
  }
  const whole = { ...schema, type: 'object' as const, properties, required };
  const defs = named.size === 0 ? {} : { $defs: Object.fromEntries(named) };
  return JSON.parse(
    JSON.stringify({ ...whole, ...defs }).replaceAll('#/components/schemas/', '#/$defs/'),
  ) as Tool['inputSchema'];
}

const outputSchema: Tool['outputSchema'] = {
  type: 'object',
  properties: {
    mode: { type: 'string', enum: ['live', 'test'], description: 'The mode of the key, and so of this answer.' },
    status: { type: 'integer', description: 'The HTTP status that the same call would get.' },
    request_id: { type: 'string', description: 'Names this call in the audit log.' },
    replayed: { type: 'boolean', description: 'Whether this is the stored answer of an earlier call.' },
    retry_after: { type: 'integer', description: 'Seconds after which trying again can succeed.' },
    body: { description: 'The answer of the operation.' },
  },
  required: ['mode', 'status', 'request_id', 'replayed', 'body'],
};
