import { findClock, shareClock } from './clock-repository.ts';
import type { Ctx } from './contract.ts';

/** What time it is for the schedules of a workspace, in Unix milliseconds. */
export interface Time {
  /** Where a frozen test clock stands; the real time otherwise. */
  readonly now: number;
  readonly real: number;
  readonly frozen: boolean;
}

/**
 * Reads the time for work that queues deliveries. In test mode nobody freezes or moves the clock until this transaction
 * has ended, so nothing is queued by a time that is no longer.
 */
export async function readTime(ctx: Pick<Ctx, 'mode' | 'db' | 'now'>): Promise<Time> {
  const real = ctx.now();
  if (ctx.mode === 'live') return { now: real, real, frozen: false };
  const [, clock] = await Promise.all([shareClock(ctx.db), findClock(ctx.db)]);
  return timeOf(clock?.stands_at, real);
}

/** The same for work that only looks. */
export async function lookAtTime(ctx: Pick<Ctx, 'mode' | 'db' | 'now'>): Promise<Time> {
  const real = ctx.now();
  if (ctx.mode === 'live') return { now: real, real, frozen: false };
  return timeOf((await findClock(ctx.db))?.stands_at, real);
}

function timeOf(standsAt: Date | undefined, real: number): Time {
  return standsAt === undefined ? { now: real, real, frozen: false } : { now: Number(standsAt), real, frozen: true };
}

/** When something of an instant of this time leaves: what waits for a frozen clock is held until it is moved there. */
export function releaseOf(time: Time, at: number): { readonly held: boolean; readonly dueAt: number } {
  if (!time.frozen) return { held: false, dueAt: at };
  return at > time.now ? { held: true, dueAt: at } : { held: false, dueAt: time.real };
}
