import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import type { Answer } from '../../testing/harness.ts';

let world: FixtureWorld;
beforeAll(async () => {
  world = await createFixtureWorld({
    env: { LEDGER_LIVE_PER_MINUTE: '6', LEDGER_TEST_PER_MINUTE: '3', MEMOS_PER_MINUTE: '5' },
  });
});
afterAll(() => world.close());

const remaining = (answer: Answer) => Number(answer.headers['x-ratelimit-remaining']);

describe('a limit for each key with its own counters', () => {
  it('counts live and test apart, each to its own ceiling', async () => {
    const ws = await world.t.workspace();
    const live = world.t.as((await world.t.key(ws, { service: 'ledger', mode: 'live' })).key);
    const test = world.t.as((await world.t.key(ws, { service: 'ledger', mode: 'test' })).key);
    const get = (key: typeof live) => key.get('/ledger/v1/entries');
    for (const left of [2, 1, 0]) {
      const answer = await get(test);
      expect([answer.status, remaining(answer), answer.headers['x-ratelimit-limit']]).toEqual([200, left, '3']);
    }
    const refused = await get(test);
    expect(refused.status).toBe(429);
    expect(refused.body.error.code).toBe('rate_limited');
    expect(refused.headers['interlock-mode']).toBe('test');
    expect(remaining(refused)).toBe(0);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    for (const left of [5, 4, 3, 2, 1, 0]) expect(remaining(await get(live))).toBe(left);
    expect((await get(live)).status).toBe(429);
  });

  it('counts each key of a workspace apart', async () => {
    const ws = await world.t.workspace();
    for (let i = 0; i < 3; i++) {
      const key = world.t.as((await world.t.key(ws, { service: 'ledger', mode: 'test' })).key);
      for (let j = 0; j < 3; j++) expect((await key.get('/ledger/v1/entries')).status).toBe(200);
      expect((await key.get('/ledger/v1/entries')).status).toBe(429);
    }
  });
});

describe('a limit for each address with one counter', () => {
  it('counts live, test, bad and missing keys of an address together, and another address apart', async () => {
    const ws = await world.t.workspace();
    const live = world.t.as((await world.t.key(ws, { service: 'memos', mode: 'live' })).key);
    const test = world.t.as((await world.t.key(ws, { service: 'memos', mode: 'test' })).key);
    const from = { address: '2001:db8::1' };
    expect(remaining(await live.get('/memos/v1/memos', from))).toBe(4);
    expect(remaining(await test.get('/memos/v1/memos', { address: '2001:db8::ffff' }))).toBe(3);
    expect((await world.t.as('memo_live_wrong').get('/memos/v1/memos', from)).status).toBe(401);
    expect((await world.t.as(null).get('/memos/v1/memos', from)).status).toBe(401);
    expect(remaining(await test.get('/memos/v1/memos', from))).toBe(0);
    expect((await live.get('/memos/v1/memos', from)).status).toBe(429);
    expect(remaining(await live.get('/memos/v1/memos', { address: '2001:db8:0:1::1' }))).toBe(4);
  });
});
