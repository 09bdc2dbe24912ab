import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createFreshDatabase, type FreshDatabase } from '../../testing/fresh-database.ts';
import { type Caller, createTestPlatform, type TestPlatform } from '../../testing/harness.ts';
import { type Receiver, startReceiver } from '../../testing/receiver.ts';

let db: FreshDatabase;
let t: TestPlatform;
let receiver: Receiver;
let live: Caller;

beforeAll(async () => {
  db = await createFreshDatabase();
  receiver = await startReceiver();
  const env = { ...db.env, INTERLOCK_ALLOW_PRIVATE_TARGETS: '1', INTERLOCK_DISPATCH_SLOTS: '1' };
  t = await createTestPlatform({ owner: db.owner, env });
  t.platform.startLoops();
  live = t.as((await t.key(await t.workspace(), { service: 'scheduler', mode: 'live' })).key);
});
afterAll(async () => {
  await t.close();
  await receiver.close();
  await db.drop();
});

const create = async (path: string) =>
  (await live.post('/v1/schedules', { endpoint: receiver.url + path, delay: '1s' })).body.id as string;
const statusOf = async (id: string) => (await live.get(`/v1/deliveries?schedule_id=${id}`)).body.data[0].status;
const becomes = (id: string, status: string) =>
  vi.waitFor(async () => expect(await statusOf(id)).toBe(status), { timeout: 15_000, interval: 30 });

it('what is due and waits for its turn can still be paused and canceled', async () => {
  const open: (() => void)[] = [];
  receiver.answer = (_, response) => void open.push(() => response.end('ok'));
  await create('/out');
  await receiver.count(1);
  const paused = await create('/paused');
  const canceled = await create('/canceled');
  await becomes(paused, 'in_flight');
  await becomes(canceled, 'in_flight');

  expect((await live.post(`/v1/schedules/${paused}/pause`)).body.state).toBe('paused');
  expect((await live.post(`/v1/schedules/${canceled}/cancel`)).body.state).toBe('canceled');
  await becomes(canceled, 'canceled');
  await becomes(paused, 'scheduled');

  receiver.answer = (_, response) => response.end('ok');
  for (const answer of open) answer();
  await live.post(`/v1/schedules/${paused}/resume`);
  await becomes(paused, 'succeeded');
  expect(receiver.received.map(({ url }) => url)).toEqual(['/out', '/paused']);
});
