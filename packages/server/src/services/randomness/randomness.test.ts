import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(() => t.close());

describe('drawing', () => {
  it('answers a test call with the same numbers every time', async () => {
    const ws = await t.workspace();
    const { key } = await t.key(ws);
    const url = '/api/ints?clientSeed=ci-fixture-loot&count=3&min=1&max=100';
    const first = await t.as(key).get(url);
    console.log(first.text, first.headers, t.log.slice(-3));
    expect(first.status).toBe(200);
    expect((await t.as(key).get(url)).body.outcome).toEqual(first.body.outcome);
  });
  it('live', async () => {
    const ws = await t.workspace();
    const { key } = await t.key(ws, { mode: 'live' });
    const url = '/api/ints?clientSeed=ci-fixture-loot&count=3&min=1&max=100';
    const first = await t.as(key).get(url);
    console.log(first.text, first.headers, t.log.slice(-3));
    const second = await t.as(key).get(url);
    expect(second.body.nonce).toBe(1);
    expect(second.body.serverHash).toBe(first.body.serverHash);
  });
});
