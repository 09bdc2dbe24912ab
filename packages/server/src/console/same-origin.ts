import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whose page sends a request, as the browser says: ours, another's, or nobody's (a program, or a person at the address
 * bar). A browser always says so where a request can change something, which is what keeps other sites from acting in
 * a person's name with his cookie.
 */
export function decideOrigin(headers: IncomingHttpHeaders, publicUrl: string): 'same' | 'other' | 'none' {
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin') return 'same';
  if (site !== undefined && site !== 'none') return 'other';
  const { origin } = headers;
  if (origin === undefined) return 'none';
  if (origin === new URL(publicUrl).origin) return 'same';
  // The same server by another of its names, such as localhost for 127.0.0.1.
  return URL.canParse(origin) && new URL(origin).host === headers.host ? 'same' : 'other';
}
