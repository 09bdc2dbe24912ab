import { expect, test } from 'vitest';
import { decideDueDays, nextPublication } from './publish-days.ts';

const at = (text: string) => Date.parse(text);

test.each([
  { now: '2026-05-24T00:00:00Z', publishAt: '00:05', due: '2026-05-24T00:05:00Z' },
  { now: '2026-05-24T00:05:00Z', publishAt: '00:05', due: '2026-05-25T00:05:00Z' },
  { now: '2026-05-24T13:00:00Z', publishAt: '23:30', due: '2026-05-24T23:30:00Z' },
  { now: '2026-12-31T23:59:59Z', publishAt: '00:00', due: '2027-01-01T00:00:00Z' },
])('at $now, with $publishAt, the next publication is due at $due', ({ now, publishAt, due }) => {
  expect(nextPublication(at(now), publishAt)).toBe(at(due));
});

test.each([
  { what: 'nothing was ever drawn', now: '2026-05-24T12:00:00Z', last: null, first: null, due: [] },
  {
    what: 'the first outcome was drawn today',
    now: '2026-05-24T12:00:00Z',
    last: null,
    first: '2026-05-24T01:00:00Z',
    due: [],
  },
  {
    what: 'the day before has ended and its time has come',
    now: '2026-05-24T00:05:00Z',
    last: null,
    first: '2026-05-23T22:00:00Z',
    due: ['2026-05-23'],
  },
  {
    what: 'the day before has ended and its time has not come',
    now: '2026-05-24T00:04:59Z',
    last: null,
    first: '2026-05-23T22:00:00Z',
    due: [],
  },
  {
    what: 'the server was away for days, some without outcomes',
    now: '2026-03-02T09:00:00Z',
    last: '2026-02-26',
    first: null,
    due: ['2026-02-27', '2026-02-28', '2026-03-01'],
  },
  { what: 'everything is published', now: '2026-03-02T09:00:00Z', last: '2026-03-01', first: null, due: [] },
])('when $what, these days are due: $due', ({ now, last, first, due }) => {
  expect(decideDueDays(at(now), '00:05', last, first === null ? null : at(first))).toEqual(due);
});
