import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { asOwner, createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';

let db: FreshDatabase;
let t: TestPlatform;
let receiver: Receiver;

beforeAll(async () => {
  db = await createFreshDatabase();
  receiver = await startReceiver();
  t = await createTestPlatform({ owner: db.owner, env: { ...db.env, INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' } });
  t.platform.startLoops();
});
afterAll(async () => {
  await t.close();
  await receiver.close();
  await db.drop();
});

const project = async (): Promise<Caller> =>
  t.as((await t.key(await t.workspace(), { service: 'scheduler', mode: 'live' })).key);
const until = (work: () => Promise<void> | void) => vi.waitFor(work, { timeout: 15_000, interval: 50 });

it('a recurring schedule that can no longer be read keeps nobody else waiting, and goes on once it can', async () => {
  const spoiled = await project();
  const created = await spoiled.post('/v1/schedules', { endpoint: `${receiver.url}/spoiled`, cron: '0 0 1 1 *' });
  const id = created.body.id as string;
  await asOwner(db.owner, `update live.scheduler_schedules set timezone = 'Nowhere/Gone' where id = $1`, [id]);
  await asOwner(db.owner, `update live.deliveries set due_at = clock_timestamp() where source_id = $1`, [id]);
  const troubled = () => t.log.some((line) => line.includes('a service could not be told of what is due'));
  await until(() => expect(troubled()).toBe(true));

  const other = await project();
  await other.post('/v1/schedules', { endpoint: `${receiver.url}/other`, delay: '1s' });
  await until(() => expect(receiver.received.map(({ url }) => url)).toEqual(['/other']));

  await asOwner(db.owner, `update live.scheduler_schedules set timezone = 'UTC' where id = $1`, [id]);
  await until(() => expect(receiver.received.map(({ url }) => url)).toEqual(['/other', '/spoiled']));
});
