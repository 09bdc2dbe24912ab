import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { notesContract } from '../../testing/fixtures/notes/contract.ts';
import { asOwner } from '../../testing/fresh-database.ts';
import type { TestPlatform } from '../../testing/harness.ts';
import { createKeyText } from './key-text.ts';

let world: FixtureWorld;
let other: TestPlatform;
beforeAll(async () => {
  world = await createFixtureWorld();
  other = await world.another();
});
afterAll(() => world.close());

const status = async (node: TestPlatform, key: string) => (await node.as(key).get('/notes/v1/notes')).status;
async function newKey(options: { expiresAt?: number } = {}) {
  const ws = await world.t.workspace();
  const key = await world.t.key(ws, { service: 'notes', mode: 'live', ...options });
  return { ws, ring: world.t.platform.keysOf(ws), ...key };
}

/** Queries that the node's authenticator sends, from now until the function given back is called. */
function countQueries(node: TestPlatform): () => number {
  const pool = node.platform.database.pools.authenticator;
  let queries = 0;
  const count = () => {
    queries++;
  };
  pool.on('acquire', count);
  return () => {
    pool.off('acquire', count);
    return queries;
  };
}

/** Until a call with it costs no query: the news of its creation may arrive after it was first looked up. */
async function remembered(key: string): Promise<void> {
  await expect
    .poll(async () => {
      const queries = countQueries(world.t);
      expect(await status(world.t, key)).toBe(200);
      return queries();
    })
    .toBe(0);
}

describe('a key', () => {
  it('costs a query the first time, and none from then on', async () => {
    const { key } = await newKey();
    const first = countQueries(world.t);
    expect(await status(world.t, key)).toBe(200);
    expect(first()).toBeGreaterThan(0);
    await remembered(key);
    await world.t.platform.flush();
    const later = countQueries(world.t);
    for (let i = 0; i < 20; i++) expect(await status(world.t, key)).toBe(200);
    expect(later()).toBe(0);
  });

  it('is verified without a write: its use is counted in a batch', async () => {
    const { id, key, ring } = await newKey();
    const versions = () => asOwner(world.owner, 'select xmin::text from core.api_keys where id = $1', [id]);
    await world.t.platform.flush();
    const before = await versions();
    for (let i = 0; i < 5; i++) await status(world.t, key);
    expect(await versions()).toEqual(before);
    expect((await ring.find(id))?.lastUsedAt).toBeNull();
    await world.t.platform.flush();
    expect(await ring.find(id)).toMatchObject({ usageCount: 5, lastUsedAt: expect.any(Number) });
  });

  it('that is not one is refused without a query', async () => {
    const { key } = await newKey();
    await world.t.platform.flush();
    const queries = countQueries(world.t);
    for (const typo of [`${key}x`, key.slice(0, -1), key.replace('live', 'test'), 'note_live_', 'pk_live_x', '']) {
      const answer = await world.t
        .as(null)
        .get('/notes/v1/notes', { headers: { authorization: `Bearer ${typo}` }, address: '192.0.2.1' });
      expect(answer.status, typo).toBe(401);
    }
    expect(queries()).toBe(0);
  });

  it('stops at its expiry, by the clock', async () => {
    const { key } = await newKey({ expiresAt: world.t.clock.now() + 60_000 });
    expect(await status(world.t, key)).toBe(200);
    world.t.clock.advance(59_000);
    expect(await status(world.t, key)).toBe(200);
    world.t.clock.advance(1_001);
    expect(await status(world.t, key)).toBe(401);
    world.t.clock.advance(-60_001);
  });

  it('that is revoked stops at once here, and within a second on another node', async () => {
    const { id, key, ring } = await newKey();
    expect(await status(world.t, key)).toBe(200);
    expect(await status(other, key)).toBe(200);
    const revokedAt = performance.now();
    await ring.revoke(id);
    expect(await status(world.t, key)).toBe(401);
    await expect.poll(() => status(other, key), { interval: 5, timeout: 1_000 }).toBe(401);
    expect(performance.now() - revokedAt).toBeLessThan(1_000);
  });

  it('that loses a scope or its address loses it on another node within a second', async () => {
    const { id, key, ring } = await newKey();
    expect(await status(other, key)).toBe(200);
    await ring.update(id, { scopes: ['write'] });
    await expect.poll(() => status(other, key), { interval: 5, timeout: 1_000 }).toBe(403);
    await ring.update(id, { scopes: ['read'], allowedIps: ['203.0.113.0/24'] });
    await expect
      .poll(async () => (await other.as(key).get('/notes/v1/notes')).body.error.message, {
        interval: 5,
        timeout: 1_000,
      })
      .toContain('127.0.0.1');
    expect((await other.as(key).get('/notes/v1/notes', { address: '203.0.113.9' })).status).toBe(200);
  });

  it('that is rotated has two texts until the overlap ends, on both nodes', async () => {
    const { id, key: old, ring } = await newKey();
    expect(await status(other, old)).toBe(200);
    const rotated = await ring.rotate(id, 60_000);
    expect(rotated.id).toBe(id);
    expect(rotated.key).not.toBe(old);
    for (const node of [world.t, other]) {
      for (const text of [old, rotated.key]) expect(await status(node, text)).toBe(200);
    }
    for (const node of [world.t, other]) node.clock.advance(60_001);
    for (const node of [world.t, other]) {
      await expect.poll(() => status(node, old), { interval: 5, timeout: 1_000 }).toBe(401);
      expect(await status(node, rotated.key)).toBe(200);
    }
    for (const node of [world.t, other]) node.clock.advance(-60_001);
  });

  it('that is rotated without an overlap has one text', async () => {
    const { id, key: old, ring } = await newKey();
    const rotated = await ring.rotate(id, 0);
    expect(await status(world.t, old)).toBe(401);
    expect(await status(world.t, rotated.key)).toBe(200);
  });

  it('is stored as a digest and nothing else', async () => {
    const { id, key } = await newKey();
    const [secret] = await asOwner<{ hash: Buffer; last4: string; line: string }>(
      world.owner,
      'select hash, last4, s::text as line from core.api_key_secrets s where key_id = $1',
      [id],
    );
    expect(secret?.hash).toHaveLength(32);
    expect(secret?.last4).toBe(key.slice(-4));
    expect(secret?.line).not.toContain(key.slice(10, -4));
  });
});

/** A person who mistypes a key stays far below. */
const maxBadKeys = 30;

describe('an address that guesses', () => {
  const guess = (address: string) =>
    world.t.as(createKeyText(notesContract.keys, 'live')).get('/notes/v1/notes', { address });

  it('is slowed down, and then costs no query; others and known keys are not', async () => {
    const { key } = await newKey();
    await remembered(key);
    for (let i = 0; i < maxBadKeys; i++) expect((await guess('198.51.100.1')).status).toBe(401);
    expect((await guess('198.51.100.1')).status).toBe(429);
    await world.t.platform.flush();
    const queries = countQueries(world.t);
    for (let i = 0; i < 10; i++) {
      const refused = await guess('198.51.100.1');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    expect((await world.t.as(key).get('/notes/v1/notes', { address: '198.51.100.1' })).status).toBe(200);
    expect(queries()).toBe(0);
    expect((await guess('198.51.100.2')).status).toBe(401);
    world.t.clock.advance(60_001);
    expect((await guess('198.51.100.1')).status).toBe(401);
    world.t.clock.advance(-60_001);
  });

  it('counts as its whole /64', async () => {
    for (let i = 0; i <= maxBadKeys; i++) await guess(`2001:db8:7::${i.toString(16)}`);
    expect((await guess('2001:db8:7::ffff')).status).toBe(429);
    expect((await guess('2001:db8:7:1::1')).status).toBe(401);
  });
});
