import type { Ctx } from './contract.ts';
import { operation } from './contract.ts';
import { readDraft } from './draft.ts';
import { findDestinations } from './endpoints-repository.ts';
import { composeSchedule, type NewSchedule } from './new-schedule.ts';
import { insertDelivery, insertMessage } from './queue.ts';
import { insertSchedule } from './repository.ts';
import { viewSchedule } from './schedule-view.ts';
import { createInput, scheduleSchema, strict } from './schemas.ts';
import { insertSecret } from './secret-row.ts';
import { readSpoken, whenInput } from './spoken-fields.ts';
import { readTime } from './time.ts';

/** What a schedule can be refused for, by the field that is read. */
const draftErrors = [
  'missing_timing',
  'multiple_timing',
  'invalid_duration',
  'sub_floor_delay',
  'invalid_fire_at',
  'fire_at_in_past',
  'fire_at_too_far',
  'invalid_cron',
  'kind_mismatch',
  'missing_endpoint',
  'multiple_destinations',
  'url_blocked',
  'endpoint_not_found',
  'endpoint_archived',
  'invalid_method',
  'invalid_header',
  'invalid_content_type',
  'payload_too_large',
  'invalid_retry_policy',
  'invalid_ttl',
  'invalid_idempotency_key',
  'invalid_metadata',
  'invalid_misfire_policy',
  'invalid_overlap_policy',
  'invalid_signing_secret',
] as const;

export const createSchedule = operation({
  id: 'scheduler.schedules.create',
  summary: 'Schedule a request',
  description:
    'Stores a request and when to send it: once, by `delay`, `fire_at` or `local_fire_at`, or on the recurrence `cron`; or as people say it, by `when` ("in 2 hours", "every weekday at 09:00"). Its first delivery is stored with it.',
  useWhen:
    'to have one request sent later or again and again; for many at once there is `scheduler.schedules.createMany`',
  tag: 'Schedules',
  method: 'POST',
  path: '/schedules',
  scope: 'schedules:write',
  input: strict({ ...createInput, ...whenInput }),
  output: scheduleSchema,
  status: 201,
  writes: true,
  shares: true,
  idempotent: true,
  location: ({ id }) => `/v1/schedules/${id}`,
  errors: [...draftErrors, 'invalid_when'],
  run: async (ctx, input) => {
    const time = await readTime(ctx);
    const fields = readSpoken(input, time.now);
    const named = typeof fields.endpoint_id === 'string' ? [fields.endpoint_id] : [];
    const destinations = await findDestinations(ctx.db, named);
    const { targetProblem, headersProblem } = rulesOf(ctx);
    const draft = readDraft(fields, { now: time.now, destinations, targetProblem, headersProblem });
    const made = composeSchedule(ctx, draft, time);
    storeSchedule(ctx, made);
    return viewSchedule(ctx.mode, made.shown);
  },
});

/** The dispatcher's rules for what is sent. */
export function rulesOf(ctx: Ctx): Pick<Ctx, 'targetProblem' | 'headersProblem'> {
  return {
    targetProblem: (url) => ctx.targetProblem(url),
    headersProblem: (headers) => ctx.headersProblem(headers),
  };
}

function storeSchedule(ctx: Ctx, { row, message, delivery, secret }: NewSchedule): void {
  insertMessage(ctx.db, message);
  insertSchedule(ctx.db, row);
  insertDelivery(ctx.db, delivery);
  if (secret !== null) insertSecret(ctx.db, secret);
  if (!delivery.held) ctx.due(Number(delivery.due_at));
}
