import { createHmac } from 'node:crypto';
import { secretBytes } from '../../core/signing-secrets/secret-text.ts';
import type { SigningScheme } from './signing-scheme.ts';

/**
 * `X-Parseo-Signature: t=<unix milliseconds>,v1=<hex>`: HMAC-SHA256 of `{t}.{body}`, keyed with the bytes that the
 * secret is base64url of; one `v1` for each secret.
 *
 * @param prefix the beginning of the header's name
 * @see https://docs.parseo.ai/en/webhooks/signing
 */
export function parseo(prefix = 'X-Parseo'): SigningScheme {
  return {
    sign({ timestamp, body, secrets }) {
      if (secrets.length === 0) return {};
      // Receivers that follow the published sample keep the last v1 only, which is the secret they already have.
      const signatures = secrets.map((secret) =>
        createHmac('sha256', secretBytes(secret)).update(`${timestamp}.`).update(body).digest('hex'),
      );
      return {
        [`${prefix}-Signature`]: [`t=${timestamp}`, ...signatures.map((signature) => `v1=${signature}`)].join(','),
      };
    },
  };
}
