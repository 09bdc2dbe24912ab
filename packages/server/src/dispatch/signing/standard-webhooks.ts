import { isUtf8 } from 'node:buffer';
import { Webhook } from 'standardwebhooks';
import { secretBytes } from '../../core/signing-secrets/secret-text.ts';
import type { SigningScheme } from './signing-scheme.ts';

/**
 * Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature`, a space between the signatures of
 * several secrets. Svix sends the same values under `svix-`.
 *
 * @param prefixes under which names the headers are sent
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
 *
 * @example
 * standardWebhooks('svix', 'webhook').sign(attempt); // { 'svix-id': …, …, 'webhook-signature': 'v1,…' }
 */
export function standardWebhooks(...prefixes: readonly ('webhook' | 'svix')[]): SigningScheme {
  return {
    sign({ id, timestamp, body, secrets }) {
      // The library signs text: of other bytes it would sign what they are not.
      if (!isUtf8(body)) throw new TypeError('Standard Webhooks signs UTF-8 only');
      const at = new Date(timestamp);
      const signatures = secrets.map((secret) =>
        new Webhook(secretBytes(secret), { format: 'raw' }).sign(id, at, body),
      );
      const values = {
        id,
        timestamp: String(Math.floor(timestamp / 1000)),
        ...(signatures.length > 0 && { signature: signatures.join(' ') }),
      };
      return Object.fromEntries(
        prefixes.flatMap((prefix) => Object.entries(values).map(([name, value]) => [`${prefix}-${name}`, value])),
      );
    },
  };
}
