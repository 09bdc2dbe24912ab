import { hash } from 'node:crypto';
import scalar from '@scalar/fastify-api-reference';
import type { App } from './app.ts';
import { newRequestId } from './core/ids.ts';
import type { ServiceContract } from './core/service.ts';

const base = '/docs/api';

/**
 * The API pages: an index at `/docs/api` and one page for each service at `/docs/api/<service>`, drawn by Scalar from
 * the service's OpenAPI document. Everything comes from this server, so the pages work offline, and their policy lets
 * nothing else in.
 *
 * @returns what to extend the app with
 */
export function docsRoutes(
  contracts: readonly ServiceContract[],
  publicUrl: () => string,
): (app: App) => Promise<void> {
  return async (app) => {
    await app.register(async (scope) => {
      scope.addHook('onSend', async (_request, reply, payload) => {
        reply.headers(pageHeaders(typeof payload === 'string' ? payload : '', publicUrl()));
        return payload;
      });
      for (const path of [base, `${base}/`]) {
        scope.get(path, async (_request, reply) => reply.type('text/html; charset=utf-8').send(indexPage(contracts)));
      }
      for (const { name, title } of contracts) {
        await scope.register(scalar, {
          routePrefix: `${base}/${name}`,
          configuration: {
            pageTitle: `${title} · API`,
            url: `/openapi/${name}.json`,
            // One script for all pages, so that a browser loads it once.
            cdn: `${base}/${contracts[0]?.name ?? name}/js/scalar.js`,
            telemetry: false,
            withDefaultFonts: false,
            showDeveloperTools: 'never',
            hideClientButton: true,
            agent: { disabled: true },
            mcp: { disabled: true },
          },
        });
      }
    });
  };
}

/** Headers of a page; its inline scripts are let in by their hashes, one by one. */
function pageHeaders(text: string, publicUrl: string): Record<string, string> {
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
        <h2><a href="${base}/${name}/">${escapeHtml(title)}</a></h2>
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
