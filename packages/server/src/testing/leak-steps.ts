import fc from 'fast-check';
import { type Mode, modes } from '../core/mode.ts';

/** One operation. Numbers choose among what exists at that moment, so that any sequence makes sense and shrinks well. */
export interface Step {
  readonly kind: Kind;
  readonly workspace: 0 | 1;
  readonly mode: Mode;
  readonly pick: number;
  readonly value: number;
  /** 0: leaves when everything before it is answered; otherwise together with it, unless one depends on the other. */
  readonly haste: number;
}

/** Operations of one kind by one caller, which leave together: so do those that share a transaction. */
export interface Flock extends Step {
  readonly times: number;
}

export type Kind = (typeof kinds)[number];

export const kinds = [
  'note.list',
  'note.create',
  'note.create.once',
  'note.child',
  'note.find',
  'note.edit',
  'note.remove',
  'note.fail',
  'note.inject',
  'memo.list',
  'memo.create',
  'memo.create.once',
  'memo.about',
  'memo.find',
  'ledger.list',
  'ledger.post',
  'ledger.post.once',
  'ledger.find',
  'ledger.print',
  'ledger.inject',
  'draw.list',
  'draw',
  'draw.once',
] as const;

/** Draws share transactions in every installation, so they come more often. */
const likely: readonly Kind[] = [...kinds, 'draw', 'draw', 'draw', 'draw'];
const most = 1_000_000;
const mostHaste = 15;
const mostTimes = 8;

export const anyFlock: fc.Arbitrary<Flock> = fc.record({
  kind: fc.constantFrom(...likely),
  workspace: fc.constantFrom(0 as const, 1 as const),
  mode: fc.constantFrom(...modes),
  pick: fc.nat(most),
  value: fc.nat(most),
  // Without a bias towards 0, which would leave little that travels together.
  haste: fc.noBias(fc.nat(mostHaste)),
  times: fc.integer({ min: 1, max: mostTimes }),
});

/** Flocks of a seed, a hundred times as fast as an arbitrary makes them. */
export function flocksOf(seed: number): () => Flock {
  const random = randomOf(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  return () => ({
    kind: likely[below(likely.length)] ?? 'draw',
    workspace: below(2) === 0 ? 0 : 1,
    mode: modes[below(2)] ?? 'live',
    pick: below(most),
    value: below(most),
    haste: below(mostHaste + 1),
    times: 1 + below(mostTimes),
  });
}

export function stepsOf(flocks: readonly Flock[]): Step[] {
  return flocks.flatMap(({ times, ...step }) =>
    Array.from({ length: times }, (_, index) => ({
      ...step,
      pick: step.pick + index,
      value: step.value + index,
      haste: index === 0 ? step.haste : mostHaste,
    })),
  );
}

/** Mulberry32: small, seeded, good enough to choose steps with. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
