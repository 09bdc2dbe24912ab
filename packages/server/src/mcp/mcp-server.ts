import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { MountedService } from '../app.ts';
import type { Incoming } from '../core/incoming.ts';
import type { Mode } from '../core/mode.ts';
import type { DocsSite } from '../docs-site.ts';
import { callOperation } from './call-operation.ts';
import { callDocsTool, docsTools } from './docs-tools.ts';
import { operationTools } from './operation-tools.ts';
import { inWords } from './refusal-in-words.ts';
import { titleOf } from './search-pages.ts';

/** Whose tools are shown: the service, mode and scopes of the key that was sent. */
export interface Holder {
  readonly mounted: MountedService;
  readonly mode: Mode;
  readonly scopes: ReadonlySet<string>;
}

export interface McpParts {
  readonly site: DocsSite;
  readonly publicUrl: string;
  readonly version: string;
  /** `null`: nobody, who gets the documentation. */
  readonly holder: Holder | null;
  readonly incoming: Incoming;
}

/** Answers one message, or several: a server lives for one request, because there is nothing to remember between two. */
export async function answerMcp(parts: McpParts, request: Request): Promise<Response> {
  const server = createMcpServer(parts);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  const send = transport.send.bind(transport);
  transport.send = (message, options) => send(inWords(message), options);
  await server.connect(transport as Parameters<Server['connect']>[0]);
  try {
    return await transport.handleRequest(request);
  } finally {
    await server.close();
  }
}

function createMcpServer({ site, publicUrl, version, holder, incoming }: McpParts): Server {
  const server = new Server(
    { name: 'interlock', title: 'Interlock', version, websiteUrl: `${publicUrl}/docs` },
    { capabilities: { tools: {}, resources: {} }, instructions: instructionsFor(holder) },
  );
  const tools = holder === null ? [] : operationTools(holder.mounted.service, holder.mode, holder.scopes);

  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [...docsTools, ...tools.map(({ tool }) => tool)],
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const args = params.arguments ?? {};
    const fromDocs = await callDocsTool(site, params.name, args);
    if (fromDocs !== null) return fromDocs;
    const found = tools.find(({ tool }) => tool.name === params.name);
    if (holder === null || found === undefined)
      throw new McpError(ErrorCode.InvalidParams, unknownTool(holder, params.name));
    const { mounted } = holder;
    return callOperation(mounted.service.contract, found.operation, mounted.call(found.operation), args, incoming);
  });

  const prefix = `${publicUrl}/docs/`;
  server.setRequestHandler(ListResourcesRequestSchema, async () => ({
    resources: [...(await site.pages())].map(([page, text]) => ({
      uri: `${prefix}${page}.md`,
      name: page,
      title: titleOf(text),
      mimeType: 'text/markdown',
    })),
  }));
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }) => {
    const page = uri.startsWith(prefix) && uri.endsWith('.md') ? uri.slice(prefix.length, -'.md'.length) : '';
    const text = (await site.pages()).get(page);
    if (text === undefined) throw new McpError(resourceNotFound, `There is no page ${uri}; resources/list names all.`);
    return { contents: [{ uri, mimeType: 'text/markdown', text }] };
  });
  return server;
}

/** The code that the protocol gives to a resource that does not exist. */
const resourceNotFound = -32_002;

function unknownTool(holder: Holder | null, name: string): string {
  const shown = JSON.stringify(name.slice(0, 100));
  if (holder === null) {
    return `There is no tool ${shown} without a key: send Authorization: Bearer with an API key of the service to call its operations.`;
  }
  const { contract } = holder.mounted.service;
  return `There is no tool ${shown} for this key: tools/list names what a ${holder.mode} key of ${contract.title} with these scopes may call.`;
}

function instructionsFor(holder: Holder | null): string {
  const docs = 'search_docs, get_page and list_pages read the documentation of Interlock.';
  if (holder === null) {
    return `${docs} With an API key of a service (Authorization: Bearer …), its operations are tools as well; the key decides whether they act in live or in test mode.`;
  }
  const { title } = holder.mounted.service.contract;
  const mode =
    holder.mode === 'live'
      ? 'This is a LIVE key: what you change is real. Ask before you call a tool that is marked destructive.'
      : 'This is a test key: the mode contract says what it sees and what it may send.';
  return `${docs} The other tools are the operations of ${title}. ${mode} Every answer says the mode it was given in.`;
}
