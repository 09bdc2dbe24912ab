import { Type } from 'typebox';
import { type Content, readContent } from './content.ts';
import { type Ctx, error, operation } from './contract.ts';
import { rulesOf } from './create.ts';
import type { DraftFields } from './draft.ts';
import { readDestination, readMisfire, readOverlap } from './draft.ts';
import { findDestinations } from './endpoints-repository.ts';
import { composeMessage, openMessage } from './message.ts';
import { findMessage, removeUnusedMessage } from './message-repository.ts';
import { readMetadata } from './metadata.ts';
import { defaultMisfirePolicy } from './misfire-policy.ts';
import { readOccurrenceKey } from './occurrence-key.ts';
import { changeUnattempted, storeSchedule } from './patch-repository.ts';
import { storeMessage } from './queue.ts';
import type { ScheduleRow } from './schedule-row.ts';
import { scheduleId, showSchedule, takeOpenSchedule } from './schedules.ts';
import { boundsInput, destinationInput, scheduleInput, scheduleSchema, strict, timingInput } from './schemas.ts';
import { readTtl } from './ttl.ts';

const anything = { ...timingInput, ...boundsInput };

export const patchSchedule = operation({
  id: 'scheduler.schedules.update',
  summary: 'Change what a schedule sends, and how',
  description:
    'Goes for deliveries that had no first attempt. `metadata` and `headers` are replaced as a whole; `null` clears. Its time is moved by `reschedule` alone.',
  useWhen:
    'to change what is sent, where, or how it is tried again; when it is sent is changed by `scheduler.schedules.reschedule`',
  tag: 'Schedules',
  method: 'PATCH',
  path: '/schedules/:id',
  scope: 'schedules:write',
  input: strict({ ...scheduleId, ...destinationInput, ...scheduleInput, ...unread(anything) }),
  output: scheduleSchema,
  writes: true,
  idempotent: true,
  errors: [
    'schedule_not_found',
    'schedule_canceled',
    'timing_not_patchable',
    'missing_endpoint',
    'multiple_destinations',
    'url_blocked',
    'endpoint_not_found',
    'endpoint_archived',
    'invalid_method',
    'invalid_header',
    'invalid_content_type',
    'payload_too_large',
    'invalid_duration',
    'invalid_retry_policy',
    'invalid_ttl',
    'invalid_metadata',
    'invalid_misfire_policy',
    'invalid_overlap_policy',
  ],
  read: ({ id, ...fields }) => {
    const timing = Object.keys(anything).find((name) => Object.hasOwn(fields, name));
    if (timing === undefined) return { id, fields: fields as DraftFields };
    throw error('timing_not_patchable', `${timing} cannot be patched; POST it to /v1/schedules/${id}/reschedule.`, {
      param: timing,
    });
  },
  run: async (ctx, { id, fields }) => {
    const before = await takeOpenSchedule(ctx, id);
    const after = await applyFields(ctx, before, fields);
    await storeSchedule(ctx.db, after);
    const changed = await changeUnattempted(ctx.db, after, ctx.now());
    if (after.message_id !== before.message_id) removeUnusedMessage(ctx.db, before.message_id, id);
    ctx.withdraw(changed.map((delivery) => delivery.id));
    for (const { held, due_at } of changed) if (!held) ctx.due(Number(due_at));
    return showSchedule(ctx, id);
  },
});

/** Fields of any type: what is refused anyway needs no other reason. */
function unread(fields: Readonly<Record<string, unknown>>) {
  const any = Type.Optional(Type.Unknown({ description: 'Refused: `reschedule` moves the time.' }));
  return Object.fromEntries(Object.keys(fields).map((name) => [name, any]));
}

async function applyFields(ctx: Ctx, row: ScheduleRow, fields: DraftFields): Promise<ScheduleRow> {
  const given = <Value, Read>(value: Value | undefined, kept: Read, read: (value: Value) => Read): Read =>
    value === undefined ? kept : read(value);
  const sent = await applyContent(ctx, row, fields);
  return {
    ...row,
    ...sent,
    ttl_ms: given(fields.ttl, row.ttl_ms, readTtl),
    idempotency_key: given(fields.idempotency_key, row.idempotency_key, readOccurrenceKey),
    metadata: given(fields.metadata, row.metadata, readMetadata),
    misfire_policy: given(fields.misfire_policy, row.misfire_policy, (policy) =>
      policy === null ? defaultMisfirePolicy : readMisfire(policy),
    ),
    overlap_policy: given(fields.overlap_policy, row.overlap_policy, (policy) => readOverlap(policy, row.kind)),
    updated_at: new Date(ctx.now()),
  };
}

const contentFields = ['endpoint', 'endpoint_id', 'method', 'headers', 'body', 'content_type', 'retry_policy'] as const;

/** What is sent never changes; another content is another message. */
async function applyContent(
  ctx: Ctx,
  row: ScheduleRow,
  fields: DraftFields,
): Promise<Pick<ScheduleRow, 'message_id' | 'endpoint_id'>> {
  const { message_id, endpoint_id } = row;
  if (contentFields.every((name) => fields[name] === undefined)) return { message_id, endpoint_id };
  const stored = await findMessage(ctx.db, message_id);
  if (stored === undefined) throw new Error(`${row.id} has no message ${message_id}`);
  const before = openMessage(ctx, stored);
  const destination = await patchDestination(ctx, fields, { url: before.url, endpointId: endpoint_id });
  const rules = rulesOf(ctx);
  const sent = readContent(fields, destination.url, rules);
  const kept = <Name extends keyof Content>(field: (typeof contentFields)[number], name: Name): Content[Name] =>
    fields[field] === undefined ? before[name] : sent[name];
  const message = composeMessage(ctx, {
    url: destination.url,
    method: kept('method', 'method'),
    headers: kept('headers', 'headers'),
    body: kept('body', 'body'),
    contentType: kept('content_type', 'contentType'),
    retryPolicy: kept('retry_policy', 'retryPolicy'),
  });
  await storeMessage(ctx.db, message);
  return { message_id: message.id, endpoint_id: destination.endpointId };
}

interface PatchedDestination {
  readonly url: string | null;
  readonly endpointId: string | null;
}

/** Naming one destination replaces the other; clearing the one there is leaves none, which is refused. */
async function patchDestination(
  ctx: Ctx,
  fields: DraftFields,
  before: PatchedDestination,
): Promise<PatchedDestination> {
  if (fields.endpoint === undefined && fields.endpoint_id === undefined) return before;
  const named = typeof fields.endpoint_id === 'string' ? [fields.endpoint_id] : [];
  const destinations = await findDestinations(ctx.db, named);
  const asked = {
    endpoint: fields.endpoint === undefined && named.length === 0 ? before.url : fields.endpoint,
    endpoint_id:
      fields.endpoint_id === undefined && (fields.endpoint ?? null) === null ? before.endpointId : fields.endpoint_id,
  };
  const destination = readDestination(asked, { destinations, ...rulesOf(ctx) });
  return destination === null
    ? { url: asked.endpoint ?? null, endpointId: null }
    : { url: null, endpointId: destination.id };
}
