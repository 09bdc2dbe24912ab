import { describe, expect, test } from 'vitest';
import { attemptOf } from './attempt.fixture.ts';
import { sched } from './sched.ts';

const secret = 'whsec_test_1f6c0d2a9b7e4c53';
const previous = 'whsec_test_previous_0001';
const order = {
  id: 'dlv_01KV8Z6Q2J7M3N4P5R6S7T8U9V',
  timestamp: 1_798_761_600_000,
  path: '/hooks/orders',
  body: '{"order_id":"ord_42"}',
};
const v1 = '75b1108127f7b69feca6e7fe626b6df16a659f8d247a8bc2defc39381f14acf5';
const v1OfPrevious = 'f8f75de168130e1f3781cb5e1463e23386cba9c2bb455c249dbfa69fd669767c';
const v1OfNoBody = 'e3e48018c4c69fead2fd7e815e1638737f0cdd3a7d486af32c502747534fccef';
const noBody = { ...order, attempt: 2, timestamp: 1_798_761_605_000, method: 'GET', body: '', secrets: [secret] };

describe('the vectors of the scheme', () => {
  test.each([
    ['one secret', { ...order, secrets: [secret] }, `t=1798761600,v1=${v1}`],
    [
      'two secrets, newest first',
      { ...order, secrets: [secret, previous] },
      `t=1798761600,v1=${v1},v1=${v1OfPrevious}`,
    ],
    ['no body and an empty path', { ...noBody, path: '' }, `t=1798761605,v1=${v1OfNoBody}`],
  ])('%s', (_, about, header) => {
    expect(sched.sign(attemptOf(about))['Sched-Signature']).toBe(header);
  });
});

test('what is signed travels beside the signature, in whole seconds', () => {
  expect(sched.sign(attemptOf({ ...order, timestamp: 1_798_761_600_999, attempt: 3, secrets: [secret] }))).toEqual({
    'Sched-Delivery-Id': order.id,
    'Sched-Attempt': '3',
    'Sched-Timestamp': '1798761600',
    'Sched-Signature': expect.stringMatching(/^t=1798761600,v1=[0-9a-f]{64}$/),
  });
});

test('without a secret there is no signature, and the other headers stay', () => {
  const { 'Sched-Signature': _, ...others } = sched.sign(attemptOf({ ...order, secrets: [secret] }));
  expect(sched.sign(attemptOf({ ...order, secrets: [] }))).toEqual(others);
});

describe('what is signed', () => {
  const signature = (about: Parameters<typeof attemptOf>[0]) => sched.sign(attemptOf(about))['Sched-Signature'];
  const signed = { ...order, secrets: [secret] };

  test.each([
    ['the query', { path: '/hooks/orders?a=1/2#b' }],
    ['the fragment', { path: '/hooks/orders#b?c' }],
    ['the case of the method', { method: 'post' }],
  ])('is not %s', (_, change) => {
    expect(signature({ ...signed, ...change })).toBe(signature(signed));
  });

  test('a path of a query alone is that of no path', () => {
    expect(signature({ ...noBody, path: '?a=1' })).toBe(`t=1798761605,v1=${v1OfNoBody}`);
    expect(signature({ ...noBody, path: '/' })).toBe(`t=1798761605,v1=${v1OfNoBody}`);
  });

  test.each([
    ['the delivery', { id: 'dlv_2' }],
    ['the attempt', { attempt: 2 }],
    ['the second', { timestamp: order.timestamp + 1000 }],
    ['the method', { method: 'PUT' }],
    ['the spelling of the path', { path: '/hooks/%6Frders' }],
    ['the body', { body: '{"order_id":"ord_43"}' }],
    ['bytes that are no text', { body: Buffer.from([0xff, 0xfe]) }],
  ])('is %s', (_, change) => {
    expect(signature({ ...signed, ...change })).not.toBe(signature(signed));
  });

  test('is the bytes themselves: two bodies that are no text have two signatures', () => {
    const ofByte = (byte: number) => signature({ ...signed, body: Buffer.from([byte]) });
    expect(ofByte(0xff)).not.toBe(ofByte(0xfe));
  });
});
