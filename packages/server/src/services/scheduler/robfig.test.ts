import { describe, expect, test } from 'vitest';
import { readCron } from './cron.ts';
import { nextRun } from './next-run.ts';
import vectors from './robfig-vectors.json' with { type: 'json' };
import { cronOf, zoneNamed } from './schedule.fixture.ts';

/** Rows of `next` that read seconds: five fields cannot say them, and six are refused. */
const withSeconds = [6, 7, 8, 9, 10, 11];

/** Rows that use what robfig reads and we refuse, and how our own refusal says to write them. */
const rewritten: Readonly<Record<string, string>> = {
  '0/15 * * * *': '0-59/15 * * * *',
  '5/15 * * * *': '5-59/15 * * * *',
  '0/15 * * Jul *': '0-59/15 * * Jul *',
  '0/15 * * Jun *': '0-59/15 * * Jun *',
  '0 0 * Feb Mon/2': '0 0 * Feb Mon-6/2',
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
};

/** Rows of `next` whose instant is another one here, by the rules of the specification, 4.5. */
const differing: Readonly<Record<number, { why: string; ours: string }>> = {
  19: { why: 'a gap moves a run, it does not skip it', ours: '2012-03-11T03:30:00-04:00' },
  30: { why: 'a gap moves a run, it does not skip it', ours: '2012-03-11T03:00:00-04:00' },
  32: { why: 'an overlap fires on its first pass alone', ours: '2013-11-04T01:30:00-05:00' },
  37: { why: 'an overlap fires on its first pass alone', ours: '2012-11-05T01:00:00-05:00' },
  47: { why: 'an overlap fires on its first pass alone', ours: '2012-11-05T01:00:00-05:00' },
};

/** The expression in five fields of our own syntax; what had to be rewritten is refused as it stands. */
function ownSyntax(expression: string): string {
  const asterisks = expression.replaceAll('?', '*');
  const own = rewritten[asterisks] ?? asterisks;
  if (own !== expression) expect(readCron(expression)).toHaveProperty('problem');
  return own;
}

function nextAfter(expression: string, zone: string, after: number): number | null {
  return nextRun(cronOf(expression), zoneNamed(zone), after)?.at ?? null;
}

describe("robfig's table of next runs", () => {
  const rows = vectors.next.map((row, index) => ({ ...row, index }));
  const inMinutes = rows.filter(({ index }) => !withSeconds.includes(index));

  test.each(inMinutes)('row $index: $expr in $tz after $from', ({ index, expr, seconds, tz, from, expected }) => {
    const ours = differing[index]?.ours ?? expected;
    const expression = ownSyntax(seconds ? expr.replace(/^0 /, '') : expr);
    expect(nextAfter(expression, tz, Date.parse(from))).toBe(ours === null ? null : Date.parse(ours));
  });

  test.each(Object.entries(differing))('row %s is one where daylight saving shows, and differs', (index, { ours }) => {
    const row = vectors.next[Number(index)];
    expect(row).toMatchObject({ dst: true });
    expect(Date.parse(row?.expected ?? '')).not.toBe(Date.parse(ours));
  });

  test.each(withSeconds)('row %i reads seconds and is refused', (index) => {
    const { expr } = rows[index] ?? { expr: '' };
    expect(readCron(expr)).toEqual({ problem: expect.stringContaining('there are 6 fields; leave out the seconds') });
  });
});

test.each(vectors.activation)("robfig's activation: $expr at $at is $active", ({ at, expr, tz, active }) => {
  const instant = Date.parse(at);
  expect(nextAfter(ownSyntax(expr), tz, instant - 1) === instant).toBe(active);
});

test.each([...vectors.invalid_standard, ...vectors.invalid_seconds.map(({ expr }) => expr)])(
  'robfig refuses %j, and so do we',
  (expression) => {
    expect(readCron(expression)).toHaveProperty('problem');
  },
);
