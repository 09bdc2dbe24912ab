import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SystemRoute } from './app.ts';
import type { Incoming, Reply } from './core/incoming.ts';
import { notBuilt } from './not-built.ts';
import { assetHeaders, pageHeaders } from './page-headers.ts';

/** The documentation as it was built from `docs/`. */
export interface DocsSite {
  /** A file of the site by its path, such as `concepts/keys.html`; `null` when there is none. */
  read(path: string): Promise<Buffer | null>;
  /** The Markdown of every page, by its path without `.md`. */
  pages(): Promise<ReadonlyMap<string, string>>;
}

/** Where `npm start` builds the site to. */
export const builtDocs = fileURLToPath(new URL('../../../docs/.vitepress/dist/', import.meta.url));

/** Opens a built site. It is looked at anew until it is there, since it may be built after the server has started. */
export function openDocsSite(folder: string): DocsSite {
  let files: ReadonlySet<string> = new Set();
  let pages: ReadonlyMap<string, string> = new Map();
  const list = async (): Promise<ReadonlySet<string>> => {
    if (files.size === 0) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      files = new Set(
        entries
          .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
          .map((entry) => relative(folder, `${entry.parentPath}/${entry.name}`).replaceAll('\\', '/')),
      );
    }
    return files;
  };
  // Only what the list names is read, so no path leads out of the folder.
  const read = async (path: string): Promise<Buffer | null> => {
    if (!(await list()).has(path)) return null;
    return readFile(folder + path).catch(() => {
      // Another build has taken its place.
      files = new Set();
      pages = new Map();
      return null;
    });
  };
  return {
    read,
    async pages() {
      if (pages.size > 0) return pages;
      const names = [...(await list())].filter((path) => path.endsWith('.md') && !path.startsWith('files/'));
      const texts = await Promise.all(
        names.map(async (path) => [path.slice(0, -'.md'.length), String(await read(path))] as const),
      );
      pages = new Map(texts);
      return pages;
    },
  };
}

/** The documentation under `/docs`, each page also as Markdown, and the two files for machines at the root. */
export function docsSiteRoutes(site: DocsSite, publicUrl: () => string): SystemRoute[] {
  const get = (path: string, handle: (incoming: Incoming) => Promise<Reply>): SystemRoute => ({
    method: 'GET',
    path,
    handle,
  });
  const file = (incoming: Incoming, path: string) => answer(site, incoming, path, publicUrl());
  return [
    get('/docs', (incoming) => file(incoming, '')),
    get('/docs.md', async () => moved('/docs/index.md')),
    get('/docs/*', (incoming) => file(incoming, incoming.params['*'] ?? '')),
    get('/llms.txt', (incoming) => file(incoming, 'llms.txt')),
    get('/llms-full.txt', (incoming) => file(incoming, 'llms-full.txt')),
  ];
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

async function answer(site: DocsSite, incoming: Incoming, path: string, publicUrl: string): Promise<Reply> {
  if (path.endsWith('.html')) return moved(addressOf(path.replace(/(^|\/)index\.html$|\.html$/, '$1')));
  if (path.endsWith('/')) return moved(addressOf(path.replace(/\/+$/, '')));
  for (const name of path === '' ? ['index.html'] : [path, `${path}.html`]) {
    const body = await site.read(name);
    if (body !== null) return found(incoming, name, body, publicUrl);
  }
  const missing = await site.read('404.html');
  if (missing === null) return notBuilt('The documentation');
  const html = String(missing);
  if (path.endsWith('.md') || !accepts(incoming, 'text/html')) {
    const body = `There is no page at ${incoming.path}; the index of all pages is at /llms.txt.\n`;
    return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8', ...assetHeaders() }, body };
  }
  return {
    status: 404,
    headers: { 'content-type': types['.html'] ?? '', ...pageHeaders(html, publicUrl) },
    body: html,
  };
}

function found(incoming: Incoming, name: string, body: Buffer, publicUrl: string): Reply {
  // Sources that pages link to are shown, never run.
  const type = name.startsWith('files/') ? undefined : types[extname(name)];
  const isPage = type === types['.html'];
  const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
  const headers = {
    'content-type': type ?? 'text/plain; charset=utf-8',
    ...(isPage ? pageHeaders(String(body), publicUrl) : assetHeaders()),
    // The names of what the site is made of change with the content.
    'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
  };
  const known = incoming.headers['if-none-match']?.split(/,\s*/).includes(etag) === true;
  return known ? { status: 304, headers, body: '' } : { status: 200, headers, body };
}

function accepts(incoming: Incoming, type: string): boolean {
  const { accept } = incoming.headers;
  return accept === undefined || accept.includes(type) || accept.includes('*/*');
}

/** The router has decoded the path, and an address may hold no line break. */
function addressOf(path: string): string {
  return `/docs/${path.split('/').map(encodeURIComponent).join('/')}`;
}

function moved(location: string): Reply {
  return { status: 308, headers: { ...assetHeaders(), location }, body: '' };
}
