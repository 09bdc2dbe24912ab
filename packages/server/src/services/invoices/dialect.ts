import { Type } from 'typebox';
import type { Dialect, RenderedError } from '../../core/service.ts';
import { type ErrorCode, errors } from './errors.ts';

/** One constant, as the published interface has it; each code has a page of its own below `/external/v1/errors/`. */
const registryUrl = 'https://docs.parseo.app/errors/error-registry';

/** How this API words refusals: RFC 9457 problems (specification 5.1). */
export const dialect = {
  codes: {
    invalid_input: 'validation.invalid_body',
    malformed_body: 'validation.invalid_json',
    unsupported_media_type: 'request.unsupported_media_type',
    body_too_large: 'request.too_large',
    uri_too_long: 'request.uri_too_long',
    headers_too_large: 'request.headers_too_large',
    invalid_key: 'auth.invalid_key',
    key_required: 'auth.missing_credentials',
    session_required: 'auth.missing_credentials',
    address_not_allowed: 'auth.ip_not_allowed',
    referer_not_allowed: 'auth.ip_not_allowed',
    scope_missing: 'auth.insufficient_scope',
    role_missing: 'auth.insufficient_scope',
    mode_forbidden: 'test_mode.live_key_not_allowed',
    mode_mismatch: 'validation.client_mode_mismatch',
    rate_limited: 'rate_limit.exceeded',
    too_many_bad_keys: 'auth.too_many_failed_attempts',
    quota_exceeded: 'quota.credits_exhausted',
    not_found: 'route.not_found',
    conflict: 'invoice.processing',
    route_not_found: 'route.not_found',
    method_not_allowed: 'route.method_not_allowed',
    idempotency_conflict: 'idempotency.key_reused_with_different_params',
    idempotency_in_progress: 'idempotency.request_in_progress',
    unavailable: 'service.unavailable',
    internal: 'internal.error',
  },
  finer: {
    bad_query: 'validation.invalid_query',
    bad_idempotency_key: 'idempotency.invalid_key',
    key_revoked: 'auth.key_revoked',
    key_expired: 'auth.key_expired',
  },
  error: (refusal) => ({
    type: registryUrl,
    title: errors[refusal.code as ErrorCode]?.title ?? 'Error',
    status: refusal.status,
    code: refusal.code,
    detail: detailOf(refusal),
    ...(refusal.path === undefined ? {} : { instance: instanceOf(refusal.path) }),
    requestId: refusal.requestId,
    ...(refusal.retryAfter === undefined ? {} : { retryAfter: refusal.retryAfter }),
    ...fieldsOf(refusal),
    ...refusal.extra,
  }),
  errorContentType: 'application/problem+json; charset=utf-8',
  errorSchema: Type.Object({
    type: Type.String({ description: 'Where the codes are explained.' }),
    title: Type.String({ description: 'What happened, for people; not part of the contract.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    code: Type.String({ description: 'What happened, for programs.' }),
    detail: Type.String({ description: 'A sentence that says what to do next; not part of the contract.' }),
    instance: Type.Optional(Type.String({ description: 'The path of the request.' })),
    requestId: Type.String({ description: 'Names the request in logs; give it when you report a problem.' }),
    retryAfter: Type.Optional(Type.Integer({ description: 'Seconds after which trying again can succeed.' })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ description: 'As it was spelled in the request.' }),
          code: Type.String({ description: 'What is wrong with it.' }),
          message: Type.String({ description: 'How to mend it.' }),
        }),
        { description: 'Of a request that fails validation: each field.' },
      ),
    ),
  }),
  modeHeader: 'x-mode',
} as const satisfies Dialect<ErrorCode>;

const modeMismatch = 'The referenced client belongs to a different mode than the authenticating key.';

function detailOf({ code, message, items }: RenderedError): string {
  if (code !== 'validation.client_mode_mismatch') return message;
  const fields = (items ?? []).flatMap(({ param }) => param ?? []);
  return fields.every((field) => /client/i.test(field)) ? modeMismatch : modeMismatch.replace('client', 'resource');
}

/** The path without the deployment's own prefix. */
function instanceOf(path: string): string {
  return path.replace(/^(?:\/api)?\/external(?=\/)/, '');
}

function fieldsOf({ code, message, param, items }: RenderedError): { errors?: unknown } {
  if (!code.startsWith('validation.')) return {};
  if (items !== undefined) {
    const listed = items.map((item) => ({
      field: item.param ?? 'body',
      code: item.code === 'mode_mismatch' ? code : item.code,
      message: item.message,
    }));
    return { errors: listed };
  }
  return param === undefined ? {} : { errors: [{ field: param, code, message }] };
}
