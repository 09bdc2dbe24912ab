import { Type } from 'typebox';
import { channels, messageStatuses } from '../core/channels.ts';
import { consoleError } from './errors.ts';
import { workspaceOperation } from './operation.ts';
import { idSchema, modeSchema, pageSchema, wordSchema } from './schemas.ts';

const channelSchema = Type.Union(channels.map((channel) => Type.Literal(channel)));
const channelPath = { channel: channelSchema };
const ofService = { service: Type.Optional(wordSchema) };
const settingSchema = Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 2_048 }), Type.Null()]));
/** Every field of every channel; which of them a channel has, it says itself. */
const settingsSchema = {
  token: settingSchema,
  defaultChannel: settingSchema,
  provider: settingSchema,
  from: settingSchema,
  fallbackTo: settingSchema,
  apiKey: settingSchema,
  host: settingSchema,
  port: settingSchema,
  security: settingSchema,
  user: settingSchema,
  password: settingSchema,
  secretKey: settingSchema,
  webhookSecret: settingSchema,
  webhookSecretTest: settingSchema,
  baseUrl: settingSchema,
};

export const listIntegrations = workspaceOperation({
  method: 'GET',
  path: '/integrations',
  input: Type.Object({}),
  run: async (ctx) => ({ integrations: await ctx.channels.list() }),
});

export const connectIntegration = workspaceOperation({
  method: 'PATCH',
  path: '/integrations/:channel',
  role: 'admin',
  input: Type.Object({ ...channelPath, ...ofService, ...settingsSchema }, { additionalProperties: false }),
  run: (ctx, { channel, service, ...settings }) => {
    if (Object.keys(settings).length === 0) {
      throw consoleError('invalid_input', 'Give at least one field to change.', { param: 'body' });
    }
    return ctx.channels.connect(service ?? null, channel, settings);
  },
});

export const disconnectIntegration = workspaceOperation({
  method: 'DELETE',
  path: '/integrations/:channel',
  role: 'admin',
  input: Type.Object({ ...channelPath, ...ofService }),
  run: async (ctx, { channel, service }) => {
    await ctx.channels.disconnect(service ?? null, channel);
    return undefined;
  },
});

export const testIntegration = workspaceOperation({
  method: 'POST',
  path: '/integrations/:channel/test',
  role: 'admin',
  status: 202,
  input: Type.Object(
    {
      ...channelPath,
      ...ofService,
      mode: modeSchema,
      recipient: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 320,
          pattern: '^[^\\s<>,;]+$',
          description:
            'A channel of Slack, an e-mail address, a customer of Stripe; what the settings name by default.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  run: (ctx, { channel, service, mode, recipient }) =>
    ctx.channels.sendTest(service ?? null, channel, mode, recipient ?? null),
});

export const listMessages = workspaceOperation({
  method: 'GET',
  path: '/messages',
  input: Type.Object({
    ...pageSchema,
    mode: modeSchema,
    channel: Type.Optional(channelSchema),
    status: Type.Optional(Type.Union(messageStatuses.map((status) => Type.Literal(status)))),
  }),
  run: async (ctx, { mode, channel, status, limit, cursor }) => {
    const page = await ctx.channels.messages(
      { mode, channel: channel ?? null, status: status ?? null },
      { limit, cursor: cursor ?? null },
    );
    return { messages: page.rows, cursor: page.cursor };
  },
});

export const showMessage = workspaceOperation({
  method: 'GET',
  path: '/messages/:messageId',
  input: Type.Object({ messageId: idSchema }),
  run: (ctx, { messageId }) => ctx.channels.message(messageId),
});

export const sendMessageAgain = workspaceOperation({
  method: 'POST',
  path: '/messages/:messageId/send-again',
  role: 'admin',
  status: 202,
  input: Type.Object({ messageId: idSchema }, { additionalProperties: false }),
  run: (ctx, { messageId }) => ctx.channels.sendAgain(messageId),
});
