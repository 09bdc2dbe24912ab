import { createHmac } from 'node:crypto';
import { expect, it, test } from 'vitest';
import { isReceiptOf, type ReceiptFields, receiptDocument, receiptTag } from './receipt.ts';

const serverSeed = 'aa47ddbf021afd16d64756e7f32b6cea2feebdfddc8fd57f1522641fdf372375';
const fields: ReceiptFields = {
  shortId: 'k7Qm2A9bXz',
  mode: 'live',
  endpoint: 'ints',
  clientSeed: 'player "é":1\\',
  serverHash: '158e995ed494f58c06d93e22f71554cf2126614174fde336aedf9a457dbf16f4',
  nonce: 400,
  cursor: 0,
  created: 1716566400000,
  params: '{"count":2,"min":1,"max":6}',
  outcome: [3, 1],
};

it('is the HMAC of the record as a JSON array', () => {
  const { shortId, mode, endpoint, clientSeed, serverHash, nonce, cursor, created, params, outcome } = fields;
  const record = [shortId, mode, endpoint, clientSeed, serverHash, nonce, cursor, created, JSON.parse(params), outcome];
  const expected = createHmac('sha256', serverSeed)
    .update(`receipt/1\n${JSON.stringify(record)}`)
    .digest('hex');
  expect(receiptTag(fields, serverSeed)).toBe(expected);
  expect(isReceiptOf(expected, fields, serverSeed)).toBe(true);
});

test.each<Partial<ReceiptFields>>([
  { shortId: 'k7Qm2A9bXy' },
  { mode: 'test' },
  { endpoint: 'dice' },
  { clientSeed: 'player' },
  { nonce: 401 },
  { cursor: 1 },
  { created: 1716566400001 },
  { params: '{"count":2,"min":1,"max":7}' },
  { outcome: [3, 2] },
])('belongs to no other record: %o', (change) => {
  expect(isReceiptOf(receiptTag(fields, serverSeed), { ...fields, ...change }, serverSeed)).toBe(false);
});

it('refuses what is no tag', () => {
  expect(isReceiptOf('', fields, serverSeed)).toBe(false);
  expect(isReceiptOf('é'.repeat(32), fields, serverSeed)).toBe(false);
  expect(isReceiptOf(receiptTag(fields, serverSeed).toUpperCase(), fields, serverSeed)).toBe(false);
});

it('is kept as one line of compact JSON', () => {
  const { params, ...rest } = fields;
  const receipt = receiptTag(fields, serverSeed);
  const { outcome, ...head } = rest;
  expect(receiptDocument(fields, receipt)).toBe(
    JSON.stringify({ ...head, params: JSON.parse(params), outcome, receipt }),
  );
});
