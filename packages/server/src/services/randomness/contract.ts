import { Type } from 'typebox';
import {
  author,
  type Context,
  integerSetting,
  type ServiceContract,
  secretSetting,
  textSetting,
} from '../../core/service.ts';

const perAddress = {
  per: 'address',
  max: 120,
  setting: 'rateLimitPerMinute',
  windowMs: 60_000,
  counter: 'both',
} as const;

/** Provably fair randomness: cryptographic and single-use in live mode, a pure function of its inputs in test mode. */
export const contract = {
  name: 'randomness',
  title: 'Provable randomness',
  description:
    'Random numbers that anybody can check afterwards. A live draw comes from a hidden server seed whose hash is shown with it; a test draw is a pure function of the account, the client seed and the parameters.',
  basePath: '/api',
  keys: {
    prefix: { live: 'pk_live_', test: 'pk_test_' },
    env: 'PROVABLE_API_KEY',
    length: 40,
    header: 'x-api-key',
    anonymous: 'live',
  },
  modes: {
    data: { live: 'isolated', test: 'pure' },
    foreign: { live: 'not_applicable', test: 'not_applicable' },
    effects: { 'outcome.created': { live: 'deliver', test: 'suppress' } },
    entropy: { live: 'csprng', test: 'derived' },
    limits: { live: perAddress, test: perAddress },
    quota: { live: { perDay: 10_000, setting: 'dailyQuota', unit: 'draw' }, test: 'uncounted' },
  },
  tables: {
    randomness_chains: 'workspace',
    randomness_revealed_seeds: 'workspace',
    randomness_outcomes: 'workspace',
    randomness_commits: 'workspace',
    randomness_days: 'public',
    randomness_day_leaves: 'public',
  },
  scopes: {
    draw: 'draw, commit, reveal, rotate and stream',
    read: 'look outcomes up, read usage, keys and activity',
  },
  errors: {
    invalid_request: { status: 400, when: 'a parameter is bad, missing or out of range; `param` names it' },
    outcome_not_found: { status: 400, when: 'no outcome has these coordinates on this chain' },
    no_seed_state: { status: 400, also: 404, when: 'the chain does not exist yet; draw once first (404 from rotate)' },
    invalid_api_key: { status: 401, when: 'a key was supplied that is unknown, mistyped, expired or revoked' },
    api_key_required: { status: 401, when: 'the operation, or this installation, needs a key' },
    session_required: { status: 401, when: 'the operation belongs to the account and needs a signed-in person' },
    ip_not_allowed: { status: 403, when: "the caller's address is outside the key's IP allowlist" },
    referer_not_allowed: { status: 403, when: "the Referer is outside the key's allowlist" },
    scope_missing: { status: 403, when: 'the key lacks the scope of the operation' },
    role_missing: { status: 403, when: "the person's role does not permit the operation" },
    test_mode_forbidden: { status: 403, when: 'a test key has no chains to rotate or advance' },
    commit_key_mismatch: { status: 403, when: 'the commit was made with another key, or without one' },
    commit_not_found: { status: 404, when: 'there is no such commit, or it expired more than 7 days ago' },
    not_found: {
      status: 404,
      when: 'unknown short id, unpublished day, a leaf that is not in the tree, or an unknown path',
    },
    method_not_allowed: { status: 405, when: 'the path answers to another method; see `Allow`' },
    idempotency_key_conflict: { status: 409, when: 'the idempotency key was used with another request' },
    idempotency_in_progress: { status: 409, when: 'the first request with this idempotency key still runs after 10 s' },
    commit_already_revealed: { status: 409, when: 'a commit can be revealed once' },
    nonce_exhausted: { status: 409, when: 'the chain has used up its counter; draw with another client seed' },
    conflict: { status: 409, when: 'the state of the resource does not permit it' },
    commit_expired: { status: 410, when: 'the commit was not revealed in time' },
    payload_too_large: { status: 413, when: 'the body has more than 256 kB' },
    uri_too_long: { status: 414, when: 'the request target has more than 16 kB' },
    unsupported_media_type: { status: 415, when: 'the body is not application/json' },
    headers_too_large: { status: 431, when: 'the headers have more than 16 kB' },
    rate_limited: {
      status: 429,
      when: "the address's requests per minute are used up, or it sent too many unknown keys",
    },
    quota_exceeded: { status: 429, when: "the account's live draws of this UTC day are used up" },
    internal_error: { status: 500, when: 'something failed on our side' },
    unavailable: { status: 503, when: 'the database cannot be reached, or the server is stopping' },
  },
  dialect: {
    codes: {
      invalid_input: 'invalid_request',
      malformed_body: 'invalid_request',
      unsupported_media_type: 'unsupported_media_type',
      body_too_large: 'payload_too_large',
      uri_too_long: 'uri_too_long',
      headers_too_large: 'headers_too_large',
      invalid_key: 'invalid_api_key',
      key_required: 'api_key_required',
      session_required: 'session_required',
      address_not_allowed: 'ip_not_allowed',
      referer_not_allowed: 'referer_not_allowed',
      scope_missing: 'scope_missing',
      role_missing: 'role_missing',
      mode_forbidden: 'test_mode_forbidden',
      rate_limited: 'rate_limited',
      too_many_bad_keys: 'rate_limited',
      quota_exceeded: 'quota_exceeded',
      not_found: 'not_found',
      conflict: 'conflict',
      route_not_found: 'not_found',
      method_not_allowed: 'method_not_allowed',
      idempotency_conflict: 'idempotency_key_conflict',
      idempotency_in_progress: 'idempotency_in_progress',
      unavailable: 'unavailable',
      internal: 'internal_error',
    },
    // No request id below 500: a refused test call answers with the same bytes as a refused live one.
    error: ({ status, code, message, param, retryAfter, requestId }) => ({
      error: message,
      code,
      ...(param === undefined ? {} : { param }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(status >= 500 ? { requestId } : {}),
    }),
    errorContentType: 'application/json; charset=utf-8',
    errorSchema: Type.Object({
      error: Type.String({
        description: 'A sentence that says what to do next; its wording is not part of the contract.',
      }),
      code: Type.String({ description: 'What happened, for programs.' }),
      param: Type.Optional(Type.String({ description: 'The parameter to mend.' })),
      retryAfter: Type.Optional(Type.Integer({ minimum: 1, description: 'Seconds after which to try again.' })),
      requestId: Type.Optional(Type.String({ description: 'On server errors: names the request for a report.' })),
    }),
    headers: ({ mode, durationMs }): Record<string, string> =>
      mode === 'live' ? { 'server-timing': `total;dur=${durationMs.toFixed(2)}` } : {},
  },
  idempotency: { scope: 'key', waitMs: 10_000, keepMs: 86_400_000, maxLength: 255 },
  settings: {
    commitTtlMs: integerSetting({
      env: 'COMMIT_TTL_MS',
      default: 600_000,
      minimum: 1_000,
      maximum: 604_800_000,
      description: 'How long a commit can be revealed, in milliseconds.',
    }),
    rateLimitPerMinute: integerSetting({
      env: 'RATE_LIMIT_PER_MINUTE',
      default: 120,
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Requests a minute of one address (IPv6: of one /64), with any key or none.',
    }),
    dailyQuota: integerSetting({
      env: 'DAILY_QUOTA',
      default: 10_000,
      minimum: 0,
      maximum: 1_000_000_000,
      description: 'Live draws of an account in a UTC day; 0 is unlimited.',
    }),
    streamMaxMs: integerSetting({
      env: 'STREAM_MAX_MS',
      default: 600_000,
      minimum: 100,
      maximum: 3_600_000,
      description: 'The longest life of one stream, in milliseconds.',
    }),
    streamHeartbeatMs: integerSetting({
      env: 'STREAM_HEARTBEAT_MS',
      default: 15_000,
      minimum: 100,
      maximum: 60_000,
      description:
        'The longest silence on a stream, in milliseconds: a comment breaks it, for proxies that cut idle connections.',
    }),
    publishAt: textSetting({
      env: 'MERKLE_PUBLISH_AT',
      default: '00:05',
      pattern: /^([01]\d|2[0-3]):[0-5]\d$/,
      description: 'The UTC time at which the day before is published in the transparency log.',
    }),
    fixtureSecret: secretSetting({
      env: 'TEST_SEED_SECRET',
      description: 'The root of all test outcomes. Back it up: another secret changes every fixture of every user.',
    }),
    seedKey: secretSetting({
      env: 'SEED_ENCRYPTION_KEY',
      description: 'Encrypts hidden server seeds at rest (AES-256-GCM).',
    }),
    signingSeed: secretSetting({
      env: 'TRANSPARENCY_SIGNING_SEED',
      description: 'The Ed25519 private key that signs the transparency log.',
    }),
  },
  derivedFrom: 'fixtureSecret',
  maxBodyBytes: 256 * 1024,
  maxUriBytes: 16 * 1024,
  cors: true,
} as const satisfies ServiceContract;

export type Ctx = Context<typeof contract>;

export const { operation, loop, service, error } = author(contract);
