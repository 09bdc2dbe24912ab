import { Type } from 'typebox';
import type { NewKey } from '../core/keys/key-ring.ts';
import { consoleError } from './errors.ts';
import { workspaceOperation } from './operation.ts';
import { idSchema, modeSchema, nameSchema, wordSchema } from './schemas.ts';

const requestsSchema = Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000_000 }), Type.Null()]);

const editable = {
  scopes: Type.Array(wordSchema, { minItems: 1, maxItems: 100 }),
  // Longer ones are refused by the key ring, with the line that is wrong.
  allowedIps: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 1_000 }),
  allowedReferers: Type.Array(Type.String({ maxLength: 300 }), { maxItems: 1_000 }),
  expiresAt: Type.Union([Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }), Type.Null()], {
    description: 'Unix milliseconds; `null`: never.',
  }),
  rateLimit: Type.Union(
    [
      Type.Object(
        { perMinute: Type.Optional(requestsSchema), perHour: Type.Optional(requestsSchema) },
        { additionalProperties: false },
      ),
      Type.Null(),
    ],
    { description: 'What the key is held to below what its plan allows; `null`: as the plan says.' },
  ),
};
const keyPath = { keyId: idSchema };

export const listKeys = workspaceOperation({
  method: 'GET',
  path: '/keys',
  input: Type.Object({ service: Type.Optional(wordSchema), mode: Type.Optional(modeSchema) }),
  run: async (ctx, filter) => ({ keys: await ctx.keys.list(filter) }),
});

export const createKey = workspaceOperation({
  method: 'POST',
  path: '/keys',
  role: 'admin',
  status: 201,
  input: Type.Object(
    {
      service: wordSchema,
      mode: Type.Union(modeSchema.anyOf, { default: 'live' }),
      name: nameSchema,
      boundTo: Type.Optional(
        Type.Union([idSchema, Type.Null()], {
          description: 'What the key acts for alone, where the service has such keys: a client of the key’s own mode.',
        }),
      ),
      scopes: Type.Optional(editable.scopes),
      allowedIps: Type.Optional(editable.allowedIps),
      allowedReferers: Type.Optional(editable.allowedReferers),
      expiresAt: Type.Optional(editable.expiresAt),
      rateLimit: Type.Optional(editable.rateLimit),
    },
    { additionalProperties: false },
  ),
  run: (ctx, key) => ctx.keys.create(key),
});

export const showKey = workspaceOperation({
  method: 'GET',
  path: '/keys/:keyId',
  input: Type.Object(keyPath),
  run: async (ctx, { keyId }) => {
    const key = await ctx.keys.find(keyId);
    if (key !== null) return key;
    throw consoleError('not_found', `There is no key "${keyId}" in this workspace.`, { param: 'keyId' });
  },
});

export const updateKey = workspaceOperation({
  method: 'PATCH',
  path: '/keys/:keyId',
  role: 'admin',
  input: Type.Object(
    {
      ...keyPath,
      name: Type.Optional(nameSchema),
      scopes: Type.Optional(editable.scopes),
      allowedIps: Type.Optional(editable.allowedIps),
      allowedReferers: Type.Optional(editable.allowedReferers),
      expiresAt: Type.Optional(editable.expiresAt),
      rateLimit: Type.Optional(editable.rateLimit),
    },
    { additionalProperties: false },
  ),
  run: (ctx, { keyId, ...change }) => {
    if (Object.keys(change).length === 0) {
      throw consoleError('invalid_input', 'Give at least one field to change.', { param: 'body' });
    }
    return ctx.keys.update(keyId, change satisfies Partial<NewKey>);
  },
});

export const rotateKey = workspaceOperation({
  method: 'POST',
  path: '/keys/:keyId/rotate',
  role: 'admin',
  input: Type.Object(
    {
      ...keyPath,
      overlapSeconds: Type.Integer({
        minimum: 0,
        maximum: 30 * 86_400,
        default: 0,
        description: 'How long the old text still works; at once by default.',
      }),
    },
    { additionalProperties: false },
  ),
  run: (ctx, { keyId, overlapSeconds }) => ctx.keys.rotate(keyId, overlapSeconds * 1000),
});

export const revokeKey = workspaceOperation({
  method: 'POST',
  path: '/keys/:keyId/revoke',
  role: 'admin',
  input: Type.Object(keyPath, { additionalProperties: false }),
  run: (ctx, { keyId }) => ctx.keys.revoke(keyId),
});

export const keyActivity = workspaceOperation({
  method: 'GET',
  path: '/keys/:keyId/activity',
  input: Type.Object({ ...keyPath, limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }) }),
  run: async (ctx, { keyId, limit }) => ({ activity: await ctx.keys.activity(keyId, limit) }),
});
