import type { Reply } from './core/incoming.ts';
import { assetHeaders } from './page-headers.ts';

/** Seconds after which a browser looks again: the builds take half a minute. */
const lookAgainAfter = 3;

/**
 * The answer for pages that are made from the sources while `npm start` already serves the APIs: a browser shows the page as
 * soon as it is there, a program reads when to ask again.
 *
 * @param what what is missing, as it starts a sentence
 */
export function notBuilt(what: string): Reply {
  const title = `${what} is not built yet`;
  return {
    status: 503,
    headers: {
      ...assetHeaders(),
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'retry-after': String(lookAgainAfter),
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${lookAgainAfter}">
<title>${title}</title>
<p>${title}. <code>npm start</code> builds it beside the running server; this page shows it as soon as it is there.</p>
<p>The APIs answer already; their pages are at <a href="/docs/api">/docs/api</a>.</p>
`,
  };
}
