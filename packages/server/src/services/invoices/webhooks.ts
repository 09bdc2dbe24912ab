import { Type } from 'typebox';
import { ApiError, reference, type WebhookEndpoint } from '../../core/service.ts';
import { requireApiAccess } from './account.ts';
import { apiOperation } from './api.ts';
import { note } from './audit-trail.ts';
import { boundTo, requireClient } from './client-context.ts';
import { type Ctx, contract, error, operation } from './contract.ts';
import { madeUpData, eventTypes as occurring } from './events.ts';
import { checkForm, idOf, invalidFields, listOf, nullable, readInstant, seen, timestamp, words } from './fields.ts';
import { pageInput, readPlace, writePage } from './page.ts';
import { viewDelivery, viewEndpoint } from './webhook-view.ts';

const deliveryStatuses = ['pending', 'succeeded', 'failed', 'canceled'] as const;

const endpoint = {
  id: idOf('wh', 'Names the endpoint.'),
  mode: words(['live', 'test'], 'Whose events it hears.'),
  url: Type.String({ description: 'Where events are sent.' }),
  events: Type.Array(Type.String(), { description: 'What it hears; `*` for all.' }),
  clientId: nullable(Type.String(), 'Only events of this client.'),
  description: seen('For people.'),
  status: words(['active', 'disabled'], 'Whether it hears anything.'),
  disabledReason: nullable(words(['manual', 'consecutive_failures', 'gone'], 'Why it does not.')),
  disabledAt: seen('Since when.'),
  apiVersion: Type.String({ description: 'The version of what is sent.' }),
  secretHint: seen('The last four characters of its secret.'),
  stats: Type.Object(
    {
      lastSuccessAt: seen('When the newest delivery that arrived did.'),
      lastFailureAt: seen('When the newest delivery that was given up was.'),
      failingSince: seen('Since when nothing has arrived.'),
      consecutiveFailures: Type.Integer({ description: 'Deliveries in a row that were given up.' }),
      pending: Type.Integer({ description: 'Deliveries that are still being tried, up to 100.' }),
    },
    { description: 'How it is doing.' },
  ),
  createdAt: timestamp('When it was made.'),
  updatedAt: timestamp('When it was last changed.'),
};
const endpointSchema = Type.Object(endpoint, {
  title: 'WebhookEndpoint',
  description: 'Where events of its mode are sent.',
});
const withSecretSchema = Type.Object(
  { ...endpoint, secret: Type.String({ description: 'Shown this once: what signatures are verified with.' }) },
  { title: 'WebhookEndpointWithSecret', description: 'An endpoint with its secret, which is shown this once.' },
);

const deliverySchema = Type.Object(
  {
    id: Type.String({ description: 'Names the delivery.' }),
    mode: words(['live', 'test'], 'Its mode.'),
    webhookId: idOf('wh', 'Where it goes.'),
    eventId: Type.String({ description: 'What it tells of.' }),
    eventType: Type.String({ description: 'The kind of event.' }),
    status: words(deliveryStatuses, 'Where it stands.'),
    attemptCount: Type.Integer({ description: 'Up to 9.' }),
    nextAttemptAt: seen('When it is tried again.'),
    payloadAvailable: Type.Boolean({ description: 'Whether it can be sent again.' }),
    payload: Type.Unknown({ description: 'What is sent; with a single delivery.' }),
    trigger: words(['event', 'redelivery', 'test'], 'Why it was made.'),
    redeliveryOf: seen('The first one of the same event.'),
    attempts: Type.Array(
      Type.Object({
        number: Type.Integer({ description: 'From 1.' }),
        startedAt: seen('When.'),
        durationMs: nullable(Type.Integer(), 'How long the answer took.'),
        responseStatus: nullable(Type.Integer(), 'Of the answer.'),
        responseBody: seen('The beginning of an answer that was not 2xx.'),
        error: seen('Why there was none.'),
      }),
      { description: 'Each attempt; with a single delivery.' },
    ),
    createdAt: timestamp('When it was made.'),
    completedAt: seen('When it was over.'),
  },
  { title: 'Delivery', description: 'One event on its way to one endpoint.' },
);

const eventTypes = Type.Array(Type.String({ maxLength: 100 }), {
  minItems: 1,
  maxItems: 50,
  description: 'Event types, or `["*"]`.',
});
const editable = {
  description: Type.Optional(nullable(Type.String({ maxLength: 200 }), 'For people.')),
  clientId: Type.Optional(nullable(reference('cl', { description: 'Only events of this client.' }))),
};
const url = Type.String({ minLength: 1, maxLength: 2_048, description: 'An https URL.' });
const inPath = { id: Type.String({ description: 'The endpoint.' }) };
const endpointErrors = ['webhook.not_found', 'plan.api_access_disabled'] as const;
const writeErrors = [
  'webhook.url_not_allowed',
  'webhook.limit_reached',
  'webhook.duplicate_url',
  'client.not_found',
  'client.not_in_team',
  'client.scope_mismatch',
  'validation.client_mode_mismatch',
] as const;

export const listWebhooks = apiOperation({
  id: 'invoices.webhooks.list',
  summary: 'List webhook endpoints',
  tag: 'Webhooks',
  method: 'GET',
  path: '/webhooks',
  scope: 'webhook:read',
  input: Type.Object({}),
  output: listOf(endpointSchema),
  errors: ['plan.api_access_disabled'],
  run: async (ctx) => {
    const rows = (await ctx.webhooks.list({ service: contract.name, mode: ctx.mode })).filter((row) =>
      isVisible(ctx, row),
    );
    return { items: await Promise.all(rows.map((row) => shown(ctx, row))), hasMore: false, nextCursor: null };
  },
});

export const getWebhook = apiOperation({
  id: 'invoices.webhooks.get',
  summary: 'Read a webhook endpoint',
  tag: 'Webhooks',
  method: 'GET',
  path: '/webhooks/:id',
  scope: 'webhook:read',
  input: Type.Object(inPath),
  output: endpointSchema,
  errors: endpointErrors,
  run: async (ctx, { id }) => shown(ctx, await foundEndpoint(ctx, id)),
});

export const createWebhook = apiOperation({
  id: 'invoices.webhooks.create',
  summary: 'Create a webhook endpoint',
  description: 'It hears the events of the mode of the key, and of no other.',
  tag: 'Webhooks',
  method: 'POST',
  path: '/webhooks',
  scope: 'webhook:manage',
  input: Type.Object({ url, events: eventTypes, ...editable }),
  output: withSecretSchema,
  status: 201,
  writes: true,
  idempotent: true,
  location: ({ id }) => `/external/v1/webhooks/${id}`,
  errors: ['plan.api_access_disabled', ...writeErrors],
  run: async (ctx, { url: target, events, clientId, description }) => {
    checkForm('cl', 'clientId', clientId);
    const subject = await subjectOf(ctx, clientId);
    const made = await worded(() =>
      ctx.webhooks.create({ service: contract.name, mode: ctx.mode, url: target, events, subject, description }),
    );
    note(ctx, { action: 'webhook.create', resource: { type: 'webhook', id: made.id }, clientId: subject });
    return { ...(await shown(ctx, made)), secret: made.secret };
  },
});

export const patchWebhook = apiOperation({
  id: 'invoices.webhooks.patch',
  summary: 'Change a webhook endpoint',
  tag: 'Webhooks',
  method: 'PATCH',
  path: '/webhooks/:id',
  scope: 'webhook:manage',
  input: Type.Object({
    ...inPath,
    url: Type.Optional(url),
    events: Type.Optional(eventTypes),
    ...editable,
    status: Type.Optional(words(['active', 'disabled'], 'Whether it is to hear anything.')),
  }),
  output: endpointSchema,
  writes: true,
  errors: ['webhook.not_found', 'plan.api_access_disabled', ...writeErrors],
  run: async (ctx, { id, status, clientId, url: target, events, description }) => {
    checkForm('cl', 'clientId', clientId);
    await foundEndpoint(ctx, id);
    const change = {
      ...(target === undefined ? {} : { url: target }),
      ...(events === undefined ? {} : { events }),
      ...(description === undefined ? {} : { description }),
      ...(clientId === undefined ? {} : { subject: await subjectOf(ctx, clientId) }),
    };
    if (Object.keys(change).length > 0) {
      await worded(() => ctx.webhooks.update(id, change));
      note(ctx, { action: 'webhook.update', resource: { type: 'webhook', id } });
    }
    if (status !== undefined) {
      const enables = String(status) === 'active';
      await worded(() => (enables ? ctx.webhooks.enable(id) : ctx.webhooks.disable(id)));
      note(ctx, { action: enables ? 'webhook.enable' : 'webhook.disable', resource: { type: 'webhook', id } });
    }
    return shown(ctx, await foundEndpoint(ctx, id));
  },
});

export const deleteWebhook = apiOperation({
  id: 'invoices.webhooks.delete',
  summary: 'Delete a webhook endpoint',
  tag: 'Webhooks',
  method: 'DELETE',
  path: '/webhooks/:id',
  scope: 'webhook:manage',
  input: Type.Object(inPath),
  output: Type.Undefined(),
  status: 204,
  writes: true,
  errors: endpointErrors,
  run: async (ctx, { id }) => {
    await foundEndpoint(ctx, id);
    await ctx.webhooks.remove(id);
    note(ctx, { action: 'webhook.delete', resource: { type: 'webhook', id } });
    return undefined;
  },
});

export const rotateWebhookSecret = apiOperation({
  id: 'invoices.webhooks.rotate_secret',
  summary: 'Give a webhook endpoint a new secret',
  description: 'Both secrets sign during the grace: the new one comes first in the header.',
  tag: 'Webhooks',
  method: 'POST',
  path: '/webhooks/:id/rotate-secret',
  scope: 'webhook:manage',
  input: Type.Object({
    ...inPath,
    graceSeconds: Type.Integer({ minimum: 0, maximum: 604_800, default: 86_400, description: 'How long both sign.' }),
  }),
  output: withSecretSchema,
  writes: true,
  idempotent: true,
  errors: endpointErrors,
  run: async (ctx, { id, graceSeconds }) => {
    await foundEndpoint(ctx, id);
    const made = await worded(() => ctx.webhooks.rotateSecret(id, { overlapMs: graceSeconds * 1000, force: true }));
    note(ctx, { action: 'webhook.rotate_secret', resource: { type: 'webhook', id } });
    return { ...(await shown(ctx, made)), secret: made.secret };
  },
});

export const listDeliveries = apiOperation({
  id: 'invoices.webhooks.deliveries',
  summary: 'List what was sent to an endpoint, newest first',
  tag: 'Webhooks',
  method: 'GET',
  path: '/webhooks/:id/deliveries',
  scope: 'webhook:read',
  input: Type.Object({
    ...inPath,
    ...pageInput,
    status: Type.Optional(words(deliveryStatuses, 'Only of this status.')),
    eventType: Type.Optional(Type.String({ maxLength: 100, description: 'Only of this type.' })),
    eventId: Type.Optional(Type.String({ maxLength: 100, description: 'Only of this event.' })),
    createdFrom: Type.Optional(Type.String({ description: 'Only made since.' })),
    createdTo: Type.Optional(Type.String({ description: 'Only made before.' })),
  }),
  output: listOf(deliverySchema),
  errors: ['pagination.invalid_cursor', ...endpointErrors],
  run: async (ctx, { id, limit, cursor, ...filters }) => {
    await foundEndpoint(ctx, id);
    const list = ['deliveries', id, filters];
    const place = readPlace(ctx, list, cursor);
    const page = await ctx.webhooks.deliveries(
      id,
      {
        status: (filters.status as (typeof deliveryStatuses)[number] | undefined) ?? null,
        eventType: filters.eventType ?? null,
        eventId: filters.eventId ?? null,
        from: readInstant('createdFrom', filters.createdFrom)?.getTime() ?? null,
        to: readInstant('createdTo', filters.createdTo)?.getTime() ?? null,
      },
      { limit, cursor: place?.at ?? null },
    );
    const next = page.cursor;
    const items = page.rows.map((row) => viewDelivery(ctx, row, [], { payload: null, available: true }));
    if (next === null) return { items, hasMore: false, nextCursor: null };
    const sealed = writePage(ctx, list, [next, next], 1, { view: () => null, place: (at) => ({ at, id: '' }) });
    return { items, hasMore: true, nextCursor: sealed.nextCursor };
  },
});

const deliveryPath = { ...inPath, deliveryId: Type.String({ description: 'The delivery.' }) };

export const getDelivery = apiOperation({
  id: 'invoices.webhooks.delivery',
  summary: 'Read a delivery with its attempts',
  tag: 'Webhooks',
  method: 'GET',
  path: '/webhooks/:id/deliveries/:deliveryId',
  scope: 'webhook:read',
  input: Type.Object(deliveryPath),
  output: deliverySchema,
  errors: ['webhook.delivery_not_found', ...endpointErrors],
  run: async (ctx, { id, deliveryId }) => {
    await foundEndpoint(ctx, id);
    const row = await worded(() => ctx.webhooks.delivery(id, deliveryId), 'webhook.delivery_not_found');
    const attempts = await ctx.webhooks.attempts(id, deliveryId, { limit: 50, cursor: null });
    const payload: unknown = row.body === null ? null : JSON.parse(row.body);
    return viewDelivery(ctx, row, attempts.rows, { payload, available: row.body !== null });
  },
});

export const redeliver = apiOperation({
  id: 'invoices.webhooks.redeliver',
  summary: 'Send an event to an endpoint again',
  tag: 'Webhooks',
  method: 'POST',
  path: '/webhooks/:id/deliveries/:deliveryId/redeliver',
  scope: 'webhook:manage',
  input: Type.Object(deliveryPath),
  output: deliverySchema,
  status: 202,
  writes: true,
  idempotent: true,
  errors: [
    'webhook.delivery_not_found',
    'webhook.delivery_payload_unavailable',
    'webhook.delivery_pending',
    'webhook.disabled',
    ...endpointErrors,
  ],
  run: async (ctx, { id, deliveryId }) => {
    const target = await foundEndpoint(ctx, id);
    refuseDisabled(target);
    const before = await worded(() => ctx.webhooks.delivery(id, deliveryId), 'webhook.delivery_not_found');
    if (before.body === null) {
      throw error('webhook.delivery_payload_unavailable', 'The payload of this delivery is no longer kept.');
    }
    if (before.status === 'pending') {
      throw error('webhook.delivery_pending', 'This delivery is still being tried; wait until it is over.');
    }
    const made = await ctx.webhooks.redeliver(id, deliveryId);
    note(ctx, { action: 'webhook.redeliver', resource: { type: 'webhook', id } });
    return viewDelivery(ctx, made, [], { payload: null, available: true });
  },
});

export const redeliverFailed = apiOperation({
  id: 'invoices.webhooks.redeliver_failed',
  summary: 'Send all failed deliveries of a time again',
  description: 'Up to 1,000 at once.',
  useWhen: 'after an outage of a receiver, to send again all that failed in a time',
  tag: 'Webhooks',
  method: 'POST',
  path: '/webhooks/:id/redeliver-failed',
  scope: 'webhook:manage',
  input: Type.Object({
    ...inPath,
    createdFrom: Type.String({ description: 'Made since.' }),
    createdTo: Type.Optional(Type.String({ description: 'Made before.' })),
  }),
  output: Type.Object({
    redelivered: Type.Integer({ description: 'How many.' }),
    hasMore: Type.Boolean({ description: 'Whether there are more than one call sends.' }),
  }),
  status: 202,
  writes: true,
  idempotent: true,
  errors: ['webhook.disabled', ...endpointErrors],
  run: async (ctx, { id, createdFrom, createdTo }) => {
    refuseDisabled(await foundEndpoint(ctx, id));
    const since = readInstant('createdFrom', createdFrom)?.getTime() ?? 0;
    const until = readInstant('createdTo', createdTo)?.getTime() ?? null;
    const done = await worded(() => ctx.webhooks.recover(id, { since, until, missed: false, dryRun: false }));
    note(ctx, { action: 'webhook.redeliver', resource: { type: 'webhook', id } });
    return { redelivered: done.deliveries, hasMore: done.more };
  },
});

const testTypes = ['webhook.ping', ...occurring] as const;

/** How long the answer of a test waits for its first attempt: as long as an endpoint has for its own. */
const testWaitMs = 31_000;

export const testWebhook = operation({
  id: 'invoices.webhooks.test',
  summary: 'Send a test event to an endpoint',
  description:
    'Sends `webhook.ping`, a made-up event of another type, or with `eventId` a stored event again, and waits for the first attempt.',
  tag: 'Webhooks',
  method: 'POST',
  path: '/webhooks/:id/test',
  scope: 'webhook:manage',
  input: Type.Object({
    ...inPath,
    eventType: Type.Optional(words(testTypes, 'What is made up; `webhook.ping` by default.')),
    eventId: Type.Optional(reference('evt', { description: 'A stored event, for this endpoint to hear.' })),
  }),
  output: Type.Object({
    deliveryId: Type.String({ description: 'The delivery.' }),
    ok: Type.Boolean({ description: 'Whether it arrived.' }),
    responseStatus: nullable(Type.Integer(), 'Of the answer.'),
    durationMs: nullable(Type.Integer(), 'How long it took.'),
    error: seen('Why there was no answer.'),
  }),
  errors: [
    'webhook.disabled',
    'webhook.delivery_payload_unavailable',
    'event.not_found',
    'validation.client_mode_mismatch',
    ...endpointErrors,
  ],
  writes: true,
  run: async (ctx, { id, eventId, eventType }) => {
    // Apart: the transaction of this call would hold its connection, and the delivery, for as long as the endpoint takes.
    const made = await ctx.separately(async (inner) => {
      if (inner.caller.type === 'key') await requireApiAccess(inner);
      const target = await foundEndpoint(inner, id);
      refuseDisabled(target);
      return eventId === undefined ? sendMadeUp(inner, target, eventType) : resend(inner, id, eventId);
    });
    note(ctx, { action: 'webhook.test', resource: { type: 'webhook', id } });
    const first = await firstAttempt(ctx, id, made.id);
    return {
      deliveryId: made.id,
      ok: first?.outcome === 'succeeded',
      responseStatus: first?.statusCode ?? null,
      durationMs: first?.durationMs == null ? null : Math.round(first.durationMs),
      error: first === null ? 'timeout' : first.statusCode === null ? first.error : null,
    };
  },
});

async function sendMadeUp(ctx: Ctx, { id, subject }: WebhookEndpoint, type: string | undefined) {
  if (type === undefined || type === 'webhook.ping') return ctx.webhooks.sendTest(id);
  return ctx.webhooks.sendTest(id, { type, subject, data: madeUpData(ctx, subject) });
}

async function resend(ctx: Ctx, id: string, eventId: string) {
  const filter = { status: null, eventType: null, eventId, from: null, to: null };
  const { rows } = await ctx.webhooks.deliveries(id, filter, { limit: 1, cursor: null });
  const [sent] = rows;
  if (sent !== undefined && (await ctx.webhooks.delivery(id, sent.id)).body === null) {
    throw error('webhook.delivery_payload_unavailable', 'The payload of this event is no longer kept.');
  }
  return worded(() => ctx.webhooks.sendEventAsTest(id, eventId), 'event.not_found');
}

async function firstAttempt(ctx: Ctx, id: string, deliveryId: string) {
  for (let waited = 0; waited < testWaitMs && !ctx.signal.aborted; waited += 50) {
    const { rows } = await ctx.separately((inner) =>
      inner.webhooks.attempts(id, deliveryId, { limit: 1, cursor: null }),
    );
    if (rows[0] !== undefined) return rows[0];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return null;
}

async function subjectOf(ctx: Ctx, clientId: string | null | undefined): Promise<string | null> {
  const bound = boundTo(ctx);
  if (clientId == null && bound === null) return null;
  return (await requireClient(ctx, { clientId: clientId ?? undefined })).id;
}

/** A key of one client sees the endpoints of that client. */
function isVisible(ctx: Ctx, row: WebhookEndpoint): boolean {
  const bound = boundTo(ctx);
  return bound === null || row.subject === bound;
}

async function foundEndpoint(ctx: Ctx, id: string): Promise<WebhookEndpoint> {
  const row = await worded(() => ctx.webhooks.find(id));
  if (isVisible(ctx, row)) return row;
  throw error('webhook.not_found', 'No webhook endpoint with this ID is visible to this key.');
}

async function shown(ctx: Ctx, row: WebhookEndpoint) {
  const newest = async (status: 'pending' | 'succeeded' | 'failed', limit: number) => {
    const filter = { status, eventType: null, eventId: null, from: null, to: null };
    return (await ctx.webhooks.deliveries(row.id, filter, { limit, cursor: null })).rows;
  };
  const [pending, [arrived], [failed]] = await Promise.all([
    newest('pending', 100),
    newest('succeeded', 1),
    newest('failed', 1),
  ]);
  return viewEndpoint(row, {
    pending: pending.length,
    lastSuccessAt: arrived?.finishedAt ?? null,
    lastFailureAt: failed?.finishedAt ?? null,
  });
}

function refuseDisabled({ enabled }: WebhookEndpoint): void {
  if (!enabled) throw error('webhook.disabled', 'The endpoint is disabled; set its status to active first.');
}

/** What the desk calls the ends of a span of time, and what this API does. */
const spans = { since: 'createdFrom', until: 'createdTo' } as const;

/** What the desk refuses, in the words of this API. */
async function worded<T>(
  work: () => Promise<T>,
  missing: 'webhook.not_found' | 'webhook.delivery_not_found' | 'event.not_found' = 'webhook.not_found',
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    const { code, message, details } = thrown;
    if (code === 'not_found') throw error(missing, 'Nothing with this ID is visible to this key.');
    if (code === 'conflict' && details.param === 'url') throw error('webhook.duplicate_url', message, { param: 'url' });
    if (code === 'conflict') throw error('webhook.limit_reached', message);
    if (code === 'invalid_input' && details.param === 'url') {
      throw error('webhook.url_not_allowed', message, { param: 'url' });
    }
    if (code === 'invalid_input') {
      const named = Object.entries(spans).find(([theirs]) => theirs === details.param);
      if (named === undefined) {
        throw invalidFields([{ field: details.param ?? 'body', code: 'validation.invalid_body', message }]);
      }
      const ours = Object.entries(spans).reduce((text, [from, to]) => text.replaceAll(`"${from}"`, `"${to}"`), message);
      throw invalidFields([{ field: named[1], code: 'validation.invalid_body', message: ours }]);
    }
    throw thrown;
  }
}
