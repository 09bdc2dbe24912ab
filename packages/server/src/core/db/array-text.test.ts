import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { arrayText } from './array-text.ts';

const client = new Client(inject('postgres'));
beforeAll(() => client.connect());
afterAll(() => client.end());

async function readBack(type: string, values: readonly unknown[]): Promise<unknown> {
  const { rows } = await client.query<{ read: unknown }>(`select $1::${type}[] as read`, [arrayText(values) ?? values]);
  return rows[0]?.read;
}

describe('an array arrives as it was', () => {
  it.each([
    ['text', []],
    ['text', ['', ' ', 'null', 'NULL', null, '{}', 'a,b', '{"team":"growth"}']],
    ['text', ['"', '\\', '\\"', '\\n', '\\\\', 'C:\\temp\\new', '\\u0041']],
    ['text', ['two\nlines', 'tab\t', '\u0001\u001f\u007f', '\u2028', 'ß – 漢 – 😀']],
    ['float8', [0, -1.5, 1_763_777_777_777.25, 1e300, 5e-324, null]],
    ['float8', [Number.NaN, Number.POSITIVE_INFINITY]],
    ['int', [1, null, -2_147_483_648]],
    ['boolean', [true, false, null]],
    ['bytea', [Buffer.from([0, 255]), Buffer.from('x')]],
    ['timestamptz', [new Date(0), null]],
  ])('%s %j', async (type, values) => {
    expect(await readBack(type, values)).toEqual(values);
  });
});

it('leaves to the driver what JSON spells otherwise', () => {
  for (const values of [['\n'], ['\ud800'], [new Date(0)], [['a']], [Number.NaN], [Buffer.from('x')]]) {
    expect(arrayText(values)).toBeNull();
  }
});
