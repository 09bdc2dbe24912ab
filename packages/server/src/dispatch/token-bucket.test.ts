import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BucketPolicy, type BucketState, takeToken } from './token-bucket.ts';

const now = 1_800_000_000_000;

/** Takes until refused, all at one instant. */
function takeAll(
  policy: BucketPolicy,
  from: BucketState | null,
  at: number,
): { taken: number; state: BucketState | null } {
  let state = from;
  for (let taken = 0; ; taken++) {
    const decision = takeToken(policy, state, at);
    if (!decision.allowed) return { taken, state };
    state = decision.state;
  }
}

describe('a token bucket', () => {
  it.each<[string, BucketPolicy, BucketState | null, number | null]>([
    ['never has a token when both are 0', { rate: 0, burst: 0 }, null, null],
    ['never has a token when it holds none', { rate: 5, burst: 0 }, null, null],
    ['never has a token when it holds less than one', { rate: 5, burst: 0.5 }, null, null],
    ['never refills at rate 0', { rate: 0, burst: 3 }, { tokens: 0, at: now }, null],
    ['has the next token after a second', { rate: 1, burst: 1 }, { tokens: 0, at: now }, now + 1000],
    ['counts what has come since', { rate: 1, burst: 1 }, { tokens: 0, at: now - 400 }, now + 600],
    ['rounds up to a whole millisecond', { rate: 3, burst: 1 }, { tokens: 0, at: now }, now + 334],
    ['can take a day for a token', { rate: 1 / 86_400, burst: 1 }, { tokens: 0, at: now }, now + 86_400_000],
    ['waits for a clock that was set back', { rate: 1, burst: 1 }, { tokens: 0, at: now + 500 }, now + 1500],
  ])('%s', (_, policy, state, nextAt) => {
    expect(takeToken(policy, state, now)).toEqual({ allowed: false, nextAt });
  });

  it('lets a burst through and then one at a time', () => {
    const policy = { rate: 2, burst: 5 };
    const first = takeAll(policy, null, now);
    expect(first.taken).toBe(5);
    expect(takeAll(policy, first.state, now + 499).taken).toBe(0);
    const second = takeAll(policy, first.state, now + 500);
    expect(second.taken).toBe(1);
    expect(takeAll(policy, second.state, now + 3_600_000).taken).toBe(5);
  });

  it('holds no more than a lowered burst', () => {
    expect(takeAll({ rate: 1, burst: 2 }, { tokens: 50, at: now }, now).taken).toBe(2);
  });

  it('sends everyone who waits to a token of their own', () => {
    const policy = { rate: 2, burst: 1 };
    const state = { tokens: 0, at: now };
    const instants = [0, 1, 2].map((waiting) => takeToken(policy, state, now, waiting));
    expect(instants).toEqual([500, 1000, 1500].map((ms) => ({ allowed: false, nextAt: now + ms })));
  });

  it('has the token at the instant it promised, and never a millisecond before', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 5_000, noNaN: true }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.integer({ min: 0, max: 5_000 }),
        (rate, burst, tokens, ago) => {
          const state = { tokens, at: now - ago };
          const decision = takeToken({ rate, burst }, state, now);
          if (decision.allowed) return;
          const at = decision.nextAt ?? Number.NaN;
          expect(takeToken({ rate, burst }, state, at).allowed).toBe(true);
          if (at - 1 > now) expect(takeToken({ rate, burst }, state, at - 1).allowed).toBe(false);
        },
      ),
    );
  });

  it('never lets through more than the burst and what has come since', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 200 }),
        (rate, burst, gaps) => {
          let state: BucketState | null = null;
          let at = now;
          let taken = 0;
          for (const gap of gaps) {
            at += gap;
            const decision = takeToken({ rate, burst }, state, at);
            if (!decision.allowed) continue;
            state = decision.state;
            taken++;
          }
          expect(taken).toBeLessThanOrEqual(burst + ((at - now) / 1000) * rate + 0.001);
        },
      ),
    );
  });
});
