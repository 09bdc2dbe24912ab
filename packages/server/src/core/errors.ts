/**
 * The refusals that the platform itself can make. Every service's dialect names each of them in its own words,
 * so a code that a caller sees is always one of the service's own catalogue.
 */
export const platformRefusals = {
  invalid_input: 'a parameter, field or body is missing, malformed or out of range',
  malformed_body: 'the body is not what its content type says',
  unsupported_media_type: 'the content type is not one the operation reads',
  body_too_large: 'the body is larger than the service reads',
  uri_too_long: 'the request target is longer than the service reads',
  headers_too_large: 'the header block is larger than the service reads',
  invalid_key: 'a key was sent that is unknown, malformed, expired or revoked',
  key_required: 'the operation needs a key and none was sent',
  session_required: 'the operation needs a signed-in person',
  address_not_allowed: "the caller's address is outside the key's allowlist",
  referer_not_allowed: "the Referer is outside the key's allowlist",
  scope_missing: 'the key lacks the scope of the operation',
  role_missing: "the person's role does not permit the operation",
  mode_forbidden: "the operation does not exist in the key's mode",
  mode_mismatch: 'an id of the other mode was sent to a service that says so',
  rate_limited: 'the rate limit of the caller is used up',
  too_many_bad_keys: 'one address has sent too many keys that do not exist',
  quota_exceeded: "the account's quota is used up",
  not_found: 'what the id names does not exist in this workspace and mode',
  conflict: 'the state of the resource does not permit it',
  route_not_found: 'nothing answers at this path',
  method_not_allowed: 'the path answers, to another method',
  idempotency_conflict: 'the idempotency key was used with another request',
  idempotency_in_progress: 'the first request with this idempotency key has not finished',
  unavailable: 'the database or the uploaded files cannot be reached, or the server is stopping',
  internal: 'a bug: logged whole under the request id, answered without details',
} as const;

export type PlatformRefusal = keyof typeof platformRefusals;

/** Refusals that a dialect may word apart, each with the one it is worded as otherwise. */
export const finerRefusals = {
  unknown_field: 'invalid_input',
  missing_field: 'invalid_input',
  wrong_type: 'invalid_input',
  unknown_word: 'invalid_input',
  bad_text: 'invalid_input',
  too_small: 'invalid_input',
  too_big: 'invalid_input',
  bad_idempotency_key: 'invalid_input',
  bad_query: 'invalid_input',
  key_revoked: 'invalid_key',
  key_expired: 'invalid_key',
} as const satisfies Readonly<Record<string, PlatformRefusal>>;

export type FinerRefusal = keyof typeof finerRefusals;

/** What a finer refusal is a case of; any other code is what it is. */
export function coarseRefusal(code: string): string {
  return finerRefusals[code as FinerRefusal] ?? code;
}

/** What a caller may learn besides the sentence. */
export interface ErrorDetails {
  /** The parameter or body field that is wrong, as the caller spells it (`draws[2].params.count`). */
  readonly param?: string;
  /** Whole seconds after which trying again can succeed; at least 1. */
  readonly retryAfter?: number;
  /** Where the code's usual status does not fit; declared as `also` in the catalogue. */
  readonly status?: number;
  /** Further response headers, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is wrong with each of several things that were sent together. */
  readonly items?: readonly RefusedItem[];
  /** Further members of the body, where the service's dialect has them. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** For us; never leaves. */
  readonly cause?: unknown;
}

/** Why one of several things that were sent together is refused. */
export interface RefusedItem {
  readonly index: number;
  readonly code: string;
  readonly message: string;
  readonly param: string | undefined;
}

/**
 * A refusal: a code of the service's catalogue (or of the platform, which the service's dialect translates) and a
 * sentence for the caller that says what to do next. Anything thrown that is not an `ApiError` is a bug.
 */
export class ApiError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails;

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
  }
}

/** A refusal of the platform, with the code checked by the compiler. */
export function refuse<Code extends PlatformRefusal | FinerRefusal>(
  code: Code,
  message: string,
  details?: ErrorDetails,
): ApiError<Code> {
  return new ApiError(code, message, details);
}
