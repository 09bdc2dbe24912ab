import fc from 'fast-check';
import { type Cron, readCron } from './cron.ts';
import { readZone, type Zone } from './zone.ts';

export function zoneNamed(name: string): Zone {
  const zone = readZone(name);
  if ('problem' in zone) throw new Error(zone.problem);
  return zone;
}

export function cronOf(expression: string): Cron {
  const cron = readCron(expression);
  if ('problem' in cron) throw new Error(cron.problem);
  return cron;
}

/** Zones whose clocks do something unusual, or the usual at another hour, and days around which they do it. */
export const oddDays: readonly (readonly [zone: string, day: string])[] = [
  ['America/New_York', '2027-03-14'],
  ['America/New_York', '2027-11-07'],
  ['Europe/Dublin', '2027-03-28'],
  ['Europe/Dublin', '2027-10-31'],
  ['Australia/Lord_Howe', '2027-04-03'],
  ['Australia/Lord_Howe', '2027-10-02'],
  ['Africa/Cairo', '2027-04-30'],
  ['Africa/Cairo', '2027-10-28'],
  ['America/Havana', '2027-03-14'],
  ['America/Havana', '2027-11-07'],
  ['Africa/Casablanca', '2016-06-05'],
  ['Africa/Casablanca', '2016-07-10'],
  ['Antarctica/Troll', '2027-03-28'],
  ['Antarctica/Troll', '2027-10-31'],
  ['America/Caracas', '2007-12-09'],
  ['America/Caracas', '2016-05-01'],
  ['America/St_Johns', '2010-03-14'],
  ['America/St_Johns', '2010-11-07'],
  ['Asia/Kathmandu', '1986-01-01'],
  ['Pacific/Apia', '2011-12-30'],
  ['Pacific/Kiritimati', '1994-12-31'],
];

function fieldWithin(min: number, max: number): fc.Arbitrary<string> {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: max - min });
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant('*') },
    { weight: 4, arbitrary: value.map(String) },
    { weight: 1, arbitrary: step.map((every) => `*/${every}`) },
    { weight: 1, arbitrary: range },
    { weight: 1, arbitrary: fc.tuple(range, step).map(([all, every]) => `${all}/${every}`) },
    { weight: 2, arbitrary: fc.array(fc.oneof(value.map(String), range), { minLength: 2, maxLength: 4 }).map(String) },
  );
}

/** Expressions of all shapes; the days of a month stop at 28, so that each of them occurs. */
export const anyExpression: fc.Arbitrary<string> = fc
  .tuple(fieldWithin(0, 59), fieldWithin(0, 23), fieldWithin(1, 28), fieldWithin(1, 12), fieldWithin(0, 6))
  .map((fields) => fields.join(' '));

/** The same, with most days and months free, so that something happens on the day that is looked at. */
export const anyFrequentExpression: fc.Arbitrary<string> = fc
  .tuple(
    fieldWithin(0, 59),
    fc.oneof({ weight: 2, arbitrary: fieldWithin(0, 23) }, { weight: 1, arbitrary: fieldWithin(0, 4) }),
    fc.oneof({ weight: 4, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: fieldWithin(1, 28) }),
    fc.oneof({ weight: 4, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: fieldWithin(1, 12) }),
    fc.oneof({ weight: 2, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: fieldWithin(0, 6) }),
  )
  .map((fields) => fields.join(' '));
