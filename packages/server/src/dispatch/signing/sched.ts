import { createHmac } from 'node:crypto';
import type { SigningScheme } from './signing-scheme.ts';

/**
 * `Sched-Signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `{t}.{id}.{attempt}.{METHOD}.{path}.{body}`, keyed with
 * the text of the secret, prefix included; one `v1` for each secret. What is signed travels in headers of its own,
 * which an unsigned delivery has too.
 *
 * @see https://schedstack-site.pages.dev/docs/guides/verify-signatures/
 */
export const sched: SigningScheme = {
  sign({ id, attempt, timestamp, method, path, body, secrets }) {
    const seconds = Math.floor(timestamp / 1000);
    const head = `${seconds}.${id}.${attempt}.${method.toUpperCase()}.${withoutQuery(path)}.`;
    const signatures = secrets.map((secret) => createHmac('sha256', secret).update(head).update(body).digest('hex'));
    return {
      'Sched-Delivery-Id': id,
      'Sched-Attempt': String(attempt),
      'Sched-Timestamp': String(seconds),
      ...(signatures.length > 0 && {
        'Sched-Signature': [`t=${seconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(','),
      }),
    };
  },
};

function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/s, '') || '/';
}
