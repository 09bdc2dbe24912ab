import { Type } from 'typebox';
import { type OnBug, reply } from './answer-outside-line.ts';
import type { SystemRoute } from './app.ts';
import type { ServiceRuntime } from './core/context.ts';
import { ApiError, platformRefusals, refuse } from './core/errors.ts';
import { newRequestId } from './core/ids.ts';
import type { Incoming, Reply } from './core/incoming.ts';
import { plainAddress } from './core/keys/allowlist.ts';
import type { Authenticator, VerifiedKey } from './core/keys/authenticator.ts';
import type { BadKeys } from './core/keys/bad-keys.ts';
import { readKeyText } from './core/keys/key-text.ts';
import { authoriseService, type ServiceKeys } from './core/keys/service-keys.ts';
import { addressGroup } from './core/limits/address-group.ts';
import { readJsonBody } from './core/read-body.ts';
import { compileInput } from './core/read-input.ts';
import type { Clock } from './core/sources.ts';

export interface VerifyParts {
  readonly runtimes: readonly ServiceRuntime[];
  readonly authenticator: Authenticator;
  readonly badKeys: BadKeys;
  readonly serviceKeys: ServiceKeys;
  readonly clock: Clock;
  readonly onBug: OnBug;
}

const path = '/core/v1/keys/verify';
const maxBodyBytes = 16 * 1024;

const readInput = compileInput(
  Type.Object(
    {
      key: Type.String({ minLength: 1, maxLength: 512, description: 'The key that somebody sent to your API.' }),
      service: Type.Optional(Type.String({ maxLength: 64, description: 'Of which service it has to be.' })),
      scope: Type.Optional(Type.String({ maxLength: 64, description: 'The scope that it has to have.' })),
      address: Type.Optional(Type.String({ maxLength: 64, description: 'From where it was sent.' })),
      referer: Type.Optional(Type.String({ maxLength: 2_048, description: 'The `Referer` it was sent with.' })),
    },
    { additionalProperties: false },
  ),
);

interface Asked {
  readonly key: string;
  readonly service?: string;
  readonly scope?: string;
  readonly address?: string;
  readonly referer?: string;
}

/**
 * Tells an API of somebody else's whose a key is, for gateways in any language. Each answer takes one of the key's rate
 * limit, as a call of a service does. Known keys are answered from memory, and nothing is written.
 */
export function verifyRoute(parts: VerifyParts): SystemRoute {
  return {
    method: 'POST',
    path,
    async handle(incoming) {
      const requestId = newRequestId();
      try {
        return json(200, requestId, await verify(parts, incoming));
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) parts.onBug(thrown, { requestId, route: `POST ${path}` });
        const error =
          thrown instanceof ApiError
            ? thrown
            : refuse('internal', 'Something failed on our side; give the request id.');
        const { code, message, details } = error;
        const body = { error: { code, message, ...(details.param === undefined ? {} : { param: details.param }) } };
        return json(statusOf(code), requestId, body);
      }
    },
  };
}

async function verify(parts: VerifyParts, incoming: Incoming): Promise<object> {
  const permitted = authoriseService(parts.serviceKeys, incoming.headers.authorization);
  const body = readJsonBody(await incoming.readBody(maxBodyBytes), incoming.headers['content-type']);
  // The reader holds it against the schema.
  const asked = readInput.fromBody({}, body) as unknown as Asked;
  const service = asked.service ?? (permitted === '*' ? undefined : permitted);
  if (permitted !== '*' && service !== permitted) {
    throw refuse('scope_missing', `This service key asks about keys of "${permitted}" only.`, { param: 'service' });
  }
  const among = parts.runtimes.filter(
    ({ service: { contract } }) => service === undefined || contract.name === service,
  );
  if (among.length === 0) throw refuse('invalid_input', `There is no service "${service}".`, { param: 'service' });
  try {
    return await valid(parts, among, asked);
  } catch (error) {
    // What the holder of the key is to be told is an answer here, and no failure of the question.
    if (!(error instanceof ApiError) || !verdicts.has(error.code)) throw error;
    const { code, message, details } = error;
    return { valid: false, code, message, retryAfter: details.retryAfter ?? null };
  }
}

const verdicts = new Set([
  'invalid_key',
  'too_many_bad_keys',
  'address_not_allowed',
  'referer_not_allowed',
  'scope_missing',
  'rate_limited',
]);

async function valid(parts: VerifyParts, among: readonly ServiceRuntime[], asked: Asked): Promise<object> {
  const address = asked.address === undefined ? undefined : plainAddress(asked.address);
  const runtime = among.find(({ service: { contract } }) => readKeyText(contract.keys, asked.key).ok);
  const key = runtime === undefined ? null : await find(parts, asked.key, address);
  if (runtime === undefined || key === null || key.service !== runtime.service.contract.name) {
    if (address !== undefined) parts.badKeys.record(address);
    throw refuse('invalid_key', 'The API key is unknown, mistyped, expired or revoked.');
  }
  const { contract } = runtime.service;
  if (!key.allowsAddress(address ?? '')) {
    throw refuse('address_not_allowed', 'This key does not allow calls from this address.');
  }
  if (!key.allowsReferer(asked.referer)) {
    throw refuse('referer_not_allowed', 'This key allows calls only from the web origins on its Referer allowlist.');
  }
  if (asked.scope !== undefined && !key.scopes.has(asked.scope)) {
    throw refuse('scope_missing', `This key lacks the scope "${asked.scope}"; give it the scope, or use another key.`);
  }
  const rule = contract.modes.limits[key.mode];
  // A gateway that does not say who calls is not one caller: then each key counts by itself.
  const who = rule.per === 'key' || address === undefined ? key.id : addressGroup(address);
  const limit = await runtime.limiter.take(key.mode, who, parts.clock.now(), key);
  parts.authenticator.used(key.id);
  return {
    valid: true,
    workspaceId: key.workspaceId,
    service: key.service,
    mode: key.mode,
    keyId: key.id,
    name: key.name,
    scopes: [...key.scopes],
    expiresAt: Number.isFinite(key.validUntil) ? key.validUntil : null,
    limit: limit === null ? null : { limit: limit.limit, remaining: limit.remaining, resetAt: limit.resetAt },
  };
}

async function find(
  { authenticator, badKeys }: VerifyParts,
  text: string,
  address: string | undefined,
): Promise<VerifiedKey | null> {
  const known = authenticator.known(text);
  if (known !== undefined) return known;
  if (address !== undefined) badKeys.check(address);
  return authenticator.lookUp(text);
}

const statuses: Readonly<Partial<Record<string, number>>> = {
  key_required: 401,
  invalid_key: 401,
  scope_missing: 403,
  body_too_large: 413,
  unsupported_media_type: 415,
  unavailable: 503,
  internal: 500,
};

function statusOf(code: string): number {
  return statuses[code] ?? (code in platformRefusals ? 400 : 500);
}

function json(status: number, requestId: string, body: object): Reply {
  return reply(status, requestId, JSON.stringify(body), status === 503 ? { 'retry-after': '1' } : {});
}
