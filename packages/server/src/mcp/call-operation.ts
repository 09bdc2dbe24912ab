import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { type Call, routeOf } from '../core/call.ts';
import type { Incoming, Reply } from '../core/incoming.ts';
import type { Method, Operation, ServiceContract } from '../core/service.ts';
import { idempotencyArgument } from './operation-tools.ts';

/** More than this of an answer is of no use to anybody who reads it as text. */
const maxAnswerBytes = 1024 * 1024;

/**
 * Calls an operation as a request over HTTP would: limits, scopes, modes, idempotency and the audit log see no
 * difference, and a bad argument is refused in the service's own words.
 */
export async function callOperation(
  contract: ServiceContract,
  operation: Operation,
  call: Call,
  args: Readonly<Record<string, unknown>>,
  outer: Incoming,
): Promise<CallToolResult> {
  return resultOf(await call(requestOf(contract, operation, args, outer)));
}

/** The request that these arguments would be. */
function requestOf(
  contract: ServiceContract,
  operation: Operation,
  args: Readonly<Record<string, unknown>>,
  outer: Incoming,
): Incoming {
  const methods: readonly Method[] = typeof operation.method === 'string' ? [operation.method] : operation.method;
  const withBody = methods.find((method) => method === 'POST' || method === 'PUT' || method === 'PATCH');
  const route = routeOf(contract, operation);
  const inPath = new Set([...route.matchAll(/:(\w+)/g)].map(([, name = '']) => name));
  const params: Record<string, string> = {};
  const rest: Record<string, unknown> = {};
  let key: string | undefined;
  for (const [name, value] of Object.entries(args)) {
    if (name === idempotencyArgument && operation.idempotent === true) key = textOf(value);
    else if (inPath.has(name)) params[name] = textOf(value);
    else rest[name] = value;
  }
  for (const name of inPath) params[name] ??= '';
  const body = Buffer.from(withBody === undefined ? '' : JSON.stringify(rest));
  return {
    method: withBody ?? methods[0] ?? 'GET',
    path: route.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? '')),
    query: withBody === undefined ? queryOf(rest) : '',
    params,
    headers: {
      ...keptHeaders(contract, outer),
      ...(withBody === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    address: outer.address,
    readBody: async () => body,
    stream: () => {
      throw new Error('an operation that takes a stream is no tool');
    },
    signal: outer.signal,
  };
}

/** Who calls, and from where. A session is not among them: here only keys speak. */
function keptHeaders(contract: ServiceContract, { headers }: Incoming): Incoming['headers'] {
  const own = contract.keys.header;
  return {
    ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
    ...(own === undefined || headers[own] === undefined ? {} : { [own]: headers[own] }),
    ...(headers.referer === undefined ? {} : { referer: headers.referer }),
  };
}

function queryOf(args: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    if (value === null || value === undefined) continue;
    // As in a query that people write: a list of plain values repeats its name, an object is given key by key.
    if (typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, item] of Object.entries(value)) query.append(`${name}[${key}]`, textOf(item));
    } else for (const item of Array.isArray(value) ? value : [value]) query.append(name, textOf(item));
  }
  return query.toString();
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

async function resultOf(reply: Reply): Promise<CallToolResult> {
  const { status, headers } = reply;
  const mode = headers['interlock-mode'] === 'live' ? 'live' : 'test';
  const requestId = headers['x-request-id'] ?? '';
  const retryAfter = headers['retry-after'];
  const bytes = await bytesOf(reply.body);
  const type = headers['content-type'] ?? '';
  const facts = {
    mode,
    status,
    request_id: requestId,
    replayed: headers['idempotent-replayed'] === 'true',
    ...(retryAfter === undefined ? {} : { retry_after: Number(retryAfter) }),
  };
  const refused = status >= 400;
  const heading = `${mode} mode, ${refused ? `refused with ${status}` : `answered with ${status}`}, request ${requestId}`;
  const note = retryAfter === undefined ? heading : `${heading}; try again after ${retryAfter} s`;
  if (type.startsWith('image/')) {
    const data = bytes.toString('base64');
    return {
      content: [
        { type: 'text', text: note },
        { type: 'image', data, mimeType: type.split(';')[0] ?? type },
      ],
      structuredContent: { ...facts, body: null },
    };
  }
  const cut = bytes.length > maxAnswerBytes;
  const text = bytes.subarray(0, maxAnswerBytes).toString();
  const content: CallToolResult['content'] = [{ type: 'text', text: note }];
  if (text !== '')
    content.push({ type: 'text', text: cut ? `${text}\n(cut off after ${maxAnswerBytes} bytes)` : text });
  return {
    content,
    structuredContent: { ...facts, body: readJson(type, text) },
    ...(refused ? { isError: true } : {}),
  };
}

function readJson(type: string, text: string): unknown {
  if (text === '') return null;
  if (!/\bjson\b/.test(type)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

async function bytesOf(body: Reply['body']): Promise<Buffer> {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > maxAnswerBytes) break;
  }
  return Buffer.concat(chunks);
}
