/** What the generated clients of the services share: how a call is made, tried again, and read. */
import { decideRetry } from './decide-retry.ts';
import { type ApiError, ConnectionError, InterlockError, type Refusal } from './errors.ts';
import { readEvents, type StreamEvent } from './events.ts';
import { type KeyShape, type Mode, readKey, requireModeOf } from './mode.ts';
import { readMode, readRefusal } from './read-refusal.ts';

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:4000`. */
  readonly baseUrl: string;
  /** Its prefix decides the mode of every call. Left out, calls are made without one, where the service permits that. */
  readonly key?: string | undefined;
  /** How often a call is tried in all; 4 by default, 1 never tries again. */
  readonly maxAttempts?: number;
  /** How long one attempt may take; 30 s by default. */
  readonly timeoutMs?: number;
  /** A server that asks for a longer wait than this is not waited for; 60 s by default. */
  readonly maxWaitMs?: number;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The runtime's `fetch` by default. */
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** One of your own, such as the id of an order; one is made for each call by default. */
  readonly idempotencyKey?: string;
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came with an answer. */
export interface AnswerFacts {
  readonly status: number;
  readonly headers: Headers;
  readonly mode: Mode | null;
  readonly requestId: string | null;
  /** Whether this is the stored answer of an earlier attempt or call with the same idempotency key. */
  readonly replayed: boolean;
  /** How many attempts it took. */
  readonly attempts: number;
}

/** An operation: call it for its answer. */
export interface Call<Input, Output> {
  (...args: CallArguments<Input>): Promise<Output>;
  /** The answer with its status, headers, mode and request id. */
  withFacts(...args: CallArguments<Input>): Promise<AnswerFacts & { readonly data: Output }>;
}

/** An operation that answers in pages. */
export interface PagedCall<Input, Output, Item> extends Call<Input, Output> {
  /**
   * Every item of every page, asked for as they are needed.
   *
   * @example
   * for await (const delivery of scheduler.deliveries.list.all({ status: 'failed' })) console.log(delivery.id);
   */
  all(...args: CallArguments<Input>): AsyncGenerator<Item, void, undefined>;
}

/** An operation that answers with events as they happen, and goes on where it was when the connection is cut. */
export type StreamCall<Input> = (...args: CallArguments<Input>) => AsyncGenerator<StreamEvent, void, undefined>;

type CallArguments<Input> =
  Record<string, never> extends Input ? [input?: Input, options?: CallOptions] : [input: Input, options?: CallOptions];

/** What every client of a service has besides its operations. */
export interface ServiceClient {
  /** The mode that the key's prefix says; `null` without a key. */
  readonly mode: Mode | null;
  /**
   * Throws unless the key is a whole key of this mode. Offline: it only looks at the key.
   *
   * @example
   * createScheduler({ baseUrl, key: process.env.SCHED_API_KEY }).requireMode('test');
   */
  requireMode(mode: Mode): this;
}

/** How one operation goes over the wire; written by the generator. */
export interface WireOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Where inputs that are not in the path go. */
  readonly input: 'query' | 'json' | 'form';
  /** Whether `Idempotency-Key` is honoured. */
  readonly idempotent?: true;
  /** Whether it changes nothing. */
  readonly reads?: true;
  readonly answer: 'json' | 'text' | 'bytes' | 'events' | 'none';
  /** The names of the items and of the next cursor in a page. */
  readonly page?: { readonly items: string; readonly next: string };
}

export interface WireService {
  readonly keys: KeyShape;
  readonly operations: readonly WireOperation[];
  readonly error: new (message: string, refusal: Refusal) => ApiError;
}

/** Hangs the operations of a service under their names: `scheduler.schedules.create` becomes `schedules.create`. */
export function createCalls(service: WireService, options: ClientOptions): ServiceClient & Record<string, unknown> {
  const wire = createWire(service, options);
  const { key } = options;
  const reading = key === undefined ? null : readKey(service.keys, key);
  const client: ServiceClient & Record<string, unknown> = {
    mode: reading?.mode ?? null,
    requireMode(mode) {
      requireModeOf(service.keys, key, mode);
      return client;
    },
  };
  // Longer names first, so that an operation which is also a folder of others gathers them.
  for (const operation of service.operations) hang(client, operation.id.split('.').slice(1), wire(operation));
  return client;
}

function hang(into: Record<string, unknown>, path: readonly string[], call: unknown): void {
  const [name = '', ...rest] = path;
  const there = into[name] as Record<string, unknown> | undefined;
  if (rest.length === 0) into[name] = there === undefined ? call : Object.assign(call as object, there);
  else {
    const folder = there ?? {};
    into[name] = folder;
    hang(folder, rest, call);
  }
}

type Input = Readonly<Record<string, unknown>>;

interface Sent {
  readonly response: Response;
  readonly attempts: number;
}

function createWire({ operations: _, error: RefusalError }: WireService, options: ClientOptions) {
  const base = readBaseUrl(options.baseUrl);
  const maxAttempts = options.maxAttempts ?? 4;
  const maxWaitMs = options.maxWaitMs ?? 60_000;

  const send = async (
    operation: WireOperation,
    input: Input,
    call: CallOptions,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Sent> => {
    const { url, body, contentType } = writeRequest(operation, base, input);
    // Made once: every attempt of this call is one request to the server.
    const idempotencyKey =
      operation.idempotent === true ? (call.idempotencyKey ?? crypto.randomUUID()) : call.idempotencyKey;
    const headers = {
      ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...options.headers,
      ...extra,
      ...call.headers,
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    };
    checkHeaders(operation, headers);
    const repeatable =
      operation.reads === true ||
      (operation.idempotent === true && idempotencyKey !== undefined) ||
      operation.method === 'PUT' ||
      operation.method === 'DELETE';
    const timeoutMs = call.timeoutMs ?? options.timeoutMs ?? 30_000;
    for (let attempt = 1; ; attempt++) {
      const decide = (status: number | null, retryAfterMs: number | null) =>
        decideRetry({
          attempt,
          maxAttempts,
          status,
          retryAfterMs,
          maxWaitMs,
          repeatable,
          random: Math.random(),
        });
      const tried = await attemptOnce(options.fetch ?? fetch, url, {
        method: operation.method,
        headers,
        ...(body === undefined ? {} : { body }),
        signal: call.signal,
        timeoutMs,
        stream: operation.answer === 'events',
      });
      if (tried.type === 'answered' && tried.response.ok) return { response: tried.response, attempts: attempt };
      let decision: ReturnType<typeof decideRetry>;
      let failure: Error;
      if (tried.type === 'failed') {
        decision = decide(null, null);
        failure = new ConnectionError(unreachable(operation, base, tried.cause, timeoutMs), { cause: tried.cause });
      } else {
        const { status, headers: received } = tried.response;
        const text = await tried.response.text().catch(() => '');
        const { message, ...refusal } = readRefusal({ status, headers: received, text }, Date.now());
        decision = decide(status, refusal.retryAfterMs);
        failure = new RefusalError(message, refusal);
      }
      if (decision.type === 'give_up') throw failure;
      await wait(decision.waitMs, call.signal);
    }
  };

  const withFacts =
    (operation: WireOperation) =>
    async (input: Input = {}, call: CallOptions = {}) => {
      const { response, attempts } = await send(operation, input, call);
      const { status, headers } = response;
      let data: unknown;
      try {
        data = await readAnswer(operation, response);
      } catch (cause) {
        const type = headers.get('content-type') ?? 'of no type';
        throw new ConnectionError(`The answer of ${operation.id} is no JSON, or was cut off; it came as ${type}.`, {
          cause,
        });
      }
      return {
        data,
        status,
        headers,
        mode: readMode(headers.get('interlock-mode')),
        requestId: headers.get('x-request-id'),
        replayed: headers.get('idempotent-replayed') === 'true',
        attempts,
      };
    };

  async function* pages(
    operation: WireOperation,
    page: { items: string; next: string },
    input: Input,
    call: CallOptions,
  ) {
    const ask = withFacts(operation);
    let cursor: unknown = input.cursor;
    do {
      const { data } = await ask(cursor === undefined ? input : { ...input, cursor }, call);
      const answer = data as Record<string, unknown>;
      yield* (answer[page.items] ?? []) as unknown[];
      const next = answer[page.next];
      // The same cursor again would ask for the same page for ever.
      if (next === cursor) return;
      cursor = next;
    } while (typeof cursor === 'string' && cursor !== '');
  }

  async function* events(operation: WireOperation, input: Input = {}, call: CallOptions = {}) {
    let last: string | null = null;
    for (let failures = 0; ; ) {
      const resume: Record<string, string> = last === null ? {} : { 'last-event-id': last };
      const { response } = await send(operation, input, call, resume);
      if (response.body === null) return;
      try {
        for await (const event of readEvents(response.body)) {
          failures = 0;
          last = event.id;
          yield event;
        }
        return;
      } catch (cause) {
        failures++;
        if (call.signal?.aborted) throw call.signal.reason;
        if (failures >= maxAttempts) throw new ConnectionError(`The stream of ${operation.id} was cut.`, { cause });
        await wait(250 * 2 ** failures, call.signal);
      }
    }
  }

  return (operation: WireOperation): unknown => {
    if (operation.answer === 'events') return (input?: Input, call?: CallOptions) => events(operation, input, call);
    const facts = withFacts(operation);
    const call = async (input?: Input, options?: CallOptions) => (await facts(input, options)).data;
    const { page } = operation;
    const all = page && {
      all: (input: Input = {}, options: CallOptions = {}) => pages(operation, page, input, options),
    };
    return Object.assign(call, { withFacts: facts }, all);
  };
}

function readBaseUrl(text: string): string {
  if (!URL.canParse(text)) throw new InterlockError(`baseUrl is not a URL, such as http://127.0.0.1:4000: ${text}`);
  return text.replace(/\/+$/, '');
}

/** What no header can carry would look like a server that is away. */
function checkHeaders({ id }: WireOperation, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch (cause) {
      throw new InterlockError(
        `${id} cannot be sent: the header ${name} takes Latin letters, digits and signs, and no line breaks.`,
        { cause },
      );
    }
  }
}

interface Attempt {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | FormData;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** A stream may last: only its beginning is timed. */
  readonly stream: boolean;
}

type Tried =
  | { readonly type: 'answered'; readonly response: Response }
  | { readonly type: 'failed'; readonly cause: unknown };

async function attemptOnce(
  ask: typeof fetch,
  url: string,
  { signal, timeoutMs, stream, ...request }: Attempt,
): Promise<Tried> {
  signal?.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new DOMException('timed out', 'TimeoutError')), timeoutMs);
  const either = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  try {
    const response = await ask(url, { ...request, signal: either });
    if (stream && response.ok) return { type: 'answered', response };
    // Read whole inside the time: an answer that never ends is no answer.
    const bytes = await response.arrayBuffer();
    const { status, headers } = response;
    return { type: 'answered', response: new Response(bytes.byteLength === 0 ? null : bytes, { status, headers }) };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    return { type: 'failed', cause };
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(operation: WireOperation, base: string, cause: unknown, timeoutMs: number): string {
  const late = cause instanceof Error && cause.name === 'TimeoutError';
  return late
    ? `${operation.id} had no answer from ${base} within ${timeoutMs} ms.`
    : `${operation.id} could not reach ${base}; is the server running there?`;
}

interface Written {
  readonly url: string;
  readonly body?: string | FormData;
  readonly contentType?: string;
}

function writeRequest(operation: WireOperation, base: string, input: Input): Written {
  const rest = { ...input };
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    if (value === undefined || value === null || value === '' || value === '.' || value === '..') {
      throw new InterlockError(`${operation.id} needs "${name}".`);
    }
    return encodeURIComponent(String(value));
  });
  const url = base + path;
  switch (operation.input) {
    case 'query': {
      const query = writeQuery(rest).toString();
      return { url: query === '' ? url : `${url}?${query}` };
    }
    case 'json':
      return { url, body: JSON.stringify(rest), contentType: 'application/json' };
    case 'form':
      return { url, body: writeForm(rest) };
  }
}

function writeQuery(input: Input): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    for (const [parameter, item] of parametersOf(name, value)) {
      if (item !== undefined && item !== null) query.append(parameter, textOf(item));
    }
  }
  return query;
}

/** A list repeats its name; an object is given key by key, as `name[key]=value`. */
function parametersOf(name: string, value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.map((item: unknown) => [name, item]);
  if (typeof value !== 'object' || value === null || value instanceof Date) return [[name, value]];
  return Object.entries(value).map(([key, item]) => [`${name}[${key}]`, item]);
}

function writeForm(input: Input): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(input)) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (item === undefined || item === null) continue;
      if (item instanceof Blob) form.append(name, item);
      else form.append(name, textOf(item));
    }
  }
  return form;
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

async function readAnswer({ answer }: WireOperation, response: Response): Promise<unknown> {
  switch (answer) {
    case 'none':
      return undefined;
    case 'text':
      return response.text();
    case 'bytes':
      return new Uint8Array(await response.arrayBuffer());
    default:
      // Nothing is not JSON: what an operation promised has not come.
      return JSON.parse(await response.text()) as unknown;
  }
}

async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
