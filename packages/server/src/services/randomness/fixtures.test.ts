import { describe, expect, it, test } from 'vitest';
import { draw } from './draw.ts';
import { serverHashOf, testCommitSeed, testNonce, testServerSeed, testShortId } from './fixtures.ts';
import { canonicalParameters, readDraw } from './parameters.ts';
import type { Endpoint } from './request.ts';

const secret = Uint8Array.from({ length: 32 }, (_, i) => i);

describe('the vectors of test mode', () => {
  const loot = 'ci-fixture-loot';
  const weighted = { items: ['common', 'rare', 'legendary'], weights: ['70', '25', '5'] };
  const bytes = '7ba00a50fc1fe5f990d041ea4763deff66c75f5cf9f9d18ec78fde6cc7fbcba5';
  test.each<[Endpoint, Record<string, unknown>, string, string, number, unknown]>([
    ['ints', { count: 3, min: 1, max: 100 }, 'acct_demo', loot, 190459223336772, [86, 7, 88]],
    ['ints', { count: 3, min: 1, max: 101 }, 'acct_demo', loot, 15599314006242, [95, 45, 59]],
    ['ints', { count: 4, min: 1, max: 100 }, 'acct_demo', loot, 12579883263164, [82, 59, 98, 51]],
    ['ints', { count: 3, min: 1, max: 100 }, 'acct_demo', 'ci-fixture-loo2', 190459223336772, [21, 72, 81]],
    ['ints', { count: 3, min: 1, max: 100 }, 'acct_other', loot, 190459223336772, [98, 33, 4]],
    ['pick', weighted, 'acct_demo', 'test-user-1', 80042733288390, 'common'],
    [
      'dice',
      { notation: '3d6+2' },
      'acct_demo',
      loot,
      32004479399260,
      { notation: '3d6+2', rolls: [4, 3, 4], modifier: 2, total: 13 },
    ],
    ['floats', { count: 1 }, 'acct_demo', loot, 256601662629089, [0.19030966120772064]],
    ['shuffle', { items: 'a,b,c,d' }, 'acct_demo', loot, 201827113134323, ['a', 'c', 'b', 'd']],
    ['bytes', {}, 'acct_demo', loot, 96629458720828, bytes],
  ])('%s %o for %s, %s', (endpoint, input, account, clientSeed, nonce, outcome) => {
    const reading = readDraw(endpoint, input);
    if (!reading.ok) throw new Error(reading.message);
    const params = canonicalParameters(reading.request);
    const serverSeed = testServerSeed(secret, account, clientSeed);
    expect(testNonce(endpoint, params)).toBe(nonce);
    expect(draw(reading.request, { serverSeed, clientSeed, nonce, cursor: 0 }).outcome).toEqual(outcome);
  });

  test.each([
    ['acct_demo', loot, 'a22b1533b135582c6c62420271fa8745c60db6ad94ea5701736bfb30e74a9867'],
    ['acct_demo', 'ci-fixture-loo2', 'bc25749b96660ebdb3fc2227d1eb484fb5014845d82bdc80de2e463aa8a26dab'],
    ['acct_other', loot, 'c2d9138941602406db89a9dd6d7c48237c281eaaaed93c7b590991b05b648743'],
  ])('the commitment of %s to %s', (account, clientSeed, hash) => {
    expect(serverHashOf(testServerSeed(secret, account, clientSeed))).toBe(hash);
  });

  it('seed, short id and commit seed', () => {
    const seed = 'b1f9d3475e528c870c20bbf9c47dccfd039f68dfd2c75151e924f24835c3c2de';
    expect(testServerSeed(secret, 'acct_demo', loot)).toBe(seed);
    const params = '{"count":3,"min":1,"max":100}';
    expect(testShortId(secret, 'acct_demo', loot, 'ints', params, 190459223336772)).toBe('KRpCEK6Le5');
    const commit = '22eb7e85e12fd7a42ba20d76f1c2a4151324788b2e8d623826a2a327580e0877';
    expect(testCommitSeed(secret, 'acct_demo')).toBe(commit);
  });
});
