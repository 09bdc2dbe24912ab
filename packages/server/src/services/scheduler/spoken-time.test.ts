import { describe, expect, test } from 'vitest';
import { zoneNamed } from './schedule.fixture.ts';
import { readWhen, type SpokenTiming } from './spoken-time.ts';

const timezone = 'America/New_York';

/** A Saturday, 12:00 on its clocks. */
const here = { now: Date.parse('2026-11-21T17:00:00Z'), zone: zoneNamed(timezone) };

describe('what people say becomes one timing field', () => {
  test.each<[string, SpokenTiming]>([
    ['30 9 * * 1-5', { cron: '30 9 * * 1-5', timezone }],
    ['  0  9 * * MON ', { cron: '0 9 * * mon', timezone }],
    ['24h', { delay: '24h0m0s' }],
    ['in 2h', { delay: '2h0m0s' }],
    ['1h30m', { delay: '1h30m0s' }],
    ['IN 2 Hours 30 Minutes', { delay: '2h30m0s' }],
    ['90 min', { delay: '1h30m0s' }],
    ['2 hours and 30 minutes', { delay: '2h30m0s' }],
    ['1 day, 2 hours, and 5 secs', { delay: '26h0m5s' }],
    ['1.5 hours', { delay: '1h30m0s' }],
    ['3d', { delay: '72h0m0s' }],
    ['1d12h', { delay: '36h0m0s' }],
    ['in a week', { delay: '168h0m0s' }],
    ['an hour', { delay: '1h0m0s' }],
    ['-5s', { delay: '-5s' }],
    ['2026-12-01T09:00:00Z', { fire_at: '2026-12-01T09:00:00Z' }],
    ['2026-12-01t09:00:00+02:00', { fire_at: '2026-12-01T09:00:00+02:00' }],
    ['2026-07-01 09:00', { local_fire_at: '2026-07-01T09:00:00', timezone }],
    ['2026-07-01T09:00:30', { local_fire_at: '2026-07-01T09:00:30', timezone }],
    ['tomorrow 09:00', { local_fire_at: '2026-11-22T09:00:00', timezone }],
    ['tomorrow at 9am', { local_fire_at: '2026-11-22T09:00:00', timezone }],
    ['today at 3:30 pm', { local_fire_at: '2026-11-21T15:30:00', timezone }],
    ['today 08:00', { local_fire_at: '2026-11-21T08:00:00', timezone }],
    ['Monday 9:00', { local_fire_at: '2026-11-23T09:00:00', timezone }],
    ['on fri at 12am', { local_fire_at: '2026-11-27T00:00:00', timezone }],
    ['saturday at 12:01', { local_fire_at: '2026-11-21T12:01:00', timezone }],
    ['saturday at 12pm', { local_fire_at: '2026-11-28T12:00:00', timezone }],
    ['every minute', { cron: '* * * * *', timezone }],
    ['every 5 minutes', { cron: '*/5 * * * *', timezone }],
    ['every 60 min', { cron: '0 * * * *', timezone }],
    ['every hour', { cron: '0 * * * *', timezone }],
    ['every 6h', { cron: '0 */6 * * *', timezone }],
    ['every 120 minutes', { cron: '0 */2 * * *', timezone }],
    ['every 24 hours', { cron: '0 0 * * *', timezone }],
    ['every day at 9:00', { cron: '0 9 * * *', timezone }],
    ['every weekday at 9:00', { cron: '0 9 * * 1-5', timezone }],
    ['every weekend at 10:15am', { cron: '15 10 * * 0,6', timezone }],
    ['every Tuesday at 5pm', { cron: '0 17 * * 2', timezone }],
    ['every mon, wed and fri 08:30', { cron: '30 8 * * 1,3,5', timezone }],
  ])('%s', (text, timing) => {
    expect(readWhen(text, here)).toEqual({ ok: true, timing });
  });

  test('today and tomorrow are those of the zone', () => {
    // It is Sunday there, 06:00.
    const auckland = { now: Date.parse('2026-11-21T17:00:00Z'), zone: zoneNamed('Pacific/Auckland') };
    expect(readWhen('tomorrow 09:00', auckland)).toMatchObject({ timing: { local_fire_at: '2026-11-23T09:00:00' } });
    expect(readWhen('sunday 05:00', auckland)).toMatchObject({ timing: { local_fire_at: '2026-11-29T05:00:00' } });
  });
});

describe('what cannot be said is answered with what can', () => {
  const forms =
    'write a duration such as "in 2h", a time such as "2027-07-01 09:00" or "tomorrow at 9am", or a repetition such as "every weekday at 09:00"';

  test.each([
    ...[
      '',
      'soon',
      'in 2 fortnights',
      '2 hours and',
      'tomorrow',
      'tomorrow at 25:00',
      'tomorrow at 13pm',
      'monday at 9',
    ],
    ...[
      'every other day',
      'every day',
      'every blue moon at 09:00',
      '9:00',
      '3000000h',
      '2027-07-01',
      'every 5',
      '\u0000',
    ],
  ])('%j', (text) => {
    expect(readWhen(text, here)).toEqual({ ok: false, message: `${JSON.stringify(text)} is not a time; ${forms}` });
  });

  test.each<[string, string]>([
    ['60 9 * * *', 'minute "60": "60" is out of range; write 0 to 59'],
    ['2027-02-30 09:00', '"2027-02-30 09:00" is not in the calendar; check the day and the time'],
    [
      'every 7 minutes',
      'no cron fires "every 7 minutes"; name minutes that divide an hour, or hours that divide a day',
    ],
    [
      'every 90 minutes',
      'no cron fires "every 90 minutes"; name minutes that divide an hour, or hours that divide a day',
    ],
    ['every 5 hours', 'no cron fires "every 5 hours"; name minutes that divide an hour, or hours that divide a day'],
    [
      'every 30 seconds',
      'no cron fires "every 30 seconds"; name minutes that divide an hour, or hours that divide a day',
    ],
    [
      'every 0 minutes',
      'no cron fires "every 0 minutes"; name minutes that divide an hour, or hours that divide a day',
    ],
  ])('%j', (text, message) => {
    expect(readWhen(text, here)).toEqual({ ok: false, message });
  });

  test('a text of a megabyte is refused at once', () => {
    expect(readWhen('1 a'.repeat(400_000), here)).toMatchObject({ ok: false });
  });
});
