import { askPlugin, type SystemRoute } from './app.ts';
import type { Reply } from './core/incoming.ts';
import type { ServiceContract } from './core/service.ts';
import { assetHeaders, pageHeaders } from './page-headers.ts';

const base = '/docs/api';
const scriptPath = `${base}/scalar.js`;

/**
 * The API pages: an index at `/docs/api` and one page for each service at `/docs/api/<service>`, drawn by Scalar from
 * the service's OpenAPI document. Everything comes from this server, so the pages work offline, and their policy lets
 * nothing else in.
 */
export function docsRoutes(contracts: readonly ServiceContract[], publicUrl: () => string): SystemRoute[] {
  const get = (path: string, type: string, text: () => string | Promise<string>): SystemRoute => ({
    method: 'GET',
    path,
    handle: async () => reply(type, await text(), publicUrl()),
  });
  // Both spellings of a path are one page.
  const page = (path: string, text: () => string | Promise<string>): SystemRoute[] =>
    [path, `${path}/`].map((spelling) => get(spelling, 'text/html; charset=utf-8', text));
  return [
    ...page(base, () => indexPage(contracts)),
    ...contracts.flatMap(({ name, title }) => page(`${base}/${name}`, () => askScalar(name, title, ''))),
    ...contracts.map(({ name }) => movedTo(`${base}/${name}.md`, `/docs/reference/api-${name}.md`)),
    movedTo(`${base}.md`, '/llms.txt'),
    get(scriptPath, 'text/javascript; charset=utf-8', scriptOnce),
  ];
}

/** The API pages as Markdown are pages of the documentation. */
function movedTo(path: string, location: string): SystemRoute {
  return {
    method: 'GET',
    path,
    handle: async () => ({ status: 308, headers: { ...assetHeaders(), location }, body: '' }),
  };
}

let script: Promise<string> | undefined;

/** Scalar's script, 4 MB of it: kept once somebody has asked for it. */
function scriptOnce(): Promise<string> {
  script ??= askScalar('script', '', 'js/scalar.js');
  return script;
}

/** Loaded with the first page: it takes 40 MB that a server without readers need not spend. */
async function askScalar(name: string, title: string, file: string): Promise<string> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const configuration = {
    pageTitle: `${title} · API`,
    url: `/openapi/${name}.json`,
    cdn: scriptPath,
    telemetry: false,
    withDefaultFonts: false,
    showDeveloperTools: 'never',
    hideClientButton: true,
    agent: { disabled: true },
    mcp: { disabled: true },
  } as const;
  return askPlugin(scalar, { routePrefix: base, configuration }, `${base}/${file}`);
}

function reply(type: string, body: string, publicUrl: string): Reply {
  const headers = body.startsWith('<!doctype html>')
    ? pageHeaders(body, publicUrl)
    : { ...assetHeaders(), 'cache-control': 'public, max-age=3600' };
  return { status: 200, headers: { 'content-type': type, ...headers }, body };
}

function indexPage(contracts: readonly ServiceContract[]): string {
  const entries = contracts.map(
    ({ name, title, description, basePath }) => `
      <li>
        <h2><a href="${base}/${name}">${escapeHtml(title)}</a></h2>
        <p>${escapeHtml(description)}</p>
        <p><code>${escapeHtml(basePath)}</code> · <a href="/openapi/${name}.json">OpenAPI 3.1</a></p>
      </li>`,
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Interlock · APIs</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; }
      ul { list-style: none; padding: 0; }
      h2 { margin-bottom: 0.25rem; }
      @media (prefers-color-scheme: dark) { body { background: #16181d; color: #e6e6e6; } a { color: #8ab4f8; } }
    </style>
  </head>
  <body>
    <main>
      <h1>APIs</h1>
      <p>Each API has live and test keys; a test key answers here as it does everywhere.</p>
      <ul>${entries.join('')}
      </ul>
    </main>
  </body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
