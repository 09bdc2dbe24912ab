import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFreshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { purgeExpired } from './maintenance.ts';

// A database of its own: what is purged here is everybody's.
let db: FreshDatabase;
let t: TestPlatform;
beforeAll(async () => {
  db = await createFreshDatabase();
  t = await createTestPlatform({ owner: db.owner, env: db.env });
});
afterAll(async () => {
  await t.close();
  await db.drop();
});

it('forgets stored answers after their day, and not before', async () => {
  const { key } = await t.key(await t.workspace(), { mode: 'live' });
  const draw = () => t.as(key).get('/api/ints?clientSeed=kept-for-a-day', { headers: { 'idempotency-key': 'once' } });
  const first = await draw();
  await purgeExpired(t.platform.database, t.clock.now() + 86_000_000, 30);
  const replay = await draw();
  expect(replay.text).toBe(first.text);
  expect(replay.headers['idempotent-replayed']).toBe('true');
  await purgeExpired(t.platform.database, t.clock.now() + 86_500_000, 30);
  const again = await draw();
  expect(again.headers['idempotent-replayed']).toBeUndefined();
  expect(again.body.nonce).toBe(1);
});
