import { Type } from 'typebox';
import { consoleError } from './errors.ts';
import { workspaceOperation } from './operation.ts';
import { idSchema, modeSchema, wordSchema } from './schemas.ts';

/** Longer ones are refused with what is wrong. */
const urlSchema = Type.String({ minLength: 1, maxLength: 4_096 });
const secretSchema = Type.String({
  maxLength: 1_024,
  description: 'One of your own, 24 to 256 printable characters; generated when left out.',
});
const editable = {
  events: Type.Optional(Type.Array(wordSchema, { maxItems: 100, description: 'Event types; all by default.' })),
  subject: Type.Optional(Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()])),
  description: Type.Optional(Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()])),
};
export const endpointPath = { endpointId: idSchema };

export const listWebhooks = workspaceOperation({
  method: 'GET',
  path: '/webhooks',
  input: Type.Object({ service: Type.Optional(wordSchema), mode: Type.Optional(modeSchema) }),
  run: async (ctx, filter) => ({ endpoints: await ctx.desk.list(filter) }),
});

export const createWebhook = workspaceOperation({
  method: 'POST',
  path: '/webhooks',
  role: 'admin',
  status: 201,
  input: Type.Object(
    { service: wordSchema, mode: modeSchema, url: urlSchema, ...editable, secret: Type.Optional(secretSchema) },
    { additionalProperties: false },
  ),
  run: (ctx, endpoint) => ctx.desk.create(endpoint),
});

export const showWebhook = workspaceOperation({
  method: 'GET',
  path: '/webhooks/:endpointId',
  input: Type.Object(endpointPath),
  run: (ctx, { endpointId }) => ctx.desk.find(endpointId),
});

export const updateWebhook = workspaceOperation({
  method: 'PATCH',
  path: '/webhooks/:endpointId',
  role: 'admin',
  input: Type.Object({ ...endpointPath, url: Type.Optional(urlSchema), ...editable }, { additionalProperties: false }),
  run: (ctx, { endpointId, ...change }) => {
    if (Object.keys(change).length === 0) {
      throw consoleError('invalid_input', 'Give at least one field to change.', { param: 'body' });
    }
    return ctx.desk.update(endpointId, change);
  },
});

export const removeWebhook = workspaceOperation({
  method: 'DELETE',
  path: '/webhooks/:endpointId',
  role: 'admin',
  input: Type.Object(endpointPath),
  run: async (ctx, { endpointId }) => {
    await ctx.desk.remove(endpointId);
    return undefined;
  },
});

export const enableWebhook = workspaceOperation({
  method: 'POST',
  path: '/webhooks/:endpointId/enable',
  role: 'admin',
  input: Type.Object(endpointPath, { additionalProperties: false }),
  run: (ctx, { endpointId }) => ctx.desk.enable(endpointId),
});

export const disableWebhook = workspaceOperation({
  method: 'POST',
  path: '/webhooks/:endpointId/disable',
  role: 'admin',
  input: Type.Object(endpointPath, { additionalProperties: false }),
  run: (ctx, { endpointId }) => ctx.desk.disable(endpointId),
});

export const rotateSecret = workspaceOperation({
  method: 'POST',
  path: '/webhooks/:endpointId/secrets/rotate',
  role: 'admin',
  input: Type.Object(
    {
      ...endpointPath,
      overlapSeconds: Type.Integer({
        minimum: 0,
        maximum: 7 * 86_400,
        default: 86_400,
        description: 'How long the present secret still signs beside the new one; a day by default.',
      }),
      force: Type.Boolean({ default: false, description: 'Ends an overlap that is still running.' }),
      secret: Type.Optional(secretSchema),
    },
    { additionalProperties: false },
  ),
  run: (ctx, { endpointId, overlapSeconds, ...rotation }) =>
    ctx.desk.rotateSecret(endpointId, { overlapMs: overlapSeconds * 1000, ...rotation }),
});

export const revokeSecret = workspaceOperation({
  method: 'POST',
  path: '/webhooks/:endpointId/secrets/:secretId/revoke',
  role: 'admin',
  input: Type.Object({ ...endpointPath, secretId: idSchema }, { additionalProperties: false }),
  run: (ctx, { endpointId, secretId }) => ctx.desk.revokeSecret(endpointId, secretId),
});
