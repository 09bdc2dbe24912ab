import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js';
import type { DocsSite } from '../docs-site.ts';
import { indexPages, type PageIndex, titleOf } from './search-pages.ts';

const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const;

const maxQueryLength = 400;
const maxPageLength = 200;
const maxResults = 20;

/** What anybody may ask, with or without a key. */
export const docsTools: readonly Tool[] = [
  {
    name: 'search_docs',
    title: 'Search the documentation',
    description:
      'Finds sections of the Interlock documentation by words: concepts, guides, operations, error codes, settings.',
    inputSchema: {
      type: 'object',
      properties: {
        query: {
          type: 'string',
          minLength: 1,
          maxLength: maxQueryLength,
          description: 'Words, such as "idempotency key conflict".',
        },
        limit: {
          type: 'integer',
          minimum: 1,
          maximum: maxResults,
          default: 6,
          description: 'How many sections at most.',
        },
      },
      required: ['query'],
      additionalProperties: false,
    },
    annotations,
  },
  {
    name: 'get_page',
    title: 'Read a page of the documentation',
    description: 'The whole Markdown of a page, by the path that search_docs and list_pages give.',
    inputSchema: {
      type: 'object',
      properties: { page: { type: 'string', maxLength: maxPageLength, description: 'Such as "concepts/modes".' } },
      required: ['page'],
      additionalProperties: false,
    },
    annotations,
  },
  {
    name: 'list_pages',
    title: 'List the pages of the documentation',
    description: 'The path and title of every page.',
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    annotations,
  },
];

let indexed: { readonly pages: ReadonlyMap<string, string>; readonly index: PageIndex } | undefined;

/** Answers a tool of the documentation; `null` when it is none. */
export async function callDocsTool(
  site: DocsSite,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<CallToolResult | null> {
  const tool = docsTools.find((candidate) => candidate.name === name);
  const known = Object.keys(tool?.inputSchema.properties ?? {});
  const unknown = Object.keys(args).find((given) => !known.includes(given));
  if (tool !== undefined && unknown !== undefined) {
    const takes = known.length === 0 ? 'nothing' : known.map((each) => `"${each}"`).join(' and ');
    return problem(`${name} has no argument ${JSON.stringify(unknown.slice(0, 100))}; it takes ${takes}.`);
  }
  switch (name) {
    case 'search_docs':
      return search(await site.pages(), args['query'], args['limit']);
    case 'get_page':
      return readPage(await site.pages(), args['page']);
    case 'list_pages':
      return text(listOf(await site.pages()));
    default:
      return null;
  }
}

function search(pages: ReadonlyMap<string, string>, query: unknown, limit: unknown): CallToolResult {
  if (typeof query !== 'string' || query.trim() === '' || query.length > maxQueryLength) {
    return problem(`"query" must be a text of 1 to ${maxQueryLength} characters.`);
  }
  if (limit !== undefined && !(Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= maxResults)) {
    return problem(`"limit" must be a whole number from 1 to ${maxResults}.`);
  }
  if (indexed?.pages !== pages) indexed = { pages, index: indexPages(pages) };
  const found = indexed.index.search(query, limit === undefined ? 6 : Number(limit));
  if (found.length === 0) return text(`Nothing is found for "${query}". The pages are:\n\n${listOf(pages)}`);
  const parts = found.map(({ page, title, heading, excerpt }) => {
    const place = heading === title ? title : `${title}: ${heading}`;
    return `## ${place}\n\npage: ${page}\n\n${excerpt}`;
  });
  return text(parts.join('\n\n'));
}

function readPage(pages: ReadonlyMap<string, string>, asked: unknown = 'index'): CallToolResult {
  if (typeof asked !== 'string' || asked.length > maxPageLength) {
    return problem(`"page" must be a text of at most ${maxPageLength} characters, such as "concepts/modes".`);
  }
  const path = asked.replace(/^(https?:\/\/[^/]+)?\/?(docs\/)?/, '').replace(/\.(md|html)$|#.*$/g, '');
  const found = pages.get(path === '' ? 'index' : path);
  if (found !== undefined) return text(found);
  return problem(`There is no page "${path}". The pages are:\n\n${listOf(pages)}`);
}

function listOf(pages: ReadonlyMap<string, string>): string {
  if (pages.size === 0)
    return 'The documentation is not built yet; npm start builds it beside the running server. Ask again in half a minute.';
  return [...pages].map(([page, markdown]) => `- ${page}: ${titleOf(markdown)}`).join('\n');
}

function text(words: string): CallToolResult {
  return { content: [{ type: 'text', text: words }] };
}

function problem(words: string): CallToolResult {
  return { ...text(words), isError: true };
}
