import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTallies } from './memory-tallies.ts';
import { admits, admitsIn, type LimitAlgorithm, remaining, resetsIn, type WindowRule } from './window.ts';

const algorithms: readonly LimitAlgorithm[] = ['fixed_window', 'sliding_log', 'sliding_counter'];

/** A caller who asks at these instants, in seconds; what is answered him: how many are left, or how long to wait. */
function ask(rule: WindowRule, instants: readonly number[]): string[] {
  const tallies = createTallies(rule.algorithm, rule.windowMs);
  return instants.map((at) => {
    const now = at * 1000;
    const tally = tallies.of('he', now);
    const admitted = admits(rule, tally, now);
    if (admitted) tally.add(now);
    const reset = resetsIn(rule, tally, now) / 1000;
    return admitted
      ? `${remaining(rule, tally, now)} left, reset in ${reset}`
      : `wait ${admitsIn(rule, tally, now) / 1000}, reset in ${reset}`;
  });
}

describe('three requests a minute', () => {
  it.each<[LimitAlgorithm, readonly number[], readonly string[]]>([
    [
      'fixed_window',
      [600, 610, 659, 659.5, 660, 661],
      [
        '2 left, reset in 60',
        '1 left, reset in 50',
        '0 left, reset in 1',
        'wait 0.5, reset in 0.5',
        '2 left, reset in 60',
        '1 left, reset in 59',
      ],
    ],
    [
      'sliding_log',
      [600, 610, 659, 659.5, 660, 661, 670],
      [
        '2 left, reset in 60',
        '1 left, reset in 50',
        '0 left, reset in 1',
        'wait 0.5, reset in 0.5',
        '0 left, reset in 10',
        'wait 9, reset in 9',
        '0 left, reset in 49',
      ],
    ],
    [
      'sliding_counter',
      // Minutes begin at 600 and 660; at 680 two thirds of the three before still count.
      [630, 640, 650, 655, 660, 670, 680, 681, 700, 720, 840],
      [
        '2 left, reset in 90',
        '1 left, reset in 80',
        '0 left, reset in 70',
        'wait 25, reset in 65',
        'wait 20, reset in 60',
        'wait 10, reset in 50',
        '0 left, reset in 100',
        'wait 19, reset in 99',
        '0 left, reset in 80',
        '0 left, reset in 120',
        '2 left, reset in 120',
      ],
    ],
  ])('%s', (algorithm, instants, answers) => {
    expect(ask({ algorithm, max: 3, windowMs: 60_000 }, instants)).toEqual(answers);
  });
});

const times = fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 60 }).map((steps) => {
  let at = 1_000_000;
  return steps.map((step) => (at += step));
});
const rules = fc.record({
  algorithm: fc.constantFrom(...algorithms),
  max: fc.integer({ min: 1, max: 8 }),
  windowMs: fc.constantFrom(1_000, 7_000, 10_000),
});

describe('of any algorithm', () => {
  it('whoever waits as long as he was told is admitted, and not a moment sooner', () => {
    fc.assert(
      fc.property(rules, times, (rule, instants) => {
        const tallies = createTallies(rule.algorithm, rule.windowMs);
        for (const now of instants) {
          const tally = tallies.of('he', now);
          if (admits(rule, tally, now)) tally.add(now);
        }
        const now = instants.at(-1) ?? 0;
        const tally = tallies.of('he', now);
        const wait = admitsIn(rule, tally, now);
        if (wait === 0) return;
        expect(admits(rule, tally, now)).toBe(false);
        if (wait > 2)
          expect(admits(rule, tallies.of('he', now + Math.floor(wait) - 1), now + Math.floor(wait) - 1)).toBe(false);
        const then = now + Math.ceil(wait) + 1;
        expect(admits(rule, tallies.of('he', then), then)).toBe(true);
      }),
    );
  });

  it('after a reset the whole limit is there again', () => {
    fc.assert(
      fc.property(rules, times, (rule, instants) => {
        fc.pre(rule.algorithm !== 'sliding_log');
        const tallies = createTallies(rule.algorithm, rule.windowMs);
        for (const now of instants) tallies.of('he', now).add(now);
        const now = instants.at(-1) ?? 0;
        const then = now + resetsIn(rule, tallies.of('he', now), now);
        expect(remaining(rule, tallies.of('he', then), then)).toBe(rule.max);
      }),
    );
  });
});

it('a sliding log never admits more than the limit within any window', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), times, (max, instants) => {
      const rule: WindowRule = { algorithm: 'sliding_log', max, windowMs: 10_000 };
      const tallies = createTallies(rule.algorithm, rule.windowMs);
      const admitted: number[] = [];
      for (const now of instants) {
        const tally = tallies.of('he', now);
        const within = admitted.filter((at) => now - at < rule.windowMs).length;
        expect(tally.current).toBe(within);
        expect(admits(rule, tally, now)).toBe(within < max);
        if (!admits(rule, tally, now)) continue;
        tally.add(now);
        admitted.push(now);
      }
    }),
  );
});

it.each(algorithms)('callers that do not come again are forgotten: %s', (algorithm) => {
  const tallies = createTallies(algorithm, 1_000);
  for (let i = 0; i < 50_000; i++) tallies.of(`caller ${i}`, i).add(i);
  // A thousand come within a window, and a bucket is kept for two.
  expect(tallies.size).toBeLessThan(5_000);
});
