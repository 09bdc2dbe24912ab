import { Type } from 'typebox';
import type { Dialect } from '../../core/service.ts';
import type { errors } from './errors.ts';

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  429: 'rate_limit_error',
};

/** How the scheduler words refusals (specification 3.1, 10). */
export const dialect = {
  codes: {
    invalid_input: 'invalid_type',
    malformed_body: 'invalid_json',
    unsupported_media_type: 'unsupported_media_type',
    body_too_large: 'invalid_json',
    uri_too_long: 'uri_too_long',
    headers_too_large: 'headers_too_large',
    invalid_key: 'invalid_api_key',
    key_required: 'missing_api_key',
    session_required: 'missing_api_key',
    address_not_allowed: 'ip_not_allowed',
    referer_not_allowed: 'referer_not_allowed',
    scope_missing: 'scope_missing',
    role_missing: 'scope_missing',
    mode_forbidden: 'test_mode_only',
    mode_mismatch: 'invalid_type',
    rate_limited: 'rate_limited',
    too_many_bad_keys: 'rate_limited',
    quota_exceeded: 'rate_limited',
    not_found: 'route_not_found',
    conflict: 'invalid_type',
    route_not_found: 'route_not_found',
    method_not_allowed: 'method_not_allowed',
    idempotency_conflict: 'idempotency_key_reuse',
    idempotency_in_progress: 'idempotency_in_progress',
    unavailable: 'unavailable',
    internal: 'internal_error',
  },
  finer: { unknown_field: 'unknown_field', bad_idempotency_key: 'invalid_idempotency_key' },
  error: ({ status, code, message, param, items, requestId }) => ({
    error: {
      type: status >= 500 ? 'api_error' : (types[status] ?? 'invalid_request_error'),
      code,
      // One sentence for a malformed, an unknown and a revoked key: who guesses learns nothing from it.
      message: code === 'invalid_api_key' ? 'This API key is not valid; send a key of this project.' : message,
      param: param ?? null,
      request_id: requestId,
      ...(items === undefined ? {} : { errors: items.map((item) => ({ ...item, param: item.param ?? null })) }),
    },
  }),
  errorContentType: 'application/json; charset=utf-8',
  errorSchema: Type.Object({
    error: Type.Object(
      {
        type: Type.String({ description: 'The kind of refusal; follows from the status.' }),
        code: Type.String({ description: 'What happened, for programs.' }),
        message: Type.String({
          description: 'A sentence that says what to do next; its wording is not part of the contract.',
        }),
        param: Type.Union([Type.String(), Type.Null()], { description: 'The field or parameter to mend.' }),
        request_id: Type.String({ description: 'The same as the header `Sched-Request-Id`.' }),
        errors: Type.Optional(
          Type.Array(
            Type.Object({
              index: Type.Integer({ minimum: 0, description: 'Which of the things that were sent together.' }),
              code: Type.String({ description: 'What is wrong with it.' }),
              message: Type.String({ description: 'A sentence that says what to do next.' }),
              param: Type.Union([Type.String(), Type.Null()], { description: 'Its field to mend.' }),
            }),
            { description: 'Of a bulk request: each bad one.' },
          ),
        ),
      },
      { description: 'The refusal.' },
    ),
  }),
  requestIds: { own: 'sched-request-id', original: 'sched-original-request-id' },
} as const satisfies Dialect<keyof typeof errors>;
