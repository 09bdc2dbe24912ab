import { expect, test } from 'vitest';
import { comparable, comparableForm, unreadBody } from './comparable.ts';

const circle: Record<string, unknown> = {};
circle.self = circle;

test.each<[title: string, body: unknown]>([
  ['a body that nobody has read', unreadBody],
  ['a stream of the web', new ReadableStream()],
  ['a stream in a field', { file: { pipe() {} } }],
  ['a file in a field', { file: new Blob(['x']) }],
  ['a map', new Map([['a', 1]])],
  ['a circle', circle],
  ['a number without end', { amount: 1n }],
  ['a function', () => {}],
])('%s cannot be compared', (_, body) => {
  expect(comparable(body)).toBeNull();
});

test.each<[title: string, one: unknown, other: unknown]>([
  ['bytes that are no text', Uint8Array.of(0xff), Uint8Array.of(0xfe)],
  ['bytes in a field', { file: Uint8Array.of(0xff) }, { file: Uint8Array.of(0xfe) }],
  ['buffers', Uint8Array.of(1, 2).buffer, Uint8Array.of(1, 3).buffer],
  ['part of a buffer', new Uint8Array([1, 2, 3]).subarray(1), new Uint8Array([1, 2, 4]).subarray(1)],
  ['fields', { a: 1 }, { a: 2 }],
  ['nothing and something', undefined, '{}'],
])('%s that differ are told apart, and the same are the same', (_, one, other) => {
  expect(comparable(one)).not.toEqual(comparable(other));
  expect(comparable(one)).toEqual(comparable(one));
});

test('a form is compared by its fields and the bytes of its files', async () => {
  const form = (...bytes: number[]) => {
    const made = new FormData();
    made.set('note', 'n');
    made.set('scan', new File([Uint8Array.from(bytes)], 'scan.bin'));
    return comparableForm(made);
  };
  expect(comparable(await form(1, 0xff))).toEqual(comparable(await form(1, 0xff)));
  expect(comparable(await form(1, 0xff))).not.toEqual(comparable(await form(1, 0xfe)));
});
