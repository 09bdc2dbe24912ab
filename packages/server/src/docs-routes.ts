import { hash } from 'node:crypto';
import { askPlugin, type SystemRoute } from './app.ts';
import type { Reply } from './core/call.ts';
import { newRequestId } from './core/ids.ts';
import type { ServiceContract } from './core/service.ts';

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
    get(scriptPath, 'text/javascript; charset=utf-8', scriptOnce),
  ];
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
  return { status: 200, headers: { 'content-type': type, ...securityHeaders(body, publicUrl) }, body };
}

/** Headers of a page; its inline scripts are let in by their hashes, one by one. */
function securityHeaders(text: string, publicUrl: string): Record<string, string> {
  const common = {
    'x-request-id': newRequestId(),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  if (!text.startsWith('<!doctype html>')) return { ...common, 'cache-control': 'public, max-age=3600' };
  const scripts = [...text.matchAll(/<script[^>]*>([^<]+)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${hash('sha256', script, 'base64')}'`,
  );
  const policy = [
    "default-src 'none'",
    `script-src ${["'self'", ...scripts].join(' ')}`,
    // Scalar sets style attributes, which no hash can name.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self' ${new URL(publicUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { ...common, 'cache-control': 'no-cache', 'content-security-policy': policy.join('; ') };
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
