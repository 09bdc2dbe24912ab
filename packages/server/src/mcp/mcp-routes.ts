import type { MountedService, SystemRoute } from '../app.ts';
import { keyTextOf } from '../core/authenticate.ts';
import { ApiError } from '../core/errors.ts';
import { newRequestId } from '../core/ids.ts';
import type { Incoming, Reply } from '../core/incoming.ts';
import type { VerifiedKey } from '../core/keys/authenticator.ts';
import { modeOfPrefix } from '../core/keys/key-text.ts';
import type { ServiceContract } from '../core/service.ts';
import type { DocsSite } from '../docs-site.ts';
import { decideAccess } from './decide-access.ts';
import type { Holder } from './mcp-server.ts';

export interface McpRouteParts {
  readonly services: readonly MountedService[];
  readonly site: DocsSite;
  readonly version: string;
  readonly publicUrl: () => string;
  /** The key with this text; throws the refusal of one that does not hold. */
  readonly findKey: (contract: ServiceContract, text: string, address: string) => Promise<VerifiedKey>;
  readonly onBug: (error: unknown, about: { requestId: string; route: string }) => void;
}

const path = '/_mcp/server';
const maxBodyBytes = 4 * 1024 * 1024;

/** More in one request would let a stranger have this server search its pages ten thousand times for the price of one. */
const maxBatch = 20;

/**
 * The MCP server, over streamable HTTP without sessions: the documentation for everybody, and the operations of a
 * service for whoever has one of its keys.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports
 */
export function mcpRoutes(parts: McpRouteParts): SystemRoute[] {
  const notAllowed = async (): Promise<Reply> =>
    refusal(405, -32_000, 'This server keeps no sessions and starts no streams: POST each message.', { allow: 'POST' });
  return [
    { method: 'POST', path, handle: (incoming) => post(parts, incoming) },
    { method: 'GET', path, handle: notAllowed },
    { method: 'DELETE', path, handle: notAllowed },
  ];
}

async function post(parts: McpRouteParts, incoming: Incoming): Promise<Reply> {
  const publicUrl = parts.publicUrl();
  const access = decideAccess({
    host: incoming.headers.host,
    origin: incoming.headers.origin,
    address: incoming.address,
    publicUrl,
  });
  if (!access.ok) return refusal(403, -32_000, access.why);
  try {
    const holder = await findHolder(parts, incoming);
    const bytes = await incoming.readBody(maxBodyBytes);
    const size = batchSize(bytes);
    if (size === 0 || size > maxBatch) {
      return refusal(400, -32_600, `A batch has 1 to ${maxBatch} messages; send the others by themselves.`);
    }
    const body = new Uint8Array(bytes);
    // Loaded with the first message: a server that no agent asks need not hold it.
    const { answerMcp } = await import('./mcp-server.ts');
    const request = new Request(publicUrl + path, { method: 'POST', headers: headersOf(incoming), body });
    const { site, version } = parts;
    const response = await answerMcp({ site, publicUrl, version, holder, incoming }, request);
    return {
      status: response.status,
      headers: { ...Object.fromEntries(response.headers), ...common(), ...modeOf(holder) },
      body: Buffer.from(await response.arrayBuffer()),
    };
  } catch (error) {
    if (error instanceof ApiError) return refused(error);
    const headers = common();
    parts.onBug(error, { requestId: headers['x-request-id'] ?? '', route: path });
    return refusal(500, -32_603, 'Something failed on our side. Give the request id when you report it.', headers);
  }
}

/** Who sent the request. A key that does not hold is refused, never taken for no key. */
async function findHolder(parts: McpRouteParts, incoming: Incoming): Promise<Holder | null> {
  const sent = parts.services.flatMap((mounted) => {
    const { contract } = mounted.service;
    const text = keyTextOf(contract, incoming.headers);
    const mode = text === null ? null : modeOfPrefix(contract.keys, text);
    return text === null ? [] : [{ mounted, text, length: mode === null ? 0 : contract.keys.prefix[mode].length }];
  });
  // The service whose prefix says most of the key.
  const [best] = sent.sort((a, b) => b.length - a.length);
  if (best === undefined) return null;
  if (best.length === 0) {
    const prefixes = parts.services.map(({ service: { contract } }) => contract.keys.prefix.test).join(', ');
    throw new ApiError('invalid_key', `This is not a key of any service here: test keys start with ${prefixes}.`);
  }
  const { mounted, text } = best;
  const key = await parts.findKey(mounted.service.contract, text, incoming.address);
  return { mounted, mode: key.mode, scopes: key.scopes };
}

/** How many messages a body is. What is no JSON is told so later, by who reads it. */
function batchSize(bytes: Buffer): number {
  if (!/^\s*\[/.test(bytes.subarray(0, 100).toString('latin1'))) return 1;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return Array.isArray(value) ? value.length : 1;
  } catch {
    return 1;
  }
}

function headersOf({ headers }: Incoming): Headers {
  const kept = new Headers();
  for (const name of ['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id']) {
    const value = headers[name];
    if (typeof value === 'string') kept.set(name, value);
  }
  // The library looks for both names, also where anything is welcome.
  if (/\*\/\*/.test(kept.get('accept') ?? '*/*')) kept.set('accept', 'application/json, text/event-stream');
  return kept;
}

function refused(error: ApiError): Reply {
  const { retryAfter } = error.details;
  const retry = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  switch (error.code) {
    case 'invalid_key':
    case 'key_revoked':
    case 'key_expired':
      return refusal(401, -32_001, error.message, { 'www-authenticate': 'Bearer error="invalid_token"' });
    case 'too_many_bad_keys':
      return refusal(429, -32_000, error.message, retry);
    case 'body_too_large':
      return refusal(413, -32_600, error.message);
    case 'unavailable':
      return refusal(503, -32_000, error.message, retry);
    default:
      return refusal(400, -32_700, error.message);
  }
}

function refusal(status: number, code: number, message: string, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...common(), ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }),
  };
}

function modeOf(holder: Holder | null): Record<string, string> {
  return holder === null ? {} : { 'interlock-mode': holder.mode };
}

function common(): Record<string, string> {
  return { 'x-request-id': newRequestId(), 'cache-control': 'no-store' };
}
