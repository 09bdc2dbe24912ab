import type { Histogram } from 'prom-client';
import { countedHistogram } from './counted-histogram.ts';
import type { Mode } from './mode.ts';

/** Upper bounds in seconds, and the same in milliseconds, which is what is measured. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const bounds = buckets.map((seconds) => seconds * 1000);

interface Series {
  readonly service: string;
  readonly mode: Mode;
  readonly statuses: Map<number, number>;
  /** How many fell between a bound and the one before it. */
  readonly inBucket: Float64Array;
  sumMs: number;
  count: number;
}

/**
 * Counts and durations of requests. The library looks its labels up by a text that it makes of them anew each time,
 * which takes longer than a key check; here a request is two look-ups and four additions, and the labels are put on
 * when somebody asks.
 */
export class RequestFigures {
  readonly #series = new Map<string, { readonly live: Series; readonly test: Series }>();

  add(service: string, mode: Mode, status: number, durationMs: number): void {
    let both = this.#series.get(service);
    if (both === undefined) {
      both = { live: emptySeries(service, 'live'), test: emptySeries(service, 'test') };
      this.#series.set(service, both);
    }
    const series = both[mode];
    series.statuses.set(status, (series.statuses.get(status) ?? 0) + 1);
    series.sumMs += durationMs;
    series.count++;
    for (let i = 0; i < bounds.length; i++) {
      if (durationMs > (bounds[i] ?? 0)) continue;
      series.inBucket[i] = (series.inBucket[i] ?? 0) + 1;
      return;
    }
  }

  *statuses(): Generator<{ labels: { service: string; mode: Mode; status: number }; count: number }> {
    for (const { service, mode, statuses } of this.#all()) {
      for (const [status, count] of statuses) yield { labels: { service, mode, status }, count };
    }
  }

  /** The durations as a histogram that a registry can hold. */
  histogram({ name, help }: { name: string; help: string }): Histogram<'service' | 'mode'> {
    const read = () =>
      this.#all().map(({ service, mode, inBucket, sumMs, count }) => ({
        labels: { service, mode },
        inBucket,
        sum: sumMs / 1000,
        count,
      }));
    return countedHistogram({ name, help, labelNames: ['service', 'mode'], buckets, read });
  }

  #all(): Series[] {
    return [...this.#series.values()].flatMap(({ live, test }) => [live, test]).filter(({ count }) => count > 0);
  }
}

function emptySeries(service: string, mode: Mode): Series {
  return { service, mode, statuses: new Map(), inBucket: new Float64Array(bounds.length), sumMs: 0, count: 0 };
}
