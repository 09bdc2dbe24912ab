import { timingSafeEqual } from 'node:crypto';
import { refuse } from '../errors.ts';

/** Who may ask about the keys of a service, or hand in its mail: somebody else's API, a gateway, a mail server. */
export interface ServiceKeys {
  /** The service that the holder acts for, `*` for all; `null` for a text that is no service key. */
  serviceOf(text: string): string | null;
  /** Whether there is any. */
  readonly exist: boolean;
}

export type ServiceKeysReading =
  | { readonly ok: true; readonly entries: readonly { readonly service: string; readonly secret: string }[] }
  | { readonly ok: false; readonly problem: string };

/**
 * The service that the holder of a service key acts for, `*` for all.
 *
 * @throws `key_required` or `invalid_key`
 */
export function authoriseService(keys: ServiceKeys, authorization: string | undefined): string {
  const text = /^bearer\s+(.+)$/i.exec(authorization ?? '')?.[1]?.trim();
  if (text === undefined) {
    const mend = keys.exist ? 'Send a service key: Authorization: Bearer <key>.' : 'Set INTERLOCK_SERVICE_KEYS first.';
    throw refuse('key_required', `This is for those who hold a service key. ${mend}`);
  }
  const service = keys.serviceOf(text);
  if (service === null) throw refuse('invalid_key', 'This is not a service key of this installation.');
  return service;
}

/** Reads `shop:<64 hexadecimal characters>`, several separated by commas. */
export function readServiceKeys(text: string): ServiceKeysReading {
  const entries = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => /^([a-z][a-z0-9_]*|\*):([0-9a-fA-F]{64})$/.exec(part));
  const read = entries.flatMap((match) =>
    match === null ? [] : [{ service: match[1] ?? '', secret: match[2] ?? '' }],
  );
  if (read.length === entries.length) return { ok: true, entries: read };
  return {
    ok: false,
    problem: 'must be <service>:<64 hexadecimal characters>, separated by commas; make one with: openssl rand -hex 32',
  };
}

/** Every one is compared, in constant time, whatever the first ones say; all are of one length. */
export function createServiceKeys(text: string): ServiceKeys {
  const reading = readServiceKeys(text);
  const known = (reading.ok ? reading.entries : []).map(({ service, secret }) => ({
    service,
    secret: Buffer.from(secret.toLowerCase()),
  }));
  return {
    exist: known.length > 0,
    serviceOf(given) {
      const bytes = Buffer.from(given.toLowerCase());
      let found: string | null = null;
      for (const { service, secret } of known) {
        if (bytes.length === secret.length && timingSafeEqual(secret, bytes)) found ??= service;
      }
      return found;
    },
  };
}
