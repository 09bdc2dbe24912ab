import { Type } from 'typebox';
import type { Dialect, ErrorEntry, LimitRule, ServiceContract } from './service.ts';

/** The platform's own words, for a service without habits of its own. */
const errors = {
  invalid_input: { status: 400, when: 'a parameter, field or body is wrong; `param` names it' },
  mode_mismatch: { status: 400, when: 'an id of the other mode was sent' },
  invalid_key: { status: 401, when: 'the key is unknown, mistyped, expired or revoked' },
  key_required: { status: 401, when: 'no key was sent' },
  forbidden: { status: 403, when: 'the key may not do this: its scope or an allowlist does not permit it' },
  mode_forbidden: { status: 403, when: "the key's mode does not permit it" },
  not_found: { status: 404, when: 'it does not exist here' },
  method_not_allowed: { status: 405, when: 'the path answers to another method' },
  conflict: { status: 409, when: 'the state of the resource does not permit it' },
  idempotency_in_progress: { status: 409, when: 'the first request with the idempotency key still runs' },
  too_large: { status: 413, when: 'the request is larger than the service reads' },
  unsupported_media_type: { status: 415, when: 'the body is not JSON' },
  idempotency_conflict: { status: 422, when: 'the idempotency key was used with another request' },
  rate_limited: { status: 429, when: 'there were too many requests' },
  quota_exceeded: { status: 429, when: 'the quota of the day is used up' },
  internal: { status: 500, when: 'something failed on our side' },
  unavailable: { status: 503, when: 'the database cannot be reached' },
} as const satisfies Record<string, ErrorEntry>;

const dialect: Dialect<keyof typeof errors> = {
  codes: {
    invalid_input: 'invalid_input',
    malformed_body: 'invalid_input',
    unsupported_media_type: 'unsupported_media_type',
    body_too_large: 'too_large',
    uri_too_long: 'too_large',
    headers_too_large: 'too_large',
    invalid_key: 'invalid_key',
    key_required: 'key_required',
    session_required: 'key_required',
    address_not_allowed: 'forbidden',
    referer_not_allowed: 'forbidden',
    scope_missing: 'forbidden',
    role_missing: 'forbidden',
    mode_forbidden: 'mode_forbidden',
    mode_mismatch: 'mode_mismatch',
    rate_limited: 'rate_limited',
    too_many_bad_keys: 'rate_limited',
    quota_exceeded: 'quota_exceeded',
    not_found: 'not_found',
    conflict: 'conflict',
    route_not_found: 'not_found',
    method_not_allowed: 'method_not_allowed',
    idempotency_conflict: 'idempotency_conflict',
    idempotency_in_progress: 'idempotency_in_progress',
    unavailable: 'unavailable',
    internal: 'internal',
  },
  error: ({ code, message, param, requestId }) => ({
    error: { code, message, ...(param === undefined ? {} : { param }), requestId },
  }),
  errorContentType: 'application/json; charset=utf-8',
  errorSchema: Type.Object({
    error: Type.Object(
      {
        code: Type.String({ description: 'What happened, for programs.' }),
        message: Type.String({ description: 'A sentence that says what to do next.' }),
        param: Type.Optional(Type.String({ description: 'The field or parameter to mend.' })),
        requestId: Type.String({ description: 'The same as the header `X-Request-Id`.' }),
      },
      { description: 'The refusal.' },
    ),
  }),
};

const perKey: LimitRule = { per: 'key', max: 600, windowMs: 60_000, counter: 'own' };

/**
 * What a service need not decide for itself; spread it into a contract and replace what should differ.
 *
 * @example
 * const contract = { ...plain, name: 'notes', errors: { ...plain.errors, note_locked: { … } }, … } satisfies ServiceContract;
 */
export const plain = {
  errors,
  dialect,
  /** 600 requests a minute for each key; test calls never eat into live ones. */
  limits: { live: perKey, test: perKey },
  idempotency: { scope: 'mode', waitMs: 10_000, keepMs: 86_400_000, maxLength: 255 },
  settings: {},
  maxBodyBytes: 64 * 1024,
  maxUriBytes: 8 * 1024,
  cors: false,
} as const satisfies Partial<ServiceContract> & { limits: ServiceContract['modes']['limits'] };
