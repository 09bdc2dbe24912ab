import { operation } from './contract.ts';
import { cancelOpen, holdOpen, releaseHeld, setState } from './lifecycle-repository.ts';
import { scheduleId, showSchedule, takeOpenSchedule, takeSchedule } from './schedules.ts';
import { scheduleSchema, strict } from './schemas.ts';
import { readTime } from './time.ts';

/*
 * Pause, resume and cancel (specification 2.3). Each takes the schedule before its deliveries, as the claim of an
 * occurrence does, so that none of them meets another half-way. Replays are their own and not touched.
 */

export const pauseSchedule = operation({
  id: 'scheduler.schedules.pause',
  summary: 'Pause a schedule',
  description:
    'Nothing fires and no retry starts until it is resumed; what is going out just now may finish. A deadline goes on. Pausing a paused schedule changes nothing.',
  useWhen: 'to stop a schedule for a while; to end it for good there is `scheduler.schedules.cancel`',
  tag: 'Schedules',
  method: 'POST',
  path: '/schedules/:id/pause',
  scope: 'schedules:write',
  input: strict(scheduleId),
  output: scheduleSchema,
  writes: true,
  errors: ['schedule_not_found', 'schedule_canceled'],
  run: async (ctx, { id }) => {
    const row = await takeOpenSchedule(ctx, id);
    if (row.state === 'active') {
      await setState(ctx.db, id, 'paused', ctx.now());
      ctx.withdraw(await holdOpen(ctx.db, id, ctx.now()));
    }
    return showSchedule(ctx, id);
  },
});

export const resumeSchedule = operation({
  id: 'scheduler.schedules.resume',
  summary: 'Resume a paused schedule',
  description:
    'What was held fires at its instant, or once and at once when that has passed; occurrences that fell into the pause are not made up. Resuming an active schedule changes nothing.',
  tag: 'Schedules',
  method: 'POST',
  path: '/schedules/:id/resume',
  scope: 'schedules:write',
  input: strict(scheduleId),
  output: scheduleSchema,
  writes: true,
  errors: ['schedule_not_found', 'schedule_canceled'],
  run: async (ctx, { id }) => {
    const time = await readTime(ctx);
    const row = await takeOpenSchedule(ctx, id);
    if (row.state === 'paused') {
      await setState(ctx.db, id, 'active', ctx.now());
      const dueAt = await releaseHeld(ctx.db, id, Number(row.paused_at ?? row.updated_at), time);
      if (dueAt !== null) ctx.due(dueAt);
    }
    return showSchedule(ctx, id);
  },
});

export const cancelSchedule = operation({
  id: 'scheduler.schedules.cancel',
  summary: 'Cancel a schedule',
  description:
    'For good. What waits is canceled; what is out just now may still succeed and is not retried. Canceling a canceled schedule changes nothing.',
  useWhen: 'to end a schedule for good; one that shall go on later is paused',
  tag: 'Schedules',
  method: 'POST',
  path: '/schedules/:id/cancel',
  scope: 'schedules:write',
  input: strict(scheduleId),
  output: scheduleSchema,
  writes: true,
  errors: ['schedule_not_found'],
  run: async (ctx, { id }) => {
    const row = await takeSchedule(ctx, id);
    if (row.state !== 'canceled') {
      await setState(ctx.db, id, 'canceled', ctx.now());
      ctx.withdraw(await cancelOpen(ctx.db, id, ctx.now()));
    }
    return showSchedule(ctx, id);
  },
});
