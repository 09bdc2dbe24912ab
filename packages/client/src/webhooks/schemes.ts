/** How each scheme spells what it signs; which headers it needs, and which key it makes of a secret. */

import { decodeBase64 } from '../base64.ts';

/** A received request, as far as its signature is concerned. */
export interface Signable {
  header(name: string): string | null;
  /** As it arrived. */
  readonly body: Uint8Array;
  readonly method: string;
  /** The path that was requested, without the query. */
  readonly path: string;
}

export type SchemeReading =
  | {
      readonly ok: true;
      /** Of the delivery; `null` where it is not signed, and the event in the body says which it is. */
      readonly id: string | null;
      /** Unix milliseconds, where the scheme signs the time. */
      readonly timestampMs: number | null;
      /** What stands before the body in the bytes that are signed. */
      readonly head: string;
      readonly signatures: readonly Uint8Array[];
    }
  | { readonly ok: false; readonly header: string; readonly problem: 'missing' | 'malformed' };

export interface Scheme {
  /** A header that tells the scheme apart from others. */
  readonly mark: string;
  read(request: Signable): SchemeReading;
  key(secret: string): Uint8Array | null;
}

export type SchemeName = 'standard' | 'svix' | 'sched' | 'provable' | 'parseo';

/**
 * The schemes by name.
 * - `standard`: Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`)
 * - `svix`: the same under `svix-…`, as the onboarding service sends it
 * - `sched`: `Sched-Signature`, of the scheduler's deliveries
 * - `provable`: `X-Provable-Signature`, of the randomness service; it signs no time, so prefer `standard`, which it
 *   sends as well
 * - `parseo`: `X-Parseo-Signature`, of the invoices service
 */
export const schemes: Readonly<Record<SchemeName, Scheme>> = {
  standard: standard('webhook'),
  svix: standard('svix'),
  sched: {
    mark: 'sched-signature',
    key: textKey,
    read(request) {
      const fields = readFields(request, 'sched-signature', 1000);
      if (!fields.ok) return fields;
      const id = request.header('sched-delivery-id');
      const attempt = request.header('sched-attempt');
      if (id === null) return missing('Sched-Delivery-Id');
      if (attempt === null) return missing('Sched-Attempt');
      const method = request.method.toUpperCase();
      return { ...fields, id, head: `${fields.time}.${id}.${attempt}.${method}.${request.path}.` };
    },
  },
  provable: {
    mark: 'x-provable-signature',
    key: textKey,
    read({ header }) {
      const text = header('x-provable-signature');
      if (text === null) return missing('X-Provable-Signature');
      const signature = bytesOfHex(/^sha256=([0-9a-f]{64})$/i.exec(text.trim())?.[1] ?? '');
      if (signature === null) return malformed('X-Provable-Signature');
      return {
        ok: true,
        id: null,
        timestampMs: null,
        head: '',
        signatures: [signature],
      };
    },
  },
  parseo: {
    mark: 'x-parseo-signature',
    key: base64Key,
    read(request) {
      const fields = readFields(request, 'x-parseo-signature', 1);
      return fields.ok ? { ...fields, id: null, head: `${fields.time}.` } : fields;
    },
  },
};

function standard(prefix: 'webhook' | 'svix'): Scheme {
  return {
    mark: `${prefix}-signature`,
    key: base64Key,
    read({ header }) {
      const id = header(`${prefix}-id`);
      const time = header(`${prefix}-timestamp`);
      const text = header(`${prefix}-signature`);
      if (id === null) return missing(`${prefix}-id`);
      if (time === null) return missing(`${prefix}-timestamp`);
      if (text === null) return missing(`${prefix}-signature`);
      if (!/^\d{1,12}$/.test(time)) return malformed(`${prefix}-timestamp`);
      const signatures = text
        .split(' ')
        .filter((part) => part.startsWith('v1,'))
        .flatMap((part) => bytesOfBase64(part.slice(3)) ?? []);
      if (signatures.length === 0) return malformed(`${prefix}-signature`);
      return { ok: true, id, timestampMs: Number(time) * 1000, head: `${id}.${time}.`, signatures };
    },
  };
}

/** `t=…,v1=…,v1=…`: one `v1` for each secret that signs. */
function readFields({ header }: Signable, name: string, unitMs: number) {
  const text = header(name);
  if (text === null) return missing(titled(name));
  const parts = text.split(',').map((part) => part.trim());
  const time = parts.find((part) => part.startsWith('t='))?.slice(2) ?? '';
  const signatures = parts.filter((part) => part.startsWith('v1=')).flatMap((part) => bytesOfHex(part.slice(3)) ?? []);
  if (!/^\d{1,15}$/.test(time) || signatures.length === 0) return malformed(titled(name));
  return { ok: true as const, time, timestampMs: Number(time) * unitMs, signatures };
}

function missing(header: string) {
  return { ok: false, header, problem: 'missing' } as const;
}

function malformed(header: string) {
  return { ok: false, header, problem: 'malformed' } as const;
}

function titled(header: string): string {
  return header.replaceAll(/(^|-)(\w)/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

function textKey(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

/** The bytes that a secret encodes after `whsec_`, in either alphabet of base64. */
function base64Key(secret: string): Uint8Array | null {
  return bytesOfBase64(secret.replace(/^whsec_/, ''));
}

function bytesOfBase64(text: string): Uint8Array | null {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  if (plain === '' || !/^[A-Za-z0-9+/]+$/.test(plain) || plain.length % 4 === 1) return null;
  return decodeBase64(plain);
}

function bytesOfHex(text: string): Uint8Array | null {
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
}
