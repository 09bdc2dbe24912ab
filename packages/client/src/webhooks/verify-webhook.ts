import { type Scheme, type SchemeName, schemes } from './schemes.ts';

export interface WebhookOptions {
  readonly scheme: SchemeName;
  /** The endpoint's secret; while it is rotated, the old one and the new one. */
  readonly secret: string | readonly string[];
  /** How far the signed time may lie from this machine's; 5 minutes by default. */
  readonly toleranceMs?: number;
}

/** A request as it was received. */
export interface ReceivedWebhook {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes that arrived, before anything parsed them. */
  readonly body: unknown;
  /** Of schemes that sign it (`sched`): as it was requested; `POST` by default. */
  readonly method?: string;
  /** Of schemes that sign it (`sched`): as the sender requested it, before any proxy rewrote it. */
  readonly path?: string;
}

/** Why a webhook is not believed, by its likeliest cause. */
export type WebhookFault =
  | 'parsed_body'
  | 'changed_body'
  | 'missing_header'
  | 'malformed_header'
  | 'other_scheme'
  | 'wrong_secret'
  | 'bad_secret'
  | 'clock_skew';

export type WebhookVerdict =
  | {
      readonly ok: true;
      /** Signed, and the same over all attempts: what you have handled under it, do not handle again. */
      readonly id: string;
      readonly timestampMs: number | null;
      /** The body as JSON; `undefined` where it is none. */
      readonly event: unknown;
      readonly body: Uint8Array<ArrayBuffer>;
    }
  | { readonly ok: false; readonly fault: WebhookFault; readonly message: string };

/**
 * Whether a webhook is what its sender signed. Never throws; a refusal names the likely cause and the mend.
 *
 * @param now Unix milliseconds
 * @example
 * const verdict = await verifyWebhook({ scheme: 'standard', secret }, { headers: request.headers, body: rawBody });
 * if (!verdict.ok) throw new Error(verdict.message);
 */
export async function verifyWebhook(
  options: WebhookOptions,
  received: ReceivedWebhook,
  now: number = Date.now(),
): Promise<WebhookVerdict> {
  const scheme = schemes[options.scheme];
  const secrets = typeof options.secret === 'string' ? [options.secret] : options.secret;
  const secretProblem = problemOfSecrets(scheme, secrets);
  if (secretProblem !== null) return fault('bad_secret', secretProblem);
  const body = bytesOf(received.body);
  if (body === null) return fault('parsed_body', parsedBody(received.body));

  const header = headerReader(received.headers);
  const path = (received.path ?? '/').replace(/[?#].*$/s, '') || '/';
  const reading = scheme.read({ header, body, method: received.method ?? 'POST', path });
  if (!reading.ok) {
    const other = (Object.keys(schemes) as SchemeName[]).find(
      (name) => name !== options.scheme && header(schemes[name].mark) !== null,
    );
    if (reading.problem === 'missing' && other !== undefined) {
      return fault(
        'other_scheme',
        `There is no ${reading.header}, but the request is signed in the scheme "${other}"; verify with that one.`,
      );
    }
    return reading.problem === 'missing'
      ? fault(
          'missing_header',
          `The header ${reading.header} is missing: the request is not a signed webhook, its endpoint has no secret, or a proxy removed it.`,
        )
      : fault('malformed_header', `The header ${reading.header} cannot be read: it was cut or changed on its way.`);
  }

  const { head, signatures, timestampMs, id } = reading;
  const holds = (text: Uint8Array, with_: readonly string[] = secrets) =>
    anyHolds(scheme, with_, head, text, signatures);
  if (!(await holds(body))) return diagnose(options.scheme, secrets, body, path, holds);
  // Only a signature that holds makes the time worth reading.
  const toleranceMs = options.toleranceMs ?? 300_000;
  const offMs = timestampMs === null ? 0 : now - timestampMs;
  if (Math.abs(offMs) > toleranceMs) {
    const seconds = Math.round(Math.abs(offMs) / 1000);
    return fault(
      'clock_skew',
      offMs > 0
        ? `The signature holds, but was made ${seconds} s ago: the request was held up or is sent again by somebody, or this machine's clock is ahead.`
        : `The signature holds, but was made ${seconds} s in the future: this machine's clock is behind; set it by NTP.`,
    );
  }
  const event = eventOf(body);
  return { ok: true, id: id ?? idOf(event), timestampMs, event, body };
}

/** A signature that does not hold, by what makes it hold. */
async function diagnose(
  scheme: SchemeName,
  secrets: readonly string[],
  body: Uint8Array<ArrayBuffer>,
  path: string,
  holds: (body: Uint8Array, secrets?: readonly string[]) => Promise<boolean>,
): Promise<WebhookVerdict> {
  const trimmed = secrets.map((secret) => secret.trim().replace(/^(["'])(.*)\1$/s, '$2'));
  if (await holds(body, trimmed)) {
    return fault('wrong_secret', 'The secret has quotes or white space around it; remove them where it is set.');
  }
  for (const guess of earlierForms(body)) {
    if (await holds(guess)) {
      return fault(
        'changed_body',
        'The body was parsed and written again, or changed at its end, before it was verified; pass the bytes that arrived.',
      );
    }
  }
  const whatElse =
    scheme === 'sched'
      ? ` The scheme signs the path as well, here ${path}: behind a proxy that rewrites paths, pass the one that the sender requested.`
      : '';
  return fault(
    'wrong_secret',
    `The signature does not belong to this body and secret: the likeliest cause is the secret of another endpoint or mode, or one that was rotated; else the body was changed on its way.${whatElse}`,
  );
}

/** What the bytes may have been before something wrote them again. */
function* earlierForms(body: Uint8Array): Generator<Uint8Array> {
  const text = new TextDecoder().decode(body);
  const forms = [text.trim(), `${text}\n`];
  try {
    forms.push(JSON.stringify(JSON.parse(text)));
  } catch {
    // No JSON, so nothing parsed it as such.
  }
  for (const form of forms) if (form !== text) yield new TextEncoder().encode(form);
}

function problemOfSecrets(scheme: Scheme, secrets: readonly string[]): string | null {
  if (secrets.length === 0) return 'There is no secret to verify with; pass the one of the endpoint.';
  for (const secret of secrets) {
    if (typeof secret !== 'string' || secret.trim() === '' || secret === 'whsec_') {
      return 'The secret is empty; is its environment variable set?';
    }
    if (/^[a-z]+_(?:live|test)_/.test(secret)) {
      return 'This looks like an API key; a webhook is verified with the secret of its endpoint, which starts with whsec_.';
    }
    if (scheme.key(secret.trim().replace(/^(["'])(.*)\1$/s, '$2')) === null) {
      return 'The secret is not base64 after whsec_; copy it whole.';
    }
  }
  return null;
}

function parsedBody(body: unknown): string {
  const what = body === undefined || body === null ? 'There is no body' : 'The body is already parsed';
  return `${what}: a signature is over the bytes that arrived. Verify before anything parses them, such as express.json(), and pass a Uint8Array or the text.`;
}

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> | null {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return ArrayBuffer.isView(body) ? new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength) : null;
}

async function anyHolds(
  scheme: Scheme,
  secrets: readonly string[],
  head: string,
  body: Uint8Array,
  signatures: readonly Uint8Array[],
): Promise<boolean> {
  const start = new TextEncoder().encode(head);
  const signed = new Uint8Array(start.length + body.length);
  signed.set(start);
  signed.set(body, start.length);
  const { subtle } = crypto;
  for (const secret of secrets) {
    const bytes = scheme.key(secret);
    if (bytes === null) continue;
    const key = await subtle.importKey('raw', bytes.slice(), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    // WebCrypto compares in constant time.
    for (const signature of signatures) if (await subtle.verify('HMAC', key, signature.slice(), signed)) return true;
  }
  return false;
}

function headerReader(headers: ReceivedWebhook['headers']): (name: string) => string | null {
  if (headers instanceof Headers) return (name) => headers.get(name);
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = byName.get(name);
    return value === undefined ? null : typeof value === 'string' ? value : value.join(',');
  };
}

function eventOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

function idOf(event: unknown): string {
  const { id } = (event ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : '';
}

function fault(name: WebhookFault, message: string): WebhookVerdict {
  return { ok: false, fault: name, message };
}
