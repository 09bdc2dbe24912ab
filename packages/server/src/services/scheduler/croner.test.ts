import { Cron as Croner } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cron } from './cron.ts';
import { nextRuns } from './next-run.ts';
import { anyExpression, anyFrequentExpression, cronOf, oddDays, zoneNamed } from './schedule.fixture.ts';
import type { Zone } from './zone.ts';

const count = 12;

/** Where croner goes another way, and the rule that makes us differ (docs/decisions/cron.md). */
type Difference =
  /** Ours moves by the length of the gap; croner runs at the first instant after it, or not at all. */
  | 'gap: moved by its length'
  | 'gap: first instant after it'
  /** Croner takes an expression with a list, a range or a step of hours or minutes for an interval, we look at the hour's star. */
  | 'overlap: second pass';

function classify(cron: Cron, zone: Zone, at: number, who: 'ours' | 'theirs'): Difference | null {
  const { start, offset, before } = zone.eraAt(at);
  const sinceChange = at - start;
  if (cron.intervalLike) return null;
  if (who === 'ours') return sinceChange < offset - before ? 'gap: moved by its length' : null;
  if (before < offset) return sinceChange === 0 ? 'gap: first instant after it' : null;
  return sinceChange < before - offset ? 'overlap: second pass' : null;
}

/** Those of the next runs on which the two disagree, as far as both were asked. */
function differences(expression: string, zoneName: string, after: number): string[] {
  const cron = cronOf(expression);
  const zone = zoneNamed(zoneName);
  // Croner joins the day fields by "or" when one of them is spelled "*/1", though it restricts nothing.
  const spelled = expression.replaceAll(/(?<= )\*\/1(?= |$)/g, '*');
  const croner = new Croner(spelled, {
    timezone: zoneName,
    paused: true,
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
  });
  const ours = nextRuns(cron, zone, after, count).map((run) => run.at);
  const theirs = croner.nextRuns(count, new Date(after)).map((date) => date.getTime());
  const end = Math.min(ours.at(-1) ?? 0, theirs.at(-1) ?? 0);
  const only = (these: number[], those: number[], who: 'ours' | 'theirs') =>
    these
      .filter((at) => at <= end && !those.includes(at))
      .map((at) => classify(cron, zone, at, who) ?? `${who} alone has ${new Date(at).toISOString()}`);
  return [...only(ours, theirs, 'ours'), ...only(theirs, ours, 'theirs')];
}

const known: readonly string[] = [
  'gap: moved by its length',
  'gap: first instant after it',
  'overlap: second pass',
] satisfies Difference[];

describe('against croner', () => {
  test('any expression, zone and instant of ten years gives the same runs, but for the listed differences', () => {
    const anyZone = fc.constantFrom('UTC', 'Asia/Kathmandu', ...new Set(oddDays.map(([zone]) => zone)));
    const anyMinute = fc.integer({ min: Date.UTC(2024, 0, 1) / 60_000, max: Date.UTC(2034, 0, 1) / 60_000 });
    fc.assert(
      fc.property(anyExpression, anyZone, anyMinute, (expression, zone, minute) => {
        for (const found of differences(expression, zone, minute * 60_000)) expect(known).toContain(found);
      }),
      { numRuns: 600, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false },
    );
  });

  test('around changes of offset each listed difference is met, and no other', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(
        anyFrequentExpression,
        fc.constantFrom(...oddDays),
        fc.integer({ min: -1440, max: 1440 }),
        (expression, [zone, day], minutes) => {
          for (const found of differences(expression, zone, Date.parse(day) + minutes * 60_000)) {
            expect(known).toContain(found);
            met.add(found);
          }
        },
      ),
      {
        examples: [
          ['30 2 * * *', ['America/New_York', '2027-03-14'], 0],
          ['*/30 1 * * *', ['America/New_York', '2027-11-07'], 0],
        ],
        numRuns: 1500,
        interruptAfterTimeLimit: 8_000,
        markInterruptAsFailure: false,
      },
    );
    expect([...met].sort()).toEqual([...known].sort());
  });
});
