/** Chance that a seed repeats: the same seed makes the same invoice on every machine. */
export interface Chance {
  /** From 0 up to and without 1. */
  next(): number;
  /** Both ends included. */
  integer(from: number, to: number): number;
  pick<T>(of: readonly [T, ...T[]] | readonly T[]): T;
  /** `true` in so many of a hundred cases. */
  percent(of: number): boolean;
  digits(count: number): string;
}

/** Mulberry32: 32 bits of state are plenty for test data. */
export function createChance(seed: number): Chance {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    integer,
    pick<T>(of: readonly T[]): T {
      const one = of[integer(0, of.length - 1)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
    percent: (of) => next() * 100 < of,
    digits: (count) => Array.from({ length: count }, () => String(integer(0, 9))).join(''),
  };
}
