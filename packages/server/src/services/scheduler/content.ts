import { type Ctx, error } from './contract.ts';
import { quote } from './problem.ts';
import { type RetryPolicy, type RetryPolicyFields, readRetryPolicy } from './retry-policy.ts';

/** What is sent, as its schedule says; `null` where an endpoint profile decides. */
export interface Content {
  readonly url: string | null;
  readonly method: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly contentType: string | null;
  readonly retryPolicy: RetryPolicy | null;
}

/** The fields of a body that say what is sent. `null` counts as absent. */
export interface ContentFields {
  readonly method?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
  readonly body?: string | null | undefined;
  readonly content_type?: string | null | undefined;
  readonly retry_policy?: RetryPolicyFields | null | undefined;
}

/** What is asked of the dispatcher's rules before anything is stored. */
export type TargetRules = Pick<Ctx, 'targetProblem' | 'headersProblem'>;

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const maxBodyBytes = 262_144;

/** Reads what is sent, in the order of the specification's checks (3.3): headers, body, policy. */
export function readContent(fields: ContentFields, url: string | null, rules: TargetRules): Content {
  return {
    url,
    method: readMethod(fields.method ?? null),
    headers: readHeaders(fields.headers ?? {}, rules),
    contentType: readContentType(fields.content_type ?? null),
    body: readBody(fields.body ?? null),
    retryPolicy: (fields.retry_policy ?? null) === null ? null : readRetryPolicy(fields.retry_policy ?? {}),
  };
}

/** @param param the field of the URL */
export function readUrl(url: string, param: string, rules: TargetRules): string {
  const problem = rules.targetProblem(url);
  if (problem !== null) throw error('url_blocked', problem, { param });
  return url;
}

export function readMethod(method: string | null): string | null {
  if (method === null || methods.includes(method)) return method;
  throw error('invalid_method', `${quote(method)} cannot be sent; use one of ${methods.join(', ')}.`, {
    param: 'method',
  });
}

export function readHeaders(
  headers: Readonly<Record<string, string>>,
  rules: TargetRules,
): Readonly<Record<string, string>> {
  const problem = rules.headersProblem(headers);
  if (problem !== null) throw error('invalid_header', problem, { param: 'headers' });
  return headers;
}

function readContentType(text: string | null): string | null {
  if (text === null || /^[\x20-\x7e]{1,255}$/.test(text)) return text;
  throw error('invalid_content_type', 'content_type must have 1 to 255 printable ASCII characters.', {
    param: 'content_type',
  });
}

function readBody(body: string | null): string | null {
  if (body === null || body.length * 3 <= maxBodyBytes || Buffer.byteLength(body) <= maxBodyBytes) return body;
  throw error('payload_too_large', `body has more than ${maxBodyBytes} bytes of UTF-8; store it and send a link.`, {
    param: 'body',
  });
}
