import { type DispatchFigures, latenessBoundsMs } from '../core/deliveries.ts';
import type { Held } from './held.ts';
import type { GivenBack } from './store.ts';

/** Counts what the dispatcher of one process does, for its metrics. */
export class Tally {
  readonly #lateness = new Map<string, { inBucket: number[]; sumMs: number; count: number }>();
  readonly #attempts = new Map<string, number>();
  readonly #deferred = { rate_limit: 0, breaker: 0, concurrency: 0 };
  #reclaimed = 0;

  get figures(): Pick<DispatchFigures, 'reclaimed' | 'deferred' | 'attempts' | 'lateness'> {
    return {
      reclaimed: this.#reclaimed,
      deferred: this.#deferred,
      attempts: [...this.#attempts].map(([name, count]) => {
        const [service = '', mode = '', outcome = ''] = name.split(' ');
        return { service, mode, outcome, count };
      }),
      lateness: [...this.#lateness].map(([kind, counted]) => ({ kind, ...counted })),
    };
  }

  reclaimed(count: number): void {
    this.#reclaimed += count;
  }

  deferred(why: NonNullable<GivenBack['deferral']>): void {
    this.#deferred[why]++;
  }

  attempted(held: Held, outcome: string, firedAt: number | null): void {
    const name = `${held.service} ${held.mode} ${outcome}`;
    this.#attempts.set(name, (this.#attempts.get(name) ?? 0) + 1);
    if (held.attemptCount > 0 || firedAt === null || held.mode !== 'live' || held.replayOf !== null) return;
    const lateMs = Math.max(0, firedAt - held.scheduledFor);
    let lateness = this.#lateness.get(held.kind);
    if (lateness === undefined) {
      lateness = { inBucket: latenessBoundsMs.map(() => 0), sumMs: 0, count: 0 };
      this.#lateness.set(held.kind, lateness);
    }
    const { inBucket } = lateness;
    const bucket = latenessBoundsMs.findIndex((bound) => lateMs <= bound);
    if (bucket >= 0) inBucket[bucket] = (inBucket[bucket] ?? 0) + 1;
    lateness.sumMs += lateMs;
    lateness.count++;
  }
}
