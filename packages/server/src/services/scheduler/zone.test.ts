import { describe, expect, test } from 'vitest';
import { offsetAt, readZone, type Zone } from './zone.ts';
import { abbreviations, zoneNames } from './zone-names.ts';

function zone(name: string): Zone {
  const reading = readZone(name);
  if ('problem' in reading) throw new Error(reading.problem);
  return reading;
}

/** Every change of offset in these years, as `instant offset`, the offset in minutes. */
function changes(name: string, from: number, to: number): string[] {
  const found: string[] = [];
  for (let era = zone(name).eraAt(Date.UTC(from, 0, 1)); era.end < Date.UTC(to, 0, 1); ) {
    const next = zone(name).eraAt(era.end);
    if (next.offset !== era.offset)
      found.push(`${new Date(era.end).toISOString().slice(0, 16)}Z ${next.offset / 60_000}`);
    era = next;
  }
  return found;
}

describe('names', () => {
  test('every name that the runtime lists is a zone, and so is every name of the database', () => {
    for (const name of [...Intl.supportedValuesOf('timeZone'), ...zoneNames])
      expect(readZone(name), name).toHaveProperty('name');
  });

  test.each([
    'UTC',
    'GMT',
    'Zulu',
    'GB',
    'US/Eastern',
    'Europe/Kyiv',
    'Europe/Kiev',
    'Asia/Calcutta',
    'Asia/Kolkata',
    'Etc/GMT+5',
    'America/Argentina/Buenos_Aires',
    'Antarctica/DumontDUrville',
  ])('%s is a zone under its own name', (name) => {
    expect(zone(name).name).toBe(name);
  });

  test.each<[string, string]>([
    ['', '"" is not an IANA time zone; write for instance America/New_York or UTC'],
    ['Mars/Olympus', '"Mars/Olympus" is not an IANA time zone; write for instance America/New_York or UTC'],
    ['+02:00', '"+02:00" is not an IANA time zone; write for instance America/New_York or UTC'],
    ['UTC+2', '"UTC+2" is not an IANA time zone; write for instance America/New_York or UTC'],
    ['america/new_york', '"america/new_york" is not an IANA time zone; write America/New_York'],
    ['utc', '"utc" is not an IANA time zone; write UTC'],
    ['EST5EDT', '"EST5EDT" is not an IANA time zone; name a place: America/New_York'],
    ['PST', '"PST" is not an IANA time zone; write for instance America/New_York or UTC'],
    [
      'Europe/Paris\u0000',
      '"Europe/Paris\\u0000" is not an IANA time zone; write for instance America/New_York or UTC',
    ],
    ['Factory', '"Factory" is not an IANA time zone; write for instance America/New_York or UTC'],
    ['__proto__', '"__proto__" is not an IANA time zone; write for instance America/New_York or UTC'],
  ])('%j is refused', (name, problem) => {
    expect(readZone(name)).toEqual({ problem });
  });

  test.each([...abbreviations.keys(), 'IST', 'CST', 'ACT', 'SystemV/EST5', 'Etc/Unknown'])('%s is refused', (name) => {
    expect(readZone(name)).toHaveProperty('problem');
  });
});

describe('changes of offset', () => {
  test.each<[string, number, number, string[]]>([
    ['UTC', 2020, 2036, []],
    ['Asia/Kathmandu', 2020, 2036, []],
    ['America/New_York', 2027, 2028, ['2027-03-14T07:00Z -240', '2027-11-07T06:00Z -300']],
    ['Europe/Dublin', 2027, 2028, ['2027-03-28T01:00Z 60', '2027-10-31T01:00Z 0']],
    ['Australia/Lord_Howe', 2027, 2028, ['2027-04-03T15:00Z 630', '2027-10-02T15:30Z 660']],
    ['Antarctica/Troll', 2027, 2028, ['2027-03-28T01:00Z 120', '2027-10-31T01:00Z 0']],
    ['Africa/Cairo', 2027, 2028, ['2027-04-29T22:00Z 180', '2027-10-28T21:00Z 120']],
    ['America/Caracas', 2006, 2020, ['2007-12-09T07:00Z -270', '2016-05-01T07:00Z -240']],
    ['Pacific/Apia', 2011, 2012, ['2011-04-02T14:00Z -660', '2011-09-24T14:00Z -600', '2011-12-30T10:00Z 840']],
    // Summer time left off in Ramadan.
    [
      'Africa/Casablanca',
      2016,
      2017,
      ['2016-03-27T02:00Z 60', '2016-06-05T02:00Z 0', '2016-07-10T02:00Z 60', '2016-10-30T02:00Z 0'],
    ],
    // The two closest changes of any zone since 1970.
    ['America/Recife', 2000, 2001, ['2000-02-27T02:00Z -180', '2000-10-08T03:00Z -120', '2000-10-15T02:00Z -180']],
  ])('%s from %i to %i', (name, from, to, expected) => {
    expect(changes(name, from, to)).toEqual(expected);
  });

  test('the offset is that of the runtime, hour by hour, through twelve years', () => {
    for (const name of ['America/New_York', 'Africa/Casablanca', 'Australia/Lord_Howe', 'Asia/Gaza']) {
      const formatter = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
      });
      for (let at = Date.UTC(2025, 0, 1); at < Date.UTC(2037, 0, 1); at += 7 * 3_600_000) {
        const [month = 0, day = 0, year = 0, hour = 0, minute = 0] =
          formatter.format(at).match(/\d+/g)?.map(Number) ?? [];
        expect(offsetAt(zone(name), at)).toBe(Date.UTC(year, month - 1, day, hour, minute) - at);
      }
    }
  });

  test('an offset of seconds is kept', () => {
    expect(offsetAt(zone('Africa/Monrovia'), Date.UTC(1960, 0, 1))).toBe(-(44 * 60 + 30) * 1000);
  });
});
