import { Histogram, type MetricType } from 'prom-client';

/** What somebody has counted himself: how many fell between each bound and the one before it, and their sum. */
export interface Counted<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly inBucket: ArrayLike<number>;
  readonly sum: number;
  readonly count: number;
}

/** A histogram whose figures are counted elsewhere and read when somebody asks. */
export function countedHistogram<Label extends string>(options: {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** Upper bounds. */
  readonly buckets: readonly number[];
  readonly read: () => readonly Counted<Label>[];
}): Histogram<Label> {
  const { name, help, labelNames, buckets, read } = options;
  const histogram = new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers: [] });
  const get = async () => ({
    name,
    help,
    // The library's enum exists in its types only.
    type: 'histogram' as unknown as MetricType.Histogram,
    aggregator: 'sum' as const,
    values: read().flatMap((counted) => valuesOf(name, buckets, counted)),
  });
  return Object.assign(histogram, { get, getForPromString: get });
}

/** Buckets are cumulative in the exposition format, and the last one holds everything. */
function valuesOf(name: string, buckets: readonly number[], { labels, inBucket, sum, count }: Counted<string>) {
  let below = 0;
  const cumulative = buckets.map((le, index) => {
    below += inBucket[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
  });
  return [
    ...cumulative,
    { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
