import { expect, test } from 'vitest';
import { readExpiry } from './read-expiry.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const at = (text: string) => ({ ok: true, value: Date.parse(text) });
const unreadable = {
  ok: false,
  message: 'Give a time such as 2027-01-31 or 2027-01-31T12:00:00Z, a span such as 90d, or never.',
};
const past = { ok: false, message: 'The expiry must lie in the future.' };

test.each([
  ['never', { ok: true, value: null }],
  ['30m', at('2026-03-01T12:30:00Z')],
  ['12h', at('2026-03-02T00:00:00Z')],
  ['90d', at('2026-05-30T12:00:00Z')],
  ['2w', at('2026-03-15T12:00:00Z')],
  ['2027-01-31', at('2027-01-31T00:00:00Z')],
  ['2028-02-29', at('2028-02-29T00:00:00Z')],
  ['2027-01-31T12:00Z', at('2027-01-31T12:00:00Z')],
  ['2027-01-31T12:00:00+02:00', at('2027-01-31T10:00:00Z')],
  ['2026-03-01T12:00:00Z', past],
  ['2020-01-01', past],
  ['0d', past],
  ['2027-02-29', unreadable],
  ['2027-04-31T00:00:00Z', unreadable],
  ['2027-01-31T12:00:00', unreadable],
  ['2027-13-01', unreadable],
  ['2027-01-31T25:00:00Z', unreadable],
  ['31.1.2027', unreadable],
  ['1234567890', unreadable],
  ['-1d', unreadable],
  ['1y', unreadable],
  ['', unreadable],
])('%s', (text, reading) => {
  expect(readExpiry(text, now)).toEqual(reading);
});
