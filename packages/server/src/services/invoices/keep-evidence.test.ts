import { expect, it } from 'vitest';
import type { InvoiceFields } from './invoice-fields.ts';
import { followPaths, followRows } from './keep-evidence.ts';

const line = (description: string, netAmount = '1.00') => ({
  description,
  netAmount,
  index: 7,
  page: 2,
  accounting: null,
});
const [chair, desk, lamp, shelf] = [line('Chair'), line('Desk'), line('Lamp'), line('Shelf')];

it.each([
  ['nothing', [chair, desk], [chair, desk], [0, 1]],
  ['the order of its fields', [{ a: 1, b: 2 }], [desk, { b: 2, a: 1 }], [-1, 0]],
  ['what only the server sets', [chair, desk], [{ ...chair, index: 1, page: null }, desk], [0, 1]],
  ['a value', [chair, desk, lamp], [chair, line('Desk', '2.00'), lamp], [0, 1, 2]],
  ['a row that is gone', [chair, desk, lamp], [chair, lamp], [0, 2]],
  ['a row that came last', [chair], [chair, desk], [0, -1]],
  ['a row that came between', [chair, lamp], [chair, desk, lamp], [0, -1, 1]],
  ['two that are gone around one', [chair, desk, lamp, shelf], [desk, shelf], [1, 3]],
  ['one that is gone and one that came', [chair, desk], [desk, lamp], [1, -1]],
  ['a value after a row that is gone', [chair, desk, lamp, shelf], [desk, line('Lamp', '2.00'), shelf], [1, 2, 3]],
  ['all of them', [chair, desk], [], []],
  ['the first of several that are alike', [chair, chair, chair], [chair, chair], [0, 1]],
])('follows rows through a change of %s', (_, before, after, from) => {
  expect(followRows(before, after)).toEqual(from);
});

it('keeps what was read of a value where its row stands now, and of nothing that is another value', () => {
  const of = (lineItems: readonly object[]) => ({ lineItems, taxes: [] }) as unknown as InvoiceFields;
  const follow = followPaths(
    of([chair, desk, lamp]),
    of([desk, line('Lamp', '9.00')]),
    (path) => path.startsWith('lineItems') || path === 'notes',
  );
  expect(follow('lineItems[0].description')).toBeNull();
  expect(follow('lineItems[1].description')).toBe('lineItems[0].description');
  expect(follow('lineItems[2].description')).toBe('lineItems[1].description');
  expect(follow('lineItems[2].netAmount')).toBeNull();
  expect(follow('notes')).toBeNull();
  expect(follow('totals.gross')).toBe('totals.gross');
});
