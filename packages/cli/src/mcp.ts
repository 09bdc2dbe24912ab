import { requireModeOf } from '../../client/src/mode.ts';
import type { Mode } from '../../server/src/core/service.ts';
import { loadServices } from '../../server/src/load-services.ts';
import { contractOf } from './choose.ts';
import { readCredentials } from './credentials.ts';
import type { Terminal } from './terminal.ts';

export interface McpOptions {
  readonly service: string;
  readonly mode: Mode;
}

/** What of a JSON-RPC message decides about its way. */
interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: { readonly requestId?: string | number };
  readonly result?: { readonly protocolVersion?: string };
}

/**
 * Speaks MCP over standard input and output, for clients that start a program instead of calling a URL: each line is a
 * message that is passed on to the server, in the name of the key of a service. Ends with its input.
 */
export async function serveMcp(terminal: Terminal, { service, mode }: McpOptions): Promise<undefined> {
  const contracts = (await loadServices(terminal.env)).map(({ contract }) => contract);
  const contract = contractOf({ contracts }, service);
  const { baseUrl, key } = await readCredentials(terminal, contract, mode);
  const { prefix, length } = contract.keys;
  requireModeOf({ service: contract.title, prefix, length }, key, mode);

  const url = new URL('/_mcp/server', baseUrl);
  let version: string | undefined;
  const waiting = new Map<string | number, AbortController>();
  const say = (message: object) => terminal.print(`${JSON.stringify(message)}\n`);

  const passOn = async (line: string): Promise<void> => {
    const message = readMessage(line);
    if (message === undefined) {
      say({ jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'A line must be one JSON-RPC message.' } });
      return;
    }
    const { id, method, params } = message;
    const abort = new AbortController();
    if (id !== undefined) waiting.set(id, abort);
    // What is not waited for any more is not answered.
    if (method === 'notifications/cancelled' && params?.requestId !== undefined) waiting.get(params.requestId)?.abort();
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
        },
        body: line,
        signal: abort.signal,
      });
      const text = await answer.text();
      if (text === '' || id === undefined) return;
      const said = JSON.parse(text) as Message;
      if (method === 'initialize') version = said.result?.protocolVersion;
      // A refusal of the whole request does not know which message it was.
      say({ ...said, id });
    } catch (error) {
      if (abort.signal.aborted) return;
      const why = error instanceof SyntaxError ? 'does not answer as an MCP server' : 'cannot be reached';
      const sentence = `${url.href} ${why}; is the server running? Start it with: npm start`;
      if (id === undefined) terminal.complain(`${sentence}\n`);
      else say({ jsonrpc: '2.0', id, error: { code: -32_000, message: sentence } });
    } finally {
      if (id !== undefined) waiting.delete(id);
    }
  };

  const passing = new Set<Promise<void>>();
  for await (const line of linesOf(terminal.input)) {
    const passed = passOn(line).finally(() => passing.delete(passed));
    passing.add(passed);
    // Everything after it is said in the version that the first message agrees on.
    if (line.includes('"initialize"')) await passed;
  }
  await Promise.all(passing);
  return undefined;
}

function readMessage(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message) : undefined;
  } catch {
    return undefined;
  }
}

async function* linesOf(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
  if (rest.trim() !== '') yield rest;
}
