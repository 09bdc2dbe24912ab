import { expect, test } from 'vitest';
import { attemptOf } from './attempt.fixture.ts';
import { provable } from './provable.ts';

const secret = 'whsec_0123456789abcdef';
const body =
  '{"event":"test","timestamp":"2026-05-24T18:21:07.412Z","data":{"message":"This is a test event from Provable.io"}}';
const signature = 'sha256=54a67f2b4de55e91329272bc13927a518cc6d6e588580ea31fe62f97559a5a19';

test('the vector of the scheme, with what identifies the delivery', () => {
  const attempt = attemptOf({ id: '0f8b5b1e-6f0c-4a52-9c43-2d9a8a3f5c11', body, secrets: [secret] });
  expect(provable().sign(attempt)).toEqual({
    'X-Provable-Delivery': '0f8b5b1e-6f0c-4a52-9c43-2d9a8a3f5c11',
    'X-Provable-Timestamp': '1700000000',
    'X-Provable-Signature': signature,
  });
});

test('during a rotation the older secret signs, which the receiver has already', () => {
  const headers = provable().sign(attemptOf({ body, secrets: ['whsec_the_newer_one_of_two', secret] }));
  expect(headers['X-Provable-Signature']).toBe(signature);
});

test('the names of the headers can begin otherwise', () => {
  const headers = provable('X-Acme').sign(attemptOf({ body, secrets: [secret] }));
  expect(Object.keys(headers)).toEqual(['X-Acme-Delivery', 'X-Acme-Timestamp', 'X-Acme-Signature']);
});

test('without a secret there is no signature', () => {
  expect(provable().sign(attemptOf({ body }))).not.toHaveProperty('X-Provable-Signature');
});
