import { Type } from 'typebox';
import { webhookDeliveryStatuses } from '../core/webhooks.ts';
import { momentInBodySchema, momentSchema, readMoment } from './moment.ts';
import { workspaceOperation } from './operation.ts';
import { idSchema, pageSchema, wordSchema } from './schemas.ts';
import { endpointPath } from './webhooks.ts';

const deliveryPath = { ...endpointPath, deliveryId: idSchema };

export const sendTest = workspaceOperation({
  method: 'POST',
  path: '/webhooks/:endpointId/test',
  role: 'admin',
  status: 202,
  input: Type.Object(endpointPath, { additionalProperties: false }),
  run: (ctx, { endpointId }) => ctx.desk.sendTest(endpointId),
});

export const listDeliveries = workspaceOperation({
  method: 'GET',
  path: '/webhooks/:endpointId/deliveries',
  input: Type.Object({
    ...endpointPath,
    ...pageSchema,
    status: Type.Optional(Type.Union(webhookDeliveryStatuses.map((status) => Type.Literal(status)))),
    event: Type.Optional(wordSchema),
    eventId: Type.Optional(idSchema),
    from: Type.Optional(momentSchema),
    to: Type.Optional(momentSchema),
  }),
  run: async (ctx, input) => {
    const { rows, cursor } = await ctx.desk.deliveries(
      input.endpointId,
      {
        status: input.status ?? null,
        eventType: input.event ?? null,
        eventId: input.eventId ?? null,
        from: input.from === undefined ? null : readMoment('from', input.from),
        to: input.to === undefined ? null : readMoment('to', input.to),
      },
      { limit: input.limit, cursor: input.cursor ?? null },
    );
    return { deliveries: rows, cursor };
  },
});

export const showDelivery = workspaceOperation({
  method: 'GET',
  path: '/webhooks/:endpointId/deliveries/:deliveryId',
  input: Type.Object(deliveryPath),
  run: (ctx, { endpointId, deliveryId }) => ctx.desk.delivery(endpointId, deliveryId),
});

export const listAttempts = workspaceOperation({
  method: 'GET',
  path: '/webhooks/:endpointId/deliveries/:deliveryId/attempts',
  input: Type.Object({ ...deliveryPath, ...pageSchema }),
  run: async (ctx, { endpointId, deliveryId, limit, cursor }) => {
    const page = await ctx.desk.attempts(endpointId, deliveryId, { limit, cursor: cursor ?? null });
    return { attempts: page.rows, cursor: page.cursor };
  },
});

export const redeliver = workspaceOperation({
  method: 'POST',
  path: '/webhooks/:endpointId/deliveries/:deliveryId/redeliver',
  role: 'admin',
  status: 202,
  input: Type.Object(deliveryPath, { additionalProperties: false }),
  run: (ctx, { endpointId, deliveryId }) => ctx.desk.redeliver(endpointId, deliveryId),
});

export const recover = workspaceOperation({
  method: 'POST',
  path: '/webhooks/:endpointId/recover',
  role: 'admin',
  status: 202,
  input: Type.Object(
    {
      ...endpointPath,
      since: momentInBodySchema,
      until: Type.Optional(momentInBodySchema),
      missed: Type.Boolean({
        default: false,
        description: 'Also events that it was never sent, because it was disabled or had another subscription.',
      }),
      dryRun: Type.Boolean({ default: false, description: 'Only says how much would be sent.' }),
    },
    { additionalProperties: false },
  ),
  run: (ctx, { endpointId, since, until, ...recovery }) =>
    ctx.desk.recover(endpointId, {
      since: readMoment('since', since),
      until: until === undefined ? null : readMoment('until', until),
      ...recovery,
    }),
});
