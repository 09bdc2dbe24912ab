import { Type } from 'typebox';
import type { Dialect } from '../../core/service.ts';
import type { errors } from './errors.ts';

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition_failed',
  429: 'rate_limit_error',
  500: 'internal_error',
  503: 'unavailable_error',
};

/** How onboarding words refusals (specification 5.4). */
export const dialect = {
  codes: {
    invalid_input: 'invalid_type',
    malformed_body: 'invalid_json',
    unsupported_media_type: 'invalid_json',
    body_too_large: 'body_too_large',
    uri_too_long: 'too_big',
    headers_too_large: 'too_big',
    invalid_key: 'invalid_api_key',
    key_required: 'missing_api_key',
    session_required: 'missing_api_key',
    address_not_allowed: 'forbidden',
    referer_not_allowed: 'forbidden',
    scope_missing: 'forbidden',
    role_missing: 'forbidden',
    mode_forbidden: 'forbidden',
    mode_mismatch: 'invalid_reference',
    rate_limited: 'rate_limited',
    too_many_bad_keys: 'rate_limited',
    quota_exceeded: 'rate_limited',
    not_found: 'route_not_found',
    conflict: 'conflict',
    route_not_found: 'route_not_found',
    method_not_allowed: 'route_not_found',
    idempotency_conflict: 'idempotency_key_reused',
    idempotency_in_progress: 'idempotency_in_progress',
    unavailable: 'unavailable',
    internal: 'internal_error',
  },
  finer: {
    missing_field: 'missing_field',
    wrong_type: 'invalid_type',
    unknown_word: 'invalid_enum_value',
    bad_text: 'invalid_string',
    too_small: 'too_small',
    too_big: 'too_big',
    bad_idempotency_key: 'invalid_idempotency_key',
    key_revoked: 'api_key_revoked',
  },
  error: ({ status, code, message, param }) => ({
    error: { type: types[status] ?? 'internal_error', code, message, ...(param === undefined ? {} : { field: param }) },
  }),
  errorContentType: 'application/json; charset=utf-8',
  errorSchema: Type.Object({
    error: Type.Object(
      {
        type: Type.String({ description: 'The kind of refusal; always pairs with the status.' }),
        code: Type.String({ description: 'What happened, for programs; never changes.' }),
        message: Type.String({ description: 'What to do next, for people; its wording is not part of the contract.' }),
        field: Type.Optional(Type.String({ description: 'The one field to mend, if there is one.' })),
      },
      { description: 'The refusal.' },
    ),
  }),
} as const satisfies Dialect<keyof typeof errors>;
