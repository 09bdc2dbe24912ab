import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
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

it('forgets effects after the days of the audit log, but none that has not left yet', async () => {
  const ws = await t.workspace();
  const plant = (mode: string, id: string, disposition: string, state: string) =>
    asOwner(
      db.owner,
      `insert into ${mode}.effects (workspace_id, id, service, name, disposition, payload, state, request_id, created_at)
       values ($1, $2, 'randomness', 'outcome.created', $3, '{}', $4, 'req_1', $5)`,
      [ws, id, disposition, state, new Date(t.clock.now())],
    );
  await plant('test', 'eff_suppressed', 'suppress', 'suppressed');
  await plant('live', 'eff_pending', 'deliver', 'pending');
  await plant('live', 'eff_delivered', 'deliver', 'delivered');
  const left = () =>
    asOwner<{ id: string }>(
      db.owner,
      'select id from live.effects where workspace_id = $1 union all select id from test.effects where workspace_id = $1 order by id',
      [ws],
    ).then((rows) => rows.map(({ id }) => id));
  const dayMs = 86_400_000;
  await purgeExpired(t.platform.database, t.clock.now() + 29 * dayMs, 30);
  expect(await left()).toEqual(['eff_delivered', 'eff_pending', 'eff_suppressed']);
  await purgeExpired(t.platform.database, t.clock.now() + 31 * dayMs, 30);
  expect(await left()).toEqual(['eff_pending']);
});

it('that fails gives its connection back, for the requests that go on', async () => {
  const rename = (from: string, to: string) =>
    asOwner(db.owner, `alter function live.${from}(timestamptz) rename to ${to}`);
  await rename('purge_webhook_log', 'purge_nothing');
  await expect(purgeExpired(t.platform.database, t.clock.now(), 30)).rejects.toThrow('purge_webhook_log');
  await rename('purge_nothing', 'purge_webhook_log');
  const { live } = t.platform.database.pools;
  await expect.poll(() => live.totalCount - live.idleCount).toBe(0);
  await purgeExpired(t.platform.database, t.clock.now(), 30);
});
