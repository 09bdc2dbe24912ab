import { types } from 'pg';
import { describe, expect, it } from 'vitest';
import { readTimestamp } from './read-timestamp.ts';

const ofDriver = (text: string): unknown => types.getTypeParser(types.builtins.TIMESTAMP)(text);
const read = (text: string) => readTimestamp(text, () => 'otherwise');

describe('readTimestamp', () => {
  it.each([
    ['2026-11-21 09:00:00+00', '2026-11-21T09:00:00.000Z'],
    ['2026-11-21 09:00:00.1+00', '2026-11-21T09:00:00.100Z'],
    ['2026-11-21 09:00:00.012+00', '2026-11-21T09:00:00.012Z'],
    ['2026-11-21 09:00:00.0129+00', '2026-11-21T09:00:00.012Z'],
    ['2026-11-21 23:59:59.999999+00', '2026-11-21T23:59:59.999Z'],
    ['2024-02-29 00:00:00.000001+00', '2024-02-29T00:00:00.000Z'],
    ['1000-01-01 00:00:00+00', '1000-01-01T00:00:00.000Z'],
    ['9999-12-31 23:59:59.999+00', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toEqual(new Date(expected));
  });

  it.each([
    '2026-11-21 14:30:00+05:30',
    '2026-11-21 09:00:00+01',
    '0099-01-01 00:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    '12026-01-01 00:00:00+00',
    'infinity',
    '-infinity',
  ])('leaves %s to the driver', (text) => {
    expect(read(text)).toBe('otherwise');
  });

  it('reads every instant as it was', () => {
    for (let at = Date.UTC(1000, 0, 1); at < Date.UTC(9999, 11, 1); at += 7_654_321_987_001) {
      const [day = '', time = ''] = new Date(at).toISOString().split('T');
      const text = `${day} ${time.slice(0, -1).replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros))}+00`;
      expect(read(text)).toEqual(new Date(at));
      expect(ofDriver(text)).toEqual(new Date(at));
    }
  });
});
