import { join } from 'node:path';
import type { MarkdownRenderer, UserConfig } from 'vitepress';
import { defineConfig } from 'vitepress';
import llmstxt from 'vitepress-plugin-llms';
import { cleanPages, copyOutside, servedUrl } from './outside.ts';
import { sidebarOf } from './sidebar.ts';

const docs = join(import.meta.dirname, '..');
const sidebar = sidebarOf(docs);

export default defineConfig({
  title: 'Interlock',
  description: 'Live and test modes for HTTP APIs.',
  lang: 'en',
  base: '/docs/',
  cleanUrls: true,
  markdown: { html: false, attrs: { disable: true }, config: asWritten },
  vite: { plugins: forMachines(), build: { chunkSizeWarningLimit: 2_000 } },
  async buildEnd({ outDir, pages }) {
    await cleanPages(outDir, pages);
    await copyOutside(docs, outDir, pages);
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar,
    nav: [
      { text: 'Start', link: '/' },
      { text: 'APIs', link: '/api', target: '_self' },
      { text: 'Modes', link: '/reference/modes' },
    ],
    docFooter: { prev: 'Before', next: 'Next' },
  },
});

type Plugins = NonNullable<NonNullable<UserConfig['vite']>['plugins']>;

/** The Markdown of each page, `llms.txt` and `llms-full.txt`. */
function forMachines(): Plugins {
  const customLLMsTxtTemplate = `# {title}

{description}

Each page below is Markdown; without \`.md\` the same address is a page for people. Everything in one file is at
\`/llms-full.txt\`, the OpenAPI 3.1 documents are listed at \`/openapi.json\`, and an MCP server is at \`/_mcp/server\`.

## Pages

{toc}
`;
  // The plugin is typed against another release of Vite than the site's own; what it does is the same in both.
  return [llmstxt({ sidebar, excludeIndexPage: false, customLLMsTxtTemplate })] as unknown as Plugins;
}

/**
 * Pages are plain Markdown: comments are left out, and neither a tag nor a pair of braces in the text means anything to
 * the framework behind the site.
 */
function asWritten(md: MarkdownRenderer): void {
  md.core.ruler.after('normalize', 'no-comments', (state) => {
    state.src = state.src.replace(/^<!--[\s\S]*?-->\n/gm, '');
  });
  md.core.ruler.push('as-written', (state) => {
    const html = (content: string): InstanceType<typeof state.Token> => {
      const token = new state.Token('html_block', '', 0);
      token.content = content;
      return token;
    };
    const page: string = state.env.relativePath;
    const asMarkdown = `<p><a href="/docs/${page}" target="_self">This page as Markdown</a></p>`;
    state.tokens = [html('<div v-pre>\n'), ...state.tokens, html(`<hr>\n${asMarkdown}\n</div>\n`)];
  });
  const among = md.renderer.rules.link_open;
  md.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const url = servedUrl(env.relativePath, token?.attrGet('href') ?? '');
    if (url === null || token === undefined) return among?.(tokens, index, options, env, self) ?? '';
    token.attrSet('href', url);
    // So that the browser asks the server, not the site's own router.
    token.attrSet('target', '_self');
    return self.renderToken(tokens, index, options);
  };
}
