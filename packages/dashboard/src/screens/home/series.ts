import type { Mode } from '../../console/types.ts';

export interface Step {
  readonly at: number;
  readonly mode: Mode;
  readonly requests: number;
  readonly errors: number;
  readonly suppressed: number;
  readonly delivered: number;
  readonly failed: number;
}

export interface Figures {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly steps: readonly Step[];
}

/** Every step of the time, also those in which nothing happened. */
export function seriesOf({ from, to, stepMs, steps }: Figures, mode: Mode): Step[] {
  const known = new Map(steps.filter((step) => step.mode === mode).map((step) => [step.at, step]));
  const none = { mode, requests: 0, errors: 0, suppressed: 0, delivered: 0, failed: 0 };
  return Array.from({ length: Math.round((to - from) / stepMs) }, (_, index) => {
    const at = from + index * stepMs;
    return known.get(at) ?? { ...none, at };
  });
}

export function totalsOf({ steps }: Figures, mode: Mode): Omit<Step, 'at' | 'mode'> {
  const total = { requests: 0, errors: 0, suppressed: 0, delivered: 0, failed: 0 };
  for (const step of steps) {
    if (step.mode !== mode) continue;
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += step[name];
  }
  return total;
}
