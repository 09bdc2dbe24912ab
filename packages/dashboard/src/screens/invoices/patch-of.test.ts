import { expect, it } from 'vitest';
import { patchOf, valueAt } from './patch-of.ts';

const invoice = {
  invoiceNumber: 'A-1',
  notes: null,
  seller: { name: 'Acme', address: { city: 'Vilnius' } },
  payment: { termsDays: 30 },
  totals: { gross: '121.00', net: '100.00' },
  lineItems: [
    { index: 1, description: 'Chair', netAmount: '60.00', accounting: null, page: 1 },
    {
      index: 2,
      description: 'Desk',
      netAmount: '40.00',
      accounting: { debitAccount: '6001', ruleId: 'r', assignedBy: 'rule' },
      page: 1,
    },
  ],
};

it.each([
  ['nothing', {}, {}],
  ['what stands as it stood', { invoiceNumber: 'A-1', notes: '' }, {}],
  ['a value, trimmed', { invoiceNumber: ' A-2 ' }, { invoiceNumber: 'A-2' }],
  ['a cleared value', { 'totals.gross': ' ' }, { totals: { gross: null } }],
  [
    'values of one part together',
    { 'totals.gross': '1.00', 'totals.net': '2.00' },
    { totals: { gross: '1.00', net: '2.00' } },
  ],
  ['a part of a part', { 'seller.address.city': 'Kaunas' }, { seller: { address: { city: 'Kaunas' } } }],
  ['a whole number', { 'payment.termsDays': '14' }, { payment: { termsDays: 14 } }],
  ['the same whole number', { 'payment.termsDays': '30' }, {}],
  ['no number, for the server to refuse', { 'payment.termsDays': 'soon' }, { payment: { termsDays: 'soon' } }],
  [
    'a line: the list goes whole, without what the server sets',
    { 'lineItems[1].netAmount': '41.00' },
    {
      lineItems: [
        { description: 'Chair', netAmount: '60.00' },
        { description: 'Desk', netAmount: '41.00', accounting: { debitAccount: '6001' } },
      ],
    },
  ],
])('the patch of %s', (_, draft, patch) => {
  expect(patchOf(invoice, draft)).toEqual(patch);
});

const [chair, desk] = [
  { description: 'Chair', netAmount: '60.00' },
  { description: 'Desk', netAmount: '40.00', accounting: { debitAccount: '6001' } },
];

it.each([
  ['no line', [0, 1], {}, {}],
  ['a line that goes', [1], {}, { lineItems: [desk] }],
  ['the last line that goes', [], {}, { lineItems: [] }],
  [
    'a line that comes, with what was typed in it',
    [0, 1, 2],
    { 'lineItems[2].description': 'Lamp' },
    { lineItems: [chair, desk, { description: 'Lamp' }] },
  ],
  ['a line that comes between', [0, 2, 1], {}, { lineItems: [chair, {}, desk] }],
  ['what was typed in a line that goes', [1], { 'lineItems[0].description': 'Sofa' }, { lineItems: [desk] }],
  ['a line that came and went', [0, 1], { 'lineItems[2].description': 'Lamp' }, {}],
])('the patch of %s', (_, order, draft, patch) => {
  expect(patchOf(invoice, draft, { lineItems: order })).toEqual(patch);
});

it.each([
  ['invoiceNumber', 'A-1'],
  ['lineItems[1].description', 'Desk'],
  ['lineItems[7].description', null],
  ['seller.bankAccounts[0].iban', null],
])('the value at %s', (path, value) => {
  expect(valueAt(invoice, path)).toBe(value);
});
