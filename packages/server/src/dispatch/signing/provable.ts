import { createHmac } from 'node:crypto';
import type { SigningScheme } from './signing-scheme.ts';

/**
 * `X-Provable-Signature: sha256=<hex>`: HMAC-SHA256 of the body, keyed with the text of the secret, `whsec_` included.
 *
 * There is room for one signature only. While two secrets sign it is the older one's, so that a receiver has the
 * overlap to learn the new secret; the Standard Webhooks headers beside it carry both.
 *
 * @param prefix the beginning of the headers' names
 * @see https://provable.io/docs/webhooks
 */
export function provable(prefix = 'X-Provable'): SigningScheme {
  return {
    sign({ id, timestamp, body, secrets }) {
      const oldest = secrets.at(-1);
      return {
        [`${prefix}-Delivery`]: id,
        [`${prefix}-Timestamp`]: String(Math.floor(timestamp / 1000)),
        ...(oldest !== undefined && {
          [`${prefix}-Signature`]: `sha256=${createHmac('sha256', oldest).update(body).digest('hex')}`,
        }),
      };
    },
  };
}
