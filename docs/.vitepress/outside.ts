/** Links of pages to files of the repository that are no pages: they are copied beside the pages, to be read there. */
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';

const hint = `> This is a page of the Interlock documentation as Markdown: append \`.md\` to the URL of any page to get it so.
> The index of all pages: \`/llms.txt\`.
> All pages in one file: \`/llms-full.txt\`.
> For AI clients, an MCP server: \`/_mcp/server\`.

`;

/** Where the server shows what a page's relative link leads out of the pages to; `null` when it stays among them. */
export function servedUrl(page: string, href: string): string | null {
  // The server's own addresses: the API pages, the OpenAPI documents.
  if (/^\/(docs\/api|openapi)\b/.test(href)) return href;
  const path = outside(page, href);
  return path === null ? null : `/docs/files/${path}`;
}

/** The path in the repository that a link of a page leads to, if that is not a page. */
function outside(page: string, href: string): string | null {
  if (/^([a-z]+:|\/|#)/i.test(href)) return null;
  const path = posix.join('docs', posix.dirname(page), href.replace(/[#?].*$/, ''));
  return path.startsWith('docs/') && /(\.md|\/[^./]+)$/.test(path) ? null : path;
}

const link = /\]\(([^()\s]+)\)/g;

/** Makes the Markdown of each page clean: how to go on instead of front matter, and links that lead somewhere. */
export async function cleanPages(outDir: string, pages: readonly string[]): Promise<void> {
  for (const page of pages) {
    const file = join(outDir, page);
    const text = (await readFile(file, 'utf8')).replace(/^---\n[\s\S]*?\n---\n+/, '');
    await writeFile(file, hint + withServedLinks(page, text));
  }
  const bundle = join(outDir, 'llms-full.txt');
  const parts = (await readFile(bundle, 'utf8')).split(/^(?=---\nurl: )/m);
  const served = parts.map((part) => {
    const page = /^---\nurl: '?\/docs\/(.*?)'?\n/.exec(part)?.[1];
    return page === undefined ? part : withServedLinks(page, part);
  });
  await writeFile(bundle, served.join(''));
}

function withServedLinks(page: string, text: string): string {
  return text.replaceAll(link, (whole, href: string) => {
    const url = servedUrl(page, href);
    return url === null ? whole : `](${url})`;
  });
}

/** Copies the files that pages link to. */
export async function copyOutside(docs: string, outDir: string, pages: readonly string[]): Promise<void> {
  const root = dirname(docs);
  for (const page of pages) {
    const text = await readFile(join(docs, page), 'utf8');
    for (const [, href = ''] of text.matchAll(link)) {
      const path = outside(page, href);
      if (path === null || !(await stat(join(root, path))).isFile()) continue;
      const target = join(outDir, 'files', path);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(root, path), target);
    }
  }
}
