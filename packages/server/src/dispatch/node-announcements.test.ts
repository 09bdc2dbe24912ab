import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFixtureWorld, type FixtureWorld } from '../testing/fixture-platform.ts';
import { asOwner } from '../testing/fresh-database.ts';
import type { TestPlatform } from '../testing/harness.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';
import { readAnnouncement } from './node-announcements.ts';

let world: FixtureWorld;
let receiver: Receiver;
/** Answers requests and sends nothing. */
let desk: TestPlatform;
/** Neither is told of anything nor tells. */
let deaf: TestPlatform;
beforeAll(async () => {
  world = await createFixtureWorld({ env: { INTERLOCK_ALLOW_PRIVATE_TARGETS: '1' } });
  receiver = await startReceiver();
  desk = await world.another({ INTERLOCK_DISPATCH: 'off' });
  deaf = await world.another({ INTERLOCK_LISTEN: 'off', INTERLOCK_KEY_TRUST_MS: '0' });
  for (const node of [world.t, desk]) node.platform.startLoops();
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

it('what a node that sends nothing has queued leaves from another one, and what it cancels does not', async () => {
  const { key } = await world.t.key(await world.t.workspace(), { service: 'notes', mode: 'live' });
  const send = async (fields: object) =>
    (await desk.as(key).post('/notes/v1/parcels', { url: receiver.url, ...fields })).body.id as string;
  const soon = await send({ delayMs: 0, body: 'soon' });
  await receiver.count(1);
  expect(receiver.received[0]?.headers['idempotency-key']).toBe(soon);
  expect(desk.platform.dispatcher.figures.attempts).toEqual([]);
  await expect
    .poll(() => world.t.platform.dispatcher.figures.attempts)
    .toMatchObject([{ outcome: 'success', count: 1 }]);

  // Time stands still where it is held, or a slow machine could send it before it is taken back.
  world.t.clock.freeze();
  const withdrawn = await send({ delayMs: 900, body: 'withdrawn' });
  await expect.poll(() => world.t.platform.dispatcher.figures.held).toBe(1);
  await asOwner(world.owner, 'update live.deliveries set cancel_requested = true where id = $1', [withdrawn]);
  desk.platform.dispatcher.withdraw('live', [withdrawn]);
  await expect.poll(() => world.t.platform.dispatcher.figures.held).toBe(0);
  world.t.clock.thaw();
});

it('a node without notifications works, and sees a revoked key as soon as it asks again', async () => {
  const ws = await world.t.workspace();
  const { key, id } = await world.t.key(ws, { service: 'notes', mode: 'live' });
  expect((await deaf.as(key).get('/notes/v1/notes')).status).toBe(200);
  await world.t.platform.keysOf(ws).revoke(id);
  expect((await deaf.as(key).get('/notes/v1/notes')).status).toBe(401);
  const other = await world.t.key(ws, { service: 'notes', mode: 'live' });
  await deaf.as(other.key).post('/notes/v1/parcels', { url: receiver.url, delayMs: 0, body: 'found by looking' });
  await expect.poll(() => receiver.received.map(({ body }) => body)).toContain('found by looking');
});

it('a node takes no notice of what it said itself', () => {
  const payload = JSON.stringify({ node: 'a', due: 'live' });
  expect([readAnnouncement(payload, 'a'), readAnnouncement(payload, 'b')]).toEqual([null, { due: 'live' }]);
});
