import { describe, expect, test } from 'vitest';
import { readTiming, type TimingFields } from './timing.ts';

const now = Date.parse('2026-11-21T08:00:00.250Z');

describe('a one-shot', () => {
  test.each<[TimingFields, string]>([
    [{ delay: '1s' }, '2026-11-21T08:00:01.250Z'],
    [{ delay: '1h30m' }, '2026-11-21T09:30:00.250Z'],
    [{ delay: '1000000001ns' }, '2026-11-21T08:00:01.251Z'],
    [{ delay: '87600h' }, '2036-11-18T08:00:00.250Z'],
    [{ delay: '30s', cron: null, fire_at: null, local_fire_at: null, start_at: null }, '2026-11-21T08:00:30.250Z'],
    [{ delay: '30s', timezone: 'not looked at' }, '2026-11-21T08:00:30.250Z'],
    [{ fire_at: '2026-11-21T08:00:01.25Z' }, '2026-11-21T08:00:01.250Z'],
    [{ fire_at: '2027-07-01T09:00:00+02:00', timezone: 'Mars/Olympus' }, '2027-07-01T07:00:00.000Z'],
    [{ fire_at: '2036-11-21T08:00:00.25Z' }, '2036-11-21T08:00:00.250Z'],
  ])('%j has no zone', (fields, instant) => {
    expect(readTiming(fields, now)).toEqual({
      ok: true,
      timing: {
        kind: 'one_shot',
        fireAt: Date.parse(instant),
        localFireAt: null,
        timezone: null,
        dst: 'none',
        dstAdjusted: false,
      },
    });
  });

  test.each<[string, string | undefined, string, string, boolean]>([
    ['2027-07-01T09:00:00', 'Europe/Paris', '2027-07-01T07:00:00Z', 'none', false],
    ['2027-07-01T09:00:00', undefined, '2027-07-01T09:00:00Z', 'none', false],
    ['2027-03-14T02:30:00', 'America/New_York', '2027-03-14T07:30:00Z', 'gap_shifted', true],
    ['2027-11-07T01:30:00', 'US/Eastern', '2027-11-07T05:30:00Z', 'overlap_first', true],
    ['2026-11-21T21:00:02', 'Pacific/Auckland', '2026-11-21T08:00:02Z', 'none', false],
  ])('%s in %s', (local, timezone, instant, dst, dstAdjusted) => {
    expect(readTiming({ local_fire_at: local, timezone }, now)).toEqual({
      ok: true,
      timing: {
        kind: 'one_shot',
        fireAt: Date.parse(instant),
        localFireAt: local,
        timezone: timezone ?? 'UTC',
        dst,
        dstAdjusted,
      },
    });
  });
});

describe('a recurring schedule', () => {
  test.each<[TimingFields, string]>([
    [{ cron: '30 9 * * *' }, '2026-11-21T09:30:00Z'],
    [{ cron: '30 9 * * *', timezone: 'America/New_York' }, '2026-11-21T14:30:00Z'],
    [{ cron: '0 0 29 2 *' }, '2028-02-29T00:00:00Z'],
    [{ cron: '0 9 * * *', start_at: '2027-01-01T00:00:00Z' }, '2027-01-01T09:00:00Z'],
    [{ cron: '0 9 * * *', start_at: '2027-01-01T09:00:00Z', end_at: '2027-01-01T09:00:00Z' }, '2027-01-01T09:00:00Z'],
    [{ cron: '0 9 * * *', start_at: '2020-01-01T00:00:00Z', max_fires: 1 }, '2026-11-21T09:00:00Z'],
  ])('%j', (fields, first) => {
    const reading = readTiming(fields, now);
    expect(reading).toMatchObject({
      ok: true,
      timing: {
        kind: 'recurring',
        cron: { expression: fields.cron },
        timezone: fields.timezone ?? 'UTC',
        first: { at: Date.parse(first) },
        bounds: { maxFires: fields.max_fires ?? null },
      },
    });
  });

  test('the first occurrence is strictly after now', () => {
    const onTheMinute = Date.parse('2026-11-21T08:00:00Z');
    expect(readTiming({ cron: '* * * * *' }, onTheMinute)).toMatchObject({
      timing: { first: { at: onTheMinute + 60_000, dst: 'none' } },
    });
  });
});

describe('what is refused', () => {
  test.each<[TimingFields, string, string | null, string]>([
    [{}, 'missing_timing', null, 'send one of delay, fire_at, local_fire_at or cron'],
    [{ delay: null, timezone: 'UTC' }, 'missing_timing', null, 'send one of delay, fire_at, local_fire_at or cron'],
    [
      { delay: '1s', cron: 'nonsense' },
      'multiple_timing',
      'cron',
      'delay and cron exclude each other; send one of them',
    ],
    [{ delay: '' }, 'invalid_duration', 'delay', '"" is not a duration; write for instance "90s", "1h30m" or "24h"'],
    [
      { delay: '1d' },
      'invalid_duration',
      'delay',
      '"1d" is not a duration; write for instance "90s", "1h30m" or "24h"',
    ],
    [
      { delay: '24' },
      'invalid_duration',
      'delay',
      '"24" is not a duration; write for instance "90s", "1h30m" or "24h"',
    ],
    [
      { delay: 'PT1H' },
      'invalid_duration',
      'delay',
      '"PT1H" is not a duration; write for instance "90s", "1h30m" or "24h"',
    ],
    [{ delay: '-5s' }, 'sub_floor_delay', 'delay', 'delay must be at least 1s'],
    [{ delay: '0' }, 'sub_floor_delay', 'delay', 'delay must be at least 1s'],
    [{ delay: '999ms' }, 'sub_floor_delay', 'delay', 'delay must be at least 1s'],
    [{ delay: '999999999ns' }, 'sub_floor_delay', 'delay', 'delay must be at least 1s'],
    [{ delay: '87673h' }, 'fire_at_too_far', 'delay', 'delay must be within 10 years from now'],
    [{ delay: '2562047h' }, 'fire_at_too_far', 'delay', 'delay must be within 10 years from now'],
    [
      { fire_at: '2027-07-01 09:00:00Z' },
      'invalid_fire_at',
      'fire_at',
      '"2027-07-01 09:00:00Z" is not an instant; write RFC 3339 with seconds and an offset or Z, such as "2027-07-01T09:00:00Z"',
    ],
    [
      { fire_at: '2026-11-21T08:00:01.249Z' },
      'fire_at_in_past',
      'fire_at',
      'fire_at must be at least 1s in the future; for soon, send a delay',
    ],
    [{ fire_at: '2036-11-21T08:00:00.251Z' }, 'fire_at_too_far', 'fire_at', 'fire_at must be within 10 years from now'],
    [
      { fire_at: '9999-12-31T23:59:59-01:00' },
      'fire_at_too_far',
      'fire_at',
      'fire_at must be within 10 years from now',
    ],
    [
      { local_fire_at: '2027-07-01T09:00:00Z' },
      'invalid_duration',
      'local_fire_at',
      '"2027-07-01T09:00:00Z" is not a local time; write a wall time without an offset, such as "2027-07-01T09:00:00"',
    ],
    [
      { local_fire_at: '2026-11-21T08:00:01' },
      'fire_at_in_past',
      'local_fire_at',
      'local_fire_at must be at least 1s in the future; for soon, send a delay',
    ],
    [
      { local_fire_at: '0001-01-01T00:00:00', timezone: 'Europe/Paris' },
      'fire_at_in_past',
      'local_fire_at',
      'local_fire_at must be at least 1s in the future; for soon, send a delay',
    ],
    [
      { local_fire_at: '9999-12-31T23:59:59', timezone: 'Pacific/Niue' },
      'fire_at_too_far',
      'local_fire_at',
      'local_fire_at must be within 10 years from now',
    ],
    [
      { local_fire_at: '2036-11-21T09:00:01', timezone: 'Europe/Paris' },
      'fire_at_too_far',
      'local_fire_at',
      'local_fire_at must be within 10 years from now',
    ],
    [
      { local_fire_at: '2027-07-01T09:00:00', timezone: '+02:00' },
      'invalid_cron',
      'timezone',
      '"+02:00" is not an IANA time zone; write for instance America/New_York or UTC',
    ],
    [{ cron: '60 * * * *' }, 'invalid_cron', 'cron', 'minute "60": "60" is out of range; write 0 to 59'],
    [
      { cron: '0 9 * * *', timezone: 'europe/paris' },
      'invalid_cron',
      'timezone',
      '"europe/paris" is not an IANA time zone; write Europe/Paris',
    ],
    [
      { cron: '0 0 30 2 *' },
      'invalid_cron',
      'cron',
      '"0 0 30 2 *" never occurs in the next 10 years; check the day against the month',
    ],
    [
      { cron: '0 9 * * *', end_at: '2026-11-21T08:30:00Z' },
      'invalid_cron',
      'cron',
      '"0 9 * * *" has no occurrence before end_at; send a later one',
    ],
    [
      { cron: '0 9 * * *', start_at: 'soon' },
      'invalid_fire_at',
      'start_at',
      'start_at must be RFC 3339, such as "2027-07-01T09:00:00Z"',
    ],
    [
      { cron: '0 9 * * *', start_at: '2040-01-01T00:00:00Z' },
      'fire_at_too_far',
      'start_at',
      'start_at must be within 10 years from now',
    ],
    [
      { cron: '0 9 * * *', end_at: '2026-11-21T08:00:00Z' },
      'fire_at_in_past',
      'end_at',
      'end_at must be in the future',
    ],
    [
      { cron: '0 9 * * *', start_at: '2027-02-01T00:00:00Z', end_at: '2027-01-01T00:00:00Z' },
      'invalid_fire_at',
      'end_at',
      'end_at must not be before start_at',
    ],
    [{ cron: '0 9 * * *', max_fires: 0 }, 'invalid_type', 'max_fires', 'max_fires must be a whole number of 1 or more'],
    [
      { delay: '1m', max_fires: 3 },
      'kind_mismatch',
      'max_fires',
      'max_fires bounds a recurring schedule; send it with cron',
    ],
  ])('%j', (fields, code, param, message) => {
    expect(readTiming(fields, now)).toEqual({ ok: false, code, message, param });
  });

  test('the bounds of a leap day are ten calendar years', () => {
    const leapDay = Date.parse('2028-02-29T12:00:00Z');
    expect(readTiming({ fire_at: '2038-03-01T12:00:00Z' }, leapDay)).toMatchObject({ ok: true });
    expect(readTiming({ fire_at: '2038-03-01T12:00:01Z' }, leapDay)).toMatchObject({ code: 'fire_at_too_far' });
  });
});
