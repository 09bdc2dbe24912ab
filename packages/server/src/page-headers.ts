import { hash } from 'node:crypto';
import { newRequestId } from './core/ids.ts';

/** What every answer of the documentation carries. */
export function assetHeaders(): Record<string, string> {
  return {
    'x-request-id': newRequestId(),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
}

/** Headers of a page, whose policy lets nothing in but what this server serves; inline scripts by their hashes, one by one. */
export function pageHeaders(html: string, publicUrl: string): Record<string, string> {
  const inline = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
  const scripts = inline
    .filter((script) => script !== '')
    .map((script) => `'sha256-${hash('sha256', script, 'base64')}'`);
  const policy = [
    "default-src 'none'",
    `script-src ${["'self'", ...new Set(scripts)].join(' ')}`,
    // Both kinds of pages set style attributes, which no hash can name.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self' ${new URL(publicUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { ...assetHeaders(), 'cache-control': 'no-cache', 'content-security-policy': policy.join('; ') };
}
