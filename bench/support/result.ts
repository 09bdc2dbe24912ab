/** What one bench found: figures of this run, the ratio it stands on, and whether it held. */
export interface BenchResult {
  readonly claim: string;
  readonly figures: readonly { readonly name: string; readonly value: number; readonly unit: string }[];
  readonly ratio?: number;
  readonly bar: string;
  readonly passed: boolean;
}

/** Prints a result as lines. */
export function print(result: BenchResult): void {
  const lines = [
    result.claim,
    ...result.figures.map(({ name, value, unit }) => `  ${name}: ${round(value)} ${unit}`),
    ...(result.ratio === undefined ? [] : [`  ratio: ${round(result.ratio)}`]),
    `  bar: ${result.bar}`,
    `  ${result.passed ? 'pass' : 'FAIL'}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

export function round(value: number): number {
  return Number(value.toPrecision(value >= 1000 ? 6 : 4));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
