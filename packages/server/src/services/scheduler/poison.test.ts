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

it('a signing secret that cannot be opened keeps nobody else waiting, and nothing leaves unsigned', async () => {
  receiver.received.length = 0;
  const spoiled = await project();
  const secret = (await spoiled.post('/v1/signing_secrets', { scope: 'project' })).body;
  const id = secret.id ?? (await spoiled.get('/v1/signing_secrets')).body.data[0].id;
  const [kept] = await asOwner<{ sealed: Buffer }>(db.owner, 'select sealed from live.signing_secrets where id = $1', [
    id,
  ]);
  await asOwner(db.owner, `update live.signing_secrets set sealed = decode('00', 'hex') where id = $1`, [id]);
  await spoiled.post('/v1/schedules', { endpoint: `${receiver.url}/spoiled`, delay: '1s' });
  await until(() => expect(t.log.some((line) => line.includes('a delivery cannot be composed'))).toBe(true));

  const other = await project();
  await other.post('/v1/schedules', { endpoint: `${receiver.url}/other`, delay: '1s' });
  await until(() => expect(receiver.received.map(({ url }) => url)).toEqual(['/other']));

  await asOwner(db.owner, 'update live.signing_secrets set sealed = $2 where id = $1', [id, kept?.sealed]);
  await until(() => expect(receiver.received.map(({ url }) => url)).toEqual(['/other', '/spoiled']));
  expect(receiver.received[1]?.headers['sched-signature']).toMatch(/^t=\d+,v1=[\da-f]{64}/);
});
