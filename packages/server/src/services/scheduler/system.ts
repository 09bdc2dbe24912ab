import { type Gauge, sql } from '../../core/service.ts';
import { type contract, loop } from './contract.ts';

const silent = sql`select scheduler_silent_schedules($1) as count`;

/** What would otherwise go unnoticed: a recurring schedule that has stopped. */
const silentSchedules: Gauge<typeof contract> = {
  name: 'interlock_scheduler_silent_schedules',
  help: 'Active recurring schedules without a delivery within their interval, by mode; anything but 0 is a fault.',
  modes: ['live', 'test'],
  read: async (ctx) => (await ctx.db.row<{ count: number }>(silent, [new Date(ctx.now())]))?.count ?? 0,
};

export const gauges = [silentSchedules];

const purgeEnded = sql`select scheduler_purge($1, $2)`;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const leastDeadLetterDays = 90;

/** Ended deliveries go after their days, a dead letter that nobody replayed not before 90 (specification 6.9). */
export const loops = (['live', 'test'] as const).map((mode) =>
  loop({
    name: `purge-deliveries-${mode}`,
    mode,
    next: (now) => now + hourMs,
    run: (ctx) =>
      ctx.separately(async (inner) => {
        const { retentionDays } = inner.settings;
        const before = inner.now() - retentionDays * dayMs;
        const deadBefore = inner.now() - Math.max(retentionDays, leastDeadLetterDays) * dayMs;
        await inner.db.run(purgeEnded, [new Date(before), new Date(deadBefore)]);
      }),
  }),
);
