import { Problem } from './problem.ts';

export type Values = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface RequestOptions {
  readonly query?: Values;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request to this server and reads its JSON; a refusal is thrown as a `Problem`. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  // What each path answers is declared where it is called.
  return readJson(await response.text()) as T;
}

/** Reads a file of this server. */
export async function requestFile(path: string, options: RequestOptions = {}): Promise<Blob> {
  const response = await send('GET', path, options);
  return response.blob();
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const { body, headers, query = {}, signal } = options;
  const response = await fetch(urlOf(path, query), {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw unreachable();
  });
  if (response.ok) return response;
  throw new Problem(response.status, readJson(await response.text()), response.headers.get('x-request-id'));
}

export function unreachable(): Problem {
  return new Problem(503, { error: { code: 'unreachable', message: 'The server cannot be reached just now.' } }, null);
}

export function urlOf(path: string, query: Values): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

export function readJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return null;
  }
}
