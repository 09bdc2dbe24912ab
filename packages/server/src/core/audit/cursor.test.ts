import { expect, test } from 'vitest';
import { readCursor, writeCursor } from './cursor.ts';

const cursor = { atUs: 1_795_250_419_715_123, id: 'log_4fZ0aB', bounds: { live: 7, test: 0 } };
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a cursor comes back as it was written, and needs no escaping in a query', () => {
  expect(readCursor(writeCursor(cursor))).toEqual(cursor);
  expect(writeCursor(cursor)).toMatch(/^[\w-]+$/);
});

test.each([
  ['nothing', ''],
  ['no base64', '!!!'],
  ['no JSON', Buffer.from('[1,').toString('base64url')],
  ['an object', encoded({ atUs: 1 })],
  ['null', encoded(null)],
  ['too little', encoded([1, 'a', 1])],
  ['too much', encoded([1, 'a', 1, 1, 1])],
  ['a negative instant', encoded([-1, 'a', 1, 1])],
  ['a fraction', encoded([1.5, 'a', 1, 1])],
  ['more than an integer holds', encoded([2 ** 60, 'a', 1, 1])],
  ['a text for a number', encoded(['1', 'a', 1, 1])],
  ['a quote in the id', encoded([1, "a'", 1, 1])],
  ['an endless id', encoded([1, 'a'.repeat(65), 1, 1])],
])('%s is refused as a bad cursor', (_, text) => {
  expect(() => readCursor(text)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});
