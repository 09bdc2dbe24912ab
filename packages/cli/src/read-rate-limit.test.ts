import { expect, it } from 'vitest';
import { readRateLimit } from './read-rate-limit.ts';

it.each([
  ['30/minute', { perMinute: 30 }],
  ['30/min', { perMinute: 30 }],
  ['1/m', { perMinute: 1 }],
  ['500/hour', { perHour: 500 }],
  ['999999999/h', { perHour: 999_999_999 }],
])('%s is understood', (text, value) => {
  expect(readRateLimit(text)).toEqual({ ok: true, value });
});

it.each([
  '',
  '30',
  '0/minute',
  '-1/minute',
  '1.5/hour',
  '30/second',
  '30 / minute',
  '030/minute',
  '1e3/hour',
  '1/hours',
])('"%s" is refused with the mend', (text) => {
  expect(readRateLimit(text)).toEqual({ ok: false, message: expect.stringContaining('30/minute or 500/hour') });
});
