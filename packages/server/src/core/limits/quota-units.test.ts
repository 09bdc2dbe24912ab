import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import { TestClock, type TestPlatform } from '../../testing/harness.ts';
import { createQuota } from './quota.ts';

const perDay = 100;

let world: FixtureWorld;
beforeAll(async () => {
  world = await createFixtureWorld({ env: { LEDGER_ENTRIES_PER_DAY: String(perDay) } });
});
afterAll(() => world.close());

const post = (node: TestPlatform, key: string, amount = 1) =>
  node.as(key).post('/ledger/v1/entries', { amount }, { headers: {} });

async function liveKey(): Promise<{ ws: string; key: string }> {
  const ws = await world.t.workspace();
  return { ws, key: (await world.t.key(ws, { service: 'ledger', mode: 'live' })).key };
}

async function reserved(ws: string): Promise<number | undefined> {
  const rows = await asOwner<{ reserved: number }>(
    world.owner,
    `select coalesce(sum(reserved), 0)::int as reserved from live.quota_usage where workspace_id = $1`,
    [ws],
  );
  return rows[0]?.reserved;
}

describe('a daily quota', () => {
  it('lets exactly its number through, on two nodes that share nothing but the database', async () => {
    const { ws, key } = await liveKey();
    const other = await world.another();
    const answers = await Promise.all(
      Array.from({ length: perDay + 60 }, (_, i) => post(i % 2 === 0 ? world.t : other, key)),
    );
    // Units that one node holds are out of the other's reach; the rest is for whoever asks next.
    for (let i = 0; i < perDay && answers.filter(({ status }) => status === 201).length < perDay; i++) {
      answers.push(await post(i % 2 === 0 ? world.t : other, key));
    }
    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 429);
    expect(made).toHaveLength(perDay);
    expect(made.length + refused.length).toBe(answers.length);
    expect(refused[0]?.body.error.code).toBe('quota_exceeded');
    expect(refused[0]?.body.error.message).toContain('daily quota of 100 entr');
    expect(Number(refused[0]?.headers['retry-after'])).toBeLessThanOrEqual(86_400);
    for (const node of [world.t, other]) expect((await post(node, key)).status).toBe(429);
    expect(await reserved(ws)).toBe(perDay);
  });

  it('is no larger for a unit that was taken before midnight and comes back after it', async () => {
    const { ws } = await liveKey();
    const clock = new TestClock();
    clock.freeze(Date.parse('2026-05-24T23:59:59.000Z'));
    const quota = createQuota(world.t.platform.database, 'ledger', { perDay: 3, unit: 'entry' }, clock);
    await quota.take(ws);
    clock.advance(2_000);
    quota.giveBack(ws);
    expect(await quota.state(ws)).toMatchObject({ used: 0, remaining: 3 });
    for (let i = 0; i < 3; i++) await quota.take(ws);
    await expect(quota.take(ws)).rejects.toMatchObject({ code: 'quota_exceeded' });
    await quota.close();
  });

  it('counts nothing that was rolled back', async () => {
    const { key } = await liveKey();
    for (let i = 0; i < perDay + 20; i++) expect((await post(world.t, key, 0)).status).toBe(409);
    const answers = await Promise.all(Array.from({ length: perDay }, () => post(world.t, key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect((await post(world.t, key)).status).toBe(429);
  });

  it('is not touched by test calls', async () => {
    const { ws } = await liveKey();
    const test = (await world.t.key(ws, { service: 'ledger', mode: 'test' })).key;
    for (let i = 0; i < perDay + 5; i++) expect((await post(world.t, test)).status).toBe(201);
    expect(await reserved(ws)).toBe(0);
  });

  it('starts anew at midnight UTC', async () => {
    const { key } = await liveKey();
    for (let i = 0; i < perDay; i++) await post(world.t, key);
    const refused = await post(world.t, key);
    expect(refused.status).toBe(429);
    world.t.clock.advance(Number(refused.headers['retry-after']) * 1000 - 1500);
    expect((await post(world.t, key)).status).toBe(429);
    world.t.clock.advance(2000);
    expect((await post(world.t, key)).status).toBe(201);
  });

  it('gets back at a clean stop what a node had reserved and not spent', async () => {
    const { ws, key } = await liveKey();
    const node = await world.another();
    await post(node, key);
    expect(await reserved(ws)).toBeGreaterThan(1);
    await node.close();
    expect(await reserved(ws)).toBe(1);
  });

  it('keeps a handler that holds a connection from waiting for ever, with a single connection in the pool', async () => {
    const node = await world.another({ INTERLOCK_POOL_SIZE: '1' });
    const keys = await Promise.all(Array.from({ length: 6 }, liveKey));
    const answers = await Promise.all(
      keys.map(({ key }, i) =>
        node.as(key).post('/ledger/v1/entries', { amount: 1 }, { headers: { 'idempotency-key': `k${i}` } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  });
});
