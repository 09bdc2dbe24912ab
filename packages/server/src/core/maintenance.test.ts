import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../testing/harness.ts';
import { purgeExpired } from './maintenance.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(() => t.close());

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
