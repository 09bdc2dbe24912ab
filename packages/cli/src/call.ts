import { createCalls, type WireService } from '../../client/src/calls.ts';
import { ApiError } from '../../client/src/errors.ts';
import { openApiOf } from '../../server/src/core/openapi.ts';
import type { Mode, Service } from '../../server/src/core/service.ts';
import { loadServices } from '../../server/src/load-services.ts';
import { wireServiceOf } from './client-file.ts';
import { readCredentials } from './credentials.ts';
import { readFiles } from './read-files.ts';
import { setValues } from './set-values.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';
import { textTable } from './text-table.ts';

export interface CallOptions {
  readonly mode: Mode;
  readonly data?: string;
  readonly idempotencyKey?: string;
}

/** Calls any operation of any service over HTTP, as the holder of a key. */
export async function callOperation(
  terminal: Terminal,
  id: string,
  texts: readonly string[],
  options: CallOptions,
): Promise<Outcome> {
  return send(terminal, id, setValues(readData(options.data), texts), options);
}

interface AnswerLike {
  readonly data: unknown;
  readonly mode: Mode | null;
  readonly requestId: string | null;
}

/** One call, with input that is made already. */
export async function send(
  terminal: Terminal,
  id: string,
  input: Readonly<Record<string, unknown>>,
  { mode, idempotencyKey }: CallOptions,
): Promise<Outcome> {
  const service = serviceOf(await loadServices(terminal.env), id);
  const { baseUrl, key } = await readCredentials(terminal, service.contract, mode);
  const document = openApiOf(service, baseUrl);
  const wire: WireService = { ...wireServiceOf(document), error: ApiError };
  const operation = wire.operations.find((candidate) => candidate.id === id);
  if (operation === undefined) throw unknownOperation([service], id);
  if (operation.answer === 'events') throw new UsageError(`${id} is a stream; read it with a client.`);
  const client = createCalls(wire, { baseUrl, key });
  client.requireMode(mode);
  if (operation.reads !== true && mode === 'live') terminal.complain(`Live mode: ${id}\n`);
  const call = id
    .split('.')
    .slice(1)
    .reduce<Record<string, unknown>>((place, name) => place[name] as Record<string, unknown>, client);
  const ask = call.withFacts as (input: object, options: object) => Promise<AnswerLike>;
  const declared = service.operations.find((candidate) => candidate.id === id);
  const sent = declared === undefined ? input : await readFiles(declared, input);
  const answer = await ask(sent, idempotencyKey === undefined ? {} : { idempotencyKey });
  const data = answer.data instanceof Uint8Array ? Buffer.from(answer.data).toString('base64') : answer.data;
  return {
    json: data ?? null,
    text: `${typeof data === 'string' ? data : JSON.stringify(data ?? null, null, 2)}\n${answer.mode ?? mode} mode, ${answer.requestId ?? 'no request id'}\n`,
  };
}

/** Everything that `call` can call. */
export async function listOperations(terminal: Terminal, service: string | undefined): Promise<Outcome> {
  const services = await loadServices(terminal.env);
  const operations = services
    .filter(({ contract }) => service === undefined || contract.name === service)
    .flatMap((one) => operationsOf(one));
  if (operations.length === 0) throw new UsageError(`There is no service "${service ?? ''}".`);
  return {
    json: { operations },
    text: textTable(
      ['OPERATION', 'WHAT IT DOES'],
      operations.map(({ id, summary }) => [id, summary]),
    ),
  };
}

function operationsOf({ contract, operations }: Service) {
  return operations
    .filter(({ caller }) => caller !== 'person')
    .map(({ id, summary, scope, modes }) => ({
      id,
      service: contract.name,
      summary,
      scope,
      modes: modes ?? ['live', 'test'],
    }));
}

function serviceOf(services: readonly Service[], id: string): Service {
  const service = services.find(({ contract }) => contract.name === id.split('.')[0]);
  if (service === undefined) throw unknownOperation(services, id);
  return service;
}

function unknownOperation(services: readonly Service[], id: string): UsageError {
  const names = services.flatMap((service) => operationsOf(service).map((operation) => operation.id));
  const last = id.split('.').at(-1) ?? '';
  const near = names.filter((name) => name.includes(last)).slice(0, 5);
  const hint = near.length === 0 ? '' : ` Is it one of: ${near.join(', ')}?`;
  return new UsageError(`There is no operation "${id}"; "npx interlock operations" lists them.${hint}`);
}

function readData(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Refused below.
  }
  throw new UsageError('--data takes one JSON object.');
}
